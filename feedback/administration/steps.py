"""Steps of the ladder from a day on, and whom they would have told last month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Date, cast, func, select

from feedback.acting import as_system
from feedback.administration.changes import Draft, When, applies, check_seen, differing, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.escalation.ladder import Step, day_of
from feedback.escalation.models import EARLIEST, LATEST, EscalationStep, Rung
from feedback.localtime import CITY_TIME, local_day
from feedback.workdays import Calendar

LOOKED_BACK = timedelta(days=30)
#: Due dates further away cross no step in the days looked at: 60 working days stretch to four months.
FURTHEST = timedelta(days=130)


@dataclass(frozen=True)
class Told:
    """How many cases a step would have told of in the last 30 days, as it is and as it shall be."""

    before: int
    after: int


def steps() -> list[EscalationStep]:
    """The ladder, from the first step to the last."""
    return list(db.session.scalars(select(EscalationStep).order_by(EscalationStep.working_days, EscalationStep.id)))


def step_of(code: str) -> EscalationStep:
    """One step. Raises NotFound."""
    found = db.session.scalar(select(EscalationStep).where(EscalationStep.code == code))
    if found is None:
        raise NotFound
    return found


def values(code: str) -> dict[str, Any]:
    """A step as it stands. Raises NotFound."""
    row = step_of(code)
    return {"working_days": row.working_days, "rung": row.rung.value, "active": row.active}


def draft(code: str, typed: dict[str, Any]) -> Draft:
    """Other days or people for a step. Raises NotFound, Invalid."""
    stood = values(code)
    if not EARLIEST <= typed["working_days"] <= LATEST or typed["rung"] not in set(Rung):
        raise Invalid(_("Xin nhập số ngày từ -30 (trước hạn) đến 60 (sau hạn)."))
    before, after = differing(stood, typed)
    return Draft(ChangeKind.STEP, (f"step:{code}",), code, before, after)


@atomic
def save(actor: Actor, code: str, typed: dict[str, Any], when: When) -> Change:
    """Plan it. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    check_seen(values(code), when.seen)
    return plan(actor, draft(code, typed), when)


@applies(ChangeKind.STEP)
def _apply(change: Change) -> None:
    row = step_of(change.subjects[0].partition(":")[2])
    for name, value in change.after.items():
        setattr(row, name, Rung(value) if name == "rung" else value)
    db.session.flush()


def told(wanted: Draft) -> Told:
    """Cases whose step fell into the last 30 days and that still waited for their answer on that day, sealed ones left out."""
    stood = values(wanted.subjects[0].partition(":")[2])
    ends, calendar, today = _ends(), city.calendar(), local_day(now())
    before, after = (_count(one, ends, calendar, today) for one in (stood, {**stood, **wanted.after}))
    return Told(before, after)


def _count(step: dict[str, Any], ends: list[tuple[date, date | None, int]], calendar: Calendar, today: date) -> int:
    if not step["active"]:
        return 0
    taken = {due: day_of(Step(0, step["working_days"]), due, calendar) for due, _ended, _number in ends}
    lately = [(ended, number, taken[due]) for due, ended, number in ends if today - LOOKED_BACK <= taken[due] <= today]
    return sum(number for ended, number, day in lately if ended is None or ended >= day)


def _ends() -> list[tuple[date, date | None, int]]:
    """Due day, day of the answer or end, number of cases: for every due day near enough."""
    on = [cast(func.timezone(str(CITY_TIME), column), Date) for column in (Case.due_at, func.coalesce(Case.answered_at, Case.closed_at))]
    near = Case.due_at.between(now() - FURTHEST - LOOKED_BACK, now() + FURTHEST)
    with as_system("reminders replayed"):
        rows: Sequence[Any] = db.session.execute(select(*on, func.count()).where(near, Case.sealed.is_(False)).group_by(*on)).all()
    return [(row[0], row[1], row[2]) for row in rows]
