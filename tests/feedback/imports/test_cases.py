"""Old cases come in with their true times, and what accuses somebody goes to the inspectorate alone."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from analytics.rollup.services import take_up
from feedback.audit.models import AuditEntry
from feedback.cases import contacts
from feedback.cases.clock import deadline_of
from feedback.cases.imported_models import ImportedCase
from feedback.cases.models import Answer, Case, CaseEvent, Channel
from feedback.cases.sorting import classify_case
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.db import db, now
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome
from feedback.localtime import CITY_TIME, local
from tests.feedback.citizen import BRIBE, TEXT
from tests.feedback.imports.files import START, brought, carried_through, at_work, old, table
from tests.feedback.officers import Office

SOURCE = "Hệ thống 1022 cũ"


def case_numbered(number: str) -> Case:
    db.session.expire_all()
    key = next(row.case_id for row in db.session.scalars(select(ImportedCase)) if row.number == number)
    return db.session.get_one(Case, key)


def test_an_answered_case_comes_in_as_it_was(app: Flask, office: Office, admin: FlaskClient) -> None:
    data = table(Kind.CASES, old("A/1", state="closed", contact_phone="0900 000 123"), old("A/2", state="answered", answered="13/05/2024"))
    import_id, counts = carried_through(app, admin, Kind.CASES, data, SOURCE)
    assert counts[Outcome.NEW] == 2
    closed, answered = case_numbered("A/1"), case_numbered("A/2")
    assert (closed.state, answered.state) == (State.CLOSED, State.ANSWERED)
    assert local(closed.received_at) == datetime(2024, 5, 12, 14, 30, tzinfo=CITY_TIME)
    assert local(closed.answered_at).day == 20
    assert (closed.sealed, closed.channel, closed.category_code, closed.hops) == (False, Channel.IMPORT, "urban_environment", 0)
    assert closed.due_at == deadline_of(closed, now()).due, "by the rules of its time"
    assert closed.agency_id == city.agency_by_code("SO-XD").id
    assert contacts.opened(closed.id) == {"phone": "0900000123"}
    assert (closed.anonymous, answered.anonymous) == (False, True)
    assert [answer.text for answer in db.session.scalars(select(Answer))] == ["Đã thu gom."] * 2
    story = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == closed.id).order_by(CaseEvent.id)).all()
    assert [(event.move, event.at) for event in story] == [
        ("submit", closed.received_at), ("accept", closed.received_at), ("approve", closed.answered_at),
    ]  # fmt: skip
    assert "A/1" in story[0].reason
    rows = select(AuditEntry.actor_user_id).where(AuditEntry.action == "case.imported", AuditEntry.subject_id == closed.public_id)
    assert db.session.scalars(rows).all() == [office.admin.actor.user_id]
    page = admin.get(f"{START}/{import_id}").text
    assert "Đã xong: 2 dòng mới" in page
