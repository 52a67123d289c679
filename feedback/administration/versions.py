"""Rows of the routing table follow each other by their days: what is in force ends the day before what follows it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feedback.cases.routing import FALLBACK, NoRoute, route
from feedback.city.kinds import Level
from feedback.city.rules import Place, Route


def follow(table: Iterable[Route], wanted: Sequence[Route], day: date) -> list[Route]:
    """The rows of one category once others take their place from a day on. Rows that stay go on; what was to begin later is dropped."""
    going_on = {_what(row) for row in wanted}
    kept: list[Route] = []
    for row in table:
        if row.valid_to is not None and row.valid_to < day:
            kept.append(row)
        elif row.valid_from < day:
            stays = _what(row) in going_on
            kept.append(replace(row, valid_to=None if stays else day - timedelta(days=1)))
    running = {_what(row) for row in kept if row.valid_to is None}
    return kept + [replace(row, valid_from=day, valid_to=None) for row in wanted if _what(row) not in running]


def _what(row: Route) -> tuple[str, Level, str, str, int]:
    return row.category, row.level, row.target, row.reason, row.position


@dataclass(frozen=True)
class Moved:
    """Reports of one category in one place that would have gone elsewhere: how many, where they went, where they would have gone."""

    category: str
    area_id: int | None
    count: int
    before: str
    after: str


def replayed(
    counts: Mapping[tuple[str, int | None], int], places: Mapping[int | None, Place], old: Sequence[Route], new: Sequence[Route]
) -> list[Moved]:
    """What another routing table would have made of reports, counted by category and area."""
    found = []
    for (category, area_id), count in counts.items():
        place = places.get(area_id, Place())
        before, after = _answer(category, place, old), _answer(category, place, new)
        if before != after:
            found.append(Moved(category, area_id, count, before, after))
    return found


def touched(category: str) -> bool:
    """Whether a change of this category's rows may touch others, which fall back on them."""
    return category == FALLBACK


def _answer(category: str, place: Place, table: Sequence[Route]) -> str:
    try:
        return route(category, place, table).agency_code
    except NoRoute:
        return ""
