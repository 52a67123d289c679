"""Of which closed period the newest briefing is, and from when on. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from analytics.briefing.models import Rhythm
from analytics.dashboard.periods import Span, month_of
from feedback.localtime import CITY_TIME

#: A briefing is ready on a Monday, or on the first of a month, at this hour in the city: before the week's first meeting.
READY = time(6, 30)
DAY = timedelta(days=1)


def newest(rhythm: Rhythm, at: datetime) -> Span:
    """The newest week (Monday to Sunday) or month whose briefing is ready at an instant."""
    # Whoever asks half an hour after six is asked as of midnight.
    day = (at.astimezone(CITY_TIME) - timedelta(hours=READY.hour, minutes=READY.minute)).date()
    return _before(rhythm, day - timedelta(days=day.weekday()) if rhythm is Rhythm.WEEK else day.replace(day=1))


def latest(rhythm: Rhythm, at: datetime, count: int) -> list[Span]:
    """The newest one and those before it."""
    spans = [newest(rhythm, at)]
    while len(spans) < count:
        spans.append(_before(rhythm, spans[-1].first))
    return spans


def _before(rhythm: Rhythm, first: date) -> Span:
    return Span(first - 7 * DAY, first - DAY) if rhythm is Rhythm.WEEK else month_of(first - DAY)
