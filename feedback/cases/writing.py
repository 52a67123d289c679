"""The one write path of a case: lock the row, check the move, change the state, leave an event and an audit row."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm.attributes import flag_modified

from feedback.acting import as_system, take_up, take_up_found
from feedback.audit.models import AuditEntry
from feedback.audit.services import entry_of
from feedback.cases.access import Actor, may, sealed_cases, visible_cases
from feedback.cases.models import REFERENCE_NUMBERS, Case, CaseEvent
from feedback.cases.workflow import MOVES, Move, State, Who
from feedback.city.models import Track
from feedback.db import db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.localtime import day_start

REASON_LIMIT = 2000
#: The sender himself, and the machine that acts within seconds of him.
UNSEEN = frozenset({Who.CITIZEN, Who.SYSTEM})
#: States in which the handlers of an agency hold a case; in the others it lies where it lay before.
AT_AGENCY = frozenset({State.TRIAGE, State.REFEREE, State.IN_PROGRESS, State.SUSPENDED, State.AWAITING_APPROVAL})
#: A row read before the lock may have changed while we waited for it; without this the session would go on with the old one.
_FRESH = {"populate_existing": True}


def lock_visible(actor: Actor, public_id: str, version: int | None = None) -> Case:
    """Lock the case this actor sees under `public_id`.

    Raises NotFound when there is none for him, Conflict when the form was made for an older version of it.
    """
    return _lock(visible_cases(actor), public_id, version)


def lock_sealed(actor: Actor, public_id: str, version: int | None = None) -> Case:
    """The same for a sealed case this actor examines."""
    return _lock(sealed_cases(actor), public_id, version)


def lock_for_inspectorate(actor: Actor, reference: str) -> Case:
    """Lock an open case by its reference for the inspectorate, which sees none of it before. Raises NotFound."""
    open_one = select(Case).where(Case.reference == reference.strip().upper(), Case.sealed.is_(False))
    with as_system("case to pull"):
        case = db.session.scalar(open_one.with_for_update().execution_options(**_FRESH))
    if case is None or not may(actor, Move.PULL, case):
        raise NotFound
    take_up(case.id)
    return case


def _lock(found: Select[Case], public_id: str, version: int | None) -> Case:
    case = db.session.scalar(found.where(Case.public_id == public_id).with_for_update().execution_options(**_FRESH))
    if case is None:
        raise NotFound
    take_up(case.id)
    if version is not None and case.version != version:
        raise Conflict(_("Hồ sơ này vừa được người khác cập nhật. Nội dung Ông/Bà đã nhập vẫn còn ở dưới; xin xem lại rồi gửi lần nữa."))
    return case


#: The key of a case that is about to be made.
NEXT_KEY = select(func.nextval("cases_id_seq"))


def new_case_key() -> int:
    """The key of a case that is about to be made, and will be followed until this act is done: it may be none the actor sees."""
    return take_up_found(NEXT_KEY)[0]


def lock_by_id(case_id: int) -> Case:
    """Lock a case by its key, for the system's own work."""
    case = db.session.scalar(select(Case).where(Case.id == case_id).with_for_update().execution_options(**_FRESH))
    if case is None:
        raise NotFound
    return case


