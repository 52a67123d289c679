"""The officers' pages in a real browser: telephone and desk screen, both languages, checked by axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browsers import SCREENS, follow, look, served, signed_in
from tests.feedback.officers import Office, version_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_every_page_can_be_used_by_everybody(office: Office, browser: Browser, width: int, language: str) -> None:
    sorting, named, submitted, sealed = office.report(), office.accepted(office.named()), office.submitted(), office.sealed()
    urgent = office.forwarded(office.report("Rác cháy sát nhà dân, " + "rất dài " * 60))
    pages = {
        "queue": (office.desk, "/can-bo/tiep-nhan"),
        "sorting": (office.desk, f"/can-bo/tiep-nhan/{sorting}"),
        "key-in": (office.desk, "/can-bo/tiep-nhan/nhap"),
        "list": (office.handler, "/can-bo/ho-so"),
        "empty": (office.handler, "/can-bo/ho-so?the=qua-han"),
        "waiting": (office.handler, f"/can-bo/ho-so/{urgent}"),
        "working": (office.handler, f"/can-bo/ho-so/{named}"),
        "approval": (office.head, f"/can-bo/ho-so/{submitted}"),
        "leader": (office.leader, f"/can-bo/ho-so/{submitted}"),
        "triage": (office.inspector, "/can-bo/thanh-tra"),
        "sealed": (office.inspector, f"/can-bo/ho-so/{sealed}"),
    }
    with served(office.app) as address:
        for name, (officer, path) in pages.items():
            page = signed_in(browser, office, officer, address, width, language)
            page.goto(address + path)
            assert page.locator("html").get_attribute("lang") == language
            look(page, f"staff-{name}-{width}-{language}")
            page.context.close()


def test_a_session_does_not_end_under_a_long_answer(office: Office, browser: Browser) -> None:
    """Typing counts as use, once in five minutes; a page that is only open does not."""
    working = office.accepted()
    with served(office.app) as address:
        page = signed_in(browser, office, office.handler, address, 1280)
        page.clock.install()
        page.goto(f"{address}/can-bo/ho-so/{working}")
        stirred: list[str] = []
        page.on("request", lambda request: stirred.append(request.url) if request.method == "HEAD" else None)
        page.fill("#text", "Tôi bắt đầu viết.")
        page.clock.fast_forward("29:00")
        assert stirred == []
        with page.expect_request(f"{address}/can-bo/tai-khoan"):
            page.fill("#text", "Tôi vẫn đang viết.")
        page.fill("#text", "Tôi viết xong rồi.")
        assert stirred == [f"{address}/can-bo/tai-khoan"]
        page.context.close()


def test_a_whole_page_is_chosen_by_one_press(office: Office, browser: Browser) -> None:
    for _number in range(3):
        office.accepted()
    with served(office.app) as address:
        page = signed_in(browser, office, office.head, address, 1280)
        page.goto(f"{address}/can-bo/ho-so")
        press, chosen = page.locator("[data-pick-all]"), page.locator("[data-row-pick]:checked")
        page.check("[data-row-pick] >> nth=1")
        press.click()
        assert chosen.count() == 3
        press.click()
        assert chosen.count() == 0
        page.context.close()


def test_errors_and_conflicts_are_readable(office: Office, browser: Browser) -> None:
    sorting, working = office.report(), office.accepted()
    with served(office.app) as address:
        desk = signed_in(browser, office, office.desk, address, 1280)
        desk.goto(f"{address}/can-bo/tiep-nhan/{sorting}")
        desk.select_option("#agency", "")
        follow(desk, "[data-key-confirm]")
        desk.wait_for_selector("[data-error-summary]")
        look(desk, "staff-error")
        handler = signed_in(browser, office, office.handler, address, 1280)
        handler.goto(f"{address}/can-bo/ho-so/{working}")
        from feedback.cases import handling
        from feedback.cases.models import Outcome

        handling.save_draft(office.head.actor, working, version_of(working), Outcome.SOLVED, "Bản của thủ trưởng.")
        handler.check("#outcome-0")
        handler.fill("#text", "Bản của chuyên viên.")
        follow(handler, "[data-key-confirm]")
        handler.wait_for_selector("#hai-ban")
        look(handler, "staff-conflict")
        handler.context.close()
        desk.context.close()
