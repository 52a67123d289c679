"""The pages about the API and its keys in a real browser: the narrowest telephone, the longer language, axe-core."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from feedback.accounts import passwords
from feedback.accounts.models import Role, User
from feedback.db import db
from feedback.open311 import keys
from tests.browsers import follow, look, served, signed_in
from tests.feedback.api.conftest import program, token_of
from tests.feedback.api.test_token_pages import ALL, PAGE, PASSWORD
from tests.feedback.officers import Office
from tests.feedback.open311.test_open311 import PAGE as KEYS

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


def walk(office: Office, browser: Browser, width: int, language: str) -> None:
    """Every page, empty, full, wrong and done."""
    with served(office.app) as address:
        handler, admin = (signed_in(browser, office, who, address, width) for who in (office.handler, office.admin))
        handler.goto(f"{address}/ngon-ngu/{language}?ve=/ket-noi")
        look(handler, f"api-guide-{width}-{language}")
        handler.goto(address + PAGE)
        look(handler, f"api-none-{width}-{language}")
        follow(handler, "main form button[type=submit]")
        look(handler, f"api-wrong-{width}-{language}")
        handler.fill("#name", "Phần mềm một cửa điện tử của Ủy ban nhân dân phường Sài Gòn")
        handler.check("#scopes-1")
        handler.fill("#password", PASSWORD)
        follow(handler, handler.get_by_role("button", name="Tạo mã" if language == "vi" else "Make token"))
        look(handler, f"api-once-{width}-{language}")
        program(office.app, handler.locator("main code").first.inner_text()).get("/cases")
        handler.goto(address + PAGE)
        look(handler, f"api-tokens-{width}-{language}")
        admin.goto(f"{address}/ngon-ngu/{language}?ve={ALL}")
        look(admin, f"api-all-{width}-{language}")
        admin.goto(f"{address}{KEYS}/{keys.listed()[0][0].id}")
        look(admin, f"key-proposed-{width}-{language}", unfold=True)
        admin.goto(address + KEYS)
        look(admin, f"keys-{width}-{language}")
        admin.fill("#name", "Cổng dịch vụ công Phường Sài Gòn")
        follow(admin, "main form button[type=submit]")
        look(admin, f"key-preview-{width}-{language}")
        for page in (handler, admin):
            page.context.close()


@pytest.mark.timeout(120)
def test_everybody_can_use_the_pages(app: Flask, office: Office, browser: Browser) -> None:
    db.session.get_one(User, office.handler.actor.user_id).password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    token_of(office.head)
    keys.end(office.admin.actor, keys.propose(office.admin.actor, "Tổng đài 1022")[0].id)
    keys.propose(office._hire(Role.ADMINISTRATOR, office.agency).actor, "Ứng dụng Công dân số Thành phố Hồ Chí Minh")
    walk(office, browser, 320, "en")
