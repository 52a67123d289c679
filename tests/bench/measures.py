"""What the figures cost: `python -m tests.bench.measures [cases]`, up to 5000000 of them.

Leadership's pages as whole requests, the same figures by GROUP BY over the cases in the same run, how fast the rollup takes up events while
pages are read, how old a figure can get, and how long counting everything anew takes.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import sys
import threading
import time
from dataclasses import replace
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import text as sql

from analytics.rollup import columns, services
from analytics.rollup.blocks import Block
from analytics.rollup.columns import Columns, current
from analytics.rollup.warming import count_the_city
from feedback.accounts.models import SecondFactor
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from tests.bench.inbox import opened, signed_in
from tests.bench.many_cases import HEAD, large_city, row, timed

ROUNDS = 20
EVENTS, BURST = 10_000, 1_000
PAGES = {
    "city": "",
    "city, a year, by agency": "?tu={year}&theo=co-quan",
    "city, by field, coloured by reopened": "?theo=linh-vuc&do=reopened",
    "district": "?khu-vuc={district}",
    "agency": "?co-quan={agency}",
    "field, a year": "?linh-vuc=health&tu={year}",
    "channel web": "?kenh=web",
    "channel web, a year, by agency": "?kenh=web&tu={year}&theo=co-quan",
    "size group, field, channel": "?quy-mo=vua&linh-vuc=health&kenh=web",
    "two districts": "doi-chieu?khu-vuc={district}&khu-vuc2=tat-ca",
    "list behind a number": "ho-so/tiep-nhan?khu-vuc={district}",
    "list of a year": "ho-so/da-tra-loi?tu={year}",
    "list of a year, size group": "ho-so/da-tra-loi?tu={year}&quy-mo=vua",
    "list of what stands open": "ho-so/chua-tra-loi",
}
#: The table of districts as it would be without a rollup: every count of the page in one pass over the cases.
BY_HAND = """
SELECT coalesce(a.district_area_id, 0), count(*) FILTER (WHERE received_at >= :since), count(*) FILTER (WHERE answered_at >= :since),
    count(*) FILTER (WHERE due_at >= :since AND due_at < now() AND (answered_at IS NOT NULL OR closed_at IS NULL)),
    count(*) FILTER (WHERE due_at >= :since AND due_at < now() AND answered_at <= due_at),
    count(*) FILTER (WHERE answered_at IS NULL AND closed_at IS NULL),
    count(*) FILTER (WHERE answered_at IS NULL AND closed_at IS NULL AND due_at < now()),
    count(*) FILTER (WHERE answered_at >= :since AND EXISTS (SELECT FROM case_rating r WHERE r.case_id = c.id AND r.solved = 'yes')),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY answered_at - received_at) FILTER (WHERE answered_at >= :since)
FROM cases c LEFT JOIN area a ON a.id = c.area_id WHERE NOT sealed GROUP BY 1
"""


def main() -> None:
    """Fill the scratch city and print the table."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with large_city(many) as (app, people):
        load = os.getloadavg()[0]
        print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, PostgreSQL {db.session.scalar(sql('SHOW server_version'))}")
        began = time.perf_counter()
        number = services.rebuild()
        print(f"rebuild: {number} cases in {time.perf_counter() - began:.1f} s")
        with transaction():
            db.session.execute(sql("DELETE FROM measure_touched"))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sql("VACUUM ANALYZE"))
        print("facts {} on disk".format(db.session.scalar(sql("SELECT pg_size_pretty(pg_total_relation_size('measure_case'))"))))
        began, worked = time.perf_counter(), time.process_time()
        kept = current()
        took, own = time.perf_counter() - began, time.process_time() - worked
        print(f"read once by each process: {took:.1f} s, of it {own:.1f} s its own; {_memory(kept, many)}")
        db.session.rollback()
        with transaction():
            # Leadership must have a second factor; nobody asks for a code of this one.
            db.session.add(SecondFactor(user_id=people.leader.id, sealed=b"-", last_step=0))
        client = signed_in(app, people.leader)
        _pages(client)
        print(f"the process then keeps {_memory(current(), many)}")
        db.session.rollback()
        _ratio()
        _events(client)


