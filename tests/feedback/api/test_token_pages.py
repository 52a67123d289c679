"""Access tokens as officers and the administrator see them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.accounts import passwords
from feedback.accounts.models import User
from feedback.api.models import AccessToken, Scope
from feedback.audit.models import AuditEntry
from feedback.db import db, transaction
from tests.feedback.api.conftest import program, said, token_of
from tests.feedback.officers import Office, send

PAGE, ALL = "/can-bo/tai-khoan/ma-truy-cap", "/can-bo/quan-tri/ma-truy-cap"
PASSWORD = "một câu dài dễ nhớ hôm nay"
FORM = {"name": "Một cửa <b>phường</b>", "scopes": "read", "days": "30", "password": PASSWORD}


@pytest.fixture
def browser(office: Office) -> FlaskClient:
    """The handler's browser; he has a password."""
    with transaction():
        db.session.get_one(User, office.handler.actor.user_id).password_hash = passwords.hash_password(PASSWORD)
    return office.browser(office.handler)


def test_an_officer_makes_a_token_sees_it_once_and_ends_it(browser: FlaskClient, office: Office) -> None:
    account = browser.get("/can-bo/tai-khoan").text
    assert PAGE in account
    assert "Chưa có mã nào" in browser.get(PAGE).text
    shown = send(browser, PAGE, PAGE, **FORM)
    secret = re.search(r"lct_[0-9A-Z]{25}", shown.text)
    assert secret is not None
    assert shown.headers["Cache-Control"] == "no-store"
    his = program(office.app, secret[0])
    assert his.get("/cases").status_code == 200
    row = db.session.scalars(select(AccessToken)).one()
    assert (row.scopes, (row.expires_at - row.made_at).days) == ([Scope.READ], 30)
    listed = browser.get(PAGE).text
    assert secret[0] not in listed
    assert "Một cửa &lt;b&gt;phường&lt;/b&gt;" in listed
    assert "Chỉ đọc" in listed
    for _click in range(2):
        assert "không còn dùng được nữa" in browser.get(send(browser, f"{PAGE}/{row.id}/ngung", PAGE).location).text
    assert said(his.get("/cases"))[0] == 401
    acts = select(AuditEntry.action).where(AuditEntry.action.startswith("account.token")).order_by(AuditEntry.number)
    assert db.session.scalars(acts).all() == ["account.token_made", "account.token_ended"]


WRONG = [
    ({"name": " "}, "Xin ghi mã này dùng để làm gì"),
    ({"name": "a" * 81}, "tối đa 80 ký tự"),
    ({"scopes": "all"}, "Xin chọn mã được làm gì"),
    ({"days": "400"}, "Xin chọn thời gian dùng"),
    ({"password": "sai"}, "Mật khẩu hiện tại không đúng"),
    ({"password": ""}, "Xin nhập mật khẩu hiện tại"),
]


def test_what_is_wrong_is_said_and_what_was_typed_stays(browser: FlaskClient) -> None:
    for wrong, words in WRONG:
        answer = send(browser, PAGE, PAGE, **{**FORM, **wrong})
        assert (answer.status_code, words in answer.text) == (422, True), wrong
        assert ("Một cửa &lt;b&gt;" in answer.text) == ("name" not in wrong)
        assert PASSWORD not in answer.text
    assert db.session.scalars(select(AccessToken)).all() == []


def test_ten_tokens_are_enough(browser: FlaskClient, office: Office) -> None:
    for _n in range(10):
        token_of(office.handler)
    answer = send(browser, PAGE, PAGE, **FORM)
    assert (answer.status_code, "Đã có 10 mã đang dùng" in answer.text) == (422, True)


def test_the_administrator_sees_all_and_ends_any(office: Office) -> None:
    admin = office.browser(office.admin)
    assert "Không có mã nào đang dùng" in admin.get(ALL).text
    secrets = [token_of(office.handler) for _n in range(6)]
    page = admin.get(f"{ALL}?sau=0&x=1").text
    assert page.count("phần mềm một cửa") >= 6
    assert "Đọc và thao tác" in page
    assert ALL in admin.get("/can-bo/quan-tri/ket-noi").text
    first, second = db.session.scalars(select(AccessToken.id).order_by(AccessToken.id)).all()[:2]
    assert "không còn dùng được nữa" in admin.get(send(admin, f"{ALL}/{first}/ngung", ALL).location).text
    assert [program(office.app, secret).get("/cases").status_code for secret in secrets[:2]] == [401, 200]
    head = office.browser(office.head)
    assert send(head, f"{PAGE}/{second}/ngung", PAGE).status_code == 404
    assert program(office.app, secrets[1]).get("/cases").status_code == 200


def test_pages_of_tokens_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedback.api import token_views

    monkeypatch.setattr(token_views, "PAGE_SIZE", 2)
    for _n in range(3):
        token_of(office.handler)
    admin = office.browser(office.admin)
    following = re.search(r'href="([^"]+sau=\d+)" rel="next"', admin.get(ALL).text)
    assert following is not None
    last = admin.get(following[1]).text
    assert ("phần mềm một cửa" in last, 'rel="next"' in last) == (True, False)
