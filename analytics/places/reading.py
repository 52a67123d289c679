"""From the units and places a text names to one proposal: the ward it most likely means, where in it, and the words that say so. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.places.gazetteer import Name, Ward, gazetteer
from analytics.places.landmarks import Found, find_place
from analytics.places.units import Named, follows, named_units
from analytics.places.words import Text, read
from feedback.cases.ports import PlaceRead

#: A unit right behind a street, and one with its district, say more than one by itself; where the writer lives says less.
_NEAR, _WITH_DISTRICT, _HOME = 2, 1, -3
#: So many words may stand between street and ward.
_GAP = 3


@dataclass(frozen=True)
class _Meant:
    """One reading of a mention: the wards in force, the words, how much speaks for it."""

    codes: tuple[str, ...]
    former: bool
    first: int
    last: int
    weight: int


def read_place(text: str, units: str) -> PlaceRead:
    """What a text says of where; empty where it says nothing or too much. `units` is the set of wards to answer in, "2017" or "2025"."""
    words = read(text)
    named = named_units(words, gazetteer(units))
    place = find_place(words, named)
    written = words.between(place.first, place.last) if place else ""
    districts = {district.plain for unit in named for district in unit.districts}
    meant = _chosen([one for index in range(len(named)) if (one := _meaning(words, named, index, districts, place)) is not None])
    if meant is None:
        codes = {district.code for unit in named for district in unit.districts}
        said = [words.between(unit.first, unit.last) for unit in named if unit.districts]
        if len(codes) == 1 and codes != {""}:
            return PlaceRead(district_code=codes.pop(), place=written, words=tuple(said[:1]))
        return PlaceRead(place=written)
    return PlaceRead(
        area_code=meant.codes[0],
        others=meant.codes[1:],
        former=meant.former,
        place=written,
        words=(words.between(meant.first, meant.last),),
    )


def _meaning(text: Text, named: list[Named], index: int, all_districts: set[Name], place: Found | None) -> _Meant | None:
    """Which ward a mention means: with the district behind it, else with the only one named anywhere, else by its name alone."""
    unit = named[index]
    if not unit.wards:
        return None
    behind = named[index + 1] if index + 1 < len(named) and follows(text, unit, named[index + 1]) else None
    near = {district.plain for district in behind.districts} if behind else set()
    wards = _of(unit.wards, near) or (
        [] if near else _of(unit.wards, all_districts if len(all_districts) == 1 else set()) or _alone(unit.wards)
    )
    codes = list(dict.fromkeys(code for ward in wards[:1] for code in ward.codes))
    if not codes:
        return None
    at_place = place is not None and 0 < unit.first - place.last <= _GAP
    weight = _NEAR * at_place + _WITH_DISTRICT * bool(near) + _HOME * unit.home
    last = behind.last if behind and behind.districts else unit.last
    return _Meant(tuple(codes), wards[0].former, unit.first, last, weight)


def _of(wards: tuple[Ward, ...], districts: set[Name]) -> list[Ward]:
    """The wards that lie in one of these districts, today's first; none when they mean different places."""
    return _agreeing([ward for ward in wards if ward.districts & districts])


def _alone(wards: tuple[Ward, ...]) -> list[Ward]:
    """What a name means without a district: today's ward of that name, else the former one when there was only one."""
    return _agreeing([ward for ward in wards if not ward.former] or list(wards))


def _agreeing(wards: list[Ward]) -> list[Ward]:
    ordered = sorted(wards, key=lambda ward: ward.former)
    if len({ward.codes[0] for ward in ordered}) > 1 and (len(ordered) < 2 or ordered[0].former or not ordered[1].former):
        return []
    return ordered


def _chosen(meant: list[_Meant]) -> _Meant | None:
    """The mention that most speaks for; none when two different wards have as much for them."""
    best = max((one.weight for one in meant), default=0)
    first = [one for one in meant if one.weight == best]
    return first[0] if first and len({one.codes[0] for one in first}) == 1 else None
