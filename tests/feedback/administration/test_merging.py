"""Agencies that become one: what moves, what stays, who must agree, and what happens at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from feedback.accounts.models import User
from feedback.administration import changes, merging, succession
from feedback.administration.changes import When
from feedback.administration.merging import Merge
from feedback.administration.models import Change, Stage
from feedback.audit.models import AuditEntry
from feedback.cases import conduct, desk, ending, handling, partners, transfers
from feedback.cases.handover_models import Partner, PartnerState, Transfer, TransferState
from feedback.cases.models import Case, CaseEvent
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.city.models import Agency, Area, RoutingRule
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed
from feedback.inbox.models import SavedFilter
from feedback.localtime import local_day
from feedback.notices.models import Notice, NoticeKind
from feedback.retention.services import ask_deletion
from tests.feedback.administration.conftest import Wards
from tests.feedback.officers import Office, Officer, case_of, send, version_of

AGENCIES, CHANGES = "/can-bo/quan-tri/co-quan", "/can-bo/quan-tri/thay-doi"
MERGE = f"{AGENCIES}/nhap"


def today() -> date:
    return local_day(now())


def merged(office: Office, second: Officer, merge: Merge) -> Change:
    """Proposed by one administrator and approved by another, for today."""
    change = changes_of(office, merge)
    return changes.approve(second.actor, change.id)


def changes_of(office: Office, merge: Merge, day: date | None = None) -> Change:
    return merging.propose(office.admin.actor, merge, When(day or today(), "Nghị quyết 1685", merging.mark(merge)))


def code_of(agency_id: int) -> str:
    return db.session.get_one(Agency, agency_id).code


def two(office: Office) -> Merge:
    return Merge((code_of(office.agency),), into=code_of(office.other))


def fresh(agency_id: int) -> Agency:
    db.session.expire_all()
    return db.session.get_one(Agency, agency_id)


def test_two_wards_become_a_new_one_step_by_step(office: Office, admin: FlaskClient, second: Officer, wards: Wards) -> None:
    codes = {"old-0": wards.a.code, "old-1": wards.b.code, "into": "", "day": today().isoformat(), "reason": "Nghị quyết 1685"}
    areas = wards.a.area_id, wards.b.area_id
    for key, people in zip(areas, (1200, 3400), strict=True):
        db.session.get_one(Area, key or 0).population = people
    db.session.commit()
    named = {"code": "UBND-P-MOI", "name": "UBND phường Hòa Thử", "short_name": "UBND P. Hòa Thử"}
    asked = send(admin, MERGE, MERGE, **codes, **named)
    assert asked.status_code == 422, "the new area has no name yet"
    assert "UBND phường Hòa Thử" in asked.text, "what was typed is still there"
    whole = {**codes, **named, "area_code": "26999", "area_name": "Phường Hòa Thử"}
    shown = send(admin, MERGE, MERGE, **whole)
    assert "Thay đổi này cần hai người" in shown.text
    assert db.session.scalar(select(Change.id)) is None, "looking changes nothing"
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    assert send(admin, MERGE, MERGE, **whole, luu="1", seen=seen).location == CHANGES
    change = db.session.scalars(select(Change)).one()
    assert change.stage is Stage.TO_APPROVE
    own = send(admin, f"{CHANGES}/{change.id}/duyet", CHANGES + f"/{change.id}")
    assert (own.status_code, "Người đề nghị không được tự duyệt" in own.text) == (403, True)
    assert fresh(wards.a.id).valid_to is None
    other = office.browser(second)
    assert "UBND phường Hòa Thử" in other.get(CHANGES).text
    assert send(other, f"{CHANGES}/{change.id}/duyet", f"{CHANGES}/{change.id}").location == CHANGES
    new = city.agency_by_code("UBND-P-MOI")
    assert fresh(wards.a.id).successor_id == new.id
    assert fresh(wards.b.id).valid_to == today() - timedelta(days=1)
    together = db.session.get_one(Area, new.area_id)
    assert (together.code, together.name, together.valid_from, together.population) == ("26999", "Phường Hòa Thử", today(), 4600)
    for key in areas:
        assert db.session.get_one(Area, key).successor_id == together.id
        assert city.place_of(db.session.get_one(Area, key)).ward_agency == "UBND-P-MOI", "a report from an old ward finds its way"
    assert "Phường Hòa Thử" in {name for _key, name in city.ward_names()}
    assert "UBND phường Hòa Thử" in admin.get(f"{AGENCIES}/{wards.a.code}").text
    listed = admin.get(f"{AGENCIES}?xem=da-thoi").text
    assert wards.a.name in listed
    assert wards.c.name not in listed


def test_open_cases_follow_and_the_past_stays(office: Office, second: Officer) -> None:
    own, coming, done = office.accepted(), office.forwarded(), office.submitted()
    handling.approve(office.head.actor, done, version_of(done))
    due = {public_id: case_of(public_id).due_at for public_id in (own, coming, done)}
    merged(office, second, two(office))
    for public_id in (own, coming):
        assert case_of(public_id).due_at == due[public_id]
    assert case_of(own).agency_id == office.other
    assert (case_of(coming).state, case_of(coming).to_agency_id) == (State.FORWARDED, office.other)
    assert case_of(done).agency_id == office.agency, "what was answered is the past of the old agency"
    moved = select(CaseEvent).join(Case, Case.id == CaseEvent.case_id).where(CaseEvent.move == "succeed").order_by(CaseEvent.case_id)
    events = db.session.scalars(moved).all()
    assert (events[0].from_agency_id, events[0].to_agency_id) == (office.agency, office.other)
    assert len(events) == 2
    assert "nhập vào" in events[0].reason
    rows = db.session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "case.succeed")).all()
    assert sorted(rows) == sorted([own, coming])
    handler = office.browser(office.handler)
    assert handler.get(f"/can-bo/ho-so/{own}").status_code == 200, "its officer has moved with it and works on"
    transfers.accept(office.stranger.actor, coming, version_of(coming))
    assert case_of(coming).agency_id == office.other


def test_a_case_opened_again_follows_too_and_one_whose_sender_asks_for_deletion(office: Office, second: Officer) -> None:
    db.session.get_one(User, office.head.actor.user_id).email = "thu-truong@example.vn"
    again, asked, silent = office.submitted(), office.submitted(), office.submitted()
    for public_id in (again, asked, silent):
        handling.approve(office.head.actor, public_id, version_of(public_id))
    merged(office, second, two(office))
    ending.reopen(case_of(again).id, "Vẫn chưa xong.")
    ask_deletion([case_of(asked).id], "")
    assert case_of(again).agency_id == office.agency
    changes.carry_out_due()
    assert [case_of(public_id).agency_id for public_id in (again, asked, silent)] == [office.other, office.other, office.agency]
    assert case_of(asked).state is State.ANSWERED
    told = select(Notice.user_id).where(Notice.kind == NoticeKind.DELETION_ASKED)
    assert set(db.session.scalars(told)) == {office.head.actor.user_id}, "he works for the successor now"


def test_a_transfer_between_the_two_has_arrived(office: Office, second: Officer) -> None:
    public_id = office.accepted()
    transfers.hand_on(office.handler.actor, public_id, version_of(public_id), office.other, "Thuộc cơ quan kia.")
    merged(office, second, two(office))
    case = case_of(public_id)
    assert (case.state, case.agency_id, case.to_agency_id) == (State.IN_PROGRESS, office.other, None)
    states = db.session.scalars(select(Transfer.state).where(Transfer.case_id == case.id).order_by(Transfer.hop)).all()
    assert states == [TransferState.ACCEPTED, TransferState.RECALLED]


def test_whoever_was_asked_to_help_does_not_help_himself(office: Office, second: Officer) -> None:
    lead, third = office.accepted(), next(row.id for row in city.agencies() if row.id not in (office.agency, office.other))
    partners.ask_partner(office.handler.actor, lead, version_of(lead), office.other, "Xin kiểm tra.", today() + timedelta(days=2))
    other = office.accepted()
    partners.ask_partner(office.handler.actor, other, version_of(other), third, "Xin kiểm tra.", today() + timedelta(days=2))
    merged(office, second, two(office))
    state = select(Partner.state).where(Partner.case_id == case_of(lead).id)
    assert db.session.scalar(state) is PartnerState.CANCELLED
    assert db.session.scalar(select(Partner.state).where(Partner.case_id == case_of(other).id)) is PartnerState.ASKED
    merged(office, second, Merge((code_of(third),), into=next(row.code for row in city.agencies() if row.id == office.other)))
    assert db.session.scalar(select(Partner.state).where(Partner.case_id == case_of(other).id)) is PartnerState.CANCELLED


def test_people_and_what_points_to_the_agency_go_over(office: Office, second: Officer) -> None:
    code = code_of(office.agency)
    kept = SavedFilter(user_id=office.handler.actor.user_id, agency_id=office.agency, name="Trễ", query="", made_at=now())
    rule = RoutingRule(
        unit_set=city.current_units(), category_code="other", level="city", target=code, reason_vi="Thử", position=90,
        valid_from=today() - timedelta(days=9),
    )  # fmt: skip
    db.session.add_all([kept, rule])
    db.session.commit()
    merged(office, second, two(office))
    users = (office.handler.actor.user_id, office.head.actor.user_id)
    assert set(db.session.scalars(select(User.agency_id).where(User.id.in_(users)))) == {office.other}
    assert db.session.scalar(select(SavedFilter.agency_id)) == office.other
    targets = {row.target for row in city.routing_rules() if row.position == 90}
    assert targets == {code_of(office.other)}
    db.session.expire_all()
    assert db.session.get_one(RoutingRule, rule.id).valid_to == today() - timedelta(days=1), "the old row is kept with its end"
    moved = select(AuditEntry.facts).where(AuditEntry.action == "account.moved")
    assert {(facts["before"], facts["agency"]) for facts in db.session.scalars(moved)} == {(office.agency, office.other)}


def test_who_takes_over_an_accused_body_learns_nothing(office: Office, second: Officer) -> None:
    sealed = office.sealed()
    conduct.name_accused(office.inspector.actor, sealed, version_of(sealed), [office.agency], [])
    assert office.other not in case_of(sealed).excluded_agency_ids
    version = version_of(sealed)
    merged(office, second, two(office))
    case = case_of(sealed)
    assert {office.agency, office.other} <= set(case.excluded_agency_ids)
    assert set(case.accused_agency_ids) == {office.agency, office.other}
    assert version_of(sealed) > version
    assert db.session.scalar(select(CaseEvent.id).where(CaseEvent.move == "succeed")) is None


def test_before_its_day_nothing_has_happened_and_it_can_be_taken_back(
    office: Office, second: Officer, admin: FlaskClient, clock: Callable[[datetime], None]
) -> None:
    day = today() + timedelta(days=3)
    change = changes_of(office, two(office), day)
    change_id = change.id
    changes.approve(second.actor, change_id)
    changes.carry_out_due()
    assert fresh(office.agency).valid_to is None
    with pytest.raises(Conflict):
        changes_of(office, Merge((code_of(office.other),), into=code_of(office.agency)), day)
    assert send(admin, f"{CHANGES}/{change_id}/rut", f"{CHANGES}/{change_id}").location == CHANGES
    again = changes_of(office, two(office), day).id
    changes.approve(second.actor, again)
    clock(now() + timedelta(days=3))
    changes.carry_out_due()
    assert fresh(office.agency).valid_to == day - timedelta(days=1)
    assert db.session.get_one(Change, change_id).stage is Stage.TAKEN_BACK
    assert db.session.get_one(Change, again).stage is Stage.DONE
    with pytest.raises(Conflict):
        changes.take_back(office.admin.actor, again)


def test_nobody_moves_himself_and_some_bodies_stay(office: Office, second: Officer) -> None:
    mine = Merge((code_of(office.agency),), into=code_of(office.other))
    db.session.get_one(User, office.admin.actor.user_id).agency_id = office.agency
    db.session.get_one(User, second.actor.user_id).agency_id = office.agency
    db.session.commit()
    own = type(office.admin.actor)(office.admin.actor.who, office.admin.actor.user_id, office.agency)
    with pytest.raises(NotAllowed):
        merging.propose(own, mine, When(today(), "x", merging.mark(mine)))
    change = changes_of(office, mine)
    with pytest.raises(NotAllowed):
        changes.approve(type(second.actor)(second.actor.who, second.actor.user_id, office.agency), change.id)
    desk_code, top = city.desk_agency().code, "UBND-TP"
    for merge in (
        Merge((desk_code,), into="SO-XD"),
        Merge(("SO-XD",), into=city.triage_agency().code),
        Merge(("SO-XD",), into=top),
        Merge(("SO-XD",), into="SO-XD"),
        Merge((), into="SO-XD"),
        Merge((next(row.code for row in city.agencies() if row.code.startswith("UBND-P-")),), into="SO-XD"),
    ):
        with pytest.raises(Invalid):
            merging.draft(merge)


def test_of_two_administrators_the_second_is_told(office: Office, second: Officer) -> None:
    merge = Merge(("SO-YT",), into="SO-XD")
    seen = merging.mark(merge)
    db.session.get_one(Agency, city.agency_by_code("SO-XD").id).name = "Sở Xây dựng và Nhà ở"
    db.session.commit()
    with pytest.raises(Conflict, match="vừa thay đổi"):
        merging.propose(office.admin.actor, merge, When(today(), "x", seen))


def beside(app: Flask, act: Callable[[], object], errors: list[BaseException]) -> threading.Thread:
    """Somebody who acts at the same time, on a connection of his own."""

    def run() -> None:
        with app.app_context():
            try:
                act()
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_hand_over_under_way_is_waited_for_and_arrives(app: Flask, office: Office, second: Officer) -> None:
    """An officer is sending a case to the agency while it is being closed: either he is refused, or the case follows."""
    public_id, change_id = office.report(), changes_of(office, two(office)).id
    sending, go_on = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    @atomic
    def send_slowly() -> None:
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", office.agency))
        db.session.flush()
        sending.set()
        assert go_on.wait(60)

    first = beside(app, send_slowly, errors)
    assert sending.wait(60)
    other = beside(app, lambda: changes.approve(second.actor, change_id), errors)
    while not db.session.scalar(select(func.count()).select_from(text("pg_locks WHERE NOT granted"))):
        db.session.rollback()
        assert other.is_alive(), "the administrator waits for the officer"
    db.session.rollback()
    go_on.set()
    first.join(60)
    other.join(60)
    assert errors == []
    assert case_of(public_id).to_agency_id == office.other
    late = office.report()
    with pytest.raises(Invalid):
        desk.forward(office.desk.actor, late, version_of(late), desk.Decision("urban_environment", office.agency))


def test_many_cases_follow_in_batches(office: Office, second: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succession, "BATCH", 1)
    cases = [office.accepted() for _n in range(3)]
    merged(office, second, two(office))
    assert sum(case_of(public_id).agency_id == office.other for public_id in cases) == 1
    queued = db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'administration.follow'"))
    assert queued == 1
    changes.follow()
    assert {case_of(public_id).agency_id for public_id in cases} == {office.other}
