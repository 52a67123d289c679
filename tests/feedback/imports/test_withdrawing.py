"""An import is taken back as long as nothing has been built on it; what stays is said with why."""

from __future__ import annotations

from contextvars import Context
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, cast, func, select, update

from analytics.rollup.models import Fact
from analytics.rollup.services import take_up
from feedback import jobs
from feedback.accounts import passwords, services
from feedback.accounts.models import Role, User
from feedback.audit.models import AuditEntry
from feedback.cases import ending
from feedback.cases.imported_models import ImportedCase
from feedback.cases.models import Case, CaseEvent, Refusal
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.city.models import Agency, Holiday
from feedback.db import db, now
from feedback.imports import queries
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome
from feedback.imports.models import DataImport
from feedback.imports.withdrawing import TIME
from tests.feedback.imports.files import START, carried_through, old, press, table
from tests.feedback.officers import Office, version_of

BLANK = {"state": "open", "answered": "", "answer": "", "outcome": "", "agency_code": "", "category": ""}


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords._hash_of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def withdrawn(app: Flask, admin: FlaskClient, import_id: str) -> str:
    """Take an import back as the administrator does; gives the page that says what has stayed."""
    page = f"{START}/{import_id}/rut-lai"
    assert press(admin, import_id, "rut-lai", reason="Nhầm tệp").status_code == 302

    def run() -> None:
        with app.app_context():
            jobs.run_here("imports.withdraw", import_id=queries.one(import_id).id)

    Context().run(run)
    db.session.expire_all()
    found = queries.one(import_id)
    assert (found.stage.value, found.withdraw_reason) == ("withdrawn", "Nhầm tệp")
    return admin.get(page).text


def test_old_cases_go_wholly_but_those_somebody_has_worked_on(app: Flask, office: Office, admin: FlaskClient) -> None:
    data = table(
        Kind.CASES,
        old("Rút/1", state="closed", contact_phone="0900 000 123"),
        old("Rút/2", misconduct="yes"),
        *(old(f"Rút/{n}", **BLANK) for n in (3, 4)),
    )
    import_id, _counts = carried_through(app, admin, Kind.CASES, data, "Cũ")
    keys = db.session.scalars(
        select(ImportedCase.case_id).where(ImportedCase.import_id == queries.one(import_id).id).order_by(ImportedCase.case_id)
    ).all()
    waiting = [key for key in keys if db.session.get_one(Case, key).state == "received"]
    for key in waiting:
        classify_case(key)
    take_up()
    kept = db.session.get_one(Case, waiting[0])
    ending.refuse(office.desk.actor, kept.public_id, version_of(kept.public_id), Refusal.OUTSIDE, "Xin gửi nơi khác.")
    page = f"{START}/{import_id}/rut-lai"
    assert "3 mục mất hẳn" in admin.get(page).text
    left = withdrawn(app, admin, import_id)
    assert f"{kept.reference}</th>" in left
    assert "Đã có người làm việc trên hồ sơ này" in left
    assert db.session.scalars(select(Case.id).where(Case.id.in_(keys))).all() == [kept.id]
    assert set(db.session.scalars(select(CaseEvent.case_id).where(CaseEvent.case_id.in_(keys)))) == {kept.id}
    take_up()
    assert db.session.scalars(select(Fact.case_id).where(Fact.case_id.in_(keys))).all() == [kept.id], "the figures follow"
    noted = select(func.count()).where(AuditEntry.action == "case.import_withdrawn", AuditEntry.facts["import_id"].astext == import_id)
    assert db.session.scalar(noted) == 3
    _id, again = carried_through(app, admin, Kind.CASES, data, "Cũ")
    assert (again[Outcome.NEW], again[Outcome.UNCHANGED]) == (3, 1), "the numbers are free again"


