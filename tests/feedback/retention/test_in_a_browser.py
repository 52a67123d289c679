"""The pages of keeping in a real browser: the narrowest telephone, the longer language, axe-core."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import text

from feedback.cases import handling
from feedback.cases.intake import ReportContact
from feedback.db import db
from feedback.retention import services
from tests.browsers import follow, look, served, signed_in, with_cookies
from tests.feedback.officers import Office, case_of, version_of
from tests.feedback.retention.test_pages import KEPT, MINE, PERIODS, end, sender

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


@pytest.mark.timeout(120)
def test_everybody_can_use_the_pages(app: Flask, browser: Browser) -> None:
    width, language = 320, "en"
    office = Office(app)
    client, public_id = sender(app, contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123", email="thu@example.com"))
    office.submitted(public_id)
    handling.approve(office.head.actor, public_id, version_of(public_id))
    services.ask_deletion([case_of(public_id).id], "Tôi đổi số điện thoại và không muốn ai gọi nữa.")
    held = office.report()
    end(office, held)
    services.place_hold(office.head.actor, held, "Tòa án nhân dân Thành phố đang xem xét, công văn số 12.")
    db.session.execute(text("UPDATE cases SET received_at = now() - interval '1090 days', answered_at = now() - interval '1080 days'"))
    db.session.commit()
    with served(app) as address:
        head, admin = (signed_in(browser, office, who, address, width) for who in (office.head, office.admin))
        for page, path, name in (
            (head, KEPT, "kept"),
            (head, f"{KEPT}/{public_id}", "asked"),
            (admin, PERIODS, "periods"),
        ):
            page.goto(f"{address}/ngon-ngu/{language}?ve={path}")
            look(page, f"retention-{name}-{width}-{language}")
        admin.goto(f"{address}{PERIODS}/feedback")
        admin.fill("#months", "24")
        follow(admin, "main form button")
        look(admin, f"retention-preview-{width}-{language}")
        client.get(f"/ngon-ngu/{language}")
        own = with_cookies(browser, client, address, width)
        own.goto(address + MINE)
        look(own, f"retention-own-{width}-{language}")
        for page in (head, admin, own):
            page.context.close()
