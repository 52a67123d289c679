"""kill -9 while citizens send: what they were shown is true, and nothing is half there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from feedback.cases import queries
from feedback.codes import new_code
from feedback.config import ROOT, Config
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.operations.doctor import examine
from feedback.parts import Parts
from tests.faults.server import GONE, HOST, START_SECONDS, Citizen, WebServer, settings, work_until_idle

pytestmark = [pytest.mark.allow_hosts([HOST]), pytest.mark.slow]
SUBMISSIONS = 60
#: Eight requests at once, as usual, but in one process: each start of another costs seconds.
SERVER = Parts(("web",), processes=1, threads=8)
#: More than it works at.
AT_ONCE = 12
#: The server dies when so many have seen their code, and each time in the middle of somebody's sending.
KILLED_AFTER = (8, 24, 40)
#: Keys of the cases by what is kept of a submission; all must name the same cases, each once.
PARTS = {
    "case": "SELECT id FROM cases",
    "event": "SELECT case_id FROM case_event WHERE move = 'submit'",
    "audit row": "SELECT c.id FROM audit_entry a LEFT JOIN cases c ON c.public_id = a.subject_id WHERE a.action = 'case.submit'",
}
HALF_READ = """
    SELECT count(*) FROM cases c LEFT JOIN case_suggestion s ON s.case_id = c.id
    LEFT JOIN case_event e ON e.case_id = c.id AND e.move IN ('sort', 'seal')
    WHERE (c.state = 'received') <> (s.case_id IS NULL) OR (c.state = 'received') <> (e.case_id IS NULL)
"""


def keys(query: str) -> list[int]:
    return sorted(db.session.scalars(text(query)), key=lambda key: key or 0)


def assert_nothing_is_half_there() -> None:
    """Each case with all that belongs to it, and nothing that belongs to no case; all seen at one instant: a commit may be under way."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    cases = keys(PARTS["case"])
    for part, query in PARTS.items():
        assert keys(query) == cases, part
    assert keys("SELECT case_id FROM case_contact") == keys("SELECT id FROM cases WHERE NOT anonymous")
    assert db.session.scalar(text(HALF_READ)) == 0
    db.session.rollback()


def send_whatever_happens(citizen: Citizen, server: WebServer) -> bool:
    """Send as a patient person does: when the page breaks off, wait and try again. Whether that was needed."""
    citizen.port = server.port
    broken = False
    while not citizen.shown:
        server.wait()
        try:
            citizen.send()
        except GONE:
            broken = True
            time.sleep(0.1)
    return broken


def kill_while_some_are_sending(server: WebServer, citizens: list[Citizen], mark: int) -> None:
    end = time.monotonic() + START_SECONDS
    while sum(bool(citizen.shown) for citizen in citizens) < mark or not any(citizen.posting.is_set() for citizen in citizens):
        assert time.monotonic() < end, "sending came to a stop"
        time.sleep(0.001)
    server.kill()


@pytest.mark.timeout(300)
def test_every_code_that_was_shown_opens_its_case(app: Flask, config: Config) -> None:
    citizens = [Citizen(app, number, new_code(), named=number % 2 == 0) for number in range(SUBMISSIONS)]
    server = WebServer(config, SERVER)
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        server.start()
        sending = [pool.submit(send_whatever_happens, citizen, server) for citizen in citizens]
        for mark in KILLED_AFTER:
            kill_while_some_are_sending(server, citizens, mark)
            assert_nothing_is_half_there()
            server.start()
        interrupted = [citizen for citizen, sent in zip(citizens, sending, strict=True) if sent.result()]
        assert len(interrupted) >= len(KILLED_AFTER)
        assert [citizen.shown for citizen in citizens] == [citizen.code for citizen in citizens]
        assert_nothing_is_half_there()
        assert len(keys(PARTS["case"])) == SUBMISSIONS
        assert keys("SELECT id FROM report_draft") == []
        work_until_idle(config)
        for citizen in interrupted:
            assert citizen.text in citizen.look_up(citizen.shown)
    finally:
        server.close()
        pool.shutdown(cancel_futures=True)
    db.session.rollback()
    for citizen in citizens:
        case = queries.case_of_code(hmac_of(citizen.shown))
        assert case is not None
        assert (case.text, case.anonymous) == (citizen.text, not citizen.named)
    assert keys("SELECT id FROM cases WHERE state <> 'sorting'") == []
    assert [found for found in examine() if found.level == "wrong"] == [], "the doctor has nothing to mend"


#: A process per point: it hands in a report, and dies at that point.
DYING = """
import os, signal, sys
from sqlalchemy import event
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.sorting import classify_case
from feedback.db import db
from feedback.intake.drafts import hmac_of
from wsgi import create_app

app = create_app()
commits = 0

def die(*_about):
    os.kill(os.getpid(), signal.SIGKILL)

def die_at(number):
    def count(*_about):
        global commits
        commits += 1
        if commits == number:
            die()
    return count

class Dying:
    classify = staticmethod(die)

def hand_in(point, code):
    match point:
        case "submit written": event.listen(db.engine, "commit", die_at(1))
        case "submit committed": event.listen(db.session, "after_commit", die_at(1))
        case "being read": app.extensions["classifier"] = Dying()
        case "sorting written": event.listen(db.engine, "commit", die_at(2))
        case "sorting committed": event.listen(db.session, "after_commit", die_at(2))
    report = Report(text="Rác ở đầu hẻm chưa ai thu gom.", contact=ReportContact(name="Người Thử", phone="0900000123"))
    submitted = submit_report(report, hmac_of(code), CITIZEN)
    classify_case(submitted.case_id)

for argument in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        with app.app_context():
            hand_in(*argument.split("="))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
#: Where the process dies, and in which state the case then is; None when there is none.
POINTS = {
    "submit written": None,
    "submit committed": "received",
    "being read": "received",
    "sorting written": "received",
    "sorting committed": "sorting",
}


def test_at_whatever_point_it_dies_the_report_is_whole_or_not_there(app: Flask, config: Config) -> None:
    codes = {point: new_code() for point in POINTS}
    order = [sys.executable, "-c", DYING, *(f"{point}={code}" for point, code in codes.items())]
    ran = subprocess.run(order, cwd=ROOT, env={**os.environ, **settings(config)}, check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == ["-9"] * len(POINTS), ran.stderr

    def states() -> dict[str, str | None]:
        found = {point: queries.case_of_code(hmac_of(code)) for point, code in codes.items()}
        return {point: case.state.value if case else None for point, case in found.items()}

    assert states() == POINTS
    assert_nothing_is_half_there()
    work_until_idle(config)
    db.session.expire_all()
    assert states() == {point: state and "sorting" for point, state in POINTS.items()}
    assert keys("SELECT case_id FROM case_event WHERE move = 'sort'") == keys(PARTS["case"])
    assert [found for found in examine() if found.level == "wrong"] == []
