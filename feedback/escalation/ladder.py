"""Which steps of the ladder a due date has crossed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from feedback.workdays import ONE_DAY, Calendar

#: A step that nobody took for so many days (the worker stood still, a step was added) is not made up for.
LONGEST_DELAY = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """Tell somebody so many working days before (negative) or after the due day."""

    step_id: int
    working_days: int


def day_of(step: Step, due_on: date, calendar: Calendar) -> date:
    """The working day on which a step is taken for a case due on a day.

    Before the due day: the last working day from which so many working days are left. After it: the so-manieth working day past it.
    """
    if step.working_days > 0:
        return calendar.add_working_days(due_on, step.working_days)
    day, left = due_on, -step.working_days
    while left or not calendar.is_working_day(day):
        left -= bool(left) and calendar.is_working_day(day)
        day -= ONE_DAY
    return day


def crossed(steps: Iterable[Step], due_on: date, today: date, calendar: Calendar) -> list[Step]:
    """The steps that are to be taken today, or were to be within the last days, for a case due on a day."""
    return [step for step in steps if today - LONGEST_DELAY <= day_of(step, due_on, calendar) <= today]
