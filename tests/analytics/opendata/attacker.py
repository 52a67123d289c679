"""Somebody who wants to know the hidden numbers: takes everything published at once as equations and looks how closely each is enclosed.

Knows the method: that a nought is shown, so that a hidden number is at least one unless what it is a part of is hidden as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping

import numpy
from scipy.optimize import linprog
from scipy.sparse import coo_array

Name = Hashable
Sum = tuple[Mapping[Name, int], float, float]


class System:
    """Unknown numbers between bounds, and sums that they make."""

    def __init__(self) -> None:
        self.bounds: dict[Name, tuple[float, float | None]] = {}
        self.sums: list[Sum] = []

    def unknown(self, name: Name, least: float = 0, most: float | None = None) -> None:
        """A number nobody was told."""
        self.bounds[name] = least, most

    def says(self, parts: Mapping[Name, int], total: float, most: float | None = None) -> None:
        """So many of these make `total`, or something from `total` to `most`. A sum without unknown numbers must simply be true."""
        if parts:
            self.sums.append((parts, total, total if most is None else most))
        else:
            assert total <= 0 <= (total if most is None else most), "the published tables contradict each other"

    def enclosed(self, names: Iterable[Name], width: float) -> dict[Name, tuple[float, float]]:
        """Those of `names` that can be told more closely than by `width`, with the least and the greatest value each may have."""
        alike = self._alike()
        # Of numbers that are in the same position one is looked at: the others can be told as closely and no closer.
        wanted = {alike[name]: name for name in sorted(names, key=str)}
        found: dict[Name, tuple[float, float]] = {}
        parts = self._parts()
        place = {name: at for at, part in enumerate(parts) for name in part}
        sums = defaultdict(list)
        for one in self.sums:
            sums[place[next(iter(one[0]))]].append(one)
        for at, part in enumerate(parts):
            if looked_at := part.intersection(wanted.values()):
                found |= self._enclosed(part, sums[at], looked_at, width)
        return found

    def _alike(self) -> dict[Name, int]:
        """A colour for each number, the same for those in the same position: equal bounds, and sums of the same kinds with others alike.

        Colour refinement; numbers of one colour have the same least and greatest values in every linear system (M. Grohe, K. Kersting,
        M. Mladenov, E. Selman: Dimension reduction via colour refinement, 2014).
        """
        colours = _numbered(self.bounds)
        inside: defaultdict[Name, list[tuple[int, int]]] = defaultdict(list)
        for number, (parts, _least, _most) in enumerate(self.sums):
            for name, times in parts.items():
                inside[name].append((number, times))
        while True:
            kinds = _numbered({
                number: (least, most, tuple(sorted((colours[name], times) for name, times in parts.items())))
                for number, (parts, least, most) in enumerate(self.sums)
            })  # fmt: skip
            finer = _numbered({name: (colours[name], tuple(sorted((kinds[at], times) for at, times in inside[name]))) for name in colours})
            if len(set(finer.values())) == len(set(colours.values())):
                return finer
            colours = finer

    def _parts(self) -> list[set[Name]]:
        """Unknown numbers that have to do with each other."""
        near: defaultdict[Name, set[Name]] = defaultdict(set)
        for parts, _least, _most in self.sums:
            first, *others = parts
            for other in others:
                near[first].add(other)
                near[other].add(first)
        left, found = set(self.bounds), []
        while left:
            group, edge = set(), {left.pop()}
            while edge:
                group |= edge
                edge = {other for one in edge for other in near[one]} - group
            left -= group
            found.append(group)
        return found

    def _enclosed(self, part: Collection[Name], sums: list[Sum], wanted: Collection[Name], width: float) -> dict[Name, tuple[float, float]]:
        names = list(part)
        place = {name: at for at, name in enumerate(names)}
        equal = [one for one in sums if one[1] == one[2]]
        between = [one for one in sums if one[1] != one[2]]
        limits = {
            "A_eq": _matrix([one[0] for one in equal], place) if equal else None,
            "b_eq": [one[1] for one in equal] or None,
            "A_ub": _matrix([one[0] for one in between] + [{k: -v for k, v in one[0].items()} for one in between], place)
            if between
            else None,
            "b_ub": [one[2] for one in between] + [-one[1] for one in between] or None,
            "bounds": [self.bounds[name] for name in names],
        }
        low, high = numpy.full(len(names), numpy.inf), numpy.full(len(names), -numpy.inf)
        found = {}
        for name in sorted(wanted, key=str):
            at = place[name]
            for sign in (1, -1):
                if high[at] - low[at] >= width:
                    break
                goal = numpy.zeros(len(names))
                goal[at] = sign
                answer = linprog(goal, **limits, method="highs")
                if answer.status == 3:
                    high[at], low[at] = (numpy.inf, low[at]) if sign < 0 else (high[at], -numpy.inf)
                    continue
                assert answer.status == 0, answer.message
                # Every solution shows how far all the numbers can move, not only the one it was looked for.
                low, high = numpy.minimum(low, answer.x), numpy.maximum(high, answer.x)
            if high[at] - low[at] < width - 1e-6:
                found[name] = float(low[at]), float(high[at])
        return found


def _numbered(things: Mapping[Name, Hashable]) -> dict[Name, int]:
    """The same number for equal things."""
    numbers: dict[Hashable, int] = {}
    return {name: numbers.setdefault(thing, len(numbers)) for name, thing in things.items()}


def _matrix(rows: list[Mapping[Name, int]], place: Mapping[Name, int]) -> coo_array:
    entries = [(row, place[name], value) for row, parts in enumerate(rows) for name, value in parts.items()]
    at_row, at_column, values = zip(*entries, strict=True)
    return coo_array((values, (at_row, at_column)), shape=(len(rows), len(place)))