def _memory(kept: Columns, many: int) -> str:
    """What the columns take, and what was worked out of them and is kept with them; and the most the process ever had."""
    worked_out = sum(block.kept_bytes for block in kept.blocks.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = f"columns {kept.nbytes / 1e6:.0f} MB, {kept.nbytes / many:.0f} bytes a case"
    return f"{size}; worked out of them {worked_out / 1e6:.0f} MB; the process at its largest {peak:.0f} MB"


def _pages(client: FlaskClient) -> None:
    today, some = local_day(now()), db.session.execute(sql("SELECT district_id, agency_id FROM measure_case LIMIT 1")).one()
    names = {"year": f"{today.replace(year=today.year - 1)}", "district": some.district_id, "agency": some.agency_id}
    db.session.rollback()
    print(
        "\nwhole requests, milliseconds; then the web process's own work: at best, in the middle, and when nothing of"
        f" it is known but what a process counts when it starts\n{HEAD}{'own, best':>12}{'own, middle':>12}{'own, anew':>12}"
    )
    for name, query in PAGES.items():
        address = "/dieu-hanh/" + query.format(**names)
        opened(client, address)
        measured, own = [], []
        for _round in range(ROUNDS):
            worked = time.process_time()
            measured.append(timed(partial(opened, client, address)))
            own.append((time.process_time() - worked) * 1000)
        kept = current()
        columns._kept[db.engine] = replace(kept, blocks={number: Block(block.data) for number, block in kept.blocks.items()})
        count_the_city()
        db.session.rollback()
        worked = time.process_time()
        opened(client, address)
        anew = (time.process_time() - worked) * 1000
        columns._kept[db.engine] = kept
        print(f"{row(name, measured)}{min(own):>12.0f}{statistics.median(own):>12.0f}{anew:>12.0f}", flush=True)


def _ratio() -> None:
    """The district table: out of the rollup, and by GROUP BY over the cases."""
    from analytics.dashboard.periods import last_days
    from analytics.rollup.queries import figures
    from analytics.rollup.scope import Group, Scope

    period = last_days(local_day(now()), 90).at(now())
    since = {"since": f"{period.first}T00:00:00+07:00"}
    kept, by_hand = [], []
    for _round in range(ROUNDS):
        kept.append(timed(lambda: figures(period, Scope(), [Group.DISTRICT])))
        by_hand.append(timed(lambda: db.session.execute(sql(BY_HAND), since).all()))
        db.session.rollback()
    print(f"\nthe table of districts, 90 days, milliseconds\n{HEAD}")
    print(row("rollup", kept))
    print(row("GROUP BY over the cases", by_hand))
    ratio = statistics.median(ms for ms, _n in by_hand) / statistics.median(ms for ms, _n in kept)
    print(f"ratio of the medians: {ratio:.1f}")


def _events(client: FlaskClient) -> None:
    """Cases change in bursts, each burst one transaction, while the city page is read; the rollup takes them up as the worker does."""
    stop, pages = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            opened(client, "/dieu-hanh/")
            pages.append((time.perf_counter() - began) * 1000)

    reader = threading.Thread(target=read)
    reader.start()
    waited = []
    for start in range(0, EVENTS, BURST):
        with transaction():
            change = "UPDATE cases SET agency_id = 1 + (agency_id + :n) % 150, version = version + 1 WHERE id BETWEEN :n AND :n + :many - 1"
            db.session.execute(sql(change), {"n": start + 1, "many": BURST})
        since = time.perf_counter()
        services.take_up()
        waited.append(time.perf_counter() - since)
    stop.set()
    reader.join()
    print(f"\n{EVENTS} events in bursts of {BURST}, taken up while the city page is read")
    print(f"taken up: {EVENTS / sum(waited):.0f} events/s; a burst: median {statistics.median(waited):.2f} s, worst {max(waited):.2f} s")
    print(f"city page meanwhile: median {statistics.median(pages):.0f} ms over {len(pages)} readings")


if __name__ == "__main__":
    main()