def apply(
    case: Case,
    move: Move,
    actor: Actor,
    *,
    to: State | None = None,
    to_agency_id: int | None = None,
    other_agency_id: int | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> CaseEvent:
    """Make one move on a locked case; the caller sets what else the move changes.

    `to` says where the move leads when the table allows several states; `to_agency_id` is who is responsible from now on,
    `other_agency_id` an agency the move points to without that.

    Raises NotAllowed when this actor may not, Conflict when the case no longer stands where the move starts,
    Invalid when the move wants a reason and none was given.
    """
    row = MOVES[move]
    if case.state not in row.sources:
        raise Conflict(
            _("Hồ sơ đã chuyển sang bước khác nên không thực hiện được thao tác này nữa. Xin tải lại trang để xem tình trạng mới.")
        )
    if not may(actor, move, case):
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này với hồ sơ."))
    if row.needs_reason and not reason.strip():
        raise Invalid(_("Xin ghi lý do."))
    at = at or now()
    from_state, from_agency_id = case.state, case.agency_id
    case.state = _target(move, case.state, to)
    case.agency_id = to_agency_id or case.agency_id
    if case.state is not State.FORWARDED:
        case.to_agency_id = None
    if case.state is State.SORTING:
        case.at_desk = True
    elif case.state in AT_AGENCY:
        case.at_desk = False
    # A move that leaves the state alone is a write all the same: whoever holds the page from before is told so when he sends it.
    flag_modified(case, "state")
    words = reason.strip()[:REASON_LIMIT]
    event = leave_trace(case, move, actor, at, from_state=from_state, from_agency_id=from_agency_id, reason=words)
    event.other_agency_id = other_agency_id
    return event


def _target(move: Move, state: State, to: State | None) -> State:
    targets = MOVES[move].targets
    if not targets:
        return state
    chosen = to or MOVES[move].target
    if chosen not in targets:
        raise ValueError(f"{move} does not lead to {chosen}")
    return chosen


def leave_trace(
    case: Case, move: Move, actor: Actor, at: datetime, *, from_state: State | None, from_agency_id: int | None, reason: str = ""
) -> CaseEvent:
    """Add the event and the audit row of a move, in the caller's transaction."""
    event, entry = trace_of(case, move, actor, at, from_state=from_state, from_agency_id=from_agency_id, reason=reason)
    db.session.add_all((event, entry))
    return event


def trace_of(
    case: Case, move: Move, actor: Actor, at: datetime, *, from_state: State | None, from_agency_id: int | None, reason: str = ""
) -> tuple[CaseEvent, AuditEntry]:
    """The event and the audit row of a move.

    The hour at which an anonymous sender acts, and the machine right after him, is nobody's business (security D9): the record keeps the
    day, and so does the history of a report about an official.
    """
    unnamed = case.anonymous and actor.who in UNSEEN
    event = CaseEvent(
        case_id=case.id,
        at=day_start(at) if unnamed and case.track is Track.CONDUCT else at,
        move=move.value,
        from_state=from_state.value if from_state else None,
        to_state=case.state.value,
        who=actor.who,
        actor_id=actor.user_id,
        from_agency_id=from_agency_id,
        to_agency_id=case.agency_id,
        reason=reason,
    )
    entry = entry_of(
        f"case.{move.value}",
        actor=actor,
        subject_kind="case",
        subject_id=case.public_id,
        at=day_start(at) if unnamed else at,
        from_state=event.from_state,
        to_state=event.to_state,
        from_agency=from_agency_id,
        to_agency=case.agency_id,
    )
    return event, entry


def hide_hour(*cases: Case) -> None:
    """Keep of anonymous senders' reports about officials the day only: of their receipt and of what sender and machine did so far."""
    unnamed = {case.id: case for case in cases if case.anonymous}
    if not unnamed:
        return
    for case in unnamed.values():
        if case.clock_from == case.received_at:
            case.clock_from = day_start(case.clock_from)
        case.received_at = day_start(case.received_at)
    for event in db.session.scalars(select(CaseEvent).where(CaseEvent.case_id.in_(unnamed), CaseEvent.who.in_(UNSEEN))):
        event.at = day_start(event.at)


def unseal(at: datetime, *cases: Case) -> None:
    """Open cases to the desk: from now on each carries a procedural reference such as PA-2026-004512."""
    for case in cases:
        case.sealed = False
        case.accused_agency_ids = case.excluded_agency_ids = []
    unnumbered = [case for case in cases if case.reference is None]
    if unnumbered:
        drawn = select(REFERENCE_NUMBERS.next_value()).select_from(func.generate_series(1, len(unnumbered)))
        with db.session.no_autoflush:  # the state changes in the same breath; half of it would break a CHECK
            numbers = db.session.scalars(drawn).all()
        for case, number in zip(unnumbered, numbers, strict=True):
            case.reference = f"PA-{at.year}-{number:06d}"


def seal(case: Case) -> None:
    """Hide a case from everybody but the inspectorate; its open reference is withdrawn."""
    case.sealed = True
    case.reference = None
    take_whole_report(case)


def take_whole_report(case: Case) -> None:
    """Move the report that a sealed matter was split off from the history of the case it came from into that of the sealed one.

    The splitting keeps the report as it was written with the open case; its handlers would read the accusation there.
    """
    parent_id = case.split_from_id
    while parent_id is not None:
        split = (CaseEvent.move == Move.SPLIT.value, CaseEvent.from_state.is_not(None))
        for event in db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == parent_id, *split)):
            if event.reason:
                own = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id).limit(1)
                first = db.session.scalars(own).one()
                first.reason = f"{first.reason}\n{event.reason}".strip()
                event.reason = ""
        parent_id = db.session.get_one(Case, parent_id).split_from_id
