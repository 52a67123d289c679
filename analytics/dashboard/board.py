"""Everything one page shows, read from the rollup in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from analytics.counts import Count, Period
from analytics.dashboard import figures as charts
from analytics.dashboard import shapes
from analytics.dashboard.address import Place
from analytics.dashboard.headline import Headline, further, headlines
from analytics.dashboard.periods import last_days, months_until
from analytics.dashboard.shapes import AreaMap
from analytics.dashboard.tables import Heat, Table, heat, table
from analytics.dashboard.week import sentences
from analytics.rollup.conduct import Signals, signals
from analytics.rollup.names import names
from analytics.rollup.queries import Figures, Month, added, figures, figures_and_total, total, trend
from analytics.rollup.scope import Group, Key, Scope
from analytics.rollup.sizes import sizes
from analytics.rollup.transit import Transit, total_transit
from feedback.city import queries as city
from feedback.city.models import Area
from feedback.city.order import vietnamese
from feedback.db import db

#: Months of the trend and of the small lines.
MONTHS = 13
#: What the sentences about the week are made from.
WEEKLY = frozenset({Count.RECEIVED, Count.DUE, Count.ON_TIME, Count.OPEN_PAST_DUE})
#: From what came in to what the sender says is solved; each a part of the one before but for the first.
FUNNEL = (Count.RECEIVED, Count.ONCE_ANSWERED, Count.RECEIVED_SOLVED)


@dataclass(frozen=True)
class City:
    """What only the page of the whole city shows."""

    tiles: Sequence[charts.Tile]
    heat: Heat
    transit: Transit
    signals: Signals
    #: Districts by name with their reports about conduct, None where the number is hidden.
    conduct: Sequence[tuple[str, int | None]]


@dataclass(frozen=True)
class Board:
    """The figures of one page."""

    now: Figures
    headlines: Sequence[Headline]
    further: Sequence[Headline]
    week: Sequence[str]
    months: Sequence[Month]
    trend: dict[str, Any]
    table: Table | None
    #: None on pages of a part of the city.
    city: City | None
    #: The districts of the city, or the wards of a district; None where they have no shapes.
    map: AreaMap | None


def board(place: Place, period: Period) -> Board:
    """Read and order everything."""
    groups = [place.group] if place.group else []
    found, now = figures_and_total(period, place.scope, groups)
    before = total(place.before.at(period.now), place.scope)
    months = trend(period, place.scope, months_until(period.last, MONTHS))
    city = _city(place, period) if place.scope.whole else None
    return Board(
        now,
        headlines(now, before, months),
        further(now, before),
        _week(period, place.scope),
        months,
        charts.trend_figure(months),
        _table(place, period, found),
        city,
        shapes.of_city(city.tiles, place) if city else shapes.of_district(place, period, found),
    )


def _table(place: Place, period: Period, found: dict[tuple[Key, ...], Figures]) -> Table | None:
    group = place.group
    if group is None:
        return None
    loose = _approximate(group) if group in (Group.DISTRICT, Group.WARD) else frozenset()
    return table(found, place.measure, names(group), loose, sizes(period) if group is Group.AGENCY else None)


def _approximate(group: Group) -> frozenset[Key]:
    """Wards that were made from parts of several districts, or the districts they are counted under."""
    column = Area.id if group is Group.WARD else Area.district_area_id
    return frozenset(key for key in db.session.scalars(select(column).where(Area.approximate)) if key is not None)


def _week(period: Period, scope: Scope) -> list[str]:
    this = last_days(period.today, 7)
    groups = (Group.CATEGORY,)
    weeks = (figures(span.at(period.now), scope, groups, days=False, only=WEEKLY) for span in (this, this.before()))
    now, before = ({key: one for (key,), one in week.items()} for week in weeks)
    return sentences(added(list(now.values())), added(list(before.values())), now, before, names(Group.CATEGORY))


def _city(place: Place, period: Period) -> City:
    found, by_district = (
        figures(period, place.scope, groups, days=False, only=place.measure.made_from)
        for groups in ((Group.DISTRICT, Group.CATEGORY), (Group.DISTRICT,))
    )
    districts = {key: one for (key,), one in by_district.items() if isinstance(key, int)}
    called, areas = names(Group.DISTRICT), city.districts()
    conduct = signals(period.today, [area.id for area in areas])
    return City(
        charts.tiles(areas, districts, place.measure),
        heat(found, place.measure, called, names(Group.CATEGORY)),
        total_transit(period),
        conduct,
        sorted(((called.get(key, ""), number) for key, number in conduct.districts.items()), key=lambda row: vietnamese(row[0])),
    )
