"""On which day a case is anonymised: one expression, from which the night's work, the warnings, previews and pages all read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, SQLColumnExpression, and_, case, cast, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from feedback.acting import as_system
from feedback.cases.access import SYSTEM, Actor, visible_cases
from feedback.cases.message_models import FROM_CITIZEN, Message
from feedback.cases.models import Case, Rating, Refusal
from feedback.cases.workflow import ENDED_STATES, OPEN_STATES, State
from feedback.city.kinds import Track
from feedback.city.models import Agency
from feedback.db import db
from feedback.localtime import CITY_TIME
from feedback.retention.models import Deletion, DeletionState, Hold, Keeping, RetentionPeriod
from feedback.retention.periods import FIRST_WARNING, WROTE_AGAIN, Kind

LISTED = 100
_KIND = case(
    (Case.refusal == Refusal.SPAM, Kind.SPAM.value),
    (Case.state == State.WITHDRAWN, Kind.WITHDRAWN.value),
    (Case.state == State.REFUSED, Kind.REFUSED.value),
    (Case.track == Track.DENUNCIATION, Kind.DENUNCIATION.value),
    (Case.track == Track.COMPLAINT, Kind.COMPLAINT.value),
    (or_(Case.sealed, Case.track == Track.CONDUCT), Kind.CONDUCT.value),
    else_=Kind.FEEDBACK.value,
)
_ENDED_ON = cast(func.timezone(str(CITY_TIME), func.coalesce(Case.closed_at, Case.answered_at)), Date)
_WROTE = or_(
    exists().where(Message.case_id == Case.id, Message.kind.in_(FROM_CITIZEN)),
    exists().where(Rating.case_id == Case.id, Rating.comment != ""),
)
GRANTED = exists().where(Deletion.case_id == Case.id, Deletion.state == DeletionState.GRANTED)
HELD = exists().where(Hold.case_id == Case.id, Hold.lifted_at.is_(None))


def due_on(months: SQLColumnExpression[int]) -> ColumnElement[date]:
    """The day from which a case is anonymised, for a period of so many months."""
    kept_until = _ENDED_ON + func.make_interval(0, months) + func.make_interval(0, 0, 0, case((_WROTE, WROTE_AGAIN), else_=0))
    return case((GRANTED, _ENDED_ON), else_=cast(kept_until, Date))


_DUE = due_on(RetentionPeriod.months)


def keepable(statement: Select[Any]) -> Select[Any]:
    """Narrow a select of cases to those that have ended, still are whole, and that nobody waits for: joined with period and keeping.

    The case that others follow, and the report whose parts are still worked on, stay whole for the senders of those.
    """
    other = aliased(Case)
    kin = or_(other.lead_case_id == Case.id, other.split_from_id == Case.id, other.id == Case.lead_case_id)
    return (
        statement.join(RetentionPeriod, RetentionPeriod.code == _KIND)
        .outerjoin(Keeping, Keeping.case_id == Case.id)
        .where(
            Case.state.in_((*ENDED_STATES, State.ANSWERED)),
            Keeping.anonymised_on.is_(None),
            ~exists(select(other.id).where(kin, other.state.in_(OPEN_STATES))),
        )
    )


def due_before(day: date) -> Select[int, date]:
    """Id and day of the cases to be anonymised up to a day, the earliest first; those under a hold are left out."""
    found = keepable(visible_cases(SYSTEM)).with_only_columns(Case.id, _DUE.label("due_on"))
    return found.where(~HELD, day >= _DUE).order_by(_DUE, Case.id)


def is_granted(case_id: int) -> bool:
    """Whether the office has granted the sender's request for deletion."""
    return bool(db.session.scalar(visible_cases(SYSTEM).with_only_columns(GRANTED).where(Case.id == case_id)))


def periods() -> Sequence[RetentionPeriod]:
    """All periods, the shortest first."""
    return db.session.scalars(select(RetentionPeriod).order_by(RetentionPeriod.months, RetentionPeriod.code)).all()


