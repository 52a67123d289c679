"""The one write path of a case: lock the row, check the move, change the state, leave an event and an audit row."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from feedback.acting import take_up
from feedback.audit.services import record
from feedback.cases.access import Actor, may, visible_cases
from feedback.cases.models import REFERENCE_NUMBERS, Case, CaseEvent
from feedback.cases.workflow import MOVES, Move, State
from feedback.db import db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound

REASON_LIMIT = 2000
#: States in which the handlers of an agency hold a case; in the others it lies where it lay before.
AT_AGENCY = frozenset({State.TRIAGE, State.REFEREE, State.IN_PROGRESS, State.SUSPENDED, State.AWAITING_APPROVAL})
#: A row read before the lock may have changed while we waited for it; without this the session would go on with the old one.
_FRESH = {"populate_existing": True}


def lock_visible(actor: Actor, public_id: str, version: int | None = None) -> Case:
    """Lock the case this actor sees under `public_id`.

    Raises NotFound when there is none for him, Conflict when the form was made for an older version of it.
    """
    case = db.session.scalar(visible_cases(actor).where(Case.public_id == public_id).with_for_update().execution_options(**_FRESH))
    if case is None:
        raise NotFound
    take_up(case.id)
    if version is not None and case.version != version:
        raise Conflict(_("Hồ sơ này vừa được người khác cập nhật. Nội dung Ông/Bà đã nhập vẫn còn ở dưới; xin xem lại rồi gửi lần nữa."))
    return case


def new_case_key() -> int:
    """The key of a case that is about to be made, and will be followed until this act is done: it may be none the actor sees."""
    key: int = db.session.scalar(select(func.nextval(func.pg_get_serial_sequence(Case.__tablename__, "id")))) or 0
    take_up(key)
    return key


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
    event = CaseEvent(
        case_id=case.id,
        at=at,
        move=move.value,
        from_state=from_state.value if from_state else None,
        to_state=case.state.value,
        who=actor.who,
        actor_id=actor.user_id,
        from_agency_id=from_agency_id,
        to_agency_id=case.agency_id,
        reason=reason,
    )
    db.session.add(event)
    record(
        f"case.{move.value}",
        actor=actor,
        subject_kind="case",
        subject_id=case.public_id,
        from_state=event.from_state,
        to_state=event.to_state,
        from_agency=from_agency_id,
        to_agency=case.agency_id,
    )
    return event


def unseal(case: Case, at: datetime) -> None:
    """Open a case to the desk: from now on it carries a procedural reference such as PA-2026-004512."""
    case.sealed = False
    if case.reference is None:
        with db.session.no_autoflush:  # the state changes in the same breath; half of it would break a CHECK
            number = db.session.scalar(select(REFERENCE_NUMBERS.next_value()))
        case.reference = f"PA-{at.year}-{number:06d}"


def seal(case: Case) -> None:
    """Hide a case from everybody but the inspectorate; its open reference is withdrawn."""
    case.sealed = True
    case.reference = None
