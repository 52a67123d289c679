"""What it costs to read reports that wait: `python -m tests.bench.reading [reports [rounds]]`.

Processor time of the worker and of PostgreSQL for each report when so many wait, in a durable server with ten thousand cases: reading
them as the worker does, and counting them for the figures. PROFILE names a file for a profile of the last reading.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event
from sqlalchemy import text as sql

from analytics.classify.corpus import load_examples
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.codes import new_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.jobs import run_here
from tests.bench.intake import fresh_city
from tests.bench.many_cases import number_city
from tests.bench.running import Processor
from tests.bench.scaling import grow

KNOWN = 10_000
STATES = "SELECT state, count(*) FROM cases WHERE id > :known GROUP BY 1 ORDER BY 1"
LINE = "{}: ms a report: reading {:.2f} worker + {:.2f} PostgreSQL, counting {:.2f} + {:.2f}"
SETTING = "SELECT setval('case_reference_seq', 100000000)"


def leave(texts: list[str]) -> None:
    """Hand reports in, every third with an address; nobody reads them."""
    for number, text in enumerate(texts):
        contact = ReportContact(phone="0900000123") if number % 3 == 0 else ReportContact()
        submit_report(Report(text=text, contact=contact), hmac_of(new_code()), CITIZEN)
    db.session.remove()


def cost(work: Callable[[], None], reports: int) -> tuple[float, float, Counter[str]]:
    """Milliseconds of a report in this process and in PostgreSQL, and the statements sent by their first words."""
    seen: Counter[str] = Counter()
    count = lambda *about: seen.update([" ".join(str(about[2]).split()[:3])])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", count)
    server, own = Processor({}), time.process_time()
    work()
    db.session.remove()
    own = time.process_time() - own
    spent = server.used()["postgres"] - server.before["postgres"]
    event.remove(db.engine, "before_cursor_execute", count)
    return own * 1000 / reports, spent / reports, seen


def reading() -> None:
    """Read what waits."""
    profile = cProfile.Profile() if "PROFILE" in os.environ else None
    if profile is None:
        run_here("cases.classify_waiting")
        return
    profile.runcall(run_here, "cases.classify_waiting")
    with Path(os.environ["PROFILE"]).open("w", encoding="utf-8") as file:
        stats = pstats.Stats(profile, stream=file)
        stats.sort_stats("cumulative").print_stats(100)
        stats.sort_stats("tottime").print_stats(50)


def main() -> None:
    """Print a line a round, the medians, and what was sent to the database."""
    reports, rounds = (int(each) for each in (*sys.argv[1:], "1000", "3")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 3)
    draw = random.Random(1)
    texts = [example.text for example in load_examples()]
    with fresh_city():
        number_city()
        db.session.execute(sql(SETTING))
        db.session.commit()
        grow(KNOWN, 0)
        leave(draw.sample(texts, 60))
        reading()
        run_here("measures.take_up")
        lines = []
        for _round in range(rounds):
            leave(draw.sample(texts, reports))
            own, server, seen = cost(reading, reports)
            counting = cost(lambda: run_here("measures.take_up"), reports)
            lines.append((own, server, counting[0], counting[1]))
            print(LINE.format("round", *lines[-1]), flush=True)
        print(LINE.format("median", *map(statistics.median, zip(*lines, strict=True))))
        print(f"{sum(seen.values())} statements for {reports} reports:", *(f"\n{many:7} {what}" for what, many in seen.most_common()))
        print(db.session.execute(sql(STATES), {"known": KNOWN}).all())


if __name__ == "__main__":
    main()
