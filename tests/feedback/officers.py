"""What tests of officers' pages share: officers signed in by cookie, cases brought to a state by services, a count of queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from werkzeug.test import TestResponse

from feedback.accounts import second_factor, sessions
from feedback.accounts.models import Device, Role, SecondFactor, StaffSession, User
from feedback.cases import desk, handling, transfers
from feedback.cases.access import CITIZEN, Actor
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case, Outcome
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.codes import new_code, new_public_id
from feedback.db import db, now
from feedback.extensions import limiter
from feedback.intake.drafts import hmac_of
from tests.feedback.citizen import BRIBE, TEXT, PlainClassifier

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ANSWER = "Đội thu gom đã đến hẻm sáng nay; từ nay gom rác mỗi ngày một lần."


class Browser(FlaskClient):
    """A browser whose requests share nothing but the cookie, although the test holds an application context of its own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request from outside every context."""
        return Context().run(super().open, *args, **kwargs)


@dataclass(frozen=True)
class Officer:
    """An account as tests need it: who acts."""

    actor: Actor


def session_key(user_id: int) -> str:
    """The key of a session just begun, written beside the test's own transaction and without asking for a password."""
    key, moment = new_public_id(), now()
    with db.engine.begin() as connection:
        epoch = connection.scalar(select(User.session_epoch).where(User.id == user_id))
        row = {"user_id": user_id, "key_hash": sessions.hash_of(key), "epoch": epoch, "device": Device.COMPUTER}
        connection.execute(insert(StaffSession).values(**row, public_id=new_public_id(), began_at=moment, seen_at=moment))
    return key


class Office:
    """The people of one small city: desk, an agency with handler and head, another agency, inspectorate, leadership."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        app.extensions["classifier"] = PlainClassifier()
        bodies = [row for row in city.agencies() if not row.is_desk and not row.is_triage]
        self.agency, self.other = bodies[0].id, bodies[1].id
        front, triage = city.desk_agency().id, city.triage_agency().id
        people = [
            (Role.FRONT_DESK, front),
            (Role.HANDLER, self.agency),
            (Role.AGENCY_HEAD, self.agency),
            (Role.HANDLER, self.other),
            (Role.AGENCY_HEAD, self.other),
            (Role.INSPECTORATE, triage),
            (Role.LEADERSHIP, front),
            (Role.ADMINISTRATOR, front),
        ]
        hired = self._hire_all(people)
        self.desk, self.handler, self.head, self.stranger, self.strange_head, self.inspector, self.leader, self.admin = hired

    def _hire(self, role: Role, agency_id: int) -> Officer:
        return self._hire_all([(role, agency_id)])[0]

    def _hire_all(self, people: Sequence[tuple[Role, int]]) -> list[Officer]:
        """In one transaction: nearly every test begins with this."""
        first = db.session.query(User).count()
        users = [
            User(
                public_id=new_public_id(),
                sign_in_name=f"can.bo.{n}",
                full_name=f"Cán bộ {n}",
                password_hash="-",
                role=role,
                agency_id=at,
            )
            for n, (role, at) in enumerate(people, first)
        ]
        for user in users:
            if second_factor.is_required(user):
                user.second_factor = SecondFactor(sealed=second_factor.seal(user, b"a secret nobody asks for"), last_step=0)
        db.session.add_all(users)
        db.session.flush()
        officers = [Officer(Actor.of(user)) for user in users]
        db.session.commit()
        return officers

    def browser(self, officer: Officer) -> FlaskClient:
        """A browser in which this officer is signed in."""
        client = Browser(self.app, self.app.response_class, use_cookies=True)
        with client.session_transaction() as session:
            session["_user_id"] = session_key(officer.actor.user_id or 0)
        return client

    def report(self, text: str = TEXT, **parts: object) -> str:
        """A citizen's report, read by the machine; gives its public id."""
        submitted = submit_report(Report(text=text, **parts), hmac_of(new_code()), CITIZEN)  # type: ignore[arg-type]
        classify_case(submitted.case_id)
        return case_by_key(submitted.case_id).public_id

    def named(self) -> str:
        """A report whose sender left a telephone number."""
        return self.report(contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123"))

    def sealed(self) -> str:
        """A report about an official."""
        return self.report(BRIBE)

    def forwarded(self, public_id: str | None = None) -> str:
        """A case at the agency, not yet accepted."""
        public_id = public_id or self.report()
        desk.forward(self.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", self.agency))
        return public_id

    def accepted(self, public_id: str | None = None) -> str:
        """A case in progress."""
        public_id = self.forwarded(public_id)
        transfers.accept(self.handler.actor, public_id, version_of(public_id))
        return public_id

    def submitted(self, public_id: str | None = None) -> str:
        """A case whose answer waits for approval."""
        public_id = self.accepted(public_id)
        handling.submit_answer(self.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, ANSWER)
        return public_id


def case_by_key(case_id: int) -> Case:
    """The row as the database has it now."""
    db.session.expire_all()
    case = db.session.get(Case, case_id)
    assert case is not None
    return case


def case_of(public_id: str) -> Case:
    """The row as the database has it now."""
    db.session.expire_all()
    return db.session.scalars(select(Case).where(Case.public_id == public_id)).one()


def version_of(public_id: str) -> int:
    """The version a form made now would carry."""
    return case_of(public_id).version


def send(client: FlaskClient, path: str, page: str, **fields: object) -> TestResponse:
    """Post a form with the token of the page that shows it."""
    found = TOKEN.search(client.get(page).text)
    assert found is not None, page
    return client.post(path, data={"csrf_token": found[1], **fields})


@contextmanager
def counted() -> Iterator[list[str]]:
    """The questions put to the database meanwhile; for whom a transaction works is no question."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SELECT set_config("):
            seen.append(statement)

    with _listening(db.engine, "before_cursor_execute", note):
        yield seen


@contextmanager
def begun() -> Iterator[list[object]]:
    """The transactions the session begins meanwhile; limits are counted beside them."""
    seen: list[object] = []
    with _listening(db.session, "after_begin", lambda _session, transaction, _connection: seen.append(transaction)):
        yield seen


def limits_counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names under which limits are counted from now on, one for each count."""
    names: list[str] = []
    count = limiter.storage.incr
    monkeypatch.setattr(limiter.storage, "incr", lambda key, *more, **named: names.append(key) or count(key, *more, **named))
    return names


@contextmanager
def _listening(target: object, name: str, note: Callable[..., None]) -> Iterator[None]:
    event.listen(target, name, note)
    try:
        yield
    finally:
        event.remove(target, name, note)
