"""Two reports as a row of numbers: what they share, and what both tell but differently. Pure; numbers lie between 0 and 1.

A fact that only one report tells says nothing; a fact that both tell and that differs speaks for two incidents.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from analytics.duplicates.facts import Facts, holds
from analytics.duplicates.figures import Figures
from analytics.redact.name_words import words

#: Name and direction of each feature: +1 may only raise the likeness, -1 only lower it.
FEATURES: dict[str, int] = {
    "words": 1, "smaller": 1, "rest": 1, "topics": 1, "topics_apart": -1, "names": 1, "names_apart": -1, "people": 1, "people_apart": -1,
    "ids": 1, "ids_apart": -1, "house": 1, "house_apart": -1, "date": 1, "date_apart": -1, "hour": 1,
    "hour_apart": -1, "part_apart": -1, "amount": 1, "amount_apart": -1, "unit": 1, "unit_apart": -1, "count": 1, "numbers_apart": -1,
    "labels": 1, "labels_apart": -1, "heading_apart": -1, "swapped": -1, "negated": -1, "agreeing": 1, "differing": -1,
}  # fmt: skip
_HOUSES = ("house", "hem", "ngo", "kiet", "duong", "ngach", "kenh")
_UNITS = ("ward", "to", "pho", "ap", "floor", "block", "room", "class", "route", "office", "round", "mark")
_DATES = ("month", "day", "year")
#: An hour is the same within this many minutes.
_SAME_HOUR = 45
#: Only texts nearly alike are laid side by side, and only so many words of them.
_ALIKE, _COPY = 0.4, 0.55
_LAID = 150
_NEGATIONS = frozenset({"khong", "chua", "chang", "het"})
_SMALL = words(
    "va la cua cho co duoc da dang nay do thi ma o tai voi cac nhung mot toi chung nguoi dan bi tu den trong ra vao len khi nhu "
    "cung rat qua lai van con se phai vi nen hay hoac so cai chiec bang theo ca luon roi rang luc"
)


def features(a: Facts, b: Facts, rarity: Mapping[str, float]) -> list[float]:
    """The features of a pair in the order of FEATURES; symmetric. `rarity` weighs words: how seldom each is in reports."""
    alike = _cosine(a.words, b.words, rarity)
    swapped, negated = _swapped(a, b) if alike > _ALIKE else (0.0, 0.0)
    topics, topics_apart = _topics(a.reading.topics, b.reading.topics)
    people, people_apart = _people(a, b)
    labels, labels_apart = _labels(a.reading.labels, b.reading.labels)
    names, names_apart = _names(a, b)
    ids, ids_apart = _compare(a.reading.ids, b.reading.ids)
    house, house_apart = _figures(a.figures, b.figures, _HOUSES)
    days = ("date",) if "date" in a.figures.kinds and "date" in b.figures.kinds else _DATES
    date, date_apart = _figures(a.figures, b.figures, days)
    hour, hour_apart, part_apart = _hours(a.figures, b.figures)
    amount, amount_apart = _figures(a.figures, b.figures, ("amount",))
    unit, unit_apart = _figures(a.figures, b.figures, _UNITS)
    count, numbers_apart = _numbers(a.figures, b.figures)
    weekday_apart, heading_apart = _figures(a.figures, b.figures, ("weekday",))[1], _heading(a, b)
    agreeing = sum(share > 0 for share in (people, ids, house, date, hour, amount, unit))
    differing = people_apart + ids_apart + house_apart + date_apart + weekday_apart + hour_apart + amount_apart + unit_apart + numbers_apart
    differing += heading_apart + (labels_apart > 0) + (names_apart > 0)
    return [
        alike, _smaller(a.words, b.words, rarity), _rest(a, b, rarity), topics, topics_apart, names, names_apart,
        people, people_apart, ids, ids_apart, house, house_apart, date, date_apart, hour, hour_apart, part_apart, amount,
        amount_apart, unit, unit_apart, count, numbers_apart, labels, labels_apart, heading_apart, swapped, negated, min(agreeing, 3) / 3,
        min(differing, 3) / 3,
    ]  # fmt: skip


def _rest(a: Facts, b: Facts, rarity: Mapping[str, float]) -> float:
    """Likeness of the words that name no place and nobody: what happened."""
    named = {part for name in a.names | b.names for part in name}
    return _cosine(a.words - named, b.words - named, rarity)


def _topics(a: frozenset[str], b: frozenset[str]) -> tuple[float, float]:
    """Share of the smaller set of topics that both have; whether both have some and none is common."""
    if not a or not b:
        return 0.0, 0.0
    return len(a & b) / min(len(a), len(b)), float(not a & b)


def _weight(bag: Collection[str], rarity: Mapping[str, float]) -> float:
    unknown = rarity[""]
    return sum(rarity.get(word, unknown) ** 2 for word in bag)


def _cosine(a: frozenset[str], b: frozenset[str], rarity: Mapping[str, float]) -> float:
    if not a or not b:
        return 0.0
    return float(_weight(a & b, rarity) / (_weight(a, rarity) * _weight(b, rarity)) ** 0.5)


def _smaller(a: frozenset[str], b: frozenset[str], rarity: Mapping[str, float]) -> float:
    """Share of the shorter report's words that the other has: a short second report of a long first one counts."""
    if not a or not b:
        return 0.0
    return _weight(a & b, rarity) / min(_weight(a, rarity), _weight(b, rarity))


