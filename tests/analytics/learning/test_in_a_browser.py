"""The model's pages and the sample checks in a real browser: telephone and desk screen, both languages, empty and full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from feedback.cases.learning import Finding
from tests.analytics.learning.conftest import Bureau
from tests.analytics.learning.test_catalogue import SHIPPED, model, worse
from tests.analytics.learning.test_pages import NOON, PAGE, Shipped
from tests.browsers import follow, look, served, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
QUEUE = "/can-bo/kiem-tra-mau"


@pytest.fixture
def bureau_full(bureau: Bureau, clock: Callable[[datetime], None]) -> Bureau:
    """Eight months of reports, the last with many that the machine was unsure of; some decided, some checked."""
    office = bureau.office
    office.app.extensions["classifier"] = Shipped()
    for month in range(2, 10):
        clock(datetime(2026, month, 10, 5, tzinfo=UTC))
        for at in range(30):
            office.report("Con chó sủa suốt đêm" if at < (3 if month < 9 else 20) else f"Rác đầy hẻm {at}")
    clock(NOON)
    for at in range(31):
        bureau.checked(f"Rác đầy ngõ {at}", Finding("urban_environment" if at % 7 else "public_order", misconduct=not at))
    return bureau


def models(bureau: Bureau) -> None:
    folder = Path(bureau.office.app.extensions["config"].var) / "models"
    model(folder, "second", data={"sha256": "", "texts": 4086, "corrections": {"sha256": "", "texts": 120}})
    worse(folder, "third")


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("width", "language"), [(1280, "vi"), (320, "en")])
def test_the_administrator_can_use_every_page(bureau_full: Bureau, browser: Browser, width: int, language: str) -> None:
    office = bureau_full.office
    models(bureau_full)
    with served(office.app) as address:
        page = signed_in(browser, office, office.admin, address, width, language)
        page.goto(address + PAGE)
        page.locator("[data-figure]").first.scroll_into_view_if_needed()
        page.wait_for_selector("[data-figure].is-drawn svg.main-svg")
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        look(page, f"model-{width}-{language}")
        for name in ("second", "third"):
            page.goto(f"{address}{PAGE}{name}/dua-vao-dung")
            look(page, f"model-{name}-{width}-{language}")
        page.goto(f"{address}{PAGE}second/dua-vao-dung")
        follow(page, "main form button")
        assert page.url == address + PAGE
        look(page, f"model-promoted-{width}-{language}")
        page.goto(f"{address}{PAGE}quay-lai")
        look(page, f"model-back-{width}-{language}")
        follow(page, "main form button")
        assert SHIPPED in page.locator(".lc-notice.is-success").inner_text()
        page.context.close()


@pytest.mark.parametrize(("width", "language"), [(1280, "vi"), (390, "en")])
def test_an_empty_installation_can_be_read(bureau: Bureau, browser: Browser, width: int, language: str) -> None:
    office = bureau.office
    with served(office.app) as address:
        page = signed_in(browser, office, office.admin, address, width, language)
        page.goto(address + PAGE)
        look(page, f"model-empty-{width}-{language}")
        page.context.close()
        page = signed_in(browser, office, bureau.second, address, width, language)
        page.goto(address + QUEUE)
        look(page, f"check-empty-{width}-{language}")
        page.context.close()


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (320, "vi")])
def test_a_second_officer_works_through_a_check(bureau: Bureau, browser: Browser, width: int, language: str) -> None:
    bureau.decided("Rác đầy hẻm, gọi ông Nguyễn Văn Thử 0900000123 không được.")
    office = bureau.office
    with served(office.app) as address:
        page = signed_in(browser, office, bureau.second, address, width, language)
        page.goto(address + QUEUE)
        look(page, f"check-queue-{width}-{language}")
        follow(page, "main table a")
        look(page, f"check-{width}-{language}")
        follow(page, "main form button")
        look(page, f"check-wrong-{width}-{language}")
        page.locator('label:has(input[value="staff_conduct"])').click()
        follow(page, "main form button")
        assert page.url.endswith("/bao-thanh-tra")
        look(page, f"check-alarm-{width}-{language}")
        page.context.close()
