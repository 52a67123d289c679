"""Handing a case over: sent, seen, accepted, returned or recalled; the referee ends what agencies cannot agree on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update

from feedback.cases.access import AGENCY, Actor
from feedback.cases.clock import set_clock
from feedback.cases.clock_models import DueCause
from feedback.cases.guards import check_in_force, check_no_partner_at_work, check_receiver
from feedback.cases.handover import state_after_hand_on, state_after_return
from feedback.cases.handover_models import ReturnReason, Transfer, TransferState
from feedback.cases.models import Case
from feedback.cases.workflow import Move, State
from feedback.cases.writing import REASON_LIMIT, apply, lock_visible
from feedback.city import queries as city
from feedback.db import atomic, db, now
from feedback.errors import Conflict
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency
from feedback.text import clean


def send(case: Case, actor: Actor, move: Move, to_agency_id: int, note: str, at: datetime, bulk_id: str | None = None) -> None:
    """Put a locked case on its way; the sender stays responsible until the receiver accepts.

    Raises Invalid for a receiver that is not in force, is the inspectorate, or already holds the case.
    """
    check_receiver(case, to_agency_id)
    from_desk = case.at_desk
    case.hops += 1
    apply(case, move, actor, to=State.FORWARDED, other_agency_id=to_agency_id, reason=note, at=at)
    case.to_agency_id = to_agency_id
    db.session.add(
        Transfer(
            case_id=case.id,
            hop=case.hops,
            from_agency_id=case.agency_id,
            to_agency_id=to_agency_id,
            from_desk=from_desk,
            note=clean(note, REASON_LIMIT),
            sent_at=at,
            sent_by_id=actor.user_id,
            bulk_id=bulk_id,
        )
    )
    notify_agency(to_agency_id, NoticeKind.CASE_WAITS, case.public_id)


@atomic
def hand_on(actor: Actor, public_id: str, version: int, to_agency_id: int, reason: str) -> Case:
    """Chuyển tiếp: an agency finds that another one is competent and sends the case there itself, in one step.

    After too many hops the case goes to the referee instead. Raises Invalid while co-handling agencies are still at work.
    """
    case = lock_visible(actor, public_id, version)
    if case.state is not State.IN_PROGRESS:
        raise Conflict
    check_no_partner_at_work(case.id)
    at = now()
    if state_after_hand_on(case.hops) is State.FORWARDED:
        send(case, actor, Move.HAND_ON, to_agency_id, reason, at)
        return case
    check_receiver(case, to_agency_id)
    _to_referee(case, actor, Move.HAND_ON, reason, at, to_agency_id)
    return case


@atomic
def accept(actor: Actor, public_id: str, version: int) -> Case:
    """Thụ lý: the receiver takes the case and is responsible from now on; whoever accepts becomes its handler."""
    case = lock_visible(actor, public_id, version)
    at = now()
    transfer = under_way(case.id)
    apply(case, Move.ACCEPT, actor, to_agency_id=case.to_agency_id, at=at)
    if transfer is None:
        raise Conflict
    end(transfer, TransferState.ACCEPTED, actor, at)
    _take(case, actor.user_id, at)
    return case


def _take(case: Case, handler_id: int | None, at: datetime) -> None:
    case.accepted_at = case.accepted_at or at
    case.handler_id = handler_id
    set_clock(case, city.category(case.category_code).rule_code, at, DueCause.ACCEPTED)


@atomic
def give_back(actor: Actor, public_id: str, version: int, code: ReturnReason, note: str) -> Case:
    """Trả lại: the receiver is not competent. The first time the case goes back to its sender, the second time to the referee.

    The citizen need do nothing, and the sender has been responsible all the while.
    """
    case = lock_visible(actor, public_id, version)
    at = now()
    transfer = under_way(case.id)
    if transfer is None or case.state is not State.FORWARDED:
        raise Conflict
    case.returns += 1
    to = state_after_return(case.returns, from_desk=transfer.from_desk)
    if to is State.REFEREE:
        _to_referee(case, actor, Move.RETURN, note, at, transfer.to_agency_id)
    else:
        apply(case, Move.RETURN, actor, to=to, other_agency_id=transfer.to_agency_id, reason=note, at=at)
        notify_agency(case.agency_id, NoticeKind.CASE_RETURNED, case.public_id)
    end(transfer, TransferState.RETURNED, actor, at, note, return_reason=code)
    if transfer.from_desk:
        case.forwarded_at = None
    return case


def _to_referee(case: Case, actor: Actor, move: Move, reason: str, at: datetime, other_id: int) -> None:
    referee = city.referee_agency()
    apply(case, move, actor, to=State.REFEREE, to_agency_id=referee.id, other_agency_id=other_id, reason=reason, at=at)
    case.handler_id = None
    notify_agency(referee.id, NoticeKind.REFEREE_WAITS, case.public_id)


@atomic
def recall(actor: Actor, public_id: str, version: int, reason: str) -> Case:
    """Thu hồi: the sender takes back what nobody has accepted yet."""
    case = lock_visible(actor, public_id, version)
    take_back(case, actor, reason, now())
    return case


def take_back(case: Case, actor: Actor, reason: str, at: datetime) -> None:
    """Recall a locked case. Raises Conflict when nothing is under way."""
    transfer = under_way(case.id)
    to = State.SORTING if case.at_desk else State.IN_PROGRESS
    apply(case, Move.RECALL, actor, to=to, other_agency_id=case.to_agency_id, reason=reason, at=at)
    if transfer is None:
        raise Conflict
    end(transfer, TransferState.RECALLED, actor, at, reason)
    if transfer.from_desk:
        case.forwarded_at = None


@atomic
def decide(actor: Actor, public_id: str, version: int, to_agency_id: int, reason: str) -> Case:
    """Phân định: the referee says who is responsible. The decision binds: it counts as accepted and cannot be returned."""
    case = lock_visible(actor, public_id, version)
    check_in_force(to_agency_id)
    at = now()
    referee_id = case.agency_id
    apply(case, Move.DECIDE, actor, to_agency_id=to_agency_id, reason=reason, at=at)
    case.hops += 1
    transfer = Transfer(
        case_id=case.id,
        hop=case.hops,
        from_agency_id=referee_id,
        to_agency_id=to_agency_id,
        from_desk=False,
        note=clean(reason, REASON_LIMIT),
        sent_at=at,
        sent_by_id=actor.user_id,
        binding=True,
    )
    end(transfer, TransferState.ACCEPTED, actor, at)
    db.session.add(transfer)
    case.forwarded_at = case.forwarded_at or at
    _take(case, None, at)
    notify_agency(to_agency_id, NoticeKind.CASE_WAITS, case.public_id)
    return case


def under_way(case_id: int) -> Transfer | None:
    """The transfer that is neither accepted nor returned nor recalled."""
    return db.session.scalar(select(Transfer).where(Transfer.case_id == case_id, Transfer.ended_at.is_(None)))


def end(
    transfer: Transfer, state: TransferState, actor: Actor, at: datetime, note: str = "", *, return_reason: ReturnReason | None = None
) -> None:
    """End a transfer and measure its transit in minutes of office time."""
    at = max(at, transfer.sent_at)  # the clock may have been set back meanwhile
    minutes = int(city.calendar().working_time_between(transfer.sent_at, at) / timedelta(minutes=1))
    transfer.state, transfer.ended_at, transfer.ended_by_id = state, at, actor.user_id
    transfer.end_note, transfer.working_minutes, transfer.return_reason = clean(note, REASON_LIMIT), minutes, return_reason


@atomic
def note_seen(actor: Actor, case: Case) -> None:
    """The receiving agency has opened the case: the sender sees that it arrived. Once only, and no move of the case."""
    if _may_arrive(actor, case):
        arrived = {"state": TransferState.SEEN, "seen_at": func.greatest(now(), Transfer.sent_at)}
        db.session.execute(update(Transfer).where(*_on_its_way(case)).values(arrived))


def unseen(actor: Actor, case: Case) -> bool:
    """Whether the actor's agency is the receiver of this case and has not opened it yet."""
    return _may_arrive(actor, case) and db.session.scalar(select(Transfer.id).where(*_on_its_way(case))) is not None


def _may_arrive(actor: Actor, case: Case) -> bool:
    return actor.who in AGENCY and case.state is State.FORWARDED and case.to_agency_id == actor.agency_id


def _on_its_way(case: Case) -> tuple[ColumnElement[bool], ...]:
    return Transfer.case_id == case.id, Transfer.state == TransferState.SENT, Transfer.ended_at.is_(None)
