"""Life in a small demo city: how its cases came where they stand, who works there, and that real work goes on after it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from analytics.demo import signins
from analytics.demo.codes import demo_code
from analytics.demo.staff import PASSWORD, name_of
from feedback.accounts.models import Role, User
from feedback.accounts.passwords import hash_password
from feedback.accounts.services import sign_in
from feedback.audit.heads import close_day
from feedback.audit.models import AuditEntry, AuditHead
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import contacts, queries
from feedback.cases.access import CITIZEN, SYSTEM, visible_cases
from feedback.cases.intake import Report, submit_report
from feedback.cases.models import Case, CaseEvent, Contact
from feedback.cases.ports import Labels
from feedback.cases.sorting import classify_case
from feedback.cases.workflow import MOVES, OPEN_STATES, Move, Side, State, Who
from feedback.city import queries as city
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.localtime import day_start, local_day
from tests.analytics.demo.wobbly import CASES, NOON, WobblyClassifier, city_at
from tests.databases import fresh_database
from tests.feedback.citizen import TEXT


@pytest.fixture
def app(demo_template: str) -> Iterator[Flask]:
    """The application with the demo city in a database of its own."""
    with fresh_database(demo_template) as url, city_at(url) as app:
        yield app


def test_every_case_has_come_where_it_stands_by_legal_moves(app: Flask) -> None:
    for case in db.session.scalars(visible_cases(SYSTEM)):
        state, holder, before = None, None, None
        story = queries.events(case.id)
        assert story[0].move == Move.SUBMIT
        for event in story:
            row = MOVES[Move(event.move)]
            assert (state in row.sources) if state else (event.move == Move.SUBMIT)
            assert event.who in row.who
            assert bool(event.reason) or not row.needs_reason
            assert (event.from_state, event.from_agency_id) == (state, holder)
            # Of what an anonymous sender and the machine do only the day is kept.
            assert before is None or event.at > before or event.at == day_start(before)
            state, holder, before = State(event.to_state), event.to_agency_id, event.at
            if event.actor is not None and event.who is not Who.FRONT_DESK:
                taken = event.to_agency_id if event.move == Move.ACCEPT else event.other_agency_id
                assert event.actor.agency_id == (event.from_agency_id if row.side is Side.HOLDER else taken)
        assert (case.state, case.agency_id) == (state, holder)
        assert before is not None
        assert case.received_at < before < NOON


def test_numbers_follow_the_clock(app: Flask) -> None:
    """Events, audit rows and references count up as time goes by, without a gap that would betray a sealed case."""
    for table, number, instant in ((CaseEvent, CaseEvent.id, CaseEvent.at), (AuditEntry, AuditEntry.seq, AuditEntry.at)):
        instants = [at for at in db.session.scalars(select(instant).order_by(number)) if at != day_start(at)]
        assert list(instants) == sorted(instants), table.__tablename__
    received = [day_start(at) for at in db.session.scalars(visible_cases(SYSTEM).with_only_columns(Case.received_at).order_by(Case.id))]
    assert list(received) == sorted(received)
    opened = (Move.SORT.value, Move.RELEASE.value)
    drawn = select(Case.reference).join(CaseEvent, CaseEvent.case_id == Case.id).where(CaseEvent.move.in_(opened)).order_by(CaseEvent.id)
    numbers = [int(reference[-6:]) for reference in db.session.scalars(drawn) if reference]
    assert numbers == sorted(numbers)


def test_there_is_one_audit_row_for_every_event(app: Flask) -> None:
    """And one for each second look, publication and finding, which are no moves of the case."""
    events = db.session.execute(
        select(
            func.date_trunc("day", CaseEvent.at, "Asia/Ho_Chi_Minh"),
            func.concat("case.", CaseEvent.move),
            Case.public_id,
            CaseEvent.actor_id,
        ).join(Case, Case.id == CaseEvent.case_id)
    )
    audit = select(
        func.date_trunc("day", AuditEntry.at, "Asia/Ho_Chi_Minh"), AuditEntry.action, AuditEntry.subject_id, AuditEntry.actor_user_id
    ).where(AuditEntry.subject_kind == "case", AuditEntry.action.not_in(("case.checked", "case.publish", "case.finding")))
    assert sorted(map(str, events)) == sorted(map(str, db.session.execute(audit)))


def test_life_goes_on_in_the_demo_city(app: Flask, clock: Callable[[datetime], None]) -> None:
    """A citizen's report comes behind the invented ones and takes the next numbers."""
    clock(NOON)
    last = db.session.scalar(select(func.max(Case.reference)))
    submitted = submit_report(Report(TEXT), hmac_of("a code"), CITIZEN)
    assert submitted.case_id == CASES + 1
    app.extensions["classifier"] = _Sure()
    classify_case(submitted.case_id)
    case = db.session.get(Case, submitted.case_id)
    assert case is not None
    assert last is not None
    assert case.reference == f"PA-2026-{int(last[-6:]) + 1:06d}"


class _Sure:
    """Sees rubbish everywhere."""

    def classify(self, text: str) -> Labels:
        return dataclasses.replace(WobblyClassifier().classify(text), category="urban_environment", misconduct=False)


