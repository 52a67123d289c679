"""A scratch city with very many cases, filled by the database itself, for the measurements of search and inbox."""

from __future__ import annotations

import dataclasses
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import event
from sqlalchemy import text as sql

from analytics.classify.corpus import load_examples
from feedback import postgres
from feedback.accounts.models import Role, User
from feedback.cases.access import Actor
from feedback.city import queries as city
from feedback.city.loader import load_city
from feedback.cli import migrate_database
from feedback.config import Config, embedded_url
from feedback.db import db
from feedback.text import fold
from wsgi import create_app

#: Cases over so many years; the last of them are open.
YEARS = 3
OPEN_SHARE = 0.025
#: Cases that one statement fills in: what it has to check of each waits in memory until its end.
CHUNK = 250_000
FILL = """
INSERT INTO cases (public_id, reference, code_hmac, track, state, sealed, text, text_folded, place, area_id, category_code, agency_id,
    to_agency_id, at_desk, guidance, hops, returns, reopenings, questions, channel, language, wants_public, anonymous, urgent, rule_code,
    received_at, due_at, clock_from, forwarded_at, accepted_at, answered_at, closed_at, version)
SELECT left(md5(n::text), 16),
    format('PA-%s-%s', extract(year FROM at), lpad(n::text, greatest(6, length(n::text)), '0')), sha256(n::text::bytea), 'feedback', state,
    false, t.text || ' Số ' || n % 900 || '.', t.folded || ' so ' || n % 900 || '.', '', w.id, t.category_code, a.id,
    CASE WHEN state = 'forwarded' THEN b.id END, false, '', 1, 0, 0, 0,
    (ARRAY['web', 'web', 'web', 'phone', 'counter'])[1 + dice / 13 % 5], 'vi', state IN ('answered', 'closed') AND n % 3 = 0, true,
    n % 40 = 0, 'PAKN-ANS',
    at, at + interval '15 days', at, at, at, CASE WHEN state IN ('answered', 'closed') THEN at + interval '9 days' END,
    CASE WHEN state = 'closed' THEN at + interval '12 days' END, 1
FROM (SELECT n, now() - (:many - n) * (make_interval(years => :years) / :many) AS at, hashint8(n) & 2147483647 AS dice,
        CASE WHEN n < :many * (1 - :open) THEN CASE WHEN n % 5 = 0 THEN 'answered' ELSE 'closed' END
             ELSE (ARRAY['in_progress', 'in_progress', 'in_progress', 'forwarded', 'awaiting_approval', 'awaiting_supplement']
                  )[1 + n % 6] END AS state FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n) AS cast_dice
JOIN bench_text t ON t.number = dice % (SELECT count(*) FROM bench_text)
-- A tenth of all cases lies at one agency, the rest thins out as in a real city.
JOIN bench_agency a ON a.number = least(floor(((dice / 7) % 10000 / 10000.0) ^ 3 * (SELECT count(*) FROM bench_agency)), 9999)
JOIN bench_agency b ON b.number = (a.number + 1) % (SELECT count(*) FROM bench_agency)
JOIN bench_ward w ON w.number = (dice / 11) % (SELECT count(*) FROM bench_ward)
-- Keys in the order in which the cases came in, as in a real city.
ORDER BY n
"""


@dataclasses.dataclass(frozen=True)
class People:
    """Who looks: leadership over the whole city, an officer of the largest agency, one of a middling agency, one of the front desk."""

    leader: User
    largest: User
    middling: User
    desk: User


@contextmanager
def large_city(many: int) -> Iterator[tuple[Flask, People]]:
    """The application on a new durable server with so many cases, and the officers who look at them."""
    with tempfile.TemporaryDirectory(prefix="liemchinh-bench-") as folder:
        var = Path(folder)
        var.chmod(0o711)
        os.environ.update(LIEMCHINH_VAR=folder)
        os.environ.pop("DATABASE_URL", None)
        secret = "only for the bench, forty characters long"
        config = Config(database_url=embedded_url(var), secret_key=secret, var=var, https=False, limits_url="memory://", testing=True)
        app = create_app(config)
        with postgres.running(config, tied=True), app.app_context():
            migrate_database()
            load_city("2025")
            number_city()
            fill(many)
            people = hire()
            _ask_for_help(people)
            yield app, people
            db.session.remove()
            db.engine.dispose()