def test_accounts_nobody_has_got_into_go_and_proposals_nobody_has_decided(app: Flask, office: Office, admin: FlaskClient) -> None:
    names = ("rut.a", "rut.b")
    first, _counts = carried_through(app, admin, Kind.OFFICERS, table(Kind.OFFICERS, *({"sign_in_name": name} for name in names)))
    second, _counts = carried_through(app, admin, Kind.OFFICERS, table(Kind.OFFICERS, {"sign_in_name": "rut.b", "full_name": "Tên Khác"}))
    assert "1 mục mất hẳn" in admin.get(f"{START}/{second}/rut-lai").text
    assert "Xin ghi lý do rút lại." in press(admin, second, "rut-lai", reason=" ").text
    withdrawn(app, admin, second)
    assert queries.proposals(queries.one(second).id) == []
    db.session.execute(update(User).where(User.sign_in_name == "rut.a").values(must_change_password=False))
    db.session.commit()
    left = withdrawn(app, admin, first)
    assert "rut.a</th>" in left
    assert "đã đăng nhập" in left
    assert [services.user_named(name) is None for name in names] == [False, True]
    assert queries.passwords(queries.one(first).id) == 1


def test_rows_of_the_city_go_or_are_what_they_were(app: Flask, office: Office, admin: FlaskClient) -> None:
    new = [
        {"code": code, "superior": above, "name": f"Sở {code}"}
        for code, above in (("RUT-1", "UBND-TP"), ("RUT-2", "RUT-1"), ("RUT-3", "UBND-TP"), ("RUT-4", "UBND-TP"))
    ]
    first, _counts = carried_through(app, admin, Kind.AGENCIES, table(Kind.AGENCIES, *new))
    changed = [{**row, "short_name": "Đổi"} for row in new[:2]] + [{**new[3], "valid_to": "2034-12-31"}]
    second, counts = carried_through(app, admin, Kind.AGENCIES, table(Kind.AGENCIES, *changed))
    assert counts[Outcome.CHANGED] == 3
    withdrawn(app, admin, second)
    assert [(row.short_name, row.valid_to) for row in map(city.agency_by_code, ("RUT-1", "RUT-4"))] == [("Sở Ví dụ", None)] * 2
    office._hire(Role.HANDLER, city.agency_by_code("RUT-3").id)
    db.session.execute(update(Agency).where(Agency.code == "RUT-4").values(email="a@b.example"))
    db.session.commit()
    assert "2 mục mất hẳn" in admin.get(f"{START}/{first}/rut-lai").text
    assert db.session.scalar(select(func.count()).where(Agency.code.like("RUT-%"))) == 4, "looking changes nothing"
    left = withdrawn(app, admin, first)
    assert 'RUT-3</th><td data-label="Vì sao">Đã có dữ liệu khác gắn' in left
    assert 'RUT-4</th><td data-label="Vì sao">Mục này đã được sửa' in left
    assert db.session.scalars(select(Agency.code).where(Agency.code.like("RUT-%")).order_by(Agency.code)).all() == ["RUT-3", "RUT-4"]


def test_days_go_through_the_calendar_and_after_a_week_nothing_goes(app: Flask, office: Office, admin: FlaskClient) -> None:
    year = max(city.calendar().years_known)
    days = [f"{year}-06-0{n}" for n in range(1, 9)]
    data = table(Kind.HOLIDAYS, *({"day": day} for day in days))
    import_id, counts = carried_through(app, admin, Kind.HOLIDAYS, data)
    there = select(func.count()).where(cast(Holiday.day, String).in_(days))
    before = db.session.scalar(there)
    withdrawn(app, admin, import_id)
    assert before - db.session.scalar(there) == counts[Outcome.NEW] > 0
    late, _counts = carried_through(app, admin, Kind.HOLIDAYS, data)
    page = f"{START}/{late}"
    assert "Xem và rút lại" in admin.get(page).text
    ended = update(DataImport).where(DataImport.public_id == late).values(ended_at=now() - TIME - timedelta(hours=1))
    db.session.execute(ended)
    db.session.commit()
    assert "đã quá 7 ngày" in press(admin, late, "rut-lai", reason="Nhầm").text
    other = office.browser(office._hire(Role.ADMINISTRATOR, city.desk_agency().id))
    assert press(other, late, "rut-lai", reason="Nhầm").status_code == 404
    assert db.session.scalar(there) == before
