"""Agencies as an administrator sees and changes them, and the overview that leads there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.administration import agencies, changes
from feedback.administration.changes import When, mark_of
from feedback.administration.models import Change, Stage
from feedback.administration.views import OVERVIEW
from feedback.audit.models import AuditEntry
from feedback.city import queries as city
from feedback.city.loader import load_city
from feedback.city.models import Agency
from feedback.city.order import vietnamese
from feedback.db import db, now
from feedback.errors import Invalid
from feedback.localtime import local_day
from feedback.open311 import keys
from tests.feedback.officers import Office, Officer, counted, send

HOME, AGENCIES, CHANGES = "/can-bo/quan-tri", "/can-bo/quan-tri/co-quan", "/can-bo/quan-tri/thay-doi"
EDIT = f"{AGENCIES}/SO-XD/sua"


def today() -> date:
    return local_day(now())


def named(code: str) -> str:
    db.session.expire_all()
    return db.session.scalars(select(Agency.name).where(Agency.code == code)).one()


def typed(page: str, **other: object) -> dict[str, object]:
    """What the form on a page holds, with other words in it."""
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    superior = re.search(r'<option selected value="(\d+)"', page)
    kept = {
        "name": "Sở Xây dựng", "short_name": "Sở Xây dựng", "superior": superior[1] if superior else "0", "email": "",
        "field": ["transport_infrastructure"], "day": today().isoformat(), "reason": "Quyết định 1", "seen": seen[1],
    }  # fmt: skip
    return {**kept, **other}


def test_the_overview_gathers_every_page_and_says_what_waits(office: Office, admin: FlaskClient) -> None:
    page = admin.get(HOME).text
    for _title, entries in OVERVIEW:
        for entry in entries:
            assert str(entry.label) in page
    assert "đang chờ" not in page
    agencies.edit(office.admin.actor, "SO-XD", {**stood("SO-XD"), "superior_id": None}, when("SO-XD"))
    assert admin.get(HOME).text.count('lc-count is-red">1<') == 1
    keys.propose(office.admin.actor, "Cổng thử")
    assert admin.get(HOME).text.count('lc-count is-red">1<') == 2
    with counted() as seen:
        admin.get(HOME)
    assert len(seen) <= 10


def stood(code: str) -> agencies.Values:
    return {name: value for name, value in agencies.values(agencies.agency_of(code)).items() if name != "ended"}


def when(code: str, day: date | None = None) -> When:
    return When(day or today(), "Quyết định 1", mark_of(agencies.values(agencies.agency_of(code))))


def test_agencies_are_listed_in_vietnamese_order_and_found(admin: FlaskClient) -> None:
    page = admin.get(AGENCIES).text
    rows = re.findall(r'<a href="/can-bo/quan-tri/co-quan/[A-Z][^"]*">([^<]+)</a>', page)
    assert len(rows) == len(city.agencies())
    parts = [re.findall(r'<a href="/can-bo/quan-tri/co-quan/[A-Z][^"]*">([^<]+)</a>', part) for part in page.split("<details")]
    assert len([part for part in parts if part]) > 3
    assert all(part == sorted(part, key=vietnamese) for part in parts)
    found = admin.get(f"{AGENCIES}?tim=xay dung").text
    assert "Sở Xây dựng" in found
    assert "Sở Y tế" not in found
    assert "Không tìm thấy cơ quan nào" in admin.get(f"{AGENCIES}?tim=không có").text
    assert "Chưa có cơ quan nào thôi hoạt động" in admin.get(f"{AGENCIES}?xem=da-thoi").text
    assert "Hồ sơ đang giải quyết" in admin.get(f"{AGENCIES}/SO-XD").text
    assert admin.get(f"{AGENCIES}/KHONG-CO").status_code == 404


def test_another_name_is_shown_then_saved_and_the_old_one_is_kept(admin: FlaskClient) -> None:
    page = admin.get(EDIT).text
    empty = send(admin, EDIT, EDIT, **typed(page, name=""))
    assert (empty.status_code, "Xin điền mục này" in empty.text, "Quyết định 1" in empty.text) == (422, True, True)
    taken = send(admin, EDIT, EDIT, **typed(page, name="Sở Y tế"))
    assert (taken.status_code, "mang tên này" in taken.text) == (422, True)
    shown = send(admin, EDIT, EDIT, **typed(page, name="Sở Xây dựng và Nhà ở"))
    assert "Chưa có gì được lưu" in shown.text
    assert named("SO-XD") == "Sở Xây dựng"
    assert send(admin, EDIT, EDIT, **typed(page, name="Sở Xây dựng và Nhà ở", luu="1")).location == CHANGES
    assert named("SO-XD") == "Sở Xây dựng và Nhà ở"
    assert "Sở Xây dựng và Nhà ở" in {row.name for row in city.agencies()}
    change = db.session.scalars(select(Change)).one()
    assert (change.before["name"], change.stage) == ("Sở Xây dựng", Stage.DONE)
    assert "Sở Xây dựng" in admin.get(f"{CHANGES}/{change.id}").text
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "city").order_by(AuditEntry.number)).all()
    assert actions == ["city.change_planned", "city.changed"]
    late = send(admin, EDIT, EDIT, **typed(page, name="Sở Khác", luu="1"))
    assert (late.status_code, "vừa thay đổi mục này" in late.text, "Sở Khác" in late.text) == (409, True, True)
    fresh = re.search(r'name="seen" value="([^"]*)"', late.text)
    assert fresh is not None
    assert send(admin, EDIT, EDIT, **typed(page, name="Sở Khác", luu="1", seen=fresh[1])).location == CHANGES


def test_who_stands_above_takes_two_and_never_a_circle(office: Office, second: Officer) -> None:
    above = {**stood("SO-XD"), "superior_id": city.agency_by_code("SO-NV").id}
    change = agencies.edit(office.admin.actor, "SO-XD", above, when("SO-XD"))
    assert change.stage is Stage.TO_APPROVE
    assert stood("SO-XD")["superior_id"] != above["superior_id"]
    changes.approve(second.actor, change.id)
    assert stood("SO-XD")["superior_id"] == above["superior_id"]
    round_again = {**stood("SO-NV"), "superior_id": city.agency_by_code("SO-XD").id}
    with pytest.raises(Invalid, match="dưới chính mình"):
        agencies.draft_edit("SO-NV", round_again)
    with pytest.raises(Invalid):
        agencies.draft_edit("SO-NV", {**stood("SO-NV"), "superior_id": 0})
    with pytest.raises(Invalid, match="Chưa có gì khác"):
        agencies.draft_edit("SO-NV", stood("SO-NV"))


def test_a_change_waits_for_its_day_and_only_one_at_a_time(office: Office, clock: Callable[[datetime], None], admin: FlaskClient) -> None:
    day = today() + timedelta(days=2)
    change = agencies.edit(office.admin.actor, "SO-XD", {**stood("SO-XD"), "name": "Sở Xây"}, when("SO-XD", day))
    assert change.stage is Stage.WAITING
    page = admin.get(EDIT).text
    again = send(admin, EDIT, EDIT, **typed(page, name="Sở Dựng"))
    assert (again.status_code, "đang chờ" in again.text, "Sở Dựng" in again.text) == (409, True, True)
    for wrong in (today() - timedelta(days=1), date(today().year + 9, 1, 1)):
        with pytest.raises(Invalid):
            agencies.edit(office.admin.actor, "SO-YT", {**stood("SO-YT"), "name": "Sở"}, when("SO-YT", wrong))
    clock(now() + timedelta(days=2))
    changes.carry_out_due()
    assert named("SO-XD") == "Sở Xây"
    changes.carry_out_due()
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "city.changed")).all()) == 1, "carried out once"


def test_a_change_that_cannot_be_made_says_why_and_stays(office: Office, clock: Callable[[datetime], None], admin: FlaskClient) -> None:
    day = today() + timedelta(days=2)
    change_id = agencies.edit(office.admin.actor, "SO-XD", {**stood("SO-XD"), "name": "Sở Chung"}, when("SO-XD", day)).id
    agencies.edit(office.admin.actor, "SO-YT", {**stood("SO-YT"), "name": "Sở Chung"}, when("SO-YT"))
    clock(now() + timedelta(days=2))
    changes.carry_out_due()
    assert named("SO-XD") == "Sở Xây dựng"
    told = office.browser(office.admin).get(f"{CHANGES}/{change_id}").text
    assert "Chưa thực hiện được" in told
    assert "mang tên này" in told


def test_a_new_agency_and_the_files_loaded_again(office: Office, admin: FlaskClient) -> None:
    path = f"{AGENCIES}/moi"
    new = {
        "code": "SO-MOI", "kind": "department", "level": "city", "name": "Sở Thử nghiệm", "short_name": "Sở Thử", "superior": "0",
        "field": ["health", "education"], "day": today().isoformat(), "reason": "Quyết định 2",
    }  # fmt: skip
    wrong = send(admin, path, path, **{**new, "code": "sở mới"})
    assert (wrong.status_code, "Sở Thử nghiệm" in wrong.text) == (422, True)
    assert send(admin, path, path, **{**new, "code": "SO-XD"}).status_code == 422
    assert "Sở Thử nghiệm" in send(admin, path, path, **new).text
    assert send(admin, path, path, **new, luu="1").location == CHANGES
    made = city.agency_by_code("SO-MOI")
    assert (made.fields, made.valid_from) == (("health", "education"), today())
    made.valid_to = today()
    xd = agencies.agency_of("SO-XD")
    xd.valid_to = today() - timedelta(days=1)
    db.session.commit()
    load_city("2025")
    assert agencies.agency_of("SO-XD").valid_to is not None, "what has ended stays ended"


def test_the_map_of_2017_is_closed(office: Office) -> None:
    load_city("2017")
    code = city.agencies()[0].code
    with pytest.raises(Invalid, match="2017"):
        agencies.edit(office.admin.actor, code, {**stood(code), "name": "Khác"}, when(code))
