"""An administrator's first days on a telephone: second factor, a colleague's account, the way back in by a recovery code."""

from __future__ import annotations

import base64

import pytest
from flask import Flask
from playwright.sync_api import Browser

from feedback.accounts import totp
from feedback.accounts.models import Role
from feedback.accounts.services import NewUser, create_user
from feedback.city import queries as city
from feedback.db import now
from tests.browser.walk import NEXT, Walk, sign_in
from tests.feedback.accounts.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
ACCOUNT = "/can-bo/tai-khoan"


def set_up(walk: Walk) -> list[str]:
    """Set the second factor up, wrong at first; gives the recovery codes."""
    page = walk.page
    page.fill("#password", PASSWORD)
    walk.press("/quet")
    secret = base64.b32decode(page.inner_text(".lc-secret").replace(" ", ""))
    page.fill("#code", "1234")
    walk.press("/quet")
    page.fill("#code", totp.code_at(secret, totp.step_of(now())))
    walk.press("/quet")
    return page.locator(".lc-codes li").all_inner_texts()


@pytest.mark.timeout(240)
def test_an_administrators_first_days(app: Flask, browser: Browser, address: str) -> None:
    desk = city.desk_agency().id
    create_user(NewUser("quan.tri", "Quản trị Một", Role.ADMINISTRATOR, desk), PASSWORD)
    with browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 700}) as context:
        walk = Walk(context.new_page(), address, "first-days")
        sign_in(walk, "quan.tri", PASSWORD)
        assert walk.page.url.endswith("/ma-xac-thuc")
        codes = set_up(walk)
        walk.press("/quan-tri", "main a.btn-primary")
        walk.go("/can-bo/quan-tri/tai-khoan/moi")
        walk.page.fill("#full_name", "Thanh tra viên Mới có tên rất dài Nguyễn Thị Phương Thảo")
        walk.page.fill("#sign_in_name", "thanh.tra")
        walk.page.select_option("#role", "inspectorate")
        walk.press("/moi")
        walk.go("/can-bo/quan-tri/phan-quyen")
        walk.press("/phan-quyen", "button[value=approve]")
        walk.page.check("[name=chosen]")
        walk.press("/phan-quyen", "button[value=refuse]")
        walk.go("/can-bo/quan-tri/tai-khoan")
        walk.page.click("main td summary")  # what an administrator may do to an account is folded away
        walk.press("/vai-tro", "main td details a")
        walk.go(ACCOUNT + "/ma-du-phong")
        walk.go(ACCOUNT)
        walk.press("/can-bo/dang-nhap", ".lc-top form button")
        sign_in(walk, "quan.tri", PASSWORD)
        walk.press("/ma", NEXT)
        walk.page.fill("#code", codes[0].lower())
        walk.press("/can-bo/**", NEXT)
        walk.go(ACCOUNT)
        assert "Còn 9 mã dự phòng" in walk.text()
