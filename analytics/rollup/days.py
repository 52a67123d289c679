"""The working calendar as a table of running numbers, written anew when the calendar has changed or the day has."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from analytics.rollup.models import Day
from feedback.db import db
from feedback.workdays import HOURS_A_DAY, SHIFTS, Calendar

#: Days are numbered from here; nothing was registered before.
FIRST_DAY = date(2015, 1, 1)
MINUTES_A_SHIFT = HOURS_A_DAY * 60 // len(SHIFTS)


def keep_days(calendar: Calendar, today: date) -> None:
    """Make the table say what the calendar says, up to tomorrow. One query when it already does."""
    days = _days(calendar, today)
    known = select(func.count(), func.sum(Day.number), func.sum(Day.minutes), func.sum(Day.opens))
    if tuple(db.session.execute(known).one()) == (len(days), *(sum(day[name] for day in days) for name in ("number", "minutes", "opens"))):
        return
    db.session.execute(delete(Day))
    db.session.execute(insert(Day), days)


@functools.lru_cache(maxsize=2)
def _days(calendar: Calendar, today: date) -> list[dict[str, Any]]:
    return list(_numbered(calendar, (today - FIRST_DAY).days + 2))


def _numbered(calendar: Calendar, length: int) -> Iterator[dict[str, Any]]:
    number = minutes = 0
    for day in (FIRST_DAY + timedelta(days=offset) for offset in range(length)):
        works = calendar.is_working_day(day)
        number += works
        opens = len(SHIFTS[:1] if day in calendar.half else SHIFTS) * MINUTES_A_SHIFT if works else 0
        yield {"day": day, "number": number, "minutes": minutes, "opens": opens}
        minutes += opens
