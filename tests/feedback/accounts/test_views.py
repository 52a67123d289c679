"""Signing in and out in a browser, and the administrator's pages."""

# ruff: noqa: F811 — the fixture `app` is asked for by name
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.accounts.models import Role, User
from feedback.db import db, now
from tests.feedback.accounts.people import PASSWORD, SIGN_IN, officer, post, sign_in, with_officer
from tests.feedback.bare import app  # noqa: F401 — fixture: requests share nothing but the cookie

pytestmark = pytest.mark.usefixtures("quick_hashes")

USERS = "/can-bo/quan-tri/tai-khoan"
GRANTS = "/can-bo/quan-tri/phan-quyen"
CHANGE = "/can-bo/doi-mat-khau"
OTHER = "một câu khác hẳn câu cũ"


def cookie(client: FlaskClient) -> str:
    kept = client.get_cookie("phien")
    assert kept is not None
    return str(kept.value)


def is_inside(client: FlaskClient) -> bool:
    return client.get(USERS).status_code == 200


def main_of(answer: TestResponse) -> str:
    """The page's content without its token."""
    text = answer.text[answer.text.index("<main") :]
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text)


def test_signing_in_leads_to_the_roles_first_page(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/can-bo/")
    assert client.get("/can-bo/").location == "/can-bo/quan-tri"
    page = client.get(USERS)
    assert "Cán bộ nguyen.an" in page.text
    assert f'<a href="{USERS}" aria-current="page">' in page.text
    assert f'<a href="{USERS}" aria-current="true">' in client.get(f"{USERS}/moi").text


def test_unknown_and_wrong_look_the_same(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    wrong = sign_in(client, "nguyen.an", OTHER)
    unknown = sign_in(app.test_client(), "tran.binhh", OTHER)
    assert wrong.status_code == unknown.status_code == 422
    assert main_of(wrong).replace("nguyen.an", "") == main_of(unknown).replace("tran.binhh", "")
    assert OTHER not in wrong.text


def test_empty_fields_are_said_in_vietnamese(app: Flask, client: FlaskClient) -> None:
    answer = post(client, SIGN_IN, SIGN_IN, name="", password="")
    assert answer.status_code == 422
    assert "Xin nhập tên đăng nhập." in answer.text
    assert "Xin nhập mật khẩu." in answer.text


def test_the_sixth_failure_is_a_429(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    assert [sign_in(client, password=OTHER).status_code for _n in range(6)] == [422] * 5 + [429]
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize("target", ["/can-bo/doi-mat-khau", "/dieu-hanh/?tu=2026-01-01"])
def test_the_page_asked_for_comes_after_signing_in(app: Flask, client: FlaskClient, target: str) -> None:
    with_officer(app)
    assert sign_in(client, query="?next=" + target.replace("?", "%3F")).location == target


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil.example", "https://evil.example/", "%5C%5Cevil.example", "/%5Cevil.example", "%09//evil", ""]
)
def test_a_page_elsewhere_does_not(app: Flask, client: FlaskClient, target: str) -> None:
    with_officer(app)
    assert sign_in(client, query="?next=" + target).location == "/can-bo/"


def test_what_was_in_the_session_before_signing_in_is_gone(app: Flask, client: FlaskClient) -> None:
    """Security, control 13: a session planted before is worth nothing after."""
    with_officer(app)
    client.get("/ngon-ngu/vi")
    with client.session_transaction() as session:
        session["planted"] = "by a stranger"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["lang"] == "vi"


def test_a_copied_cookie_dies_at_sign_out(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    thief = app.test_client()
    thief.set_cookie("phien", cookie(client))
    assert is_inside(thief)
    assert post(client, "/can-bo/dang-xuat", USERS).location == SIGN_IN
    assert not is_inside(client)
    assert not is_inside(thief)


def test_a_change_of_password_ends_the_other_sessions_only(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    thief = app.test_client()
    thief.set_cookie("phien", cookie(client))
    assert is_inside(thief)
    assert post(client, CHANGE, CHANGE, old=PASSWORD, new=OTHER).status_code == 302
    assert is_inside(client)
    assert not is_inside(thief)
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password=OTHER).status_code == 302


@pytest.mark.parametrize(("old", "new", "field"), [(OTHER, OTHER, "old"), (PASSWORD, "ngắn", "new"), (PASSWORD, PASSWORD, "new")])
def test_what_is_wrong_with_a_change_of_password_is_said_at_its_field(
    app: Flask, client: FlaskClient, old: str, new: str, field: str
) -> None:
    with_officer(app)
    sign_in(client)
    page = post(client, CHANGE, CHANGE, old=old, new=new)
    assert page.status_code == 422
    invalid = re.findall(r"<input[^>]*aria-invalid[^>]*>", page.text)
    assert [re.search(r'name="(\w+)"', tag)[1] for tag in invalid] == [field]  # type: ignore[index]
    assert is_inside(client)


def test_signing_out_takes_a_form(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    assert client.get("/can-bo/dang-xuat").status_code == 405
    assert client.post("/can-bo/dang-xuat").status_code == 400
    assert is_inside(client)


@pytest.mark.parametrize(("idle", "inside"), [(29, True), (31, False)])
def test_half_an_hour_of_silence_ends_the_session(
    app: Flask, client: FlaskClient, clock: Callable[[datetime], None], idle: int, inside: bool
) -> None:
    with_officer(app)
    sign_in(client)
    clock(now() + timedelta(minutes=idle))
    answer = client.get(USERS)
    assert answer.status_code == (200 if inside else 302)
    if not inside:
        assert answer.location == f"{SIGN_IN}?next={USERS}"
        with client.session_transaction() as session:
            assert "_user_id" not in session


def test_eight_hours_are_enough_however_busy(app: Flask, client: FlaskClient, clock: Callable[[datetime], None]) -> None:
    with_officer(app)
    sign_in(client)
    begun = now()
    for minute in range(20, 480, 20):
        clock(begun + timedelta(minutes=minute))
        assert is_inside(client), minute
    clock(begun + timedelta(minutes=481))
    assert not is_inside(client)


def test_a_handed_over_password_must_be_changed_first(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        user = officer()
        user.must_change_password = True
        db.session.commit()
    sign_in(client)
    assert client.get(USERS).location == CHANGE
    assert post(client, CHANGE, CHANGE, old=PASSWORD, new="ngắn").status_code == 422
    assert client.get(USERS).location == CHANGE
    assert post(client, CHANGE, CHANGE, old=PASSWORD, new=OTHER).status_code == 302
    assert is_inside(client)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_list_of_accounts_exists_for_administrators_only(app: Flask, client: FlaskClient, role: Role) -> None:
    public_id = with_officer(app, "tran.binh", Role.HANDLER)
    with_officer(app, role=role)
    sign_in(client)
    token_page = CHANGE
    assert client.get(USERS).status_code == 404
    assert client.get(USERS + "/moi").status_code == 404
    assert client.get(GRANTS).status_code == client.get(f"{USERS}/{public_id}/vai-tro").status_code == 404
    assert post(client, GRANTS, token_page, chosen="x").status_code == 404
    for act in ("khoa", "mo-khoa", "dat-lai-mat-khau", "bo-ma-xac-thuc", "vai-tro"):
        assert post(client, f"{USERS}/{public_id}/{act}", token_page).status_code == 404
    with app.app_context():
        user = db.session.query(User).filter_by(public_id=public_id).one()
        assert user.active
        assert not user.must_change_password


def fill_in(client: FlaskClient, **fields: str) -> TestResponse:
    agency = re.findall(r'<option[^>]* value="(\d+)"', client.get(USERS + "/moi").text)[0]
    filled = {"sign_in_name": "le.chi", "full_name": "Lê Chi", "email": "", "role": "handler", "agency": agency, **fields}
    return post(client, USERS + "/moi", USERS + "/moi", **filled)


def test_a_new_account_gets_a_password_shown_once_and_waits_for_a_second_administrator(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    sign_in(client)
    page = fill_in(client)
    shown = re.search(r'<p class="lc-secret" translate="no">([0-9a-f-]{20})</p>', page.text)
    assert shown is not None
    assert "Tài khoản đang khóa" in page.text
    assert "flask --app wsgi account add" in page.text  # there is nobody to approve
    assert shown[1] not in client.get(USERS).text
    other = app.test_client()
    assert sign_in(other, "le.chi", shown[1]).status_code == 422
    with_officer(app, "admin.hai")
    assert "flask --app wsgi account add" not in fill_in(client, sign_in_name="le.dung").text
    second = app.test_client()
    sign_in(second, "admin.hai")
    chosen = re.findall(r'name="chosen" value="(\w+)"', second.get(GRANTS).text)
    assert post(second, GRANTS, GRANTS, chosen=chosen[0], decision="approve").location == GRANTS
    assert sign_in(other, "le.chi", shown[1]).status_code == 302
    assert other.get("/can-bo/").location == CHANGE


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sign_in_name", "nguyen.an", "Tên đăng nhập này đã có người dùng."),
        ("full_name", "", "Xin nhập họ và tên."),
        ("email", "not an address", "Địa chỉ thư điện tử chưa đúng"),
        ("role", "king", "Xin chọn một vai trò trong danh sách."),
        ("agency", "999999", "Xin chọn một cơ quan trong danh sách."),
        ("agency", "king", "Xin chọn một cơ quan trong danh sách."),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_made(app: Flask, client: FlaskClient, field: str, value: str, words: str) -> None:
    with_officer(app)
    sign_in(client)
    answer = fill_in(client, **{field: value})
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session.query(User).count() == 1


def test_locking_ends_the_officers_sessions(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    public_id = with_officer(app, "tran.binh", Role.HANDLER)
    sign_in(client)
    other = app.test_client()
    sign_in(other, "tran.binh")
    assert other.get(CHANGE).status_code == 200
    assert post(client, f"{USERS}/{public_id}/khoa", USERS).status_code == 302
    assert other.get(CHANGE).status_code == 302
    assert "Đã khóa" in client.get(USERS).text


@pytest.mark.parametrize("act", ["khoa", "mo-khoa", "bo-ma-xac-thuc"])
def test_an_act_leads_back_to_what_was_looked_for(app: Flask, client: FlaskClient, act: str) -> None:
    with_officer(app)
    public_id = with_officer(app, "tran.binh", Role.HANDLER)
    sign_in(client)
    looked_for = f"{USERS}?tim=tran&vai-tro=handler"
    assert f"{public_id}/khoa?tim=tran&amp;vai-tro=handler" in client.get(looked_for).text
    answer = post(client, f"{USERS}/{public_id}/{act}?tim=tran&vai-tro=handler&sau=an", USERS)
    assert answer.headers["Location"] == f"{looked_for}&sau=an"


def test_what_cannot_be_taken_back_says_so_and_is_folded_away(app: Flask, client: FlaskClient) -> None:
    with_officer(app)
    with_officer(app, "tran.binh", Role.HANDLER)
    sign_in(client)
    folded = client.get(USERS).text.split("<details>")[1:]
    assert len(folded) == 1, "nobody locks himself out"
    inside = folded[0].split("</details>")[0]
    assert inside.count("<form") == 2
    assert "hết hiệu lực ngay" in inside


def test_pages_of_the_list_follow_each_other(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.accounts.admin_views.PAGE_SIZE", 2)
    for name in ("a.mot", "b.hai", "c.ba", "d.bon"):
        with_officer(app, name)
    sign_in(client, "a.mot")
    first = client.get(USERS)
    assert "b.hai" in first.text
    assert "c.ba" not in first.text
    second = client.get(USERS + "?sau=b.hai")
    assert "d.bon" in second.text
    assert "b.hai</td>" not in second.text
    assert "sau=d.bon" not in second.text
    assert "Không có tài khoản nào phù hợp" in client.get(USERS + "?tim=zzz").text
    assert client.get(USERS + "?vai-tro=king").status_code == 200