def _compare(a: frozenset[str], b: frozenset[str]) -> tuple[float, float]:
    """Whether two sets share something; whether both hold something and share nothing."""
    shared = bool(a & b)
    return float(shared), float(bool(a and b) and not shared)


def _figures(a: Figures, b: Figures, kinds: tuple[str, ...]) -> tuple[float, float]:
    """Share of the kinds both tell that agree, and whether any differs: each side names one that the other tells nowhere."""
    agreed = told = 0
    differed = 0.0
    for kind in kinds:
        one, two = a.kinds.get(kind, frozenset()), b.kinds.get(kind, frozenset())
        if not one or not two:
            continue
        told += 1
        agreed += bool(one & two)
        # Both tell a value that the other tells nowhere; when they share another, it counts half.
        if one - b.numbers - two and two - a.numbers - one:
            differed = max(differed, 0.5 if one & two else 1.0)
    return (agreed / told if told else 0.0), differed


def _numbers(a: Figures, b: Figures) -> tuple[float, float]:
    """Share of the nouns both count that have the same number; whether each tells a long number that the other tells nowhere."""
    kinds = [kind for kind in a.kinds if kind.startswith(("count ", "measure")) and kind in b.kinds]
    agreed = sum(bool(a.kinds[kind] & b.kinds[kind]) for kind in kinds)
    apart = bool(a.long - b.numbers) and bool(b.long - a.numbers)
    return (agreed / len(kinds) if kinds else 0.0), float(apart)


def _hours(a: Figures, b: Figures) -> tuple[float, float, float]:
    """Hours that agree; both name hours and none is near another; the parts of the day have nothing in common."""
    if a.clocks and b.clocks:
        few, many = sorted((a.clocks, b.clocks), key=len)
        met = sum(any(_near(one, two) for two in many) for one in few)
        return float(met == len(few)), float(met < len(few)) * (1.0 if met == 0 else 0.5), 0.0
    return 0.0, 0.0, float(bool(a.hours and b.hours) and not a.hours & b.hours)


def _near(one: frozenset[int], two: frozenset[int]) -> bool:
    return any(min(abs(left - right), 1440 - abs(left - right)) <= _SAME_HOUR for left in one for right in two)


def _names(a: Facts, b: Facts) -> tuple[float, float]:
    """Share of the smaller set of names that the other report holds; how much both name that the other does not.

    A report without capitals names nothing by itself: it counts half when it holds none of the other's names.
    """
    in_b = [holds(b, name) for name in a.names]
    in_a = [holds(a, name) for name in b.names]
    if not in_a and not in_b:
        return 0.0, 0.0
    shares = [sum(held) / len(held) for held in (in_a, in_b) if held]
    if in_a and in_b:
        return max(shares), (0.0 if all(in_a) or all(in_b) else 1.0 - max(shares))
    return max(shares), (0.0 if any(shares) else 0.5)


def _people(a: Facts, b: Facts) -> tuple[float, float]:
    """People behind titles: one name may be the end of the other."""
    if not a.people or not b.people:
        return 0.0, 0.0
    shared = any(one.split()[-1] == two.split()[-1] for one in a.people for two in b.people)
    mentioned = any(person.split()[-1] in other.plain for own, other in ((a, b), (b, a)) for person in own.people)
    return float(shared), float(not shared and not mentioned)


def _labels(a: frozenset[str], b: frozenset[str]) -> tuple[float, float]:
    """Exclusive groups both name: share that agree and, for three and more as one, how many differ."""
    groups_a, groups_b = _by_group(a), _by_group(b)
    both = groups_a.keys() & groups_b.keys()
    agreed = sum(bool(groups_a[group] & groups_b[group]) for group in both)
    return min(agreed, 3) / 3, min(len(both) - agreed, 2) / 2


def _by_group(labels: frozenset[str]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for label in labels:
        group, _, member = label.partition(":")
        groups.setdefault(group, set()).add(member)
    return groups


def _heading(a: Facts, b: Facts) -> float:
    """Both tell where it leads, and nothing of it is the same."""
    return float(bool(a.heading and b.heading) and not a.heading & b.heading)


def _swapped(a: Facts, b: Facts) -> tuple[float, float]:
    """In reports that copy each other: words replaced by others in their place, and a "không" on one side only.

    Two people never choose the same row of words; where they seem to, one text was made from the other, and what was changed matters.
    """
    one, two = a.reading.plain[:_LAID], b.reading.plain[:_LAID]
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    steps = matcher.get_opcodes()
    if sum(end - start for kind, start, end, _, _ in steps if kind == "equal") < _COPY * max(len(one), len(two)):
        return 0.0, 0.0
    swapped = negated = 0
    for kind, start, end, begin, finish in steps:
        if kind == "equal":
            continue
        left, right = set(one[start:end]), set(two[begin:finish])
        negated += bool(_NEGATIONS & (left ^ right))
        swapped += bool(left - _SMALL - b.plain or right - _SMALL - a.plain) and kind == "replace"
    return min(swapped, 2) / 2, float(negated > 0)
