"""When reports come and how offices keep their hours."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from analytics.demo.rhythm import CLOSES, FIELDS, OPENS, RAIN_MONTHS, Rhythm, temper_of
from feedback.localtime import CITY_TIME, local, local_day
from feedback.workdays import Calendar

#: Tết and a Saturday worked in exchange.
CALENDAR = Calendar(
    off=frozenset(date(2026, 2, day) for day in (16, 17, 18, 19, 20)), made_up=frozenset({date(2026, 8, 22)}), years_known=range(2024, 2027)
)
NOW = datetime(2026, 8, 26, 15, 0, tzinfo=CITY_TIME)
RHYTHM = Rhythm(CALENDAR, NOW, seed=1)
INSTANTS = st.floats(0, 1).map(lambda share: RHYTHM.begins + share * (NOW - RHYTHM.begins))


def days_of(field: str, count: int = 20_000) -> list[date]:
    rng = Random(1)
    return [local_day(RHYTHM.received(rng, field)) for _ in range(count)]


@given(st.integers(), st.sampled_from(list(FIELDS)))
def test_reports_come_within_two_years_and_never_after_now(seed: int, field: str) -> None:
    assert RHYTHM.begins <= RHYTHM.received(Random(seed), field) < NOW
    assert NOW - RHYTHM.begins >= timedelta(days=729)


@given(INSTANTS, st.integers())
def test_what_an_office_does_it_does_in_office_hours(instant: datetime, seed: int) -> None:
    done = local(RHYTHM.at_work(Random(seed), instant))
    assert done >= instant
    assert CALENDAR.is_working_day(done.date())
    assert OPENS <= done.time() <= CLOSES
    assert (done == instant) == (CALENDAR.is_working_day(instant.date()) and OPENS <= instant.time() <= CLOSES)


@given(INSTANTS, st.integers(), st.floats(0.01, 100))
def test_the_next_step_takes_two_minutes_at_least(instant: datetime, seed: int, hours: float) -> None:
    assert RHYTHM.after(Random(seed), instant, hours) >= instant + timedelta(minutes=2)


def test_an_office_opens_late_and_never_early() -> None:
    friday_night = datetime.combine(date(2026, 8, 21), time(22), CITY_TIME)
    assert {local_day(RHYTHM.at_work(Random(n), friday_night)) for n in range(20)} == {date(2026, 8, 22)}, "a Saturday worked in exchange"


def test_people_write_on_mondays_and_rest_on_sundays_and_holidays() -> None:
    days = Counter(day.weekday() for day in days_of("civil_status"))
    assert days[0] > days[4] > days[5] > days[6]
    tet = sum(date(2026, 2, 16) <= day <= date(2026, 2, 20) for day in days_of("civil_status"))
    after = sum(date(2026, 3, 2) <= day <= date(2026, 3, 6) for day in days_of("civil_status"))
    assert tet < after * 0.7


def test_rain_brings_floods_and_not_births() -> None:
    rain = {field: sum(day.month in RAIN_MONTHS for day in days_of(field)) for field in ("urban_environment", "civil_status")}
    assert rain["urban_environment"] > rain["civil_status"] * 1.1
    worst = Counter(days_of("urban_environment")).most_common(5)
    usual = Counter(days_of("civil_status")).most_common(5)
    assert worst[-1][1] > usual[0][1], "storms bring more reports in a day than any Monday"


def test_the_city_reports_more_from_year_to_year() -> None:
    days = days_of("health")
    middle = RHYTHM.days[len(RHYTHM.days) // 2]
    assert sum(day >= middle for day in days) > 1.15 * sum(day < middle for day in days)


def test_an_agency_keeps_its_temper() -> None:
    assert temper_of("SO-XD", 1) == temper_of("SO-XD", 1)
    assert temper_of("SO-XD", 1) != temper_of("SO-XD", 2)
    tempers = [temper_of(f"UBND-P-{number}", 1) for number in range(400)]
    late = [temper for temper in tempers if temper.on_time < 0.8]
    assert 15 < len(late) < 80, "a few are notorious, most are not"
    assert all(0.5 < temper.on_time <= 1 and temper.pace > 0 for temper in tempers)
