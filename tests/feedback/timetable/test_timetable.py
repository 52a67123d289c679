"""Days and limits changed by the administrator: what moves is shown first, saved once, and written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.cases import dialogue, extending, handling
from feedback.cases.clock import deadline_of
from feedback.cases.clock_models import DueCause, DueChange, Ground
from feedback.cases.models import Case
from feedback.cases.workflow import RUNNING_STATES
from feedback.city.kinds import HolidayKind
from feedback.city.models import DeadlineRule, Holiday
from feedback.db import db, now
from feedback.errors import Invalid, NotFound
from feedback.localtime import local_day
from feedback.timetable import services
from feedback.timetable.services import DayChange, RuleChange
from tests.feedback.officers import Office, case_of, counted, send, version_of
from tests.feedback.tracking.conftest import app, office
from tests.feedback.tracking.stories import MONDAY

__all__ = ["app", "office"]
CALENDAR, LIMITS = "/can-bo/quan-tri/lich", "/can-bo/quan-tri/thoi-han"


@pytest.fixture
def admin(office: Office, clock: Callable[[datetime], None]) -> FlaskClient:
    clock(MONDAY)
    return office.browser(office.admin)


def last_day(public_id: str) -> date:
    """The day on which a case is due: when it becomes a day off, the date moves to the next working day."""
    return local_day(case_of(public_id).due_at)


def off(day: date) -> DayChange:
    return DayChange(day, HolidayKind.OFF, "Nghỉ bão", "Công điện 01")


def log(public_id: str) -> list[tuple[DueCause, datetime, datetime]]:
    """Moves of the date by a change of the law; sorting and accepting move it too."""
    law = DueChange.cause.in_((DueCause.CALENDAR, DueCause.RULE))
    rows = select(DueChange.cause, DueChange.before, DueChange.after).where(DueChange.case_id == case_of(public_id).id, law)
    return [(row[0], row[1], row[2]) for row in db.session.execute(rows.order_by(DueChange.id))]


def in_step(public_id: str) -> bool:
    """Whether the stored date is the one that follows from everything else."""
    case = case_of(public_id)
    return deadline_of(case, now()).due == case.due_at


def test_a_new_day_off_moves_running_cases_by_a_day_and_is_written_down(office: Office, admin: FlaskClient) -> None:
    public_id, answered = office.accepted(), office.submitted()
    before = case_of(public_id).due_at
    day = last_day(public_id)
    shown = services.preview_day(off(day))
    assert case_of(public_id).due_at == before, "looking changes nothing"
    moved = services.save_day(office.admin.actor, off(day))
    assert moved == shown
    case = case_of(public_id)
    assert case.due_at > before
    assert in_step(public_id)
    assert log(public_id)[-1] == (DueCause.CALENDAR, before, case.due_at)
    assert {shift.case_id for shift in moved} == {case.id, case_of(answered).id}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "calendar.changed")).one()
    assert (entry.subject_id, entry.facts["moved"], entry.facts["kind"]) == (day.isoformat(), 2, "off")
    services.save_day(office.admin.actor, DayChange(day, None))
    assert case_of(public_id).due_at == before, "taking it back brings the old date back"


def test_a_report_that_came_in_while_the_calendar_changed_gets_its_date_at_night(office: Office, admin: FlaskClient) -> None:
    public_id, answered = office.accepted(), office.submitted()
    before = case_of(public_id).due_at
    db.session.add(Holiday(day=last_day(public_id), kind=HolidayKind.OFF, name="Nghỉ bão", source="Công điện 01"))
    db.session.commit()
    assert not in_step(public_id)
    services.recount()
    assert case_of(public_id).due_at > before
    assert in_step(public_id)
    assert in_step(answered)
    assert log(public_id)[-1] == (DueCause.CALENDAR, before, case_of(public_id).due_at)
    rows = select(AuditEntry).where(AuditEntry.action == "timetable.recounted")
    assert [entry.facts["moved"] for entry in db.session.scalars(rows)] == [2]
    services.recount()
    assert len(db.session.scalars(rows).all()) == 1, "a night in which nothing moved leaves no row"


def test_answered_cases_keep_the_date_they_were_promised(office: Office, admin: FlaskClient) -> None:
    public_id = office.submitted()
    handling.approve(office.head.actor, public_id, version_of(public_id))
    services.save_day(office.admin.actor, off(last_day(public_id)))
    assert log(public_id) == []


def test_pauses_and_extensions_are_counted_as_before(office: Office, admin: FlaskClient, clock: Callable[[datetime], None]) -> None:
    public_id, waits = office.accepted(), office.accepted()
    rule = extending.possible_extensions(case_of(public_id))[0].code
    extending.extend(office.head.actor, public_id, version_of(public_id), rule, Ground.SEVERAL_PLACES, "hẻm dài")
    dialogue.ask(office.handler.actor, public_id, version_of(public_id), "Ở đầu hay cuối hẻm?")
    clock(MONDAY + timedelta(days=2))
    dialogue.supplement(case_of(public_id).id, "Ở cuối hẻm.")
    dialogue.ask(office.handler.actor, waits, version_of(waits), "Số nhà mấy?")
    day = last_day(public_id)
    moved = services.save_day(office.admin.actor, off(day))
    assert in_step(public_id)
    assert case_of(waits).id not in {shift.case_id for shift in moved}
    assert log(waits) == []


@pytest.mark.parametrize(
    ("day", "kind", "fits"),
    [
        (date(2026, 8, 8), HolidayKind.MADE_UP, True),  # a Saturday
        (date(2026, 8, 7), HolidayKind.MADE_UP, False),
        (date(2026, 8, 7), HolidayKind.OFF, True),
        (date(2026, 8, 9), HolidayKind.OFF, False),
        (date(2026, 8, 8), HolidayKind.HALF, False),
        (date(2099, 8, 7), HolidayKind.OFF, False),
        (date(2026, 8, 8), None, True),
    ],
)
def test_a_day_becomes_only_what_it_can_be(office: Office, admin: FlaskClient, day: date, kind: HolidayKind | None, fits: bool) -> None:
    change = DayChange(day, kind, "Tên", "Văn bản")
    if fits:
        services.save_day(office.admin.actor, change)
        found = db.session.get(Holiday, day)
        assert (found.kind if found else None) is kind
    else:
        with pytest.raises(Invalid):
            services.preview_day(change)


def test_a_saturday_worked_brings_dates_forward_and_a_half_day_moves_no_days(office: Office, admin: FlaskClient) -> None:
    public_id = office.accepted()
    before = case_of(public_id).due_at
    assert last_day(public_id) == date(2026, 8, 10), "five days end on a Saturday and go on to Monday"
    services.save_day(office.admin.actor, DayChange(date(2026, 8, 8), HolidayKind.MADE_UP, "Làm bù", "Thông báo 1"))
    assert case_of(public_id).due_at < before
    assert in_step(public_id)
    assert services.preview_day(DayChange(date(2026, 8, 5), HolidayKind.HALF, "Nghỉ chiều", "Thông báo 2")) == []


def test_a_new_limit_counts_for_what_begins_from_its_day_on(office: Office, admin: FlaskClient, clock: Callable[[datetime], None]) -> None:
    early = office.accepted()
    code, before = case_of(early).rule_code, case_of(early).due_at
    amount = services.limit(code).amount or 0
    later = local_day(MONDAY) + timedelta(days=1)
    change = RuleChange(code, amount + 4, later, "QĐ thử nghiệm")
    assert services.preview_rule(change) == []
    services.save_rule(office.admin.actor, change)
    assert case_of(early).due_at == before
    clock(MONDAY + timedelta(days=1))
    assert case_of(office.accepted()).due_at > before + timedelta(days=1)
    versions = db.session.scalars(select(DeadlineRule).where(DeadlineRule.code == code).order_by(DeadlineRule.valid_from)).all()
    assert (versions[-2].valid_to, versions[-1].amount) == (later - timedelta(days=1), amount + 4)


def test_a_limit_corrected_from_its_first_day_moves_what_runs(office: Office, admin: FlaskClient) -> None:
    public_id = office.accepted()
    code, before = case_of(public_id).rule_code, case_of(public_id).due_at
    newest = services.limit(code)
    change = RuleChange(code, (newest.amount or 0) + 5, newest.valid_from, "Đính chính")
    shown = services.preview_rule(change)
    assert [shift.before for shift in shown] == [before]
    assert services.save_rule(office.admin.actor, change) == shown
    assert in_step(public_id)
    assert log(public_id)[-1][0] is DueCause.RULE
    with pytest.raises(Invalid):
        services.preview_rule(RuleChange(code, 1, newest.valid_from - timedelta(days=1), "Sớm hơn"))
    with pytest.raises(NotFound):
        services.limit("KHONG-CO")


def test_the_page_shows_what_moves_and_saves_only_when_told(office: Office, admin: FlaskClient) -> None:
    public_id, sealed = office.accepted(), office.sealed()
    case = case_of(public_id)
    day = last_day(public_id)
    fields = {"day": day.isoformat(), "kind": "off", "name": "Nghỉ bão", "source": "Công điện 01"}
    look = send(admin, CALENDAR, CALENDAR, **fields)
    assert look.status_code == 200
    assert str(case.reference) in look.text
    assert "1 hồ sơ đang giải quyết sẽ có hạn mới: 0 sớm hơn, 1 muộn hơn" in look.text
    assert db.session.get(Holiday, day) is None
    saved = send(admin, CALENDAR, CALENDAR, **fields, luu="1")
    assert saved.location == f"{CALENDAR}?nam={day.year}"
    page = admin.get(saved.location).text
    assert "Đã lưu. 1 hồ sơ có hạn mới." in page
    assert "Nghỉ bão" in page
    assert in_step(sealed)
    assert in_step(public_id)
    gone = send(admin, f"{CALENDAR}/bo", saved.location, day=day.isoformat(), luu="1")
    assert gone.status_code == 302
    db.session.expire_all()
    assert db.session.get(Holiday, day) is None


def test_wrong_input_is_explained_and_kept(office: Office, admin: FlaskClient) -> None:
    page = send(admin, CALENDAR, CALENDAR, day="2026-08-09", kind="off", name="Lễ lớn", source="TB 1")
    assert page.status_code == 422
    assert "Thứ Bảy và Chủ nhật đã là ngày nghỉ" in page.text
    assert 'value="Lễ lớn"' in page.text
    assert send(admin, CALENDAR, CALENDAR, day="32/13", kind="x", name="", source="").status_code == 422
    assert send(admin, f"{CALENDAR}/bo", CALENDAR, day="").status_code == 422
    code = services.limits()[0].code
    refused = send(admin, f"{LIMITS}/{code}", f"{LIMITS}/{code}", amount="-1", valid_from="2026-08-03", legal_basis="")
    assert refused.status_code == 422
    assert "Xin nhập số từ 0 đến 1000." in refused.text
    early = send(admin, f"{LIMITS}/{code}", f"{LIMITS}/{code}", amount="5", valid_from="1990-01-01", legal_basis="QĐ")
    assert "có hiệu lực từ" in early.text


def test_a_limit_is_changed_from_its_page(office: Office, admin: FlaskClient) -> None:
    public_id = office.accepted()
    newest = services.limit(case_of(public_id).rule_code)
    page = f"{LIMITS}/{newest.code}"
    fields = {"amount": str((newest.amount or 0) + 4), "valid_from": newest.valid_from.isoformat(), "legal_basis": "QĐ mới"}
    assert str(case_of(public_id).reference) in send(admin, page, page, **fields).text
    assert send(admin, page, page, **fields, luu="1").location == LIMITS
    assert "QĐ mới" in admin.get(LIMITS).text
    assert in_step(public_id)


def test_years_without_days_say_what_that_means(office: Office, admin: FlaskClient) -> None:
    with counted() as statements:
        page = admin.get(f"{CALENDAR}?nam={services.years()[-1]}").text
    assert len(statements) <= 8
    assert "Chưa có ngày nghỉ nào của năm này" in page
    assert "Lịch làm việc 2026" in admin.get(f"{CALENDAR}?nam=abc").text


def test_only_administrators_have_a_timetable(office: Office, admin: FlaskClient) -> None:
    for officer in (office.head, office.desk, office.leader, office.inspector):
        assert office.browser(officer).get(CALENDAR).status_code == 404
        assert office.browser(officer).get(LIMITS).status_code == 404


def test_every_running_case_is_in_step_before_and_after(office: Office, admin: FlaskClient) -> None:
    for _n in range(3):
        office.report()
    office.forwarded()
    office.accepted()
    services.save_day(office.admin.actor, off(date(2026, 8, 10)))
    running = db.session.scalars(select(Case).where(Case.state.in_(RUNNING_STATES))).all()
    assert len(running) == 5
    assert [case.id for case in running if deadline_of(case, now()).due != case.due_at] == []
    moved = select(DueChange.case_id).where(DueChange.cause == DueCause.CALENDAR)
    assert len(db.session.scalars(moved).all()) == len(set(db.session.scalars(moved))) > 0
