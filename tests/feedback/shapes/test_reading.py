"""Files as people and programs send them: each is read, or said in one word why not."""

from __future__ import annotations

import json

import pytest

from feedback.shapes import reading
from feedback.shapes.matching import Known, match
from feedback.shapes.reading import Unreadable, Wrong, read
from tests.feedback.shapes.drawn import feature, file_of, square

HERE = square(106.7, 10.8, 0.01)
ONE = feature(HERE, code="26734")
AREAS = [
    Known(1, "26734", "Phường Sài Gòn"),
    Known(2, "25760", "Phường Bình Dương"),
    Known(3, "74", "Bình Dương (cũ)"),
    Known(4, "760", "Quận 1 (cũ)"),
    Known(5, "26732", "Đặc khu Côn Đảo"),
    Known(6, "27000", "Phường Tân Hòa"),
    Known(7, "27001", "Xã Tân Hòa"),
]


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"", Wrong.EMPTY),
        (b" \n ", Wrong.EMPTY),
        (b"PK\x03\x04 a workbook or a shapefile", Wrong.PACKED),
        (b"\x1f\x8b\x08 packed", Wrong.PACKED),
        ("{}".encode("utf-16"), Wrong.ENCODING),
        (b'{"type": "FeatureCollection",\n "features": [', Wrong.NO_JSON),
        (b"<html></html>", Wrong.NO_JSON),
        (b"[" * 200_000, Wrong.TOO_DEEP),
        (b'{"a":' * 100_000, Wrong.TOO_DEEP),
        (b"[" * 900_000, Wrong.TOO_MANY),
        (b"[0" + b",0" * 2_600_000 + b"]", Wrong.TOO_MANY),
        (b'{"type":"FeatureCollection","features":[NaN]}', Wrong.NO_NUMBER),
        (b'{"type":"FeatureCollection","features":[-Infinity]}', Wrong.NO_NUMBER),
        (b"[" + b"9" * 5_000 + b"]", Wrong.NO_NUMBER),
        (b"[]", Wrong.NO_COLLECTION),
        (b'{"type":"Feature"}', Wrong.NO_COLLECTION),
        (b'{"type":"Topology","objects":{}}', Wrong.NO_COLLECTION),
        (b'{"type":"FeatureCollection","features":{}}', Wrong.NO_COLLECTION),
        (file_of([]), Wrong.NO_FEATURES),
        (file_of([{"type": "Feature", "geometry": {"type": "Point", "coordinates": [106, 10]}}, None, 7]), Wrong.NO_FEATURES),
        (file_of([{}] * 5_001), Wrong.TOO_MANY),
        (file_of([feature([[605_000, 1_190_000], [606_000, 1_190_000], [606_000, 1_191_000]])]), Wrong.OTHER_CRS),
        (file_of([ONE], crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}}), Wrong.OTHER_CRS),
        (file_of([ONE], crs={"type": "link"}), Wrong.OTHER_CRS),
        (file_of([ONE], crs=7), Wrong.OTHER_CRS),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:20]!r}",
)
def test_what_cannot_be_used_is_named(raw: bytes, wrong: Wrong) -> None:
    with pytest.raises(Unreadable) as found:
        read(raw)
    assert found.value.wrong is wrong


def test_a_file_above_the_limit_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_LIMIT", 100)
    with pytest.raises(Unreadable) as found:
        read(b"[" * 101)
    assert found.value.wrong is Wrong.TOO_LARGE


@pytest.mark.parametrize(
    "coordinates",
    [
        [], [[]], None, 7, "x", [HERE[:2]], [[[106, 10], [106, 10], [106, 10], [106, 10]]], [[["106", "10"]] * 4],
        [[[106], [107], [108]]], [[[True, False], [1, 2], [3, 4]]], [[None, None, None]], [[[1e999, 10], [106, 10], [106, 11]]],
        {"0": 1}, [[{}]],
    ],
    ids=str,
)  # fmt: skip
def test_one_broken_shape_leaves_the_others(coordinates: object) -> None:
    raw = json.dumps({"type": "FeatureCollection", "features": [{"properties": {"name": "x"}, "geometry": {
        "type": "Polygon", "coordinates": coordinates}}, ONE]}).replace("Infinity", "1e999")  # fmt: skip
    broken, whole = read(raw.encode()).features
    assert (broken.wrong, broken.polygons) == (Wrong.BAD_POINTS, [])
    assert (whole.wrong, len(whole.polygons[0][0])) == (None, 4)


def test_what_is_meant_is_understood() -> None:
    """A byte order mark, WGS 84 by its older name, heights, holes, rings left open, latitudes first."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    hole = square(106.7, 10.8, 0.001)
    with_hole = {"type": "MultiPolygon", "coordinates": [[[[*point, 3.5] for point in HERE[:-1]], hole]]}
    found = read(b"\xef\xbb\xbf" + file_of([{"id": 26734.0, "properties": None, "geometry": with_hole}], crs=crs))
    assert (found.unclosed, found.turned) == (1, False)
    [one] = found.features
    assert (one.properties, [len(ring) for ring in one.polygons[0]]) == ({"id": "26734"}, [4, 4])
    turned = read(file_of([feature([[y, x] for x, y in HERE])]))
    assert turned.turned
    assert turned.features[0].polygons == [[[(x, y) for x, y in HERE[:-1]]]]
    outside = read(file_of([ONE, feature(square(-0.1, 51.5, 0.1))])).features
    assert [one.wrong for one in outside] == [None, Wrong.OUTSIDE]


@pytest.mark.parametrize(
    ("properties", "area"),
    [
        ({"MA_XA": "26734"}, 1), ({"Mã xã": 26734}, 1), ({"maDVHC": "00026734"}, 1), ({"GSO": 26734.0}, 1), ({"id": "760"}, 4),
        ({"code": "79", "MA_XA": "26734"}, 1), ({"code": "99", "name": "phuong sai gon"}, 1), ({"ten": "P. Sài Gòn"}, 1),
        ({"TEN_XA": "Sài  Gòn", "loai": "Phường"}, 1), ({"name": "Sài Gòn"}, 1), ({"name": "Q1"}, 4), ({"name": "Quận 1"}, 4),
        ({"ten": "Côn Đảo"}, 5), ({"name": "Bình Dương"}, Wrong.AMBIGUOUS), ({"name": "Tân Hoà"}, Wrong.AMBIGUOUS),
        ({"name": "Tân Hoà", "type": "Xã"}, 7), ({"name": "Phường Tân Hoà"}, 6), ({"name": "1"}, Wrong.UNKNOWN),
        ({"name": "<b>Sài Gòn</b>"}, Wrong.UNKNOWN), ({"name": True, "code": ["26734"]}, Wrong.UNKNOWN), ({}, Wrong.UNKNOWN),
    ],
)  # fmt: skip
def test_an_area_is_known_by_its_code_or_its_name(properties: dict[str, object], area: object) -> None:
    matched, unmatched = match(read(file_of([feature(HERE, **properties)])).features, AREAS)
    assert [*matched, *(one.wrong for one in unmatched)] == [area]


def test_two_shapes_of_one_area_are_none() -> None:
    features = read(file_of([ONE, feature(HERE, name="Phường Sài Gòn"), feature(HERE, code="760")])).features
    matched, unmatched = match(features, AREAS)
    assert list(matched) == [4]
    assert [(one.number, one.about, one.wrong) for one in unmatched] == [(1, "26734", Wrong.DOUBLED), (2, "Phường Sài Gòn", Wrong.DOUBLED)]
