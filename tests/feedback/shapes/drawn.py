"""Small maps that tests draw themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.administration.changes import When, mark_of
from feedback.cases.access import Actor
from feedback.city import queries as city
from feedback.city.models import Area
from feedback.db import now
from feedback.localtime import local_day
from feedback.shapes import services
from feedback.shapes.outlines import Point, Polygon, Ring, area_of

Edge = tuple[Point, Point]
#: Côn Đảo, which lies far from everything else.
FAR = "26732"


def square(x: float, y: float, half: float) -> list[list[float]]:
    """A closed ring around a point, in degrees."""
    return [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half], [x - half, y - half]]


def feature(ring: Sequence[Sequence[Any]], **properties: object) -> dict[str, Any]:
    """One polygon."""
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def file_of(features: Iterable[object], **more: object) -> bytes:
    """A GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def around(wards: Iterable[Area], half: float = 0.002) -> list[dict[str, Any]]:
    """A square around the point of each ward, as a file of wards has them."""
    return [feature(square(ward.longitude or 0, ward.latitude or 0, half), MA_XA=ward.code, TEN_XA=ward.name) for ward in wards]


def in_real_shapes(actor: Actor, half: float = 0.02) -> None:
    """Let maps be drawn as squares around the wards' points from now on."""
    found = services.bring(actor, "phuong-xa.geojson", file_of(around(city.wards(), half)))
    services.use(actor, found, When(local_day(now()), "Quyết định 4", mark_of(services.values())))


def edges(polygons: Iterable[Polygon]) -> Counter[Edge]:
    """How many rings each edge is in."""
    rings = [ring for polygon in polygons for ring in polygon]
    return Counter((min(a, b), max(a, b)) for ring in rings for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))


def cells(owners: Mapping[Point, int], size: int, bends: Mapping[Edge, Sequence[Point]]) -> dict[int, list[Polygon]]:
    """Areas made of the cells of a lattice, `size` apart; a border between two lattice points goes by way of its bends."""
    ways: dict[int, dict[Point, list[Point]]] = {}
    for (x, y), owner in owners.items():
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        beside = [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)]
        for a, b, other in zip(corners, corners[1:] + corners[:1], beside, strict=True):
            if owners.get(other) != owner:
                ways.setdefault(owner, {}).setdefault(a, []).append(b)
    return {owner: _polygons(_rings(way), size, bends) for owner, way in ways.items()}


def _rings(way: dict[Point, list[Point]]) -> list[list[Point]]:
    rings = []
    while way:
        start = here = next(iter(way))
        ring = []
        while not ring or here != start:
            ring.append(here)
            there = way[here].pop()
            if not way[here]:
                del way[here]
            here = there
        rings.append(ring)
    return rings


def _polygons(rings: list[list[Point]], size: int, bends: Mapping[Edge, Sequence[Point]]) -> list[Polygon]:
    drawn: list[Ring] = []
    for ring in rings:
        points: list[Point] = []
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            way = bends.get((min(a, b), max(a, b)), ())
            points += [(a[0] * size, a[1] * size), *(way if a < b else way[::-1])]
        drawn.append(tuple(points))
    outlines = [ring for ring in drawn if area_of(ring) > 0]
    first = max(outlines, key=area_of)
    holes = [ring for ring in drawn if area_of(ring) <= 0]
    return [[first, *holes], *([ring] for ring in outlines if ring is not first)]
