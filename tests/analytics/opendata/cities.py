"""Invented months: cases with everything a table may ask of them, counted into figures. And an attack on what was published of one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from analytics.counts import Count
from analytics.opendata.disclosure import FEWEST
from analytics.opendata.publishing import COUNTED_SHEETS, key_of
from analytics.opendata.tables import CITY, LISTS, Family, Key, Month, Sheet, lines
from analytics.rollup.queries import Figures
from tests.analytics.opendata.attacker import System

DISTRICTS, CATEGORIES = ("", "760", "761", "762", "763", "764"), ("civil", "health", "land", "roads")
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = defaultdict(dict)
Rows = Mapping[Sheet, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class One:
    """A case of the month."""

    district: str
    ward: str
    category: str
    agency: str
    channel: str
    track: str
    counts: frozenset[Count]

    def keys(self) -> dict[Sheet, Key]:
        found = {
            Sheet.CITY: CITY,
            Sheet.DISTRICT: (self.district,),
            Sheet.CATEGORY: (self.category,),
            Sheet.DISTRICT_CATEGORY: (self.district, self.category),
            Sheet.AGENCY: (self.agency,),
            Sheet.CHANNEL: (self.channel,),
            Sheet.TRACK: (self.track,),
        }
        return found | ({Sheet.WARD: (self.district, self.ward)} if self.district else {})


def cases(number: int, seed: int) -> list[One]:
    """So many, unevenly spread: large and small places, common and rare matters."""
    rng = Random(seed)

    def some(kinds: Sequence[str]) -> str:
        return rng.choices(kinds, [0.55**place for place in range(len(kinds))])[0]

    found = []
    for _ in range(number):
        district = some(DISTRICTS[1:] + DISTRICTS[:1])
        counts = {Count.RECEIVED}
        if rng.random() < 0.9:
            counts |= {Count.DUE} | ({Count.ON_TIME} if rng.random() < 0.85 else set())
        if rng.random() < 0.85:
            counts |= {Count.ANSWERED}
            if rng.random() < 0.4:
                counts |= {Count.SCORED} | ({Count.SATISFIED} if rng.random() < 0.7 else set())
        ward = some([*(f"{district}{n}" for n in range(3)), ""])
        found.append(
            One(
                district,
                ward,
                some(CATEGORIES),
                some("uvwxyz"),
                some(("web", "phone", "paper")),
                some(("feedback", "complaint")),
                frozenset(counts),
            )
        )
    return found


def counted(ones: Collection[One]) -> dict[Sheet, dict[Key, Figures]]:
    """Their figures, with a row for everything that could be."""
    usual: dict[Sheet, Collection[Key]] = {
        Sheet.CITY: [CITY],
        Sheet.DISTRICT: [(one,) for one in DISTRICTS],
        Sheet.CATEGORY: [(one,) for one in CATEGORIES],
        Sheet.DISTRICT_CATEGORY: [(one, other) for one in DISTRICTS for other in CATEGORIES],
        Sheet.WARD: [(one, ward) for one in DISTRICTS[1:] for ward in (*(f"{one}{n}" for n in range(3)), "")],
        Sheet.AGENCY: [(one,) for one in ("", *"uvwxyz")],
        Sheet.CHANNEL: [("web",), ("phone",), ("paper",), ("counter",)],
        Sheet.TRACK: [("feedback",), ("complaint",)],
    }
    sums: dict[Sheet, dict[Key, Counter[Count]]] = {sheet: {key: Counter() for key in keys} for sheet, keys in usual.items()}
    for one in ones:
        for sheet, key in one.keys().items():
            sums[sheet][key].update(one.counts)
    return {sheet: {key: Figures(dict(counts)) for key, counts in rows.items()} for sheet, rows in sums.items()}


def corrected(ones: Sequence[One], seed: int, sealed: int, moved: int) -> list[One]:
    """The same month later: some cases were pulled out of the open ones, and some had been put down for a wrong field and office."""
    rng = Random(seed)
    left = rng.sample(ones, len(ones) - sealed)
    return [replace(one, category="health", agency="z") if place < moved else one for place, one in enumerate(left)]


def enclosed(rows: Rows, truth: Month, told: Collection[tuple[Family, Sheet, Key]] = ()) -> dict[object, tuple[float, float]]:
    """What can be told more closely than it should be of the hidden numbers of a month, from all its tables together.

    Only what is nobody's secret is left out: noughts. `told`: hidden numbers that this attacker happens to know.
    """
    published = {sheet: {key_of(sheet, dict(row)): row for row in rows[sheet]} for sheet in COUNTED_SHEETS}
    system = System()
    secret: list[object] = []
    for family in Family:
        known = {
            (sheet, key): family.layers(truth[sheet][key]) if (family, sheet, key) in told else family.read(row)
            for sheet in family.sheets
            for key, row in published[sheet].items()
        }
        parts = list(lines({sheet: published[sheet] if sheet in family.sheets else () for sheet in COUNTED_SHEETS}))
        # May be nought: what is hidden with what it is a part of, and lists that are withheld as a whole.
        bare = {
            one
            for whole, ones in parts
            for one in ones
            if known[whole] is None or (one[0] is not Sheet.DISTRICT_CATEGORY and all(known[other] is None for other in ones))
        }
        for (sheet, key), layers in known.items():
            if layers is None:
                most = published[sheet][key]["answered"] if family is Family.SCORED else 10**6
                least = 0 if (sheet, key) in bare or most is None else 1
                secret += _unknown(system, family, (sheet, key), family.layers(truth[sheet][key]), least, 10**6 if most is None else most)
        for at in range(len(family.columns)):
            for cell, ones in parts:
                _add_up(system, known, family, at, cell, ones)
    return system.enclosed(secret, FEWEST)


def _unknown(system: System, family: Family, cell: tuple[Sheet, Key], layers: tuple[int, ...], least: int, most: int) -> list[object]:
    """A hidden number as the attacker sees it; gives what must not be told of it."""
    names = [(family, *cell, at) for at in range(len(family.columns))]
    for name in names:
        system.unknown(name)
    whole = (family, *cell, "whole")
    system.unknown(whole, least, most)
    system.says({whole: -1, **dict.fromkeys(names, 1)}, 0)
    guarded = list(zip(names, layers, strict=True))[: family.guarded]
    return [*([whole] if any(layers) else []), *(name for name, number in guarded if number)]


def _add_up(system: System, known: Any, family: Family, at: int, whole: tuple[Sheet, Key], ones: Sequence[tuple[Sheet, Key]]) -> None:
    unknown: dict[object, int] = {}
    total = 0
    for sign, (sheet, key) in [(-1, whole), *((1, one) for one in ones)]:
        layers = known[sheet, key]
        if layers is None:
            unknown[family, sheet, key, at] = sign
        else:
            total -= sign * layers[at]
    if ones:
        system.says(unknown, total)


def shown_small(rows: Rows) -> list[object]:
    """Published counts between one and four, and points given by fewer than five of either opinion."""
    return [
        (sheet, column, row)
        for sheet in COUNTED_SHEETS
        for row in rows[sheet]
        for column in [column for family in Family for column in family.columns if sheet in family.sheets]
        if row[column] is not None and 0 < row[column] < FEWEST
    ]


__all__ = ["LISTS", "NAMES", "One", "cases", "corrected", "counted", "enclosed", "shown_small"]