def number_city() -> None:
    """Number agencies, wards and texts from 0, for the filling to draw from."""
    _number("bench_agency", [(agency.id,) for agency in city.agencies() if not agency.is_triage], "id int")
    _number("bench_ward", [(ward.id,) for ward in city.wards()], "id int")
    examples = [(one.text, fold(one.text), one.category) for one in load_examples()]
    _number("bench_text", examples, "text text", "folded text", "category_code text")


def fill(many: int, first: int = 1) -> None:
    """Add the cases of these numbers, spread over the years up to now."""
    began = time.perf_counter()
    indexes = db.session.execute(sql("SELECT indexdef FROM pg_indexes WHERE indexname IN ('ix_cases_search')")).scalars().all()
    db.session.execute(sql("DROP INDEX ix_cases_search"))
    for start in range(first, many + 1, CHUNK):
        last = min(start + CHUNK - 1, many)
        db.session.execute(sql(FILL), {"first": start, "last": last, "many": many, "years": YEARS, "open": OPEN_SHARE})
    for index in indexes:
        db.session.execute(sql(index))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sql("VACUUM ANALYZE"))
    size = db.session.scalar(sql("SELECT pg_size_pretty(pg_total_relation_size('cases'))"))
    index = db.session.scalar(sql("SELECT pg_size_pretty(pg_relation_size('ix_cases_search'))"))
    print(f"{many} cases in {time.perf_counter() - began:.0f} s; {size} with indexes, of which the text index {index}", flush=True)
    db.session.remove()


def _number(table: str, rows: Sequence[tuple[object, ...]], *columns: str) -> None:
    """A table of rows numbered from 0."""
    db.session.execute(sql(f"CREATE TABLE {table} (number int PRIMARY KEY, {', '.join(columns)})"))
    names = [column.split()[0] for column in columns]
    places = ", ".join(f":{name}" for name in names)
    values = [{"number": number, **dict(zip(names, row, strict=True))} for number, row in enumerate(rows)]
    db.session.execute(sql(f"INSERT INTO {table} VALUES (:number, {places})"), values)


def hire() -> People:
    """The officers who look."""
    sizes = db.session.execute(sql("SELECT agency_id, count(*) FROM cases GROUP BY 1 ORDER BY 2 DESC")).all()
    middle = sizes[len(sizes) // 2]
    print(f"largest agency: {sizes[0][1]} cases, middling: {middle[1]}, agencies: {len(sizes)}", flush=True)
    desk = city.desk_agency().id
    people = [
        User(sign_in_name=f"bench.{n}", full_name=f"Người đo {n}", email=None, password_hash="-", role=role, agency_id=agency)
        for n, (role, agency) in enumerate(
            [(Role.LEADERSHIP, desk), (Role.HANDLER, sizes[0][0]), (Role.HANDLER, middle[0]), (Role.FRONT_DESK, desk)]
        )
    ]
    db.session.add_all(people)
    db.session.commit()
    for user in people:
        db.session.refresh(user)
    return People(*people)


def _ask_for_help(people: People) -> None:
    """The largest agency is asked to co-handle two hundred cases of others."""
    order = """INSERT INTO case_partner (case_id, agency_id, state, request, asked_at, asked_by_id, due_at, report)
        SELECT id, :agency, 'asked', 'Phối hợp.', received_at, :user, due_at, '' FROM cases
        WHERE state = 'in_progress' AND agency_id <> :agency ORDER BY id LIMIT 200"""
    db.session.execute(sql(order), {"agency": people.largest.agency_id, "user": people.largest.id})
    db.session.commit()
    db.session.execute(sql("ANALYZE case_partner"))
    db.session.commit()


def actor_of(user: User) -> Actor:
    """The officer as the services know him."""
    return Actor.of(user)


def timed(act: Callable[[], object]) -> tuple[float, int]:
    """Milliseconds and statements of one act."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        began = time.perf_counter()
        act()
        return (time.perf_counter() - began) * 1000, len(seen)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def row(name: str, measured: Sequence[tuple[float, int]]) -> str:
    """A line of the table: median, 95th percentile and worst in ms, and most statements."""
    times = sorted(ms for ms, _count in measured)
    p95 = times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]
    return f"{name:<52}{statistics.median(times):>9.1f}{p95:>9.1f}{times[-1]:>9.1f}{max(count for _ms, count in measured):>9}"


HEAD = f"{'':<52}{'median':>9}{'p95':>9}{'worst':>9}{'queries':>9}"
