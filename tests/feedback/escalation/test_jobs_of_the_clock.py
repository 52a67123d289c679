"""Reminders, the ladder, the digest: each told once, to those whose turn it is, never about a sealed case."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from feedback.accounts.models import Role, User
from feedback.cases import dialogue, transfers
from feedback.cases.handover_models import ReturnReason, Transfer
from feedback.city import queries as city
from feedback.city.models import Agency
from feedback.db import db
from feedback.escalation import services
from feedback.escalation.models import Escalation
from feedback.notices.models import Notice, NoticeKind
from tests.feedback.officers import Office, Officer, case_of, version_of

#: A Monday morning, nine o'clock in the city.
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def office_with_mail(office: Office) -> Office:
    """Everybody has an address, and the ladder is loaded."""
    superior = db.session.scalar(select(Agency.superior_id).where(Agency.id == office.agency))
    assert superior is not None
    office.superior = office._hire(Role.AGENCY_HEAD, superior)  # type: ignore[attr-defined]
    db.session.execute(update(User).values(email=User.sign_in_name + "@agency.example"))
    db.session.commit()
    services.load_ladder()
    return office


def told(kind: NoticeKind | None = None) -> Counter[int | None]:
    """How often each officer has been told something."""
    rows = select(Notice.user_id).where(Notice.kind == kind) if kind else select(Notice.user_id)
    return Counter(db.session.scalars(rows))


def key(officer: Officer) -> int:
    assert officer.actor.user_id is not None
    return officer.actor.user_id


def test_the_ladder_climbs_from_handler_to_leadership(office_with_mail: Office) -> None:
    office = office_with_mail
    with time_machine.travel(MONDAY, tick=False):
        case = case_of(office.accepted())
    due = case.due_at
    seen: list[tuple[str, set[int]]] = []
    for label, at in (
        ("before", due - timedelta(days=3)),
        ("after 1", due + timedelta(days=1)),
        ("after 9", due + timedelta(days=9)),
    ):
        with time_machine.travel(at, tick=False):
            before = told(NoticeKind.DUE_SOON) + told(NoticeKind.OVERDUE)
            services.climb()
            services.climb()
            seen.append((label, set((told(NoticeKind.DUE_SOON) + told(NoticeKind.OVERDUE)) - before)))
    assert seen[0][1] == {key(office.handler)}
    assert key(office.head) in seen[1][1]
    assert {key(office.superior), key(office.leader)} <= seen[2][1]  # type: ignore[attr-defined]
    assert not {key(office.stranger), key(office.admin), key(office.inspector)} & set(told())
    assert db.session.scalar(select(func.count()).select_from(Escalation)) == len(
        db.session.scalars(select(Escalation.step_id).distinct()).all()
    )


def test_nobody_is_told_on_a_sunday_nor_about_a_sealed_or_stopped_case(office_with_mail: Office) -> None:
    office = office_with_mail
    with time_machine.travel(MONDAY, tick=False):
        stopped = office.accepted()
        office.sealed()
        dialogue.ask(office.handler.actor, stopped, version_of(stopped), "Xin cho biết địa chỉ.")
        due = case_of(stopped).due_at
    for days in range(-3, 9):
        with time_machine.travel(due + timedelta(days=days), tick=False):
            services.climb()
    with time_machine.travel(MONDAY, tick=False):
        late = case_of(office.accepted())
    sunday = next(at for n in range(8) if (at := late.due_at + timedelta(days=n)).weekday() == 6)
    with time_machine.travel(sunday, tick=False):
        services.climb()
    assert not told(NoticeKind.DUE_SOON) + told(NoticeKind.OVERDUE)


def test_two_workers_never_take_one_step_twice(office_with_mail: Office, app: Flask) -> None:
    office = office_with_mail
    with time_machine.travel(MONDAY, tick=False):
        keys = [office.accepted() for _case in range(4)]
    due = case_of(keys[0]).due_at
    db.session.commit()
    with time_machine.travel(due, tick=False):
        ready = threading.Barrier(2)

        def work() -> None:
            with app.app_context():
                ready.wait()
                services.climb()
                db.session.remove()

        workers = [threading.Thread(target=work) for _worker in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    taken = db.session.execute(select(Escalation.case_id, Escalation.step_id)).all()
    assert len(taken) == len(set(taken)) > 0
    assert set(told(NoticeKind.DUE_SOON).values()) <= {len(keys), 2 * len(keys)}


def test_a_transfer_nobody_accepts_reminds_the_head_once_a_day_three_times(office_with_mail: Office) -> None:
    office = office_with_mail
    with time_machine.travel(MONDAY, tick=False):
        public_id = office.forwarded()
        services.remind()
    assert not told(NoticeKind.TRANSFER_REMINDER)
    for days in range(1, 9):
        for _run in range(2):
            with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
                services.remind()
    assert told(NoticeKind.TRANSFER_REMINDER) == {key(office.head): 3}
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        transfers.give_back(office.handler.actor, public_id, version_of(public_id), ReturnReason.OTHER_AREA, "Thuộc nơi khác.")
        services.remind()
    assert told(NoticeKind.TRANSFER_REMINDER) == {key(office.head): 3}
    assert db.session.scalars(select(Transfer.reminders)).all() == [3]


def test_a_late_case_owes_its_sender_a_word_every_seven_days(office_with_mail: Office) -> None:
    office = office_with_mail
    with time_machine.travel(MONDAY, tick=False):
        public_id = office.accepted()
    due = case_of(public_id).due_at
    for days in range(16):
        with time_machine.travel(due + timedelta(days=days, minutes=1), tick=False):
            services.ask_for_progress()
    assert told(NoticeKind.PROGRESS_DUE) == {key(office.handler): 2}
    with time_machine.travel(due + timedelta(days=16), tick=False):
        dialogue.report_progress(office.handler.actor, public_id, version_of(public_id), "Đang chờ vật tư.", None)
    for days in range(17, 24):
        with time_machine.travel(due + timedelta(days=days, minutes=1), tick=False):
            services.ask_for_progress()
    assert told(NoticeKind.PROGRESS_DUE) == {key(office.handler): 3}


def test_the_morning_digest_counts_what_waits_and_comes_once(office_with_mail: Office) -> None:
    office = office_with_mail
    with time_machine.travel(MONDAY, tick=False):
        late, waiting = office.accepted(), office.forwarded()
    morning = case_of(late).due_at + timedelta(days=1)
    while not city.calendar().is_working_day(morning.date()):
        morning += timedelta(days=1)
    with time_machine.travel(morning, tick=False):
        services.send_digests()
        services.send_digests()
    digests = {row.user_id: row.facts for row in db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.DIGEST))}
    assert set(digests) == {key(office.handler), key(office.head), key(office.desk)}
    assert digests[key(office.head)] == {"overdue": 1, "today": 0, "soon": 0, "to_accept": 1, "to_approve": 0}
    assert case_of(waiting).to_agency_id == office.agency
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        services.send_digests()
    assert db.session.scalar(select(func.count()).where(Notice.kind == NoticeKind.DIGEST)) == 3
