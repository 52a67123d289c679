"""How many reports a second go in on this machine: `make bench`, or `python -m tests.bench.intake`.

Every report is a case with its event and its audit row, committed to disk before the next one starts. The
server is a fresh embedded one beside the real data, with the settings of `make run`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import text as sql

from analytics.classify.corpus import load_examples
from feedback import postgres
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, submit_report
from feedback.city.loader import load_city
from feedback.cli import migrate_database
from feedback.codes import new_code
from feedback.config import ROOT, Config, embedded_url
from feedback.db import db
from feedback.intake.drafts import hmac_of
from wsgi import create_app

ROUNDS = 5
REPORTS = 200
WRITERS = 4
CHECKS = {
    "cases": "SELECT count(*) FROM cases",
    "events": "SELECT count(*) FROM case_event WHERE move = 'submit'",
    "audit rows": "SELECT count(*) FROM audit_entry WHERE action = 'case.submit'",
}


@dataclasses.dataclass(frozen=True)
class Measured:
    """One way in: reports a second of each round, and milliseconds of each report where they can be told apart."""

    name: str
    rates: list[float]
    milliseconds: list[float]

    def row(self) -> str:
        """A line of the table."""
        spread = f"{min(self.rates):.0f}–{max(self.rates):.0f}"
        usual = f"{statistics.median(self.milliseconds):.1f}" if self.milliseconds else "–"
        slow = f"{statistics.quantiles(self.milliseconds, n=10)[-1]:.1f}" if self.milliseconds else "–"
        return f"{self.name:<42}{statistics.median(self.rates):>12.0f}{spread:>12}{usual:>12}{slow:>12}"


@contextmanager
def fresh_city() -> Iterator[Flask]:
    """The application on a new durable server with the city of 2025, on the disk where the real data lies."""
    beside = Path(os.environ.get("LIEMCHINH_VAR", ROOT / "var")).resolve()
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=beside) as folder:
        var = Path(folder)
        var.chmod(0o711)
        os.environ.update(LIEMCHINH_VAR=folder, LIEMCHINH_DEMO="1")
        os.environ.pop("DATABASE_URL", None)
        config = Config(database_url=embedded_url(var), secret_key="only for the bench, forty characters long", var=var, demo=True)
        app = create_app(config)
        with postgres.running(config, tied=True), app.app_context():
            migrate_database()
            load_city("2025")
            db.session.remove()
            yield app
            db.session.remove()
            db.engine.dispose()


def submit_all(app: Flask, texts: list[str]) -> list[float]:
    """Hand in each text as the web form does; milliseconds each took."""
    taken = []
    with app.app_context():
        for text in texts:
            before = time.perf_counter()
            submit_report(Report(text=text), hmac_of(new_code()), CITIZEN)
            taken.append((time.perf_counter() - before) * 1000)
        db.session.remove()
    return taken


def plain(app: Flask, texts: list[str], writers: int) -> tuple[float, list[float]]:
    """One round of `submit_report` by so many writers at once: reports a second, milliseconds of each."""
    began = time.perf_counter()
    with ThreadPoolExecutor(writers) as pool:
        parts = pool.map(submit_all, [app] * writers, [texts[number::writers] for number in range(writers)])
        taken = [one for part in parts for one in part]
    return len(texts) / (time.perf_counter() - began), taken


def through_the_command(texts: list[str]) -> tuple[float, list[float]]:
    """One round of `flask intake`, classified and answered: reports a second from the first answer to the last."""
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    order = [sys.executable, "-m", "flask", "--app", "wsgi", "intake"]
    with tempfile.TemporaryFile() as source:
        source.write(lines.encode())
        source.seek(0)
        with subprocess.Popen(order, cwd=ROOT, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            moments = [time.perf_counter() for _line in process.stdout]
    if process.returncode or len(moments) != len(texts):
        raise SystemExit(f"flask intake answered {len(moments)} of {len(texts)} lines, exit code {process.returncode}")
    return (len(moments) - 1) / (moments[-1] - moments[0]), []


def measured(name: str, rounds: Callable[[], tuple[float, list[float]]]) -> Measured:
    """All rounds of one way in, after one that is not counted."""
    rounds()
    results = [rounds() for _ in range(ROUNDS)]
    return Measured(name, [rate for rate, _taken in results], [one for _rate, taken in results for one in taken])


def main() -> None:
    """Measure each way in and print the table; fails when a report lacks its event or audit row."""
    texts = random.Random(1).sample([example.text for example in load_examples()], REPORTS)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; ", end="")
    with fresh_city() as app:
        for setting in ("server_version", "fsync", "synchronous_commit"):
            print(f"{setting} {db.session.scalar(sql('SHOW ' + setting))}", end="  ")
        db.session.remove()
        print(f"\nMedian of {ROUNDS} rounds of {REPORTS} reports\n")
        print(f"{'way in':<42}{'reports/s':>12}{'range':>12}{'ms, median':>12}{'ms, p90':>12}")
        print(measured("submit_report, 1 writer", lambda: plain(app, texts, 1)).row(), flush=True)
        print(measured(f"submit_report, {WRITERS} writers", lambda: plain(app, texts, WRITERS)).row(), flush=True)
        print(measured("flask intake, classified and answered", lambda: through_the_command(texts)).row(), flush=True)
        counts = {name: db.session.scalar(sql(query)) for name, query in CHECKS.items()}
        print("\nIn the database: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        if len(set(counts.values())) > 1:
            raise SystemExit("Something is missing.")


if __name__ == "__main__":
    main()
