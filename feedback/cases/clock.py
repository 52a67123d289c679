"""Joins the deadline rules and the working calendar of the database with the pure deadline engine, and keeps due dates true.

A due date is never set by hand: it follows from the rule, its start, the pauses and the extensions. `Case.due_at` holds the last result
for lists and indexes; every change of it leaves a row in `due_change`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from feedback.cases.clock_models import DueCause, DueChange, Extension, Pause
from feedback.cases.deadlines import Deadline, due
from feedback.cases.deadlines import Pause as Span
from feedback.cases.models import Case
from feedback.cases.stages import promised
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.db import db
from feedback.localtime import local


def due_of(rule_code: str, start: datetime, pauses: Sequence[Span] = (), extensions: Sequence[str] = ()) -> Deadline:
    """Due instant of a rule that starts at `start`, with the steps of the sum (BLDS 2015 Art 147-148)."""
    day = local(start).date()
    return due(city.rule(rule_code, day), start, city.calendar(), pauses, [city.rule(code, day) for code in extensions])


def deadline_of(case: Case, at: datetime) -> Deadline:
    """The promised date of a case with every step of the sum; a pause that still runs counts up to `at`."""
    if case.state is State.RECEIVED:  # nothing has happened to it yet
        return due_of(case.rule_code, case.clock_from)
    return due_of(case.rule_code, case.clock_from, pauses_of(case.id, case.clock_from, at), extensions_of(case))


def pauses_of(case_id: int, since: datetime, at: datetime) -> list[Span]:
    """The times since `since` at which the clock stood still; one that still runs ends at `at`."""
    rows = db.session.execute(select(Pause.began_at, Pause.ended_at).where(Pause.case_id == case_id).order_by(Pause.id))
    return spans(rows, since, at)


def spans(pauses: Iterable[Any], since: datetime, at: datetime) -> list[Span]:
    """The same of pauses that have been read."""
    return [(pause.began_at, pause.ended_at or max(pause.began_at, at)) for pause in pauses if pause.began_at >= since]


def extensions_of(case: Case) -> list[str]:
    """Codes of the extensions granted for the limit that runs now, in the order they were granted."""
    granted = select(Extension.rule_code).where(
        Extension.case_id == case.id, Extension.granted.is_(True), Extension.clock_from == case.clock_from
    )
    return list(db.session.scalars(granted.order_by(Extension.decided_at, Extension.id)))


def set_clock(case: Case, category_rule: str, at: datetime, cause: DueCause) -> None:
    """Choose the rule and start of the promised date for the case's track, and recompute it."""
    if case.reopenings:
        case.rule_code = promised(case.track, category_rule, case.clock_from, case.clock_from)[0]
    else:
        case.rule_code, case.clock_from = promised(case.track, category_rule, case.received_at, case.accepted_at)
    recompute(case, at, cause)


def recompute(case: Case, at: datetime, cause: DueCause) -> bool:
    """Bring `due_at` in line with rule, pauses and extensions; whether it moved. Leaves a row when it did."""
    before, after = case.due_at, deadline_of(case, at).due
    if before == after:
        return False
    case.due_at = after
    db.session.add(DueChange(case_id=case.id, at=at, cause=cause, before=before, after=after))
    return True
