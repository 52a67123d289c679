"""The period a page is about: from one day to another, both included. Pure but for the names of the usual choices."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analytics.counts import Period

#: Shown when nothing was chosen.
USUAL_DAYS = 90
#: Nothing was registered before; also keeps sums of days away from the ends of the calendar.
EARLIEST = date(2015, 1, 1)
LONGEST_DAYS = 1100


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """As many days directly before."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def at(self, now: datetime) -> Period:
        """The same as seen at `now`."""
        return Period(self.first, self.last, now)


def last_days(today: date, days: int) -> Span:
    """The `days` days that end today."""
    return Span(today - timedelta(days=days - 1), today)


def chosen(first: str, last: str, today: date) -> tuple[Span, bool]:
    """The span that two dates of an address name, and whether they name one.

    What is left out is filled in; a future end becomes today. Turned round, too long or no dates at all: the usual days, and False.
    """
    try:
        end = min(date.fromisoformat(last), today) if last else today
        start = date.fromisoformat(first) if first else None
    except ValueError:
        return last_days(today, USUAL_DAYS), False
    if end >= EARLIEST:
        span = Span(max(EARLIEST, end - timedelta(days=USUAL_DAYS - 1)) if start is None else start, end)
        if EARLIEST <= span.first <= end and span.days <= LONGEST_DAYS:
            return span, True
    return last_days(today, USUAL_DAYS), False


def choices(today: date) -> list[tuple[LazyString, Span]]:
    """What people usually ask for, by name."""
    month = today.replace(day=1)
    quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    return [
        (_l("7 ngày qua"), last_days(today, 7)),
        (_l("30 ngày qua"), last_days(today, 30)),
        (_l("90 ngày qua"), last_days(today, USUAL_DAYS)),
        (_l("Tháng trước"), Span(_months_later(month, -1), month - timedelta(days=1))),
        (_l("Quý này"), Span(quarter, today)),
        (_l("Năm nay"), Span(date(today.year, 1, 1), today)),
    ]


def month_of(day: date) -> Span:
    """The calendar month a day lies in."""
    return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def months_until(day: date, count: int) -> list[date]:
    """First days of the `count` calendar months that end with the one `day` lies in."""
    return [_months_later(day.replace(day=1), back) for back in range(1 - count, 1)]


def _months_later(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
