"""On which day which step of the ladder is taken."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.city.reading import Reader
from feedback.city.rules import calendar_of
from feedback.escalation.ladder import LONGEST_DELAY, Step, crossed, day_of

CALENDAR = calendar_of((row.day, row.kind) for row in Reader().holidays().rows)
days = st.dates(date(2024, 1, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("working_days", "due_on", "taken_on"),
    [
        (0, date(2026, 3, 4), date(2026, 3, 4)),
        (-2, date(2026, 3, 4), date(2026, 3, 2)),
        (-2, date(2026, 3, 2), date(2026, 2, 26)),  # over a weekend
        (1, date(2026, 3, 6), date(2026, 3, 9)),
        (3, date(2026, 2, 12), date(2026, 2, 24)),  # over Tết
        (-1, date(2026, 2, 23), date(2026, 2, 13)),
    ],
)
def test_steps_are_counted_in_working_days(working_days: int, due_on: date, taken_on: date) -> None:
    assert day_of(Step(1, working_days), due_on, CALENDAR) == taken_on


@given(days, st.integers(-10, 10))
def test_a_step_falls_on_a_working_day_on_its_side_of_the_due_day(due_on: date, count: int) -> None:
    due_on = CALENDAR.next_working_day(due_on)
    day = day_of(Step(1, count), due_on, CALENDAR)
    assert CALENDAR.is_working_day(day)
    between = CALENDAR.working_days_between(min(day, due_on), max(day, due_on))
    assert between == abs(count)
    assert (day > due_on) - (day < due_on) == (count > 0) - (count < 0)


@given(days, st.integers(-5, 5))
def test_a_step_is_made_up_for_within_a_week_and_not_later(due_on: date, count: int) -> None:
    step = Step(7, count)
    day = day_of(step, due_on, CALENDAR)
    assert crossed([step], due_on, day - timedelta(days=1), CALENDAR) == []
    assert crossed([step], due_on, day, CALENDAR) == [step]
    assert crossed([step], due_on, day + LONGEST_DELAY, CALENDAR) == [step]
    assert crossed([step], due_on, day + LONGEST_DELAY + timedelta(days=1), CALENDAR) == []
