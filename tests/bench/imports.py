"""How long bringing old cases and officers in takes: `python -m tests.bench.imports 10000`.

A file of so many cases, the texts of the corpus over and over with a number, answered, closed and open, goes through `services` and the
worker's job as on the administrator's page, with the real classifier, on a fresh durable server beside the real data; then 500 officers.
At the end the cases are taken back.
"""

from __future__ import annotations

import csv
import io
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import text as sql

from analytics.classify.corpus import load_examples
from feedback.accounts.models import Role, User
from feedback.accounts.services import NewUser, create_user
from feedback.acting import as_system
from feedback.city import queries as city
from feedback.db import db
from feedback.imports import queries, services, withdrawing
from feedback.imports.columns import Kind, names_of
from feedback.imports.running import work
from tests.bench.intake import fresh_city

OFFICERS = 500
CHECKS = {
    "cases": "SELECT count(*) FROM cases",
    "of them sealed": "SELECT count(*) FROM cases WHERE sealed",
    "events": "SELECT count(*) FROM case_event",
    "answers": "SELECT count(*) FROM case_answer",
    "audit rows of them": "SELECT count(*) FROM audit_entry WHERE action = 'case.imported'",
}


def file_of(many: int) -> bytes:
    """So many old cases over two years, every tenth still open."""
    texts = [example.text for example in load_examples()]
    random.Random(1).shuffle(texts)
    agencies = [agency.code for agency in city.agencies() if not agency.is_triage]
    wards = [ward.code for ward in city.wards()]
    out = io.StringIO()
    writer = csv.DictWriter(out, names_of(Kind.CASES), restval="")
    writer.writeheader()
    for n in range(many):
        received = date(2024, 1, 2) + timedelta(days=n % 700)
        row = {
            "number": f"1022/{n:06d}", "received": received.isoformat(), "text": f"{texts[n % len(texts)]} (số {n})",
            "area_code": wards[n % len(wards)], "agency_code": agencies[n % len(agencies)], "state": "open",
        }  # fmt: skip
        if n % 10:
            answer = {"answered": (received + timedelta(days=n % 30)).isoformat(), "answer": "Đã kiểm tra và xử lý."}
            row |= {"state": "closed" if n % 2 else "answered", **answer}
        if n % 3 == 0:
            row["contact_phone"] = f"09{n:08d}"
        writer.writerow(row)
    return out.getvalue().encode()


def people(many: int) -> bytes:
    """So many officers of all agencies."""
    codes = [agency.code for agency in city.agencies()]
    rows = [f"can.bo.do.{n},Người Đo {n},,handler,{codes[n % len(codes)]}" for n in range(many)]
    return "\n".join([",".join(names_of(Kind.OFFICERS)), *rows]).encode()


def brought(by: User, kind: Kind, data: bytes, many: int, source: str = "") -> str:
    """Have a file judged and written; gives its public id."""
    public_id = services.bring(by, kind, "do.csv", data, source)
    key = queries.one(public_id).id
    timed(f"{many} {kind.value} judged", lambda: work(key), many)
    services.start(by, public_id)
    timed(f"{many} {kind.value} written", lambda: work(key), many)
    print(", ".join(f"{outcome.value} {count}" for outcome, count in queries.counts(key).items()), flush=True)
    return public_id


def timed(name: str, act: Callable[[], object], many: int) -> None:
    """Do it and print how long it took."""
    began, spent = time.perf_counter(), time.process_time()
    act()
    took = time.perf_counter() - began
    print(f"{name:<32}{took:>8.1f} s{many / took:>10.0f} lines/s{time.process_time() - spent:>8.1f} s of its own", flush=True)


def main(many: int) -> None:
    """Measure judging and writing and print what is in the database then."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.0f}, Python {platform.python_version()}")
    with fresh_city():
        by = create_user(NewUser("bench.admin", "Người đo", Role.ADMINISTRATOR, city.desk_agency().id), "một câu dài để đo lường")
        with as_system("bench"):
            cases = brought(by, Kind.CASES, file_of(many), many, "Hệ thống đo")
            print(", ".join(f"{db.session.scalar(sql(query))} {name}" for name, query in CHECKS.items()), flush=True)
            brought(by, Kind.OFFICERS, people(OFFICERS), OFFICERS)
            timed("what would go, looked at", lambda: withdrawing.outlook(by, cases), many)
            withdrawing.withdraw(by, cases, "Đo")
            timed(f"{many} cases taken back", lambda: withdrawing.withdraw_rest(queries.one(cases).id), many)
            print(f"{db.session.scalar(sql('SELECT count(*) FROM cases'))} cases left", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
