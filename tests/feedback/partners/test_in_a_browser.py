"""The administrator's pages in a real browser: the narrowest telephone, the longer language, axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from feedback.db import db
from feedback.partners import services
from tests.browsers import follow, look, served, signed_in
from tests.feedback.partners.conftest import Link
from tests.feedback.partners.test_pages import PAGE

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


@pytest.mark.timeout(120)
def test_administrators_can_use_the_pages(quiet: Link, browser: Browser) -> None:
    office = quiet.office
    for _n in range(4):
        office.forwarded()
    services.try_out(office.admin.actor, quiet.public_id)
    for number, values in enumerate(("outcome = 'tls', tries = 3", "state = 'sent', ended_at = now(), outcome = '204', tries = 1"), 1):
        db.session.execute(text(f"UPDATE partner_delivery SET {values} WHERE id = {number}"))
    words = "system_id, message_id, at, kind, done"
    db.session.execute(text(f"INSERT INTO partner_incoming ({words}) SELECT id, 'a', now(), 'answer.written', true FROM partner_system"))
    db.session.commit()
    services.change_secret(office.admin.actor, quiet.public_id)
    width, language = 320, "en"
    with served(office.app) as address:
        admin = signed_in(browser, office, office.admin, address, width)
        admin.goto(f"{address}/ngon-ngu/{language}?ve={PAGE}/{quiet.public_id}")
        look(admin, f"partners-one-{width}-{language}", unfold=True)
        admin.goto(address + PAGE)
        follow(admin, "main form button")
        look(admin, f"partners-wrong-{width}-{language}")
        admin.fill("#name", "Quản lý văn bản Sở Thử")
        admin.select_option("#agency", str(office.other))
        admin.fill("#address", "https://van-ban.example/nhan/lien-thong/liem-chinh")
        follow(admin, "main form button")
        look(admin, f"partners-secret-{width}-{language}")
        admin.context.close()
