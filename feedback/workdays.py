"""The working calendar: which days are worked, how working days and working hours are counted. Pure.

Weekends are off and weekdays worked unless the table of holidays says otherwise (public holidays, weekdays exchanged for a Saturday).
For a year the table does not know, weekends alone decide: a case must get a date even when the holidays of next year are not yet
announced, and `knows` lets the caller say so beside the date. Saturday morning counters (QĐ 14/2010/QĐ-TTg) do not make a Saturday
a working day for time limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from feedback.localtime import CITY_TIME, local

SATURDAY = 5
ONE_DAY = timedelta(days=1)
#: Office hours of a working day, on the city's clock.
SHIFTS = ((time(7, 30), time(11, 30)), (time(13, 0), time(17, 0)))
HOURS_A_DAY = 8


@dataclass(frozen=True)
class Calendar:
    """Weekdays off, weekend days worked in exchange, the years both lists are complete for, and days worked in the morning only.

    A half day counts as a working day where days are counted; where hours are counted its afternoon is not there.
    """

    off: frozenset[date]
    made_up: frozenset[date]
    years_known: range
    half: frozenset[date] = frozenset()

    def knows(self, day: date) -> bool:
        """Whether the holidays of that day's year are in the table."""
        return day.year in self.years_known

    def is_working_day(self, day: date) -> bool:
        """Whether public offices work that day."""
        if day in self.made_up:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def next_working_day(self, day: date) -> date:
        """That day if it is worked, otherwise the first worked day after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after a day that is itself not counted. 0 gives the day back; negative raises ValueError."""
        if count < 0:
            raise ValueError("a limit is counted forward")
        while count:
            day += ONE_DAY
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def shifts_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The office's shifts that end after an instant, in order and without end, the first one cut to begin at the instant."""
        day = local(instant).date()
        while True:
            if self.is_working_day(day):
                for opens, closes in SHIFTS[:1] if day in self.half else SHIFTS:
                    start, end = _at(day, opens), _at(day, closes)
                    if end > instant:
                        yield max(start, instant), end
            day += ONE_DAY

    def add_working_time(self, instant: datetime, length: timedelta) -> datetime:
        """The instant by which the office has worked for `length` since `instant`. Negative raises ValueError."""
        if length < timedelta(0):
            raise ValueError("a limit is counted forward")
        for start, end in self.shifts_from(instant):
            if length <= end - start:
                return start + length
            length -= end - start
        raise AssertionError("shifts never end")

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the office worked between two instants; zero when `end` is not later."""
        total = timedelta(0)
        for opens, closes in self.shifts_from(start):
            if opens >= end:
                return total
            total += min(closes, end) - opens
        raise AssertionError("shifts never end")


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CITY_TIME)
