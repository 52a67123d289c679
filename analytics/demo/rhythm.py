"""When reports come and how fast offices work: weekdays, rain season, office hours, agencies of different temper. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from feedback.localtime import CITY_TIME, local
from feedback.workdays import Calendar

#: Share of the week's reports by weekday, Monday first: people write most after the weekend.
WEEKDAY = (1.25, 1.15, 1.1, 1.05, 1.0, 0.65, 0.5)
#: May to November floods streets and brings trees down.
RAIN_MONTHS = range(5, 12)
#: How many times more reports of a field come in the rain season.
RAIN = {"urban_environment": 1.6, "transport_infrastructure": 1.25}
#: So many days of the rain season bring a storm, and that many times more reports of these fields.
STORM_SHARE, STORM = 0.06, 3.0
#: Length of the city's past.
MONTHS = 24
#: Share of the fields over the year; administrative matters are 43-48 % of 1022's traffic (domain facts, section 7).
FIELDS = {
    "land_construction": 15.0,
    "civil_status": 10.0,
    "business_licensing": 5.0,
    "social_welfare": 8.0,
    "health": 4.0,
    "education": 4.0,
    "transport_infrastructure": 15.0,
    "urban_environment": 16.0,
    "public_order": 9.0,
    "online_services": 8.0,
    "staff_conduct": 2.5,
    "other": 3.5,
}
#: Share of a day's reports by hour, 0 to 23.
HOURS = (1, 1, 0, 0, 0, 1, 2, 5, 9, 11, 10, 7, 5, 6, 8, 9, 8, 6, 5, 6, 7, 6, 4, 2)
OPENS, CLOSES = time(7, 30), time(17, 0)


@dataclass(frozen=True)
class Temper:
    """How an agency works: share answered in time, and how many times the usual hours its first steps take."""

    on_time: float
    pace: float


def temper_of(agency_code: str, seed: int) -> Temper:
    """The temper of an agency, the same on every run with the same seed; a few agencies are notoriously late."""
    rng = Random(f"{seed}:{agency_code}")
    on_time = rng.betavariate(24, 1.4)
    if rng.random() < 0.08:
        on_time = rng.uniform(0.55, 0.78)
    return Temper(on_time=on_time, pace=rng.lognormvariate(0, 0.5))


class Rhythm:
    """Draws days, hours and office times over one period that ends `now`."""

    def __init__(self, calendar: Calendar, now: datetime, seed: int, months: int = MONTHS) -> None:
        self.calendar, self.now = calendar, now
        last = local(now).date()
        self.days = [last - timedelta(days=back) for back in range(months * 365 // 12, -1, -1)]
        self._storms = {day for day in self.days if day.month in RAIN_MONTHS and Random(f"{seed}:storm:{day}").random() < STORM_SHARE}
        self._weights: dict[str, list[float]] = {}
        self._worked: dict[date, date] = {}

    @property
    def begins(self) -> datetime:
        """The first instant of the period."""
        return datetime.combine(self.days[0], time(0), CITY_TIME)

    def _day_weights(self, field: str) -> list[float]:
        """Weights of the days for reports of a field, summed up as `Random.choices` wants them."""
        if field not in self._weights:
            self._weights[field] = list(accumulate(self._weight(field, number, day) for number, day in enumerate(self.days)))
        return self._weights[field]

    def _weight(self, field: str, number: int, day: date) -> float:
        weight = WEEKDAY[day.weekday()] * (0.75 + 0.5 * number / len(self.days))
        if day in self.calendar.off:
            weight *= 0.35
        if field in RAIN:
            weight *= RAIN[field] if day.month in RAIN_MONTHS else 1.0
            weight *= STORM if day in self._storms else 1.0
        return weight

    def received(self, rng: Random, field: str) -> datetime:
        """When a report of a field came in; always before `now`."""
        day = rng.choices(self.days, cum_weights=self._day_weights(field))[0]
        hour = rng.choices(range(24), weights=HOURS)[0]
        instant = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), CITY_TIME)
        return instant if instant < self.now else self.now - timedelta(seconds=rng.randrange(60, 4 * 3600))

    def at_work(self, rng: Random, instant: datetime) -> datetime:
        """The same instant if the office is open then, otherwise some minutes after it opens next."""
        clock = local(instant)
        day = clock.date()
        if clock.time() > CLOSES:
            day += timedelta(days=1)
        worked = self._next_worked(day)
        if worked == clock.date() and clock.time() >= OPENS:
            return instant
        return datetime.combine(worked, OPENS, CITY_TIME) + timedelta(seconds=rng.randrange(150 * 60))

    def _next_worked(self, day: date) -> date:
        if day not in self._worked:
            self._worked[day] = self.calendar.next_working_day(day)
        return self._worked[day]

    def after(self, rng: Random, instant: datetime, hours: float) -> datetime:
        """An office time about `hours` after an instant, exponentially spread, at least two minutes later."""
        return self.at_work(rng, instant + timedelta(minutes=2, hours=rng.expovariate(1 / hours)))