@dataclass(frozen=True)
class Touched:
    """What another period would do to the cases of its kind: how many there are, and how many are due by when."""

    whole: int
    due_now: int
    due_soon: int
    held: int


@as_system("periods")
def touched(kind: Kind, months: int, today: date) -> Touched:
    """Count the cases of a kind under a period of so many months; `due_soon` within the days of the first warning."""
    due = due_on(cast(months, RetentionPeriod.months.type))
    counted = (
        func.count(),
        func.count().filter(~HELD, due <= today),
        func.count().filter(~HELD, due > today, due <= today + timedelta(days=FIRST_WARNING)),
        func.count().filter(HELD),
    )
    found = keepable(visible_cases(SYSTEM)).with_only_columns(*counted).where(RetentionPeriod.code == kind)
    return Touched(*db.session.execute(found).one())


@dataclass(frozen=True)
class Line:
    """One case in the list of what will go, is held, or is asked for."""

    public_id: str
    reference: str | None
    agency: str
    due_on: date | None
    held: bool
    asked: bool


def _lines(actor: Actor, *conditions: ColumnElement[bool]) -> list[Line]:
    asked = exists().where(Deletion.case_id == Case.id, Deletion.state == DeletionState.ASKED)
    columns = (Case.public_id, Case.reference, Agency.name, _DUE, HELD, asked)
    found = keepable(visible_cases(actor)).with_only_columns(*columns).join(Agency, Agency.id == Case.agency_id)
    return [Line(*row) for row in db.session.execute(found.where(*conditions).order_by(_DUE, Case.id).limit(LISTED))]


def going(actor: Actor, today: date) -> list[Line]:
    """Cases the actor sees that are anonymised within the days of the first warning, or are held.

    Looked for among what the night's work has warned of, what was granted to its sender and what is held: never many of all that ended.
    """
    warned = select(Keeping.case_id).where(Keeping.first_warned_on.is_not(None), Keeping.anonymised_on.is_(None))
    granted = select(Deletion.case_id).where(Deletion.state == DeletionState.GRANTED)
    near = union(warned, granted, select(Hold.case_id).where(Hold.lifted_at.is_(None)))
    return _lines(actor, Case.id.in_(near), or_(today + timedelta(days=FIRST_WARNING) >= _DUE, HELD))


def asked(actor: Actor) -> list[Line]:
    """Cases the actor sees whose senders wait for a word about deletion, ended or not."""
    waiting = select(Deletion.case_id).where(Deletion.state == DeletionState.ASKED)
    columns = (Case.public_id, Case.reference, Agency.name, HELD)
    found = visible_cases(actor).with_only_columns(*columns).join(Agency, Agency.id == Case.agency_id).where(Case.id.in_(waiting))
    return [Line(row[0], row[1], row[2], None, row[3], asked=True) for row in db.session.execute(found.order_by(Case.id).limit(LISTED))]


def day_of(case_id: int) -> tuple[Kind, date, str] | None:
    """Kind, day and reason of an ended case; None while nothing is due, or when it has been anonymised."""
    columns = (RetentionPeriod.code, _DUE, RetentionPeriod.reason)
    row = db.session.execute(keepable(visible_cases(SYSTEM)).with_only_columns(*columns).where(Case.id == case_id)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def open_hold(case_id: int) -> Hold | None:
    """The hold that stands on a case."""
    return db.session.scalar(select(Hold).where(Hold.case_id == case_id, Hold.lifted_at.is_(None)))


def newest_request(case_id: int) -> Deletion | None:
    """The sender's last request for deletion."""
    return db.session.scalar(select(Deletion).where(Deletion.case_id == case_id).order_by(Deletion.id.desc()).limit(1))


def warned_before(day: date) -> ColumnElement[bool]:
    """The last warning was given on or before this day; a granted request needs none."""
    return or_(GRANTED, and_(Keeping.last_warned_on.is_not(None), Keeping.last_warned_on <= day))
