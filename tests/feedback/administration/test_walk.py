"""An administrator's day without a terminal: two wards become one, officers and old cases come in by files, a day off moves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from feedback.accounts import passwords
from feedback.accounts.models import User
from feedback.cases.imported_models import ImportedCase
from feedback.city import queries as city
from feedback.city.models import Agency, Holiday
from feedback.db import db, now
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome
from feedback.localtime import local_day
from tests.feedback.administration.conftest import Wards
from tests.feedback.imports.files import START, carried_through, old, table
from tests.feedback.officers import Office, Officer, send

HOME = "/can-bo/quan-tri"
OFFICERS, CASES = 25, 40


def test_wards_are_joined_people_and_cases_come_in_and_a_day_off_moves(
    app: Flask, office: Office, admin: FlaskClient, second: Officer, wards: Wards, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords._hash_of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    other, page, into = office.browser(second), f"{HOME}/co-quan/nhap", "UBND-P-MOI"
    new = {"code": into, "name": "UBND phường Mới", "short_name": "UBND P. Mới", "area_code": "26998", "area_name": "Phường Mới"}
    today = local_day(now()).isoformat()
    fields = {"old-0": wards.a.code, "old-1": wards.b.code, "into": "", "day": today, "reason": "Nghị quyết 1685", **new}
    ends = wards.a.id
    shown = send(admin, page, page, **fields)
    assert "Những gì chuyển theo" in shown.text
    seen = shown.text.split('name="seen" value="')[1].split('"')[0]
    assert send(admin, page, page, **fields, luu="1", seen=seen).status_code == 302
    change = re.search(rf"{HOME}/thay-doi/\d+", other.get(f"{HOME}/thay-doi").text)[0]  # type: ignore[index]
    assert send(other, f"{change}/duyet", change).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Agency, ends).successor_id == city.agency_by_code(into).id

    people = [{"sign_in_name": f"moi.{n}", "full_name": f"Người Mới {n}", "agency_code": into} for n in range(OFFICERS)]
    import_id, counts = carried_through(app, admin, Kind.OFFICERS, table(Kind.OFFICERS, *people))
    assert counts[Outcome.NEW] == OFFICERS
    chosen = re.findall(r'name="chosen" value="([^"]+)" checked', other.get(f"{START}/{import_id}/duyet").text)
    assert send(other, f"{START}/{import_id}/duyet", f"{START}/{import_id}/duyet", chosen=chosen, decision="approve").status_code == 302
    at_work = select(func.count()).where(User.agency_id == city.agency_by_code(into).id, User.active, User.sign_in_name.like("moi.%"))
    assert db.session.scalar(at_work) == OFFICERS

    cases = table(Kind.CASES, *(old(f"Đi/{n}", agency_code=into) for n in range(CASES)))
    _id, counts = carried_through(app, admin, Kind.CASES, cases, "Cũ")
    assert (counts[Outcome.NEW], db.session.scalar(select(func.count()).select_from(ImportedCase))) == (CASES, CASES)

    day = max(row.day for row in db.session.scalars(select(Holiday).where(Holiday.kind == "off")))
    moved = next(at for n in range(1, 8) if (at := day + timedelta(days=n)).weekday() < 5 and db.session.get(Holiday, at) is None)
    for path, wanted in (("/bo", {"day": day}), ("", {"day": moved, "kind": "off", "name": "Nghỉ bù", "source": "Thông báo"})):
        calendar = f"{HOME}/lich?nam={day.year}"
        assert "luu" in send(admin, f"{HOME}/lich{path}", calendar, **wanted).text, "shown first"
        assert send(admin, f"{HOME}/lich{path}", calendar, **wanted, luu="1").status_code == 302
    there = set(db.session.scalars(select(Holiday.day).where(Holiday.day.in_([day, moved]))))
    assert there == {moved}
