"""Officers from a file: one administrator proposes, another approves the list, first passwords are shown once."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text

from feedback.accounts import passwords, services
from feedback.accounts.models import Role, RoleGrant, User
from feedback.accounts.passwords import verify
from feedback.audit.models import AuditEntry
from feedback.city import queries as city
from feedback.db import db
from feedback.imports import queries
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome
from tests.feedback.imports.files import START, at_work, brought, carried_through, press, table
from tests.feedback.officers import Office, send

OWN = "một câu dài dễ nhớ hôm nay"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords._hash_of_nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="module")
def second(office: Office) -> FlaskClient:
    """Another administrator."""
    return office.browser(office._hire(Role.ADMINISTRATOR, city.desk_agency().id))


def people(*names: str, **cells: str) -> bytes:
    return table(Kind.OFFICERS, *({"sign_in_name": name, "full_name": f"Người {name}", **cells} for name in names))


def account(name: str) -> User:
    db.session.expire_all()
    user = services.user_named(name)
    assert user is not None
    return user


def own_password(office: Office) -> None:
    user = db.session.get_one(User, office.admin.actor.user_id)
    user.password_hash = passwords.hash_password(OWN)
    db.session.commit()


def test_nobody_gets_in_before_another_administrator_has_approved_the_list(
    app: Flask, office: Office, admin: FlaskClient, second: FlaskClient
) -> None:
    names = ("an.thu", "binh.thu", "chi.thu")
    import_id, counts = carried_through(app, admin, Kind.OFFICERS, people(*names))
    assert counts[Outcome.NEW] == 3
    assert [account(name).active for name in names] == [False] * 3
    list_page = f"{START}/{import_id}/duyet"
    mine = admin.get(list_page).text
    assert "Đây là đề nghị của chính Ông/Bà" in mine
    assert 'value="approve"' not in mine
    chosen = re.findall(r'name="chosen" value="([^"]+)" checked', mine)
    assert len(chosen) == 3
    assert send(admin, list_page, list_page, chosen=chosen, decision="approve").status_code == 403
    assert send(second, list_page, list_page, chosen=[], decision="approve").status_code == 422
    assert send(second, list_page, list_page, chosen=chosen[:2], decision="approve").status_code == 302
    assert [(account(name).active, account(name).role.value) for name in names] == [(True, "handler")] * 2 + [(False, "handler")]
    assert "1 đề nghị về tài khoản" in second.get(f"{START}/{import_id}").text


def test_first_passwords_are_shown_once_and_only_to_the_one_who_made_them(
    app: Flask, office: Office, admin: FlaskClient, second: FlaskClient
) -> None:
    own_password(office)
    names = ("dung.thu", "giang.thu", "hoa.thu")
    import_id, _counts = carried_through(app, admin, Kind.OFFICERS, people(*names))
    assert "mat-khau" not in second.get(f"{START}/{import_id}").text
    assert press(second, import_id, "mat-khau", password=OWN).status_code in (404, 422)
    wrong = press(admin, import_id, "mat-khau", password="sai", cach="in")
    assert (wrong.status_code, "Mật khẩu hiện tại không đúng" in wrong.text) == (422, True)
    sealed = str(db.session.execute(text("SELECT array_agg(f::text) FROM first_password f")).all())
    shown = press(admin, import_id, "mat-khau", password=OWN, cach="in")
    first = dict(re.findall(r'translate="no">([a-z.]+)</td>.*?<code>([^<]+)</code>', shown.text, re.DOTALL))
    assert set(first) == set(names)
    for name, password in first.items():
        assert verify(account(name).password_hash, password)
        assert account(name).must_change_password
        assert password not in sealed
    assert queries.passwords(queries.one(import_id).id) == 0
    assert press(admin, import_id, "mat-khau", password=OWN, cach="in").status_code == 404
    noted = select(AuditEntry.facts).where(AuditEntry.action == "import.passwords_shown", AuditEntry.subject_id == import_id)
    assert db.session.scalars(noted).all() == [{"count": 3}]


def test_the_list_of_passwords_as_a_file(app: Flask, office: Office, admin: FlaskClient) -> None:
    own_password(office)
    import_id, _counts = carried_through(app, admin, Kind.OFFICERS, people("khanh.thu"))
    got = press(admin, import_id, "mat-khau", password=OWN, cach="tep")
    assert got.mimetype == "text/csv"
    name, sign_in_name, _agency, password = got.text.splitlines()[1].split(",")
    assert (name, sign_in_name, verify(account("khanh.thu").password_hash, password)) == ("Người khanh.thu", "khanh.thu", True)


def test_a_second_list_proposes_what_differs_and_changes_nothing_by_itself(
    app: Flask, office: Office, admin: FlaskClient, second: FlaskClient
) -> None:
    data = people("lan.thu")
    carried_through(app, admin, Kind.OFFICERS, data)
    _id, again = carried_through(app, admin, Kind.OFFICERS, data)
    assert again[Outcome.UNCHANGED] == 1
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == account("lan.thu").id))
    account("lan.thu").active = True
    db.session.commit()
    epoch, new = account("lan.thu").session_epoch, {"full_name": "Lan Mới", "email": "moi@co-quan.example"}
    import_id = brought(admin, Kind.OFFICERS, people("LAN.thu", **new))
    assert at_work(app, import_id)[Outcome.CHANGED] == 1
    page = admin.get(f"{START}/{import_id}?xem=changed").text
    assert "Người lan.thu → Lan Mới" in page
    assert "vi.du@co-quan.example → moi@co-quan.example" in page
    press(admin, import_id, "nhap")
    at_work(app, import_id)
    user = account("lan.thu")
    assert (user.full_name, user.email) == ("Người lan.thu", "vi.du@co-quan.example"), "one administrator alone changes nothing"
    _id, once_more = carried_through(app, admin, Kind.OFFICERS, people("LAN.thu", **new))
    assert once_more[Outcome.UNCHANGED] == 1, "proposed already"
    list_page = f"{START}/{import_id}/duyet"
    shown = second.get(list_page).text
    assert "Lan Mới" in shown
    assert "vi.du@co-quan.example → moi@co-quan.example" in shown
    chosen = re.findall(r'name="chosen" value="([^"]+)" checked', shown)
    assert send(admin, list_page, list_page, chosen=chosen, decision="approve").status_code == 403
    account("lan.thu").active = False
    db.session.commit()
    assert "Duyệt xong vẫn khóa." in second.get("/can-bo/quan-tri/phan-quyen").text
    assert send(second, list_page, list_page, chosen=chosen, decision="approve").status_code == 302
    user = account("lan.thu")
    assert (user.full_name, user.email, user.role, user.active, user.session_epoch) == (*new.values(), Role.HANDLER, False, epoch)


def test_a_name_is_proposed_on_the_page_too_and_opens_who_waits_to_be_opened(
    app: Flask, office: Office, admin: FlaskClient, second: FlaskClient
) -> None:
    carried_through(app, admin, Kind.OFFICERS, people("mai.thu"))
    key = account("mai.thu").public_id
    page, stood = f"/can-bo/quan-tri/tai-khoan/{key}/vai-tro", {"role": "handler", "agency": str(account("mai.thu").agency_id)}
    same = send(admin, page, page, **stood, full_name="Người mai.thu", email="")
    assert (same.status_code, "đã có đúng vai trò" in same.text) == (422, True)
    assert send(admin, page, page, **stood, full_name="Mai Mới", email="").status_code == 302
    mine = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == account("mai.thu").id).order_by(RoleGrant.id)).all()
    assert [(grant.approved, grant.full_name, grant.opens) for grant in mine] == [(False, None, True), (None, "Mai Mới", True)]
    grants_page = "/can-bo/quan-tri/phan-quyen"
    assert send(second, grants_page, grants_page, chosen=[mine[1].public_id], decision="approve").status_code == 302
    user = account("mai.thu")
    assert (user.full_name, user.email, user.active) == ("Mai Mới", "vi.du@co-quan.example", True)


def test_mistakes_in_a_list_of_officers(app: Flask, office: Office, admin: FlaskClient) -> None:
    me = db.session.get_one(User, office.admin.actor.user_id).sign_in_name
    data = table(
        Kind.OFFICERS,
        {"sign_in_name": me},
        *({"sign_in_name": f"a{n}.thu", **cells} for n, cells in enumerate(({"role": "chef"}, {"agency_code": "KHONG"}, {"email": "a"}))),
        {"sign_in_name": "hai chữ"},
        {"sign_in_name": "A0.thu"},
    )
    import_id = brought(admin, Kind.OFFICERS, data)
    assert at_work(app, import_id)[Outcome.REFUSED] == 6
    page = admin.get(f"{START}/{import_id}").text
    for sentence in ("tài khoản của chính Ông/Bà", "«chef»", "Vai trò: front_desk", "«KHONG»", "Trùng với dòng 3", "«hai chữ»"):
        assert sentence in page, sentence
