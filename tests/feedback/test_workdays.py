from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.localtime import CITY_TIME
from feedback.workdays import Calendar

#: Friday 2/1/2026 off in exchange for Saturday 10/1/2026.
CALENDAR = Calendar(
    off=frozenset({date(2026, 1, 1), date(2026, 1, 2)}), made_up=frozenset({date(2026, 1, 10)}), years_known=range(2026, 2027)
)

days = st.dates(date(2025, 12, 1), date(2026, 3, 1))
instants = st.integers(0, 23 * 24 * 60).map(lambda minutes: datetime(2025, 12, 28, tzinfo=CITY_TIME) + timedelta(minutes=minutes))
lengths = st.timedeltas(timedelta(0), timedelta(hours=40))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False),  # Thursday off
        (date(2026, 1, 2), False),  # Friday off in exchange
        (date(2026, 1, 3), False),  # Saturday
        (date(2026, 1, 4), False),  # Sunday
        (date(2026, 1, 5), True),
        (date(2026, 1, 10), True),  # Saturday worked in exchange
        (date(2026, 1, 11), False),
    ],
)
def test_a_day_is_worked_by_weekday_unless_the_table_says_otherwise(day, worked):
    assert CALENDAR.is_working_day(day) is worked


def test_next_working_day_is_the_day_itself_when_it_is_worked():
    assert CALENDAR.next_working_day(date(2026, 1, 5)) == date(2026, 1, 5)
    assert CALENDAR.next_working_day(date(2026, 1, 1)) == date(2026, 1, 5)
    assert CALENDAR.next_working_day(date(2026, 1, 11)) == date(2026, 1, 12)


def test_working_days_are_counted_after_the_day_of_the_event():
    assert CALENDAR.add_working_days(date(2026, 1, 5), 1) == date(2026, 1, 6)
    assert CALENDAR.add_working_days(date(2026, 1, 8), 2) == date(2026, 1, 10)
    assert CALENDAR.add_working_days(date(2025, 12, 31), 1) == date(2026, 1, 5)
    assert CALENDAR.add_working_days(date(2026, 1, 3), 0) == date(2026, 1, 3)


def test_nothing_is_counted_backward():
    with pytest.raises(ValueError, match="forward"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="forward"):
        CALENDAR.add_working_time(at(5, 8), timedelta(minutes=-1))


def test_a_year_outside_the_table_is_known_to_be_unknown():
    assert CALENDAR.knows(date(2026, 12, 31))
    assert not CALENDAR.knows(date(2027, 1, 1))
    assert CALENDAR.is_working_day(date(2027, 1, 1)), "a Friday: weekends alone decide"


def test_offices_open_and_close_twice_a_day():
    assert list(islice(CALENDAR.shifts_from(at(9, 12)), 3)) == [
        (at(9, 13), at(9, 17)),
        (at(10, 7, 30), at(10, 11, 30)),
        (at(10, 13), at(10, 17)),
    ]
    assert next(CALENDAR.shifts_from(at(9, 9, 15))) == (at(9, 9, 15), at(9, 11, 30))
    assert next(CALENDAR.shifts_from(at(9, 11, 30))) == (at(9, 13), at(9, 17)), "a shift that just ended is over"


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(5, 7, 30), 4, at(5, 11, 30)),
        (at(5, 7, 30), 5, at(5, 14)),
        (at(5, 6), 1, at(5, 8, 30)),
        (at(5, 12), 1, at(5, 14)),
        (at(5, 16), 2, at(6, 8, 30)),
        (at(9, 16), 2, at(10, 8, 30)),
        (at(10, 16), 2, at(12, 8, 30)),
    ],
)
def test_working_hours_run_only_while_offices_are_open(start, hours, end):
    assert CALENDAR.add_working_time(start, timedelta(hours=hours)) == end


def test_working_time_between_leaves_out_nights_lunch_and_weekends():
    assert CALENDAR.working_time_between(at(5, 11), at(5, 13, 30)) == timedelta(hours=1)
    assert CALENDAR.working_time_between(at(10, 16), at(12, 8)) == timedelta(hours=1, minutes=30)
    assert CALENDAR.working_time_between(at(6, 8), at(5, 8)) == timedelta(0)


@given(days, st.integers(0, 30))
def test_counting_days_and_counting_between_agree(day, count):
    end = CALENDAR.add_working_days(day, count)
    assert CALENDAR.working_days_between(day, end) == count
    assert count == 0 or CALENDAR.is_working_day(end)


@given(days, days)
def test_working_days_between_is_never_negative_nor_more_than_the_days(start, end):
    assert 0 <= CALENDAR.working_days_between(start, end) <= max(0, (end - start).days)


@given(instants, lengths)
def test_adding_working_time_and_measuring_it_agree(start, length):
    assert CALENDAR.working_time_between(start, CALENDAR.add_working_time(start, length)) == length


@given(instants, lengths, st.timedeltas(timedelta(0), timedelta(hours=9)))
def test_working_time_adds_up(start, first, second):
    assert CALENDAR.add_working_time(start, first + second) >= CALENDAR.add_working_time(start, first)
    middle = CALENDAR.add_working_time(start, first)
    if second:
        assert CALENDAR.add_working_time(middle, second) == CALENDAR.add_working_time(start, first + second)
