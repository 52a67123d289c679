"""A GeoJSON file read into shapes in degrees, or one plain reason why it cannot be. Pure; trusts nothing in the file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from feedback.text import clean

#: Bytes of a file. What the city publishes of 168 areas is smaller; the web server takes no more than 25 MB in all.
SIZE_LIMIT = 20_000_000
#: Brackets and commas are counted before anything is built of them: a point costs a few bytes in the file and a hundred in memory.
MOST_BRACKETS, MOST_COMMAS = 800_000, 2_500_000
MOST_FEATURES = 5_000
TEXT_LIMIT = 80
#: Vietnam with its islands, in degrees: west, south, east, north.
COUNTRY = (102.0, 6.0, 118.0, 24.0)
#: In units of whatever system: the earth is smaller in all of them.
FURTHEST = 10**12
WGS84 = ("crs84", "epsg::4326", "epsg:4326")

#: A point as longitude, latitude in degrees; a ring of them, closed without its first point repeated; outline and holes.
Degrees = tuple[float, float]
DegreeRing = list[Degrees]
DegreePolygon = list[DegreeRing]


class Wrong(StrEnum):
    """Why a file, or one feature of it, cannot be used."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    PACKED = "packed"
    ENCODING = "encoding"
    NO_JSON = "no_json"
    TOO_DEEP = "too_deep"
    NO_NUMBER = "no_number"
    NO_COLLECTION = "no_collection"
    NO_FEATURES = "no_features"
    TOO_MANY = "too_many"
    OTHER_CRS = "other_crs"
    TOO_DETAILED = "too_detailed"
    NOTHING_MATCHED = "nothing_matched"
    # Of one feature.
    NO_SHAPE = "no_shape"
    BAD_POINTS = "bad_points"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    DOUBLED = "doubled"


class Unreadable(Exception):
    """The file as a whole cannot be used."""

    def __init__(self, wrong: Wrong, **facts: Any) -> None:
        super().__init__(wrong)
        self.wrong, self.facts = wrong, facts


@dataclass(frozen=True)
class Feature:
    """One feature: its number in the file, what it is called there, its shape; `wrong` where the shape is of no use."""

    number: int
    properties: Mapping[str, str]
    polygons: list[DegreePolygon]
    wrong: Wrong | None = None


@dataclass(frozen=True)
class Contents:
    """What a file holds."""

    features: list[Feature]
    #: Rings whose last point was not their first.
    unclosed: int
    #: True: every point gave its latitude first, and was turned.
    turned: bool


def read(raw: bytes) -> Contents:
    """The features of a file. Raises Unreadable."""
    document = _parsed(raw)
    _check_crs(document)
    found = document.get("features") if document.get("type") == "FeatureCollection" else None
    if not isinstance(found, list):
        raise Unreadable(Wrong.NO_COLLECTION)
    if not found:
        raise Unreadable(Wrong.NO_FEATURES)
    if len(found) > MOST_FEATURES:
        raise Unreadable(Wrong.TOO_MANY)
    unclosed: list[int] = []
    features = [_feature(number, one, unclosed) for number, one in enumerate(found, 1)]
    points = [point for one in features for polygon in one.polygons for ring in polygon for point in ring]
    if not points:
        raise Unreadable(Wrong.NO_FEATURES)
    if any(abs(x) > 180 or abs(y) > 180 for x, y in points):
        raise Unreadable(Wrong.OTHER_CRS)
    turned = not any(inside(point) for point in points) and all(inside((y, x)) for x, y in points)
    if turned:
        features = [_turned(one) for one in features]
    return Contents([_placed(one) for one in features], len(unclosed), turned)


def inside(point: Degrees) -> bool:
    """Whether a point lies in the country."""
    west, south, east, north = COUNTRY
    return west <= point[0] <= east and south <= point[1] <= north


def _parsed(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise Unreadable(Wrong.EMPTY)
    if len(raw) > SIZE_LIMIT:
        raise Unreadable(Wrong.TOO_LARGE, most=SIZE_LIMIT // 10**6)
    if raw.startswith((b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise Unreadable(Wrong.PACKED)
    if raw.count(b"[") + raw.count(b"{") > MOST_BRACKETS or raw.count(b",") > MOST_COMMAS:
        raise Unreadable(Wrong.TOO_MANY)
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Unreadable(Wrong.ENCODING) from None
    except RecursionError:
        raise Unreadable(Wrong.TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise Unreadable(Wrong.NO_JSON, line=error.lineno) from None
    except ValueError:  # a whole number of thousands of digits
        raise Unreadable(Wrong.NO_NUMBER) from None
    if not isinstance(document, dict):
        raise Unreadable(Wrong.NO_COLLECTION)
    return document


def _no_number(_name: str) -> NoReturn:
    """NaN and Infinity, which are no JSON and no place."""
    raise Unreadable(Wrong.NO_NUMBER)


def _check_crs(document: dict[str, Any]) -> None:
    """The older way to name another system of coordinates; what names WGS 84 is what GeoJSON means anyway."""
    crs = document.get("crs")
    if crs is None:
        return
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = str(named.get("name", "")).lower() if isinstance(named, dict) else ""
    if not name.endswith(WGS84):
        raise Unreadable(Wrong.OTHER_CRS)


def _feature(number: int, found: Any, unclosed: list[int]) -> Feature:
    if not isinstance(found, dict):
        return Feature(number, {}, [], Wrong.NO_SHAPE)
    named = found.get("properties")
    properties = {key: words for key, value in (named.items() if isinstance(named, dict) else ()) if (words := _words(value))}
    if (words := _words(found.get("id"))) and "id" not in properties:
        properties["id"] = words
    shape = found.get("geometry")
    kind = shape.get("type") if isinstance(shape, dict) else None
    if not isinstance(shape, dict) or kind not in ("Polygon", "MultiPolygon"):
        return Feature(number, properties, [], Wrong.NO_SHAPE)
    nested = shape.get("coordinates")
    polygons = [nested] if kind == "Polygon" else nested
    try:
        return Feature(number, properties, [[_ring(ring, unclosed) for ring in _list(one)] for one in _list(polygons)])
    except (TypeError, ValueError):
        return Feature(number, properties, [], Wrong.BAD_POINTS)


def _words(value: Any) -> str:
    """A property as text; a code that a program wrote as 26734.0 is 26734. Markup stays the text it is."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value), TEXT_LIMIT) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return value


def _ring(found: Any, unclosed: list[int]) -> DegreeRing:
    ring = [_point(point) for point in _list(found)]
    if ring[0] == ring[-1]:
        ring.pop()
    else:
        unclosed.append(1)
    if len(set(ring)) < 3:
        raise ValueError
    return ring


def _point(found: Any) -> Degrees:
    x, y = _list(found)[:2]  # a height may follow
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (x, y)):
        raise ValueError
    if any(isinstance(one, float) and not math.isfinite(one) for one in (x, y)):  # written as 1e999
        raise ValueError
    # A whole number of any length is no place either; it is told as coordinates of another system.
    return float(max(min(x, FURTHEST), -FURTHEST)), float(max(min(y, FURTHEST), -FURTHEST))


def _turned(feature: Feature) -> Feature:
    polygons = [[[(y, x) for x, y in ring] for ring in polygon] for polygon in feature.polygons]
    return Feature(feature.number, feature.properties, polygons, feature.wrong)


def _placed(feature: Feature) -> Feature:
    """The same, marked where a point lies outside the country."""
    if all(inside(point) for polygon in feature.polygons for ring in polygon for point in ring):
        return feature
    return Feature(feature.number, feature.properties, [], Wrong.OUTSIDE)
