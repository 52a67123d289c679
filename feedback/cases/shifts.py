"""Which due dates a change of the calendar or of a rule moves: shown before it is saved, written down when it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from feedback.acting import as_system
from feedback.cases.clock_models import DueCause, DueChange, Extension, Pause
from feedback.cases.deadlines import Pause as Span
from feedback.cases.deadlines import due
from feedback.cases.models import Case
from feedback.cases.workflow import RUNNING_STATES
from feedback.city import queries as city
from feedback.city.models import Agency
from feedback.city.rules import Rule, rule_on
from feedback.db import db
from feedback.localtime import local_day
from feedback.workdays import Calendar

#: Of a case that waits or is suspended the date follows when it goes on; of one that is answered it stays as it was promised.


@dataclass(frozen=True)
class Law:
    """What due dates follow from, besides the case itself."""

    calendar: Calendar
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Shift:
    """One due date that moves. `reference` is empty for a sealed case, which lists leave out."""

    case_id: int
    reference: str
    agency: str
    before: datetime
    after: datetime


def law() -> Law:
    """What is in force now."""
    return Law(city.calendar(), city.rules())


@as_system("due dates")
def lock_running() -> None:
    """Keep every running case as it is until the transaction ends: an extension granted meanwhile must not be overwritten."""
    db.session.execute(select(Case.id).where(Case.state.in_(RUNNING_STATES)).order_by(Case.id).with_for_update()).all()


@as_system("due dates")
def shifts(old: Law, new: Law) -> list[Shift]:
    """Every due date of a running case that is another one under the new law, the nearest first. About 10,000 cases a second."""
    return [shift for shift, before in _counted(old, new) if before != shift.after]


def stale(part: Law) -> list[Shift]:
    """Every due date of a running case that is not what the law says, the nearest first: of reports that came in while it changed."""
    return [shift for shift, _before in _counted(part, part) if shift.before != shift.after]


def _counted(old: Law, new: Law) -> Iterator[tuple[Shift, datetime]]:
    """Every running case with its date as it is kept and under the new law; beside it that under the old one."""
    pauses, extensions = _pauses(), _extensions()
    rows = db.session.execute(
        select(Case.id, Case.reference, Case.sealed, Agency.name, Case.rule_code, Case.clock_from, Case.due_at)
        .join(Agency, Agency.id == Case.agency_id)
        .where(Case.state.in_(RUNNING_STATES))
        .order_by(Case.due_at, Case.id)
    ).all()
    for row in rows:
        stops = [span for span in pauses.get(row.id, ()) if span[0] >= row.clock_from]
        added = [code for code, since in extensions.get(row.id, ()) if since == row.clock_from]
        before, after = (_due(part, row.rule_code, row.clock_from, stops, added) for part in (old, new))
        yield Shift(row.id, "" if row.sealed else row.reference or "", row.name, row.due_at, after), before


def _due(part: Law, code: str, start: datetime, stops: Sequence[Span], added: Sequence[str]) -> datetime:
    day = local_day(start)
    extra = [rule_on(part.rules, extension, day) for extension in added]
    return due(rule_on(part.rules, code, day), start, part.calendar, stops, extra).due


def _pauses() -> dict[int, list[Span]]:
    """The pauses of running cases: all of them have ended."""
    ended = select(Pause.case_id, Pause.began_at, func.coalesce(Pause.ended_at, Pause.began_at)).join(Case, Case.id == Pause.case_id)
    spans: dict[int, list[Span]] = defaultdict(list)
    for case_id, began, end in db.session.execute(ended.where(Case.state.in_(RUNNING_STATES)).order_by(Pause.id)):
        spans[case_id].append((began, end))
    return spans


def _extensions() -> dict[int, list[tuple[str, datetime]]]:
    granted = select(Extension.case_id, Extension.rule_code, Extension.clock_from).join(Case, Case.id == Extension.case_id)
    codes: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = granted.where(Case.state.in_(RUNNING_STATES), Extension.granted.is_(True)).order_by(Extension.decided_at, Extension.id)
    for case_id, code, since in db.session.execute(rows):
        codes[case_id].append((code, since))
    return codes


@as_system("due dates")
def move(found: Sequence[Shift], at: datetime, cause: DueCause) -> None:
    """Write the new dates and a row for each, in the caller's transaction; a case's version stays, so nobody's open form is refused."""
    if not found:
        return
    cases: Any = Case.__table__
    changed = update(cases).where(cases.c.id == bindparam("key")).values(due_at=bindparam("after"))
    db.session.execute(changed, [{"key": shift.case_id, "after": shift.after} for shift in found])
    db.session.expire_all()
    log = [{"case_id": shift.case_id, "at": at, "cause": cause, "before": shift.before, "after": shift.after} for shift in found]
    db.session.execute(insert(DueChange), log)
