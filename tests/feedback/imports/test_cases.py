"""Old cases come in with their true times, and what accuses somebody goes to the inspectorate alone."""

from __future__ import annotations

from datetime import datetime

import pytest
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
from feedback.retention.erasing import erase
from tests.feedback.citizen import BRIBE, TEXT
from tests.feedback.imports.files import START, at_work, brought, carried_through, old, table
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
    answers = select(Answer.text).where(Answer.case_id.in_([closed.id, answered.id]))
    assert db.session.scalars(answers).all() == ["Đã thu gom."] * 2
    story = db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == closed.id).order_by(CaseEvent.id)).all()
    assert [(event.move, event.at) for event in story] == [
        ("submit", closed.received_at), ("accept", closed.received_at), ("approve", closed.answered_at),
    ]  # fmt: skip
    assert "A/1" in story[0].reason
    rows = select(AuditEntry.actor_user_id).where(AuditEntry.action == "case.imported", AuditEntry.subject_id == closed.public_id)
    assert db.session.scalars(rows).all() == [office.admin.actor.user_id]
    page = admin.get(f"{START}/{import_id}").text
    assert "Đã xong: 2 dòng mới" in page


def test_signs_of_misconduct_and_what_is_marked_go_to_the_inspectorate(app: Flask, office: Office, admin: FlaskClient) -> None:
    data = table(
        Kind.CASES,
        old("B/1", text=BRIBE),
        old("B/2", misconduct="yes"),
        old("B/3", text=BRIBE, state="open", answered="", answer="", outcome=""),
    )
    carried_through(app, admin, Kind.CASES, data, SOURCE)
    answered, marked, still_open = (case_numbered(number) for number in ("B/1", "B/2", "B/3"))
    triage = city.triage_agency().id
    for case in (answered, marked):
        assert (case.sealed, case.reference, case.agency_id, case.state) == (True, None, triage, State.ANSWERED)
        assert (case.track.value, local(case.received_at).hour) == ("conduct", 0), "anonymous: the day is kept, the hour is not"
        assert case.text.startswith((BRIBE, TEXT))
    assert still_open.state is State.RECEIVED
    classify_case(still_open.id)
    assert case_numbered("B/3").state is State.TRIAGE
    keys = {"keys": [answered.id, marked.id, still_open.id]}
    tables = {"cases": "id", "case_event": "case_id", "case_answer": "case_id", "imported_case": "case_id"}
    rows = [db.session.execute(text(f"SELECT t::text FROM {name} t WHERE {key} = ANY(:keys)"), keys).all() for name, key in tables.items()]
    everything = str(rows)
    assert everything.count("\\\\x") > 9, "there is something to look through"
    for word in ("vòi tiền", "B/1", "B/2", "Đã thu gom"):
        assert word not in everything, "the number in the old system would give the report away"
    seen = [office.browser(office.handler).get(f"/can-bo/ho-so/{case.public_id}").status_code for case in (answered, marked)]
    assert seen == [404, 404]


