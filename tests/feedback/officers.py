"""What tests of officers' pages share: officers signed in by cookie, cases brought to a state by services, a count of queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from feedback.accounts.models import Role, User
from feedback.cases import desk, handling, transfers
from feedback.cases.access import CITIZEN, Actor
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case, Outcome
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.codes import new_code
from feedback.db import db, now
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
    """An account as tests need it: who acts, and the cookie to act with."""

    actor: Actor
    cookie: str


class Office:
    """The people of one small city: desk, an agency with handler and head, another agency, inspectorate, leadership."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        app.extensions["classifier"] = PlainClassifier()
        bodies = [row for row in city.agencies() if not row.is_desk and not row.is_triage]
        self.agency, self.other = bodies[0].id, bodies[1].id
        self.desk = self._hire(Role.FRONT_DESK, city.desk_agency().id)
        self.handler = self._hire(Role.HANDLER, self.agency)
        self.head = self._hire(Role.AGENCY_HEAD, self.agency)
        self.stranger = self._hire(Role.HANDLER, self.other)
        self.strange_head = self._hire(Role.AGENCY_HEAD, self.other)
        self.inspector = self._hire(Role.INSPECTORATE, city.triage_agency().id)
        self.leader = self._hire(Role.LEADERSHIP, city.desk_agency().id)
        self.admin = self._hire(Role.ADMINISTRATOR, city.desk_agency().id)

    def _hire(self, role: Role, agency_id: int) -> Officer:
        number = db.session.query(User).count()
        user = User(
            sign_in_name=f"can.bo.{number}", full_name=f"Cán bộ {number}", email=None, password_hash="-", role=role, agency_id=agency_id
        )
        db.session.add(user)
        db.session.commit()
        return Officer(Actor.of(user), user.get_id())

    def browser(self, officer: Officer) -> FlaskClient:
        """A browser in which this officer is signed in."""
        client = Browser(self.app, self.app.response_class, use_cookies=True)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = officer.cookie, True
            session["began"] = session["seen"] = now().timestamp()
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

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
