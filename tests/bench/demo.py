"""How long filling a demo city takes, on an embedded server of its own: `python -m tests.bench.demo [cases]`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from analytics.demo import services
from feedback import postgres
from feedback.cli import migrate_database
from feedback.config import DEMO_SECRET, Config, embedded_url
from feedback.db import db
from wsgi import create_app

T = TypeVar("T")
CASES = 60_000


def stopped(items: Sequence[T], label: str) -> Iterable[T]:
    """Passes items through and prints how long they took."""
    began = time.perf_counter()
    yield from items
    print(f"{label:28} {len(items):8,} items   {time.perf_counter() - began:6.1f} s")


def main() -> None:
    """Print the seconds of each stage, of the whole, and the rows made."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        config = Config(database_url=embedded_url(var), secret_key=DEMO_SECRET, var=var, demo=True, https=False)
        app = create_app(config)
        with app.app_context(), postgres.running(config):
            migrate_database()
            began, worked = time.perf_counter(), time.process_time()
            made = services.fill_city("2025", cases, 1, stopped)
            seconds, own = time.perf_counter() - began, time.process_time() - worked
            rows = sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in services.TABLES)
            print(f"{made.cases:,} cases, {made.accounts:,} accounts, {rows:,} rows in {seconds:.1f} s ({own:.1f} s of them in Python)")
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{made.cases / seconds:,.0f} cases a second, at most {memory:,.0f} MB")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