def test_without_a_classifier_nothing_is_shown_to_anybody_but_the_inspectorate(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(app.extensions, "classifier")
    import_id = brought(admin, Kind.CASES, table(Kind.CASES, old("C/1")), SOURCE)
    at_work(app, import_id)
    assert "Máy phân loại đang tắt" in admin.get(f"{START}/{import_id}").text
    carried_through(app, admin, Kind.CASES, table(Kind.CASES, old("C/1")), SOURCE)
    case = case_numbered("C/1")
    assert (case.sealed, case.agency_id) == (True, city.triage_agency().id)


def test_open_cases_go_to_their_agency_or_to_the_desk(app: Flask, office: Office, admin: FlaskClient) -> None:
    blank = {"state": "open", "answered": "", "answer": "", "outcome": ""}
    data = table(Kind.CASES, old("D/1", **blank), old("D/2", **blank | {"agency_code": "", "category": ""}))
    carried_through(app, admin, Kind.CASES, data, SOURCE)
    held, sorted_anew = case_numbered("D/1"), case_numbered("D/2")
    assert (held.state, held.at_desk, held.agency_id) == (State.IN_PROGRESS, False, city.agency_by_code("SO-XD").id)
    assert held.due_at == deadline_of(held, now()).due
    assert sorted_anew.state is State.RECEIVED
    classify_case(sorted_anew.id)
    again = case_numbered("D/2")
    assert (again.state, again.sealed, again.category_code) == (State.SORTING, False, "urban_environment")
    assert local(again.received_at).year == 2024
    assert office.browser(office.desk).get(f"/can-bo/tiep-nhan/{again.public_id}").status_code == 200


def test_the_same_case_twice_is_one_case_and_another_system_has_numbers_of_its_own(app: Flask, office: Office, admin: FlaskClient) -> None:
    data = table(Kind.CASES, old("E/1"), old("E/2"))
    carried_through(app, admin, Kind.CASES, data, SOURCE)
    _id, again = carried_through(app, admin, Kind.CASES, table(Kind.CASES, old("E/2"), old("E/3")), SOURCE)
    assert (again[Outcome.UNCHANGED], again[Outcome.NEW]) == (1, 1)
    _id, other = carried_through(app, admin, Kind.CASES, table(Kind.CASES, old("E/1")), "Hệ thống khác")
    assert other[Outcome.NEW] == 1
    erase(case_numbered("E/3"))
    db.session.commit()
    assert "E/3" not in [row.number for row in db.session.scalars(select(ImportedCase))]
    _id, anonymised = carried_through(app, admin, Kind.CASES, table(Kind.CASES, old("E/3")), SOURCE)
    assert anonymised[Outcome.UNCHANGED] == 1, "what was anonymised does not come back with the next file"


def test_every_mistake_is_told_with_its_line_its_column_and_what_to_do(app: Flask, office: Office, admin: FlaskClient) -> None:
    wrong = [
        {"received": "12-05-2024"}, {"received": "2999-01-01"}, {"text": "ngắn"}, {"state": "xong"}, {"category": "khong_co"},
        {"area_code": "00"}, {"agency_code": "KHONG-CO"}, {"agency_code": ""}, {"answered": "2024-05-11"}, {"answer": ""},
        {"state": "open"}, {"contact_phone": "12"}, {"contact_email": "a"}, {"misconduct": "chắc"}, {"number": ""}, {"received": ""},
        {"answered": ""}, {"number": "F/ok"},
    ]  # fmt: skip
    data = table(
        Kind.CASES,
        old("F/ok"),
        *(old(f"F/{n}", **cells) if "number" not in cells else old(cells["number"]) for n, cells in enumerate(wrong)),
    )
    import_id = brought(admin, Kind.CASES, data, SOURCE)
    counts = at_work(app, import_id)
    assert (counts[Outcome.NEW], counts[Outcome.REFUSED]) == (1, len(wrong))
    page = admin.get(f"{START}/{import_id}").text
    for sentence in (
        "Ngày này ở tương lai",
        "Ngày trả lời trước ngày tiếp nhận",
        "Trùng với dòng 2",
        "«12-05-2024»",
        "Dòng 3",
        "Ô này trống",
    ):
        assert sentence in page, sentence
    listed = admin.get(f"{START}/{import_id}/loi.csv").text.splitlines()
    assert len(listed) == len(wrong) + 1
    columns = [line.split(",")[1] for line in listed[1:]]
    expected = [next(iter(cells)) for cells in wrong]
    assert [found for found, wanted in zip(columns, expected, strict=True) if found != wanted] == ["answered"], "open: the first of two"


def test_mended_lines_come_back_alone(app: Flask, office: Office, admin: FlaskClient) -> None:
    data = table(Kind.CASES, old("G/1"), old("G/2", text="=ngắn"))
    import_id, counts = carried_through(app, admin, Kind.CASES, data, SOURCE)
    assert (counts[Outcome.NEW], counts[Outcome.REFUSED]) == (1, 1)
    kept = admin.get(f"{START}/{import_id}/bi-tu-choi.csv").data
    assert b"'=ng" in kept, "no cell becomes a formula"
    assert b"G/1" not in kept
    mended = kept.replace("'=ngắn".encode(), f'"{TEXT}"'.encode())
    _id, again = carried_through(app, admin, Kind.CASES, mended, SOURCE)
    assert (again[Outcome.NEW], again[Outcome.REFUSED]) == (1, 0)
    assert case_numbered("G/2").text == TEXT


def test_figures_count_them_but_not_in_transit(app: Flask, office: Office, admin: FlaskClient) -> None:
    carried_through(app, admin, Kind.CASES, table(Kind.CASES, old("H/1")), SOURCE)
    take_up()
    fact = db.session.execute(
        text("SELECT answered_on::text, on_time, life_minutes, first_right FROM measure_case WHERE case_id = :key"),
        {"key": case_numbered("H/1").id},
    ).one()
    assert tuple(fact) == ("2024-05-20", case_numbered("H/1").due_at >= case_numbered("H/1").answered_at, 0, None)


def test_officers_find_a_case_by_its_former_number(app: Flask, office: Office, admin: FlaskClient) -> None:
    office_code = next(agency.code for agency in city.agencies() if agency.id == office.agency)
    carried_through(app, admin, Kind.CASES, table(Kind.CASES, old("PA 77/1022", agency_code=office_code)), SOURCE)
    public_id = case_numbered("PA 77/1022").public_id
    for officer, sees in ((office.handler, True), (office.stranger, False)):
        page = office.browser(officer).get("/can-bo/ho-so", query_string={"tim": "PA 77/1022", "the": "tat-ca"}).text
        assert (public_id in page) is sees
