"""The report form's proposals in a real browser: telephone and wide screen, both languages, checked by axe-core."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from feedback.answers import publishing
from feedback.cases import handling
from tests.browsers import SCREENS, look, served, with_cookies
from tests.feedback.citizen import BRIBE, TEXT, answer_all, answer_until
from tests.feedback.intake.test_proposals import Says
from tests.feedback.officers import Office, version_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
LOOK, WHERE = "/phan-anh/kiem-tra", "/phan-anh/dia-diem"
OLD = "Rác đầy đầu hẻm 47 Hoa Sữa, P.12 Q.Gò Vấp, ba ngày nay chưa gom."
DIVIDED = "Quán lấn hết vỉa hè ở phường Đa Kao, quận 1, đi bộ phải xuống lòng đường."


def page_of(browser: Browser, client: FlaskClient, address: str, width: int, locale: str) -> Page:
    """The citizen's own draft in a browser of this width and language."""
    client.get(f"/ngon-ngu/{locale}")
    return with_cookies(browser, client, address, width)


def publish(app: Flask) -> None:
    """A public case like the citizen's."""
    with app.app_context():
        office = Office(app)
        public_id = office.submitted(office.report(TEXT, wants_public=True))
        handling.approve(office.head.actor, public_id, version_of(public_id))
        redactor = app.extensions["redactor"]
        publishing.publish(redactor, office.handler.actor, public_id, version_of(public_id), TEXT, "Đội thu gom đã đến sáng nay.", "")


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_what_is_proposed_can_be_read_and_used_by_everybody(app: Flask, browser: Browser, width: int, locale: str) -> None:
    publish(app)
    with served(app) as address:
        for name, text in (("where-old", OLD), ("where-divided", DIVIDED)):
            client = app.test_client()
            answer_until(client, WHERE, text)
            page = page_of(browser, client, address, width, locale)
            page.goto(f"{address}{WHERE}")
            assert page.locator("#area option:checked").inner_text() in ("Phường An Hội Tây", "Phường Sài Gòn")
            look(page, f"report-{name}-{locale}-{width}", unfold=True)
            page.context.close()
        for name, classifier, text in (
            ("sure", Says(confidence=0.95), TEXT),
            ("unsure", Says(abstain=True), TEXT),
            ("conduct", Says(misconduct=True), BRIBE),
        ):
            app.extensions["classifier"] = classifier
            client = app.test_client()
            answer_all(client, text)
            page = page_of(browser, client, address, width, locale)
            page.goto(f"{address}{LOOK}")
            assert page.locator("#tuong-tu").count() == (0 if name == "conduct" else 1)
            look(page, f"report-check-{name}-{locale}-{width}", unfold=True)
            page.context.close()
