"""What the chain costs at intake: reports a second with it, without it, and with one chain for everything: `python -m tests.bench.audit`.

The same reports by the same number of writers, round by round in turn, each way on a database of its own on one durable server. "Without"
is the table as it was before: no numbers, no macs, no key over them, no lock.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import event, func, select, text

from analytics.classify.corpus import load_examples
from feedback.audit import services as audit
from feedback.audit.models import AuditEntry
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.city.loader import load_city
from feedback.cli import migrate_database
from feedback.config import Config
from feedback.db import db
from tests.bench.intake import fresh_city, plain
from wsgi import create_app

ROUNDS, REPORTS, WRITERS = 21, 160, 8
#: Taken by every act in the way with one chain for everything.
ONE_CHAIN = 42
BARE = (
    "ALTER TABLE audit_entry DROP CONSTRAINT uq_audit_entry_subject_kind_subject_id_number",
    "ALTER TABLE audit_entry ALTER number DROP NOT NULL, ALTER previous DROP NOT NULL, ALTER mac DROP NOT NULL",
    "CREATE INDEX ix_audit_entry_subject ON audit_entry (subject_kind, subject_id)",
)


@dataclass
class Way:
    """One way to keep the record, its database, and the reports a second of each round."""

    name: str
    app: Flask
    #: What happens just before rows are written.
    link: Callable[..., None] | None
    rates: list[float]

    def run(self, texts: list[str]) -> None:
        """One round."""
        with linking(self.link):
            self.rates.append(plain(self.app, texts, WRITERS)[0])


@contextmanager
def linking(link: Callable[..., None] | None) -> Iterator[None]:
    """Put another way of linking rows in the place of the application's own."""
    event.remove(db.session, "before_flush", audit._link)
    if link is not None:
        event.listen(db.session, "before_flush", link)
    try:
        yield
    finally:
        if link is not None:
            event.remove(db.session, "before_flush", link)
        event.listen(db.session, "before_flush", audit._link)


def one_chain(session: object, flush: object, instances: object) -> None:
    """As if all rows were one chain: each act waits until the one before it is committed."""
    if any(isinstance(row, AuditEntry) for row in db.session.new):
        db.session.execute(select(func.pg_advisory_xact_lock(ONE_CHAIN)))
        audit._link(session, flush, instances)  # type: ignore[arg-type]


def another_city(first: Flask, name: str) -> Flask:
    """The application on one more database of the same server."""
    config: Config = first.extensions["config"]
    with first.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    app = create_app(replace(config, database_url=config.database_url.replace("/liemchinh?", f"/{name}?")))
    with app.app_context():
        migrate_database()
        load_city("2025")
        db.session.remove()
    return app


def bare(app: Flask) -> Flask:
    """Take the chain out of this city's tables."""
    with app.app_context(), db.engine.begin() as connection:
        for statement in BARE:
            connection.execute(text(statement))
    return app


def main() -> None:
    """Print the table; fails when a row is missing, a chain is broken, or intake falls below 80 % of what it was without."""
    texts = random.Random(1).sample([example.text for example in load_examples()], REPORTS)
    with fresh_city() as app:
        ways = [
            Way("without a chain", bare(another_city(app, "bare")), None, []),
            Way("a chain for each case", app, audit._link, []),
            Way("one chain for everything", another_city(app, "single"), one_chain, []),
        ]
        for number in range(ROUNDS + 1):
            for place in range(len(ways)):  # each way comes first, second and last equally often
                ways[(number + place) % len(ways)].run(texts)
            if number == 0:  # the first round warms up
                for way in ways:
                    way.rates.clear()
        print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; ", end="")
        print(f"median of {ROUNDS} rounds of {REPORTS} reports by {WRITERS} writers, in turn\n")
        print(f"{'':<28}{'reports/s':>10}{'range':>12}{'share, round by round':>24}")
        shares = [statistics.median(a / b for a, b in zip(way.rates, ways[0].rates, strict=True)) for way in ways]
        for way, share in zip(ways, shares, strict=True):
            spread = f"{min(way.rates):.0f}–{max(way.rates):.0f}"
            print(f"{way.name:<28}{statistics.median(way.rates):>10.0f}{spread:>12}{share:>24.0%}")
        wrong = [complaint for way in ways for complaint in complaints(way)]
    if wrong or shares[1] < 0.8:
        sys.exit("; ".join(wrong) or "The chain costs more than a fifth of intake.")


def complaints(way: Way) -> Iterator[str]:
    """What is wrong with the record of this way."""
    with way.app.app_context():
        wanted, found = (ROUNDS + 1) * REPORTS, db.session.scalar(select(func.count()).select_from(AuditEntry))
        if found != wanted:
            yield f"{way.name}: {found} rows of {wanted}"
        if way.link is not None:
            verdict = verify(record_keys())
            print(f"{way.name}: {verdict.rows} rows in {verdict.chains} chains, {'whole' if verdict.whole else verdict}")
            if not verdict.whole:
                yield f"{way.name}: the record is broken"
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main()
