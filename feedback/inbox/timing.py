"""How a case stands in time, for its page: stages with their dates, hops with their transit, the day to propose to a co-agency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from feedback.cases.clock import spans
from feedback.cases.clock_models import Pause
from feedback.cases.deadlines import Pause as Span
from feedback.cases.deadlines import due
from feedback.cases.handover_models import Transfer
from feedback.cases.models import Case
from feedback.cases.stages import Moment, Stage, StageKind, stages_of
from feedback.cases.workflow import OPEN_STATES
from feedback.city import queries as city
from feedback.inbox.words import STAGES, office_time
from feedback.localtime import local_day
from feedback.workdays import ONE_DAY, Calendar


@dataclass(frozen=True)
class StageLine:
    """One legal stage: until when, and when it was done."""

    label: Any
    due: datetime
    done_at: datetime | None
    #: Done after its date, or not done and its date has passed.
    late: bool


@dataclass(frozen=True)
class Hop:
    """One transfer with its measured transit; while it is under way, what it has taken so far."""

    transfer: Transfer
    office: str
    span: timedelta


def stage_lines(case: Case, pauses: Sequence[Pause], at: datetime) -> list[StageLine]:
    """The stages of the case that have begun, in the order of their ends; `pauses` are all it had."""
    calendar = city.calendar()
    moments = {
        Moment.RECEIVED: case.received_at,
        Moment.FORWARDED: case.forwarded_at,
        Moment.ACCEPTED: case.accepted_at,
        Moment.ANSWERED: case.answered_at,
    }
    begun = [(stage, start) for stage in stages_of(case.track, urgent=case.urgent) if (start := moments[stage.starts]) is not None]
    lines = [(stage, _due(case, stage, start, spans(pauses, start, at), calendar), moments[stage.ends]) for stage, start in begun]
    return [StageLine(STAGES[stage.kind], end, done, _late(case, end, done, at)) for stage, end, done in lines]


def _due(case: Case, stage: Stage, start: datetime, stops: Sequence[Span], calendar: Calendar) -> datetime:
    if stage.kind is StageKind.ANSWER:
        return case.due_at  # the promised date, which knows pauses, extensions and reopenings
    return due(city.rule(stage.rule_code, local_day(start)), start, calendar, stops).due


def _late(case: Case, end: datetime, done: datetime | None, at: datetime) -> bool:
    return (done or (at if case.state in OPEN_STATES else case.closed_at or at)) > end


def hops(transfers: Sequence[Transfer], at: datetime) -> Iterator[Hop]:
    """Each transfer with its transit in office time and on the clock."""
    calendar = city.calendar() if any(row.working_minutes is None for row in transfers) else None
    for row in transfers:
        minutes = row.working_minutes
        if minutes is None and calendar is not None:
            minutes = int(calendar.working_time_between(row.sent_at, at) / timedelta(minutes=1))
        yield Hop(row, office_time(minutes or 0), (row.ended_at or at) - row.sent_at)


def proposed_day(case: Case, at: datetime) -> date:
    """The day to propose to a co-agency: after two thirds of the time the lead has left, and one on which offices are open."""
    today, last = local_day(at), local_day(case.due_at)
    day = today + timedelta(days=max((last - today).days, 0) * 2 // 3)
    calendar = city.calendar()
    while day > today and not calendar.is_working_day(day):
        day -= ONE_DAY
    return day
