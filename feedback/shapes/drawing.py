"""From shapes in degrees to paths of a map: one grid, one scale, borders simplified until they fit, far islands brought near. Pure.

The grid is 0.0001 degree, some 11 m. East-west distances are made as long as north-south ones at the city's latitude: over the city's
170 km that is right to 1 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from feedback.shapes.outlines import Outlines, Point, Polygon, Ring, area_of, joined, tidy
from feedback.shapes.reading import DegreePolygon, Unreadable, Wrong

GRID = 10_000
#: The city's latitude, in degrees.
LATITUDE = 10.8
NARROWER = math.cos(math.radians(LATITUDE))
#: Bytes that the paths of all areas of one tier may have together.
MOST_BYTES = 60_000
#: Further apart than this, 30 km, islands stand in a frame of their own; so far from the rest the frame is drawn.
FAR, BESIDE = 2_700, 350
#: Two shapes that have more than this part of the smaller one in common overlap; less is how borders were drawn.
OVERLAP = 0.02
_SAMPLES = 14

Numbers = np.ndarray[Any, np.dtype[Any]]
#: West, north, east, south on the map.
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawn:
    """One area on the map: the data of its SVG path, its box, and the middle of the largest circle that fits in, for its label."""

    path: str
    box: Box
    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Drawing:
    """A file's shapes, ready to be stored."""

    #: Outlines on the grid, of areas that have a shape of their own in the file.
    outlines: Mapping[int, list[Polygon]]
    drawn: Mapping[int, Drawn]
    #: Around what is drawn nearer than it lies.
    frames: list[Box]
    #: Pairs of areas of one tier that overlap.
    overlaps: list[tuple[int, int]]


def draw(shapes: Mapping[int, Sequence[DegreePolygon]], tiers: Sequence[set[int]], parts: Mapping[int, list[int]]) -> Drawing:
    """Everything of a map. `parts`: the areas a larger one is made of, which is drawn from them where all are there and it has no shape.

    Raises Unreadable when even the simplest outlines are too much for a page.
    """
    outlines, detail = Outlines({key: _on_grid(polygons) for key, polygons in shapes.items()}), 0.0
    while detail < GRID**2:
        simple = outlines.at(detail)
        # Before anything is placed: a hundred thousand islands would be compared with each other.
        if _least_bytes(simple) <= MOST_BYTES * len(tiers):
            placed, frames = _placed(simple)
            rings = _rings(placed, parts)
            paths = {key: path_of(several) for key, several in rings.items()}
            if all(sum(len(paths[key]) for key in tier if key in paths) <= MOST_BYTES for tier in tiers):
                drawn = {key: _drawn(path, rings[key]) for key, path in paths.items() if rings[key]}
                overlaps = [pair for tier in tiers for pair in overlapping({key: rings[key] for key in sorted(tier) if key in placed})]
                return Drawing(simple, drawn, frames, overlaps)
        detail = max(1.0, detail * 2)
    raise Unreadable(Wrong.TOO_DETAILED)


def _least_bytes(areas: Mapping[int, Sequence[Polygon]]) -> int:
    """Bytes that paths of these cannot be shorter than."""
    return sum(3 * len(ring) + 3 for polygons in areas.values() for polygon in polygons for ring in polygon)


def _rings(placed: Mapping[int, Sequence[Polygon]], parts: Mapping[int, list[int]]) -> dict[int, list[Ring]]:
    """Rings of each area, and of those that are the sum of others."""
    rings = {key: [ring for polygon in polygons for ring in polygon] for key, polygons in placed.items()}
    return rings | {
        key: joined(ring for part in within for ring in rings[part])
        for key, within in parts.items()
        if key not in rings and within and all(part in rings for part in within)
    }


def _on_grid(polygons: Sequence[DegreePolygon]) -> list[Polygon]:
    """The same on the grid; a shape smaller than the grid stays as its smallest square."""
    found = []
    for polygon in polygons:
        outline, *holes = (tidy((round(x * GRID), round(y * GRID)) for x, y in ring) for ring in polygon)
        if outline:
            found.append([outline, *filter(None, holes)])
    if not found:
        x, y = (round(one * GRID) for one in polygons[0][0][0])
        found.append([((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1))])
    return found


def degrees_of(polygons: Sequence[Polygon]) -> list[list[list[list[float]]]]:
    """Coordinates of a GeoJSON MultiPolygon: closed rings, outlines against the clock, holes with it (RFC 7946)."""
    return [
        [[[x / GRID, y / GRID] for x, y in _closed(ring, against=number == 0)] for number, ring in enumerate(polygon)]
        for polygon in polygons
    ]


def _closed(ring: Ring, *, against: bool) -> Ring:
    turned = ring if (area_of(ring) > 0) is against else ring[::-1]
    return (*turned, turned[0])


