"""How the service keeps its pace while the cases grow: `python -m tests.bench.scaling [cases …]`, each number larger than the last.

One durable server is filled on from size to size; at each one real web and worker processes, started as `feedback.serve` starts them, are
asked over HTTP by a process of its own (`knocker.py`) with requests prepared beforehand (`crowd.py`). All columns of the table are one run.
BENCH_SECONDS is how long each measurement lasts (8), BENCH_CONNECTIONS how many requests are under way at once (8).
"""

from __future__ import annotations

import json
import os
import pickle
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import text as sql

from analytics.rollup import services as rollup
from feedback.accounts.models import SecondFactor
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, submit_report
from feedback.codes import new_code
from feedback.config import ROOT
from feedback.db import db, now, transaction
from feedback.intake.drafts import hmac_of
from feedback.parts import Parts
from feedback.processes import Child
from tests.bench import crowd, yardstick
from tests.bench.intake import fresh_city
from tests.bench.many_cases import People, fill, hire, number_city
from tests.bench.running import Processor, running, serving
from tests.faults.server import free_port

SIZES = (10_000, 50_000)
SECONDS, CONNECTIONS = float(os.environ.get("BENCH_SECONDS", "8")), int(os.environ.get("BENCH_CONNECTIONS", "8"))
#: More requests a second than any of these machines answers; so many are prepared.
MOST = 450
PAGE_ROUNDS = 60
#: What a case brings with it in the other large tables; a third of the answered ones is public. The chain of these audit rows is no chain:
#: nobody checks it here.
HISTORY = (
    """INSERT INTO case_event (case_id, at, move, from_state, to_state, who, from_agency_id, to_agency_id, reason)
    SELECT c.id, c.received_at + n * interval '1 day', m, f, t, w, c.agency_id, c.agency_id, '' FROM cases c CROSS JOIN
    (VALUES (0, 'submit', NULL, 'received', 'citizen'), (0, 'sort', 'received', 'sorting', 'system'),
            (1, 'forward', 'sorting', 'forwarded', 'system'), (2, 'accept', 'forwarded', 'in_progress', 'system'),
            (9, 'approve', 'awaiting_approval', 'answered', 'system')) AS moves (n, m, f, t, w) WHERE c.id > :known""",
    """INSERT INTO audit_entry (at, actor_role, action, subject_kind, subject_id, facts, number, previous, mac)
    SELECT c.received_at + n * interval '1 day', 'system', 'case.accept', 'case', c.public_id,
        jsonb_build_object('from_state', 'forwarded', 'to_state', 'in_progress', 'from_agency', c.agency_id, 'to_agency', c.agency_id), n,
        sha256(c.public_id::bytea), sha256((c.public_id || n)::bytea) FROM cases c CROSS JOIN generate_series(1, 5) n
    WHERE c.id > :known""",
    """INSERT INTO case_key (case_id, wrapped) SELECT id, sha256(public_id::bytea) || sha256(id::text::bytea) FROM cases
    WHERE id > :known""",
    """INSERT INTO case_transfer (case_id, hop, state, from_agency_id, to_agency_id, from_desk, binding, note, sent_at, ended_at, end_note,
        working_minutes, reminders)
    SELECT c.id, 1, CASE WHEN state = 'forwarded' THEN 'sent' ELSE 'accepted' END, desk.id, agency_id, true, false, '',
        received_at + interval '1 day', CASE WHEN state <> 'forwarded' THEN received_at + interval '2 days' END, '',
        CASE WHEN state <> 'forwarded' THEN 480 END, 0 FROM cases c, agency desk WHERE c.id > :known AND desk.is_desk""",
    """INSERT INTO case_answer (case_id, state, outcome, text, author_id, written_at, decided_by_id, decided_at, comment)
    SELECT c.id, 'published', 'solved', 'Đã cho người thu gom, xin cảm ơn Ông/Bà.', writer.id, answered_at, writer.id, answered_at, ''
    FROM cases c, (SELECT min(id) AS id FROM staff_user) writer WHERE c.id > :known AND answered_at IS NOT NULL""",
    """INSERT INTO case_publication (case_id, text, text_folded, answer, published_at, published_by_id, followers)
    SELECT c.id, text, text_folded, 'Đã cho người thu gom, xin cảm ơn Ông/Bà.', answered_at + interval '1 day', writer.id, 0
    FROM cases c, (SELECT min(id) AS id FROM staff_user) writer WHERE c.id > :known AND wants_public""",
)
#: Tables whose triggers note what the figures must count anew; all of it is counted once at the end.
MEASURED = ("cases", "case_transfer")
LARGEST = """SELECT relname, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC LIMIT 8"""


