"""Office and citizen talk: questions that stop the clock, supplements, progress, and additions of the citizen's own accord."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from feedback import jobs
from feedback.cases.access import CITIZEN, SYSTEM, Actor
from feedback.cases.clock import due_of, recompute
from feedback.cases.clock_models import DueCause, Pause, PauseKind
from feedback.cases.handover import held_state
from feedback.cases.message_models import FROM_CITIZEN, Message, MessageKind
from feedback.cases.models import Case
from feedback.cases.stages import SUPPLEMENT_RULE
from feedback.cases.workflow import Move, State
from feedback.cases.writing import apply, lock_by_id, lock_visible
from feedback.city import queries as city
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency, notify_citizen
from feedback.text import clean

MESSAGE_LIMIT = 5000


def say(case: Case, kind: MessageKind, text: str, at: datetime, actor: Actor, promised_on: date | None = None) -> None:
    """Keep one message of a locked case. Raises Invalid for an empty one."""
    words = clean(text, MESSAGE_LIMIT)
    if not words:
        raise Invalid(_("Xin viết nội dung."))
    db.session.add(Message(case_id=case.id, kind=kind, text=words, on=local_day(at), promised_on=promised_on, author_id=actor.user_id))


@atomic
def ask(actor: Actor, public_id: str, version: int, question: str) -> None:
    """Yêu cầu bổ sung: ask the sender. The clock stands still until he answers, at most as long as the rule SUPPLEMENT allows."""
    case = lock_visible(actor, public_id, version)
    at = now()
    apply(case, Move.ASK, actor, reason=question, at=at)
    say(case, MessageKind.QUESTION, question, at, actor)
    case.questions += 1
    begin_pause(case, PauseKind.SUPPLEMENT, question, at, actor, due_of(SUPPLEMENT_RULE, at).due)
    notify_citizen(case, NoticeKind.QUESTION)


@atomic
def supplement(case_id: int, text: str) -> None:
    """Bổ sung: the sender answers the question and the clock goes on.

    When it has gone on already, his words are kept like any others that he adds: they were not written in vain.
    """
    case = lock_by_id(case_id)
    at = now()
    if case.state is not State.AWAITING_SUPPLEMENT:
        _add(case, text, at)
        return
    apply(case, Move.SUPPLEMENT, CITIZEN, to=held_state(at_desk=case.at_desk), reason=text, at=at)
    say(case, MessageKind.SUPPLEMENT, text, at, CITIZEN)
    end_pause(case, at)
    notify_agency(case.agency_id, NoticeKind.SUPPLEMENTED, case.public_id)


@atomic
def add(case_id: int, text: str) -> None:
    """Gửi thêm: the sender adds something without being asked; nothing else changes.

    The same words on the same day are a double click and count once. Raises Conflict when the case has ended.
    """
    _add(lock_by_id(case_id), text, now())


def _add(case: Case, text: str, at: datetime) -> None:
    if said_today(case.id, text, at):
        return
    apply(case, Move.ADD, CITIZEN, reason=text, at=at)
    say(case, MessageKind.ADDED, text, at, CITIZEN)
    notify_agency(case.agency_id, NoticeKind.SUPPLEMENTED, case.public_id)


def said_today(case_id: int, text: str, at: datetime) -> bool:
    """Whether the sender has written exactly this about his case today."""
    said = select(Message).where(Message.case_id == case_id, Message.kind.in_(FROM_CITIZEN), Message.on == local_day(at))
    words = clean(text, MESSAGE_LIMIT)
    return any(message.text == words for message in db.session.scalars(said))


@atomic
def report_progress(actor: Actor, public_id: str, version: int, text: str, promised_on: date | None) -> None:
    """Báo tiến độ: tell the citizen how far it is. A promised day is a promise only; the due date stays where the law put it."""
    case = lock_visible(actor, public_id, version)
    at = now()
    if promised_on is not None and promised_on < local_day(at):
        raise Invalid(_("Ngày hẹn phải từ hôm nay trở đi."))
    apply(case, Move.UPDATE, actor, reason=text, at=at)
    say(case, MessageKind.PROGRESS, text, at, actor, promised_on)
    notify_citizen(case, NoticeKind.PROGRESS)


@atomic
def suspend(actor: Actor, public_id: str, version: int, ground: str) -> None:
    """Tạm đình chỉ, by decision (Luật Tố cáo 2018 Art 34; khiếu nại since 1/7/2026, Luật 136/2025).

    Raises Invalid where no law allows it.
    """
    case = lock_visible(actor, public_id, version)
    at = now()
    if not city.rule(case.rule_code, local_day(at)).pausable:
        raise Invalid(_("Pháp luật không cho tạm đình chỉ thời hạn này."))
    apply(case, Move.SUSPEND, actor, reason=ground, at=at)
    begin_pause(case, PauseKind.SUSPENSION, ground, at, actor, None)


@atomic
def resume(actor: Actor, public_id: str, version: int, reason: str) -> None:
    """Xử lý tiếp: go on without waiting any longer, or after a suspension."""
    case = lock_visible(actor, public_id, version)
    _resume(case, actor, reason, now())


def _resume(case: Case, actor: Actor, reason: str, at: datetime) -> None:
    apply(case, Move.RESUME, actor, to=held_state(at_desk=case.at_desk), reason=reason, at=at)
    end_pause(case, at)


def begin_pause(case: Case, kind: PauseKind, reason: str, at: datetime, actor: Actor, ends_by: datetime | None) -> None:
    """Stop the clock of a locked case."""
    db.session.add(
        Pause(case_id=case.id, kind=kind, reason=clean(reason, MESSAGE_LIMIT), began_at=at, began_by_id=actor.user_id, ends_by=ends_by)
    )


def end_pause(case: Case, at: datetime) -> None:
    """Let the clock of a locked case go on, and count anew. Does nothing when it is running."""
    pause = db.session.scalar(select(Pause).where(Pause.case_id == case.id, Pause.ended_at.is_(None)))
    if pause is None:
        return
    pause.ended_at = max(at, pause.began_at)
    db.session.flush()
    recompute(case, at, DueCause.PAUSE)


@jobs.task("cases.end_pauses", cron="*/10 * * * *")
def end_pauses() -> None:
    """Clocks that have stood still as long as they may go on; two workers never do it twice, for the row is locked first."""
    at = now()
    waiting = select(Pause.case_id).where(Pause.ended_at.is_(None), Pause.ends_by < at)
    for case_id in db.session.scalars(waiting).all():
        _end_at_cap(case_id, at)


@atomic
def _end_at_cap(case_id: int, at: datetime) -> None:
    case = lock_by_id(case_id)
    if case.state is not State.AWAITING_SUPPLEMENT:
        return
    try:
        _resume(case, SYSTEM, "Hết thời gian chờ bổ sung.", at)
    except Conflict:
        return
    notify_agency(case.agency_id, NoticeKind.SUPPLEMENTED, case.public_id)
