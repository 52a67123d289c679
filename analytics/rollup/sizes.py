"""Agencies by how much they receive, so that a ward is compared with wards like it and not with a department of the city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analytics.counts import Count, Period
from analytics.rollup.queries import figures
from analytics.rollup.scope import Group, Scope

#: What an agency has received in so many days up to the end of the period decides its group.
DAYS = 365


class Size(StrEnum):
    """A third of the agencies, by its name in addresses."""

    LARGE = "lon"
    MIDDLING = "vua"
    SMALL = "nho"


SIZES: Mapping[Size, LazyString] = {
    Size.LARGE: _l("Nhận nhiều hồ sơ"),
    Size.MIDDLING: _l("Nhận vừa"),
    Size.SMALL: _l("Nhận ít hồ sơ"),
}


def sizes(period: Period) -> dict[int, Size]:
    """The third each agency with a case in the year belongs to: a third of the agencies each, those that received most first."""
    year = replace(period, first=period.last - timedelta(days=DAYS - 1))
    found = figures(year, Scope(), [Group.AGENCY], days=False, only=frozenset({Count.RECEIVED}))
    rows = sorted((-one.of(Count.RECEIVED), int(key)) for (key,), one in found.items())
    order = list(Size)
    return {agency: order[place * len(order) // len(rows)] for place, (_received, agency) in enumerate(rows)}
