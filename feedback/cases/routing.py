"""Which agency answers for a matter: category x place x level, read from a table that the city can edit. Pure.

A body of the lowest tier that stands at the place comes first. Without a rule for that tier (since July 2025 there is no district
tier), or without a place, the next tier above answers, in the end a body of the city. A matter nobody has a rule for goes where
`other` goes: to the front desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feedback.city.kinds import Level
from feedback.city.rules import Place, Route

TIERS = (Level.WARD, Level.DISTRICT, Level.CITY)
FALLBACK = "other"


class NoRoute(LookupError):
    """The routing table does not even say who takes what nobody else takes."""


@dataclass(frozen=True)
class Routing:
    """The agency proposed, why in a sentence for the desk, and the bodies that may be meant instead."""

    agency_code: str
    reason: str
    alternatives: tuple[str, ...] = ()


def route(category: str, place: Place, routes: Iterable[Route]) -> Routing:
    """Propose an agency for a matter of a category at a place, by the rules in force.

    Raises NoRoute when the table has no city-wide rule for `other`.
    """
    table = sorted(routes, key=lambda row: row.position)
    for wanted in (category, FALLBACK):
        found = [
            row for tier in _upward(place.level) for row in table if row.category == wanted and row.level == tier and _target(row, place)
        ]
        if found:
            return _routing(found, place)
    raise NoRoute(f"no routing rule for {category!r} nor for {FALLBACK!r}")


def _routing(found: list[Route], place: Place) -> Routing:
    first = found[0]
    targets = dict.fromkeys(_target(row, place) for row in found)
    agency, *others = targets
    return Routing(agency, first.reason.replace("{place}", place.name), tuple(others))


def _upward(level: Level) -> Iterator[Level]:
    yield from TIERS[TIERS.index(level) :]


def _target(row: Route, place: Place) -> str:
    """Code of the agency a row points to at this place; empty when no such committee stands there."""
    return {"@ward": place.ward_agency or "", "@district": place.district_agency or ""}.get(row.target, row.target)