def _placed(areas: Mapping[int, Sequence[Polygon]]) -> tuple[dict[int, list[Polygon]], list[Box]]:
    """The polygons on the map, where north is up and numbers grow to the south, each island group far off moved near."""
    flat = [(key, [tuple(map(_on_map, ring)) for ring in polygon]) for key, polygons in areas.items() for polygon in polygons]
    boxes = [box_of(polygon) for _key, polygon in flat]
    sizes = [abs(area_of(polygon[0])) for _key, polygon in flat]
    groups = sorted(_groups(boxes), key=lambda group: -sum(sizes[one] for one in group))
    shifts, frames = [(0, 0)] * len(flat), []
    taken = _around(boxes[one] for one in groups[0])
    for group in groups[1:]:
        box = _around(boxes[one] for one in group)
        dx, dy = _nearer(box, taken)
        if not (dx or dy):
            continue
        for one in group:
            shifts[one] = dx, dy
        frame = (box[0] + dx - BESIDE // 2, box[1] + dy - BESIDE // 2, box[2] + dx + BESIDE // 2, box[3] + dy + BESIDE // 2)
        frames.append(frame)
        taken = _around([taken, frame])
    found: dict[int, list[Polygon]] = {key: [] for key in areas}
    for (key, polygon), (dx, dy) in zip(flat, shifts, strict=True):
        found[key].append([tuple((x + dx, y + dy) for x, y in ring) for ring in polygon])
    return found, frames


def _on_map(point: Point) -> Point:
    return round(point[0] * NARROWER), -point[1]


def _groups(boxes: Sequence[Box]) -> list[list[int]]:
    """Boxes that lie no further than `FAR` from one another, over as many as it takes."""
    table, left, found = np.array(boxes), np.ones(len(boxes), dtype=bool), []
    for first in range(len(boxes)):
        if not left[first]:
            continue
        left[first] = False
        group = [first]
        for one in group:  # grows while it is walked
            west, north, east, south = table[one]
            beside = (table[:, 0] - east < FAR) & (west - table[:, 2] < FAR)
            near = beside & (table[:, 1] - south < FAR) & (north - table[:, 3] < FAR) & left
            left &= ~near
            group += [int(other) for other in np.nonzero(near)[0]]
        found.append(group)
    return found


def _nearer(box: Box, taken: Box) -> tuple[int, int]:
    """How far a box moves along the axis on which it is furthest, to stand just beside what is drawn already; near it, not at all."""
    gaps = (box[0] - taken[2], taken[0] - box[2], box[1] - taken[3], taken[1] - box[3])
    side = gaps.index(max(gaps))
    if gaps[side] < FAR:
        return 0, 0
    moved = (gaps[side] - BESIDE) * (-1 if side in (0, 2) else 1)
    return (moved, 0) if side < 2 else (0, moved)


def box_of(rings: Sequence[Ring]) -> Box:
    """What a shape fits in."""
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _around(boxes: Iterable[Box]) -> Box:
    wests, norths, easts, souths = zip(*boxes, strict=True)
    return min(wests), min(norths), max(easts), max(souths)


def path_of(rings: Iterable[Ring]) -> str:
    """The data of an SVG path in steps from point to point, as short as whole numbers get."""
    return "".join(f"M{ring[0][0]} {ring[0][1]}l{_steps(ring)}z" for ring in rings)


def _steps(ring: Ring) -> str:
    steps = [step for a, b in pairwise(ring) if a != b for step in (b[0] - a[0], b[1] - a[1])]
    return "".join(str(step) if step < 0 or place == 0 else f" {step}" for place, step in enumerate(steps))


def _drawn(path: str, rings: Sequence[Ring]) -> Drawn:
    largest = max(rings, key=lambda ring: abs(area_of(ring)))
    west, north, east, south = box_of([largest])
    points = _lattice((west, north, east, south))
    found = points[_inside(points, rings)]
    if not len(found):
        return Drawn(path, box_of(rings), (west + east) // 2, (north + south) // 2, 0)
    room = _room(found, rings)
    best = int(np.argmax(room))
    return Drawn(path, box_of(rings), int(found[best][0]), int(found[best][1]), int(room[best]))


def _lattice(box: Box) -> Numbers:
    """Points spread evenly over a box."""
    west, north, east, south = box
    steps = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    across, down = np.meshgrid(west + steps * (east - west), north + steps * (south - north))
    return np.column_stack([across.ravel(), down.ravel()])


def _edges(rings: Sequence[Ring]) -> Numbers:
    return np.array([(*a, *b) for ring in rings for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)], dtype=float).T


def _inside(points: Numbers, rings: Sequence[Ring]) -> Numbers:
    """Which points lie in a shape, by the even-odd rule."""
    x1, y1, x2, y2 = _edges(rings)
    x, y = points[:, 0, None], points[:, 1, None]
    crosses = (y1 > y) != (y2 > y)
    height = np.where(y2 == y1, 1, y2 - y1)
    found: Numbers = (crosses & (x < x1 + (y - y1) / height * (x2 - x1))).sum(axis=1) % 2 == 1
    return found


def _room(points: Numbers, rings: Sequence[Ring]) -> Numbers:
    """How far each point is from the nearest edge."""
    x1, y1, x2, y2 = _edges(rings)
    x, y = points[:, 0, None], points[:, 1, None]
    dx, dy = x2 - x1, y2 - y1
    length = np.maximum(dx * dx + dy * dy, 1)
    along = np.clip(((x - x1) * dx + (y - y1) * dy) / length, 0, 1)
    found: Numbers = np.sqrt((x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2).min(axis=1)
    return found


def overlapping(shapes: Mapping[int, Sequence[Ring]]) -> list[tuple[int, int]]:
    """Pairs of shapes that have more than `OVERLAP` of the smaller one in common, counted over points spread where their boxes meet."""
    boxes = {key: box_of(rings) for key, rings in shapes.items()}
    sizes = {key: sum(abs(area_of(ring)) for ring in rings) for key, rings in shapes.items()}
    keys, found = list(shapes), []
    for place, one in enumerate(keys):
        for other in keys[place + 1 :]:
            a, b = boxes[one], boxes[other]
            box = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
            if box[0] >= box[2] or box[1] >= box[3]:
                continue
            points = _lattice(box)
            common = (_inside(points, shapes[one]) & _inside(points, shapes[other])).mean() * (box[2] - box[0]) * (box[3] - box[1])
            if common > OVERLAP * min(sizes[one], sizes[other]):
                found.append((one, other))
    return found