def grow(many: int, known: int) -> People | None:
    """Fill on to so many cases with their history, and the figures over them; with the first ones come the officers who look."""
    last = db.session.scalar(sql("SELECT coalesce(max(id), 0) FROM cases"))
    _measured("DISABLE")
    fill(many, known + 1)
    people = None if known else hire()
    began = time.perf_counter()
    for statement in HISTORY:
        db.session.execute(sql(statement), {"known": last})
    db.session.commit()
    _measured("ENABLE")
    rollup.rebuild()
    db.session.execute(sql("DELETE FROM measure_touched"))
    db.session.commit()
    settle()
    print(f"history and figures of them in {time.perf_counter() - began:.0f} s", flush=True)
    return people


def _measured(how: str) -> None:
    for table in MEASURED:
        db.session.execute(sql(f"ALTER TABLE {table} {how} TRIGGER {table}_measured"))
    db.session.commit()


def settle() -> None:
    """Have the server do now what it would do at some moment of its own, in the midst of what is measured next."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sql("VACUUM ANALYZE"))
        connection.execute(sql("CHECKPOINT"))


def knock(port: int, requests: list[bytes], wanted: str, connections: int = CONNECTIONS, seconds: float = SECONDS) -> dict[str, object]:
    """Send the requests from a process of its own; what it measured. Every answer must be the wanted one."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(requests))
        file.flush()
        order = [sys.executable, "-m", "tests.bench.knocker"]
        ran = subprocess.run(
            order, cwd=ROOT, input=f"{port} {connections} {seconds} {file.name}", capture_output=True, text=True, check=True, timeout=600
        )
    found: dict[str, object] = json.loads(ran.stdout)
    if set(found["statuses"]) != {wanted}:  # type: ignore[call-overload]
        raise SystemExit(f"answers {found['statuses']}, wanted {wanted}")
    return found


class Column:
    """What is measured at one size, row by row."""

    def __init__(self) -> None:
        self.rows: dict[str, float] = {}
        self.notes: list[str] = []

    def rate(self, name: str, port: int, children: dict[str, Child], requests: list[bytes], wanted: str, lasting: float = SECONDS) -> int:
        """A rate that is kept up, what each request took, and whose processor it took; how many there were."""
        processor = Processor(children)
        found = knock(port, requests, wanted, seconds=lasting)
        ms: list[float] = found["ms"]  # type: ignore[assignment]
        cuts = statistics.quantiles(ms, n=20)
        self.rows |= {f"{name}: a second": len(ms) / float(found["seconds"]), f"{name}: p50 ms": cuts[9], f"{name}: p95 ms": cuts[18]}  # type: ignore[arg-type]
        self.notes.append(f"{name}: processor ms each: {processor.each(len(ms), float(found['own']))}")  # type: ignore[arg-type]
        return len(ms)


def machine(column: Column) -> None:
    """What the machine gives at most, beside the column it is measured for."""
    yardstick.prepare(True)
    column.rows["machine: transactions a second"] = yardstick.transactions_a_second(CONNECTIONS, SECONDS)
    port = free_port()
    with running([yardstick.smallest_server(Parts(("web",), 2).children("127.0.0.1", port)[0])], port) as children:
        requests = [
            crowd.http("POST", "/take-in", urlencode({"text": text}).encode()) for text in crowd.some_texts(int(MOST * SECONDS * 5))
        ]
        knock(port, requests[:20], "302 /done")
        column.rate("machine: smallest intake, 2 web", port, children, requests[20:], "302 /done")
    yardstick.prepare(False)


def intake(app: Flask, people: People, column: Column) -> list[str]:
    """Every way in; gives the codes of reports that were sent."""
    many = int(MOST * SECONDS)
    for processes in (1, 2):
        requests, codes = crowd.last_steps(app, many)
        with serving(processes, "web") as (port, children):
            knock(port, requests[:20], "302 /phan-anh/xong")
            sent = column.rate(f"form, last step, {processes} web", port, children, requests[20:], "302 /phan-anh/xong")
            if processes == 2:
                column.rate("JSON API POST, 2 web", port, children, crowd.api_posts(many), "201")
                column.rate("Open311 POST, 2 web", port, children, crowd.open311_posts(many, people.leader.id), "201")
    texts = crowd.some_texts(200)
    began = time.perf_counter()
    for text in texts:
        submit_report(Report(text=text), hmac_of(new_code()), CITIZEN)
    column.rows["submit_report in process: a second"] = len(texts) / (time.perf_counter() - began)
    return codes[:sent]


#: How long reports waited to be read, of those that came after a moment.
WAITED = """SELECT extract(epoch FROM read.at - sent.at) FROM case_event sent JOIN case_event read USING (case_id)
    WHERE sent.move = 'submit' AND sent.at > :began AND read.move IN ('sort', 'seal')"""


