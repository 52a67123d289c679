"""Agencies by how much they receive, so that a ward is compared with wards like it and not with a department of the city."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from analytics.counts import Period
from analytics.rollup.models import Cell
from feedback.db import db

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
    since = period.last - timedelta(days=DAYS - 1)
    received = (
        select(Cell.agency_id, func.sum(Cell.received).label("received"))
        .where(Cell.cut == "agency", Cell.day >= since, Cell.day <= period.last)
        .group_by(Cell.agency_id)
    )
    rows = sorted(db.session.execute(received), key=lambda row: (-row.received, row.agency_id))
    order = list(Size)
    return {row.agency_id: order[place * len(order) // len(rows)] for place, row in enumerate(rows)}
