"""The city's clock: instants are kept in UTC and shown, and counted in days, in Ho Chi Minh City's time. Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def local(instant: datetime) -> datetime:
    """The same instant on the city's clock."""
    return instant.astimezone(CITY_TIME)


def local_day(instant: datetime) -> date:
    """The calendar day an instant falls on in the city."""
    return local(instant).date()


def day_start(instant: datetime) -> datetime:
    """The first instant of the city's day on which an instant falls: what is kept of a time that is nobody's business (security D9)."""
    return local(instant).replace(hour=0, minute=0, second=0, microsecond=0)
