"""An administrator brings shapes in, uses them, goes back; leadership sees the map change."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.audit.models import AuditEntry
from feedback.city import queries as city
from feedback.city.models import Area
from feedback.db import db
from feedback.errors import Invalid
from feedback.shapes import services
from feedback.shapes.models import ShapeSet
from tests.analytics.dashboard.town import NOON, Town
from tests.feedback.officers import TOKEN, Office, counted, send
from tests.feedback.shapes.drawn import FAR, around, feature, file_of, square

HOME = "/can-bo/quan-tri/hinh-dia-ban"
CITY = "/dieu-hanh/"


@pytest.fixture
def office(app: Flask, clock: Callable[[datetime], None]) -> Office:
    clock(NOON)
    return Office(app)


@pytest.fixture
def admin(office: Office) -> FlaskClient:
    return office.browser(office.admin)


def bring(admin: FlaskClient, raw: bytes, name: str = "phuong-xa.geojson") -> TestResponse:
    """Send a file as a browser does."""
    token = TOKEN.search(admin.get(HOME).text)
    assert token is not None
    fields = {"csrf_token": token[1], "file": (io.BytesIO(raw), name)}
    return admin.post(HOME, data=fields, content_type="multipart/form-data")


def use(admin: FlaskClient, path: str, **other: str) -> TestResponse:
    """Press the button of a set from today on."""
    page = admin.get(path).text
    token, seen = TOKEN.search(page), re.search(r'name="seen" value="([^"]*)"', page)
    assert token is not None
    assert seen is not None
    fields = {"day": "2026-10-14", "reason": "Quyết định 4", "seen": seen[1], "luu": "1", **other}
    return admin.post(path, data={"csrf_token": token[1], **fields})


def numbers(page: str) -> dict[str, str]:
    """What the check of a file found."""
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))


def check_joined_wards(town: Town, leader: FlaskClient) -> None:
    """An area that others became is drawn from their shapes."""
    one, two, *_others = [ward for ward in city.wards(town.here.id) if ward.id != town.ward]
    new = Area(**{name: getattr(one, name) for name in ("unit_set", "kind", "kind_label", "parent_id", "district_area_id")})
    new.code, new.name, new.name_folded, new.valid_from = "99999", "Phường Thử", "phuong thu", NOON.date()
    db.session.add(new)
    db.session.flush()
    for old in (one, two):
        old.valid_to, old.successor_id = NOON.date() - timedelta(days=1), new.id
    new_id, here, other = new.id, town.here.id, town.ward
    db.session.commit()
    page = leader.get(f"{CITY}?khu-vuc={here}").text
    paths = dict(re.findall(r'id="dia-ban-(\d+)"[^>]* d="([^"]+)"', page))
    assert (paths[str(new_id)].count("M"), paths[str(other)].count("M")) == (2, 1)


def check_maps(town: Town, leader: FlaskClient) -> None:
    """Districts on the city's page and wards on a district's, each a link, in Vietnamese order."""
    with counted() as statements:
        shown = leader.get(CITY).text
    assert len(statements) <= 15
    names = re.findall(r'<a class="lc-shape step-none" href="([^"]+)" aria-label="([^":]+): quá ít hồ sơ">', shown)
    assert [name for _url, name in names] == [area.name for area in city.districts()], "in Vietnamese order"
    assert "lc-tiles" not in shown
    assert len(re.findall(r' d="M', shown)) == 26
    ward_page = leader.get(f"{CITY}?khu-vuc={town.here.id}").text
    wards = re.findall(r'<a class="lc-shape step-none" href="[^"]+phuong-xa=(\d+)"', ward_page)
    assert wards == [str(ward.id) for ward in city.wards(town.here.id)]
    assert "theo phường, xã" in ward_page
    assert "lc-map" not in leader.get(f"{CITY}?khu-vuc={town.here.id}&phuong-xa={town.ward}").text


def test_shapes_come_in_are_used_and_taken_back(office: Office, admin: FlaskClient, clock: Callable[[datetime], None]) -> None:
    town = Town(office, clock)
    town.live(NOON - timedelta(days=5), area_id=town.ward)
    leader = office.browser(office.leader)
    assert "Bản đồ đang vẽ bằng các ô vuông" in admin.get(HOME).text
    assert admin.get(f"{HOME}/khong-dung").status_code == 404
    first = bring(admin, file_of(around(city.wards())), "..\\<b>xã.geojson").location
    page = admin.get(first).text
    assert (numbers(page)["Khớp với địa bàn"], numbers(page)["Khu vực ghép từ phường, xã"]) == ("168", "26")
    assert (numbers(page)["Địa bàn chưa có hình"], numbers(page)["Hình nằm xa vị trí đã biết"]) == ("0", "0")
    assert "&lt;b&gt;xã" in page
    assert page.count('class="lc-shape ') == 168
    assert 'class="lc-frame"' in page, "Côn Đảo"
    assert "lc-tiles" in leader.get(CITY).text, "nothing changed by looking"
    blank = use(admin, first, reason=" ")
    assert (blank.status_code, "Xin ghi văn bản" in blank.text) == (422, True)
    assert use(admin, first).status_code == 302
    check_maps(town, leader)
    answer = admin.get(f"{first}.geojson")
    assert answer.mimetype == "application/geo+json"
    assert len(json.loads(answer.data)["features"]) == 168
    again = bring(admin, answer.data).location
    assert admin.get(f"{again}.geojson").data == answer.data, "what is given out comes in as it is"
    assert use(admin, again, seen="old").status_code == 409
    assert use(admin, again).status_code == 302
    with pytest.raises(Invalid, match="Chưa có gì khác"):
        services.draft(int(again.rpartition("/")[2]))
    assert use(admin, first).status_code == 302
    assert db.session.scalars(select(ShapeSet.id).where(ShapeSet.in_force)).all() == [int(first.rpartition("/")[2])]
    check_joined_wards(town, leader)
    assert use(admin, f"{HOME}/khong-dung").status_code == 302
    assert "lc-tiles" in leader.get(CITY).text
    listed = admin.get(HOME).text
    assert (listed.count("Có thể dùng lại"), listed.count("Đã có hiệu lực")) == (2, 4)
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == "shapes:2025").order_by(AuditEntry.seq)).all()
    assert acts[:3] == ["city.shapes_brought", "city.change_planned", "city.changed"]
    assert acts.count("city.changed") == 4


def test_a_dry_run_names_everything_that_is_wrong(office: Office, admin: FlaskClient, clock: Callable[[datetime], None]) -> None:
    one, two, three, *rest = [ward for ward in city.wards() if ward.code != FAR]
    far = city.area_by_code(FAR)
    features = [
        feature(square(106.70, 10.8, 0.01), code=one.code),
        feature(square(106.705, 10.8, 0.01)[:-1], ten=two.name),
        feature(square(106.9, 10.8, 0.01), ma=three.code),
        feature(square(106.95, 10.8, 0.01), ma=three.code),
        feature(square(106.6, 10.8, 0.01), code=far.code),
        feature(square(2.3, 48.8, 0.01), code=rest[0].code),
        feature([[106.1, 10.8]], code="<script>alert(1)</script>"),
    ]
    page = admin.get(bring(admin, file_of(features)).location).text
    found = numbers(page)
    assert (found["Vùng trong tệp"], found["Khớp với địa bàn"], found["Vùng không dùng được"]) == ("7", "3", "4")
    assert found["Cặp địa bàn chồng lên nhau"] == "1"
    assert f"{one.name} – {two.name}" in page or f"{two.name} – {one.name}" in page
    assert "1 vòng ranh giới chưa khép" in page
    assert page.count("Có hình khác cũng là của địa bàn này") == 2
    assert page.count("Có điểm nằm ngoài Việt Nam") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert far.name in page.partition("Có thể mã của hai địa bàn")[2].partition("</details>")[0]
    turned = admin.get(bring(admin, file_of([feature([[y, x] for x, y in square(106.7, 10.8, 0.01)], code=one.code)])).location)
    assert "Tệp ghi vĩ độ trước kinh độ" in turned.text
    assert admin.get(f"{HOME}/999").status_code == 404
    first = db.session.scalars(select(ShapeSet.id).order_by(ShapeSet.id)).first()
    clock(NOON + timedelta(days=2))
    services.bring(office.admin.actor, "x", file_of(features))
    assert first not in db.session.scalars(select(ShapeSet.id)).all(), "never used, and two days old"


def test_what_cannot_be_read_is_said_beside_the_field(admin: FlaskClient) -> None:
    for raw, words in (
        (b"not json", "sai ở dòng 1"),
        (b"PK\x03\x04", "Đây là tệp nén"),
        (file_of([feature(square(106.7, 10.8, 0.1), code="1")]), "Không vùng nào trong tệp khớp"),
    ):
        answer = bring(admin, raw)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert "Xin chọn một tệp GeoJSON" in send(admin, HOME, HOME).text
    assert db.session.scalars(select(ShapeSet)).all() == []
