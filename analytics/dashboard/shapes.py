"""The map of districts or wards in their real shapes, where an administrator has brought them in (feedback/shapes)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analytics.counts import Period
from analytics.dashboard.address import Place
from analytics.dashboard.figures import Square, Tile, short_name, square
from analytics.rollup.queries import Figures, figures
from analytics.rollup.scope import Group, Keys
from feedback.city import queries as city
from feedback.city.order import vietnamese
from feedback.language import show_percent
from feedback.shapes import queries
from feedback.shapes.layout import Layout, laid_out


@dataclass(frozen=True)
class Shape:
    """One area of the map."""

    area_id: int
    full_name: str
    square: Square
    #: What is read of it, and the class of its colour.
    words: str
    step: str
    url: str


@dataclass(frozen=True)
class AreaMap:
    """Areas by their keys in Vietnamese order, and how they are drawn."""

    shapes: Mapping[int, Shape]
    layout: Layout


def of_city(tiles: Sequence[Tile], place: Place) -> AreaMap | None:
    """The districts of the tile map, with the same figures; None unless every one has a shape. One query, two after areas were joined."""
    return _drawn([(tile.area_id, tile.full_name, tile.square) for tile in tiles], Group.DISTRICT, place)


def of_district(place: Place, period: Period, found: Mapping[Keys, Figures]) -> AreaMap | None:
    """The wards of the district a page is about; `found` has their figures when the page's table is of wards. At most two queries more."""
    district = place.scope.key(Group.DISTRICT)
    if not isinstance(district, int) or place.scope.key(Group.WARD) is not None or queries.in_force() is None:
        return None
    if place.group is not Group.WARD:
        found = figures(period, place.scope, (Group.WARD,), days=False, only=place.measure.made_from)
    wards = [(area.id, area.name, square(found.get((area.id,)), place.measure)) for area in city.wards(district)]
    return _drawn(wards, Group.WARD, place)


def _drawn(areas: Sequence[tuple[int, str, Square]], group: Group, place: Place) -> AreaMap | None:
    stored = queries.stored([key for key, _name, _square in areas])
    if not areas or any(key not in stored.drawn for key, _name, _square in areas):
        return None
    url_of = place.pages(group)
    shapes = {key: _shape(key, name, value, place, url_of(key)) for key, name, value in sorted(areas, key=lambda row: vietnamese(row[1]))}
    labels = {key: _label(shape) for key, shape in shapes.items()}
    return AreaMap(shapes, laid_out({key: stored.drawn[key] for key in shapes}, labels, stored.frames))


def _shape(key: int, name: str, value: Square, place: Place, url: str) -> Shape:
    said = _("quá ít hồ sơ") if value.step is None else f"{place.measure.label} {show_percent(value.value)}"
    return Shape(key, name, value, f"{name}: {said}", "none" if value.step is None else str(value.step), url)


def _label(shape: Shape) -> Sequence[str]:
    value = "–" if shape.square.step is None else show_percent(shape.square.value)
    return short_name(shape.full_name), value
