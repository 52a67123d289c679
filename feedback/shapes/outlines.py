"""Outlines made simpler without tearing borders apart. Pure.

Points stand on a grid, so what two neighbours draw along a border is the same points. Rings are cut where borders meet; each border is
simplified once, by Visvalingam's rule (the point whose triangle with its neighbours is smallest goes first), and used on both sides.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: A point of the grid, and a ring of them without the first repeated at its end.
Point = tuple[int, int]
Ring = tuple[Point, ...]
#: An outline and its holes.
Polygon = list[Ring]
#: Points of a border between two corners, or all around where there is none; in the direction that is smaller.
Border = tuple[Point, ...]
ENDLESS = float("inf")


def tidy(points: Iterable[Point]) -> Ring:
    """A ring without points repeated and without spikes, which go out and back the same way; empty when nothing is left."""
    kept: list[Point] = []
    for point in points:
        _add(kept, point)
    while len(kept) > 2 and (kept[0] == kept[-1] or kept[1] == kept[-1] or kept[0] == kept[-2]):
        if kept[0] == kept[-1] or kept[0] == kept[-2]:
            kept.pop()
        else:
            kept.pop(0)
    return tuple(kept) if len(kept) > 2 and not _flat(kept) else ()


def _add(kept: list[Point], point: Point) -> None:
    if kept and kept[-1] == point:
        return
    if len(kept) > 1 and kept[-2] == point:
        kept.pop()
    else:
        kept.append(point)


def _flat(ring: Sequence[Point]) -> bool:
    """Whether all points lie on one line."""
    return all(_triangle(ring[0], ring[1], point) == 0 for point in ring[2:])


def _triangle(a: Point, b: Point, c: Point) -> int:
    """Twice the area."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))


def area_of(ring: Sequence[Point]) -> float:
    """Area of a ring in units of the grid; positive when it runs against the clock."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True)) / 2


def joined(rings: Iterable[Ring]) -> list[Ring]:
    """What areas that do not overlap are together: edges that two of them share are left out.

    Whatever is left closes into rings, for at every point as many edges end as begin; filled by the even-odd rule they are the union.
    """
    edges: set[tuple[Point, Point]] = set()
    for ring in rings:
        for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True):
            edges ^= {(min(a, b), max(a, b))}
    ends: dict[Point, set[Point]] = defaultdict(set)
    for a, b in edges:
        ends[a].add(b)
        ends[b].add(a)
    found = []
    for start in sorted(ends):
        while ends[start]:
            walked, here = [start], start
            while True:
                there = min(ends[here])
                ends[here].discard(there)
                ends[there].discard(here)
                if there == start:
                    break
                walked.append(there)
                here = there
            found.append(tuple(walked))
    return found


@dataclass
class _Line:
    """One ring as borders, each with whether it runs against its border's direction; and its area at full detail."""

    borders: list[tuple[Border, bool]]
    size: float


class Outlines:
    """The polygons of areas, cut into borders once; `at` draws them as simple as asked."""

    def __init__(self, areas: Mapping[int, Sequence[Polygon]]) -> None:
        corners = _corners(ring for polygons in areas.values() for polygon in polygons for ring in polygon)
        self._areas = {
            key: [[_Line(_cut(ring, corners), abs(area_of(ring))) for ring in polygon] for polygon in polygons]
            for key, polygons in areas.items()
        }
        lines = [line for polygons in self._areas.values() for polygon in polygons for line in polygon]
        self._used = Counter(border for line in lines for border, _back in line.borders)
        self._weights = {border: _weights(border) for border in self._used}

    def at(self, detail: float) -> dict[int, list[Polygon]]:
        """All areas without what is smaller than so many squares of the grid; every area keeps a polygon, every border its two sides."""
        kept = {key: self._without_specks(polygons, detail) for key, polygons in self._areas.items()}
        limits: dict[Border, float] = dict.fromkeys(self._used, detail)
        while True:
            drawn = {key: [[self._ring(line, limits) for line in polygon] for polygon in polygons] for key, polygons in kept.items()}
            collapsed = [
                line
                for key, polygons in kept.items()
                for lines, rings in zip(polygons, drawn[key], strict=True)
                for line, ring in zip(lines, rings, strict=True)
                if not tidy(ring)
            ]
            finer = {border for line in collapsed for border, _back in line.borders if limits[border] >= 0}
            if not finer:
                return drawn
            for border in finer:
                limits[border] = limits[border] / 4 if limits[border] > 1 else -1

    def _without_specks(self, polygons: list[list[_Line]], detail: float) -> list[list[_Line]]:
        """Without islands and holes too small to be seen, unless they are all there is or a neighbour's border too."""

        def speck(line: _Line) -> bool:
            return line.size < 4 * detail and all(self._used[border] == 1 for border, _back in line.borders)

        largest = max(polygons, key=lambda polygon: polygon[0].size)
        stay = [polygon for polygon in polygons if polygon is largest or not all(map(speck, polygon))]
        return [[polygon[0], *(hole for hole in polygon[1:] if not speck(hole))] for polygon in stay]

    def _ring(self, line: _Line, limits: Mapping[Border, float]) -> Ring:
        points: list[Point] = []
        for border, back in line.borders:
            limit = limits.get(border, -1)
            kept = [point for point, weight in zip(border, self._weights[border], strict=True) if weight > limit]
            points += (kept[::-1] if back else kept)[:-1]
        return tuple(points)


def _corners(rings: Iterable[Ring]) -> set[Point]:
    """Points where borders meet: with other than two neighbours on all rings together."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for a, b in zip(ring, (*ring[1:], *ring[:1]), strict=True):
            beside[a].add(b)
            beside[b].add(a)
    return {point for point, others in beside.items() if len(others) != 2}


def _cut(ring: Ring, corners: set[Point]) -> list[tuple[Border, bool]]:
    """A ring as borders from corner to corner; one without corners begins at its smallest point, so that both its sides agree."""
    places = [place for place, point in enumerate(ring) if point in corners] or [ring.index(min(ring))]
    begun = (*ring[places[0] :], *ring[: places[0]], ring[places[0]])
    ends = [place - places[0] for place in places] + [len(ring)]
    borders = [begun[a : b + 1] for a, b in pairwise(ends)]
    return [(min(border, border[::-1]), border[::-1] < border) for border in borders]


def _weights(border: Border) -> list[float]:
    """How much each point matters: the area lost with it, and never less than with a point that goes before it."""
    count = len(border)
    weights = [ENDLESS] * count
    before, after = list(range(-1, count - 1)), list(range(1, count + 1))
    version = [0] * count
    heap = [(_triangle(*border[place - 1 : place + 2]), place, 0) for place in range(1, count - 1)]
    heapq.heapify(heap)
    left, least = count - 2, 0
    needed = 2 if border[0] == border[-1] else 0  # a ring of its own stays a triangle
    while heap and left > needed:
        area, place, made = heapq.heappop(heap)
        if made != version[place]:
            continue
        least = max(least, area)
        weights[place] = least / 2
        left -= 1
        a, b = before[place], after[place]
        after[a], before[b] = b, a
        for other in (a, b):
            if 0 < other < count - 1:
                version[other] += 1
                heapq.heappush(heap, (_triangle(border[before[other]], border[other], border[after[other]]), other, version[other]))
    return weights