def reading(app: Flask, column: Column) -> None:
    """Web and worker together, long enough for several of the worker's rounds: it reads what comes in meanwhile, then what remains."""
    seconds = 3 * SECONDS
    settle()
    requests, _codes = crowd.last_steps(app, int(MOST * seconds))
    with serving(2, "web", "worker") as (port, children):
        while _unread():
            time.sleep(0.2)
        before, started = _moved(), now()
        taken = column.rate("form with worker, 2 web", port, children, requests, "302 /phan-anh/xong", seconds)
        left, read = _unread(), _moved() - before
        column.rows |= {"read meanwhile, of 100 sent": 100 * read / taken, "left unread at the end": left}
        began = time.perf_counter()
        while _unread():
            time.sleep(0.1)
        column.rows["seconds until all are read"] = time.perf_counter() - began
        cuts = statistics.quantiles(map(float, db.session.scalars(sql(WAITED), {"began": started})), n=20)
        db.session.rollback()
        column.rows |= {"wait for reading: p50 s": cuts[9], "wait for reading: p95 s": cuts[18]}
        for name in ("web", "worker"):
            column.rows[f"memory of a {name} process, MB"] = Processor(children).memory(name)[-1]


def _unread() -> int:
    left = db.session.scalar(sql("SELECT count(*) FROM cases WHERE state = 'received'"))
    db.session.rollback()
    return left or 0


def _moved() -> int:
    moved = db.session.scalar(sql("SELECT count(*) FROM case_event WHERE move IN ('sort', 'seal') AND at > now() - interval '1 hour'"))
    db.session.rollback()
    return moved or 0


def pages(app: Flask, people: People, codes: list[str], column: Column) -> None:
    """Reading: the tracking page as fast as it goes, officers' pages one after the other; after the writing, not beside its clearing up."""
    settle()
    with serving(2, "web") as (port, children):
        knock(port, crowd.trackings(app, codes, 40), "200")
        column.rate("tracking page, 2 web", port, children, crowd.trackings(app, codes, int(3 * MOST * SECONDS)), "200")
        for name, user, path in (
            ("inbox of the largest agency", people.largest, "/can-bo/ho-so"),
            ("search in the largest agency", people.largest, "/can-bo/ho-so?tim=rac+thai"),
            ("dashboard of the city", people.leader, "/dieu-hanh/"),
            ("transit between agencies", people.leader, "/dieu-hanh/luan-chuyen"),
            ("public list", people.middling, "/cong-khai"),
            ("search in the public list", people.middling, "/cong-khai?tim=rac+thai"),
        ):
            requests = crowd.officer_pages(app, user.id, path, PAGE_ROUNDS)
            knock(port, requests[:4], "200", 1)
            ms: list[float] = knock(port, requests, "200", 1, 120)["ms"]  # type: ignore[assignment]
            column.rows[f"{name}: p95 ms"] = statistics.quantiles(ms, n=20)[18]


def measure(app: Flask, people: People, many: int) -> Column:
    """One column of the table."""
    column = Column()
    size = db.session.scalar(sql("SELECT pg_database_size(current_database())")) or 0
    column.rows["database, bytes a case"] = size / many
    tables = [f"{name} {total / 2**20:.0f} ({indexes / 2**20:.0f})" for name, total, indexes in db.session.execute(sql(LARGEST))]
    column.notes.append("largest tables, MB (of which indexes): " + ", ".join(tables))
    db.session.rollback()
    machine(column)
    codes = intake(app, people, column)
    reading(app, column)
    pages(app, people, codes, column)
    print(f"\nat {many} cases\n  " + "\n  ".join(column.notes), flush=True)
    return column


def table(columns: dict[int, Column]) -> str:
    """All of it, with what the last size is of the first."""
    first, last = next(iter(columns.values())), list(columns.values())[-1]
    lines = ["", f"{'cases':<44}" + "".join(f"{many:>12,}" for many in columns) + f"{'last/first':>12}"]
    for name, start in first.rows.items():
        values = "".join(f"{column.rows[name]:>12.1f}" for column in columns.values())
        lines.append(f"{name:<44}{values}" + (f"{last.rows[name] / start:>12.2f}" if start else f"{'–':>12}"))
    return "\n".join(lines)


def main() -> None:
    """Fill, measure, print, size by size."""
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}; ", end="")
    with fresh_city() as app:
        for setting in ("server_version", "fsync", "synchronous_commit"):
            print(f"{setting} {db.session.scalar(sql('SHOW ' + setting))}", end="  ")
        print(f"{SECONDS:.0f} s each, {CONNECTIONS} connections", flush=True)
        number_city()
        # Numbers of the cases filled in are not given again.
        db.session.execute(sql("SELECT setval('case_reference_seq', 100000000)"))
        db.session.commit()
        columns: dict[int, Column] = {}
        people = None
        for known, many in zip([0, *sizes], sizes, strict=False):
            hired = grow(many, known)
            if hired is not None:
                people = hired
                with transaction():  # leadership must have a second factor; nobody asks for a code of this one
                    db.session.add(SecondFactor(user_id=people.leader.id, sealed=b"-", last_step=0))
                for user in (people.leader, people.largest, people.middling):  # known by their numbers, whatever becomes of this session
                    db.session.refresh(user)
                    db.session.expunge(user)
            columns[many] = measure(app, people, many)
            print(table(columns), flush=True)


if __name__ == "__main__":
    main()