def test_the_code_of_every_case_can_be_derived_and_none_is_kept(app: Flask) -> None:
    secret = app.config["SECRET_KEY"]
    for public_id, kept in db.session.execute(visible_cases(SYSTEM).with_only_columns(Case.public_id, Case.code_hmac)):
        code = demo_code(secret, public_id)
        assert kept == hmac_of(code)
        assert code.encode() not in kept


def test_named_senders_can_be_reached_and_the_others_not(app: Flask) -> None:
    named = set(db.session.scalars(visible_cases(SYSTEM).where(Case.anonymous.is_(False)).with_only_columns(Case.id)))
    assert named == set(db.session.scalars(select(Contact.case_id)))
    found = [contacts.opened(case_id) for case_id in named]
    assert all(row["phone"].startswith("0900000") and row["name"] for row in found)
    assert {row["email"].partition("@")[2] for row in found if "email" in row} == {"example.com"}


def test_every_agency_can_sign_in_and_do_its_work(app: Flask) -> None:
    posts: dict[int, Counter[Role]] = {}
    for role, agency_id in db.session.execute(select(User.role, User.agency_id)):
        posts.setdefault(agency_id, Counter())[role] += 1
    triage, desk = city.triage_agency().id, city.desk_agency().id
    assert set(posts) == {agency.id for agency in city.agencies()}
    assert posts.pop(triage) == {Role.INSPECTORATE: 3}
    assert all(post[Role.AGENCY_HEAD] == 1 and post[Role.HANDLER] >= 2 for post in posts.values())
    assert {role for post in posts.values() for role in post} | {Role.INSPECTORATE} == set(Role)
    assert (posts[desk][Role.FRONT_DESK], posts[desk][Role.ADMINISTRATOR]) == (4, 2)
    user = sign_in(name_of(Role.HANDLER, 2, "SO-XD"), PASSWORD, "here")
    assert not user.must_change_password


def test_the_sign_ins_printed_are_those_of_each_role(app: Flask) -> None:
    found = signins.sign_ins()
    assert [row.role for row in found] == list(signins.ROLES)
    for row in found:
        assert sign_in(row.name, row.password, "here").role is row.role


def test_a_password_that_was_changed_is_not_printed(app: Flask) -> None:
    user = db.session.scalars(select(User).where(User.sign_in_name == "lanhdao1")).one()
    user.password_hash = hash_password("hoa sữa đầu ngõ nhỏ")
    db.session.commit()
    assert {row.name: row.password for row in signins.sign_ins()}["lanhdao1"] == ""
    assert any("lanhdao1" in line and "changed" in line and PASSWORD not in line for line in signins.lines())


def test_a_locked_account_is_not_offered(app: Flask) -> None:
    db.session.execute(text("UPDATE staff_user SET active = false WHERE sign_in_name = 'lanhdao1'"))
    assert "lanhdao1" not in [row.name for row in signins.sign_ins()]


def test_the_agency_offered_has_the_most_to_do(app: Flask) -> None:
    """The front desk's own office and the inspectorate have accounts of their own in the list."""
    beside = {city.desk_agency().id, city.triage_agency().id}
    waiting = Counter(
        case.agency_id for case in db.session.scalars(visible_cases(SYSTEM)) if case.state in OPEN_STATES and case.agency_id not in beside
    )
    offered = next(row.name for row in signins.sign_ins() if row.role is Role.AGENCY_HEAD)
    head = db.session.scalars(select(User).where(User.sign_in_name == offered)).one()
    assert waiting[head.agency_id] == max(waiting.values())


def test_a_report_somebody_sent_himself_is_not_given_away(app: Flask) -> None:
    """Only codes that the demo city made itself can be printed; this one is newer than all others in its state."""
    newest = db.session.scalars(visible_cases(SYSTEM).where(Case.state == State.ANSWERED).order_by(Case.received_at.desc())).first()
    assert newest is not None
    newest.code_hmac = hmac_of("only the sender knows")
    db.session.commit()
    case = queries.case_of_code(hmac_of(signins.codes()[State.ANSWERED].replace("-", "")))
    assert case is not None
    assert (case.state, case.id != newest.id) == (State.ANSWERED, True)


def test_the_demo_citys_record_is_whole_and_closed_up_to_yesterday(app: Flask, clock: Callable[[datetime], None]) -> None:
    """Every row in its chain and under the head of its day; what happens next joins on, and the worker closes the next day."""
    clock(NOON)
    verdict = verify(record_keys())
    assert verdict.whole, verdict
    yesterday = local_day(NOON) - timedelta(days=1)
    assert verdict.last_head is not None
    assert verdict.last_head[0] == yesterday
    days = db.session.scalars(select(AuditHead.day).order_by(AuditHead.day)).all()
    assert list(days) == [days[0] + timedelta(days=number) for number in range(len(days))]
    of_today = func.date(func.timezone("Asia/Ho_Chi_Minh", AuditEntry.at)) == local_day(NOON)
    assert verdict.uncovered == db.session.scalar(select(func.count()).select_from(AuditEntry).where(of_today))
    submit_report(Report(TEXT), hmac_of("a code"), CITIZEN)
    assert close_day(yesterday) is None
    assert close_day(local_day(NOON)) is not None
    after = verify(record_keys())
    assert (after.whole, after.uncovered, after.rows) == (True, 0, verdict.rows + 1)
