"""Leadership's pages in a real browser: telephone and desk screen, both languages, with and without script, on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from feedback.city import queries as city
from tests.analytics.dashboard.town import NOON, Town
from tests.browsers import follow, look, served, signed_in
from tests.feedback.shapes.drawn import in_real_shapes

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
DAY = timedelta(days=1)


def leader_page(browser: Browser, town: Town, address: str, width: int, **options: Any) -> Page:
    """A page in which leadership is signed in."""
    return signed_in(browser, town.office, town.office.leader, address, width, **options)


def drawn(page: Page) -> None:
    page.locator("[data-figure]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure].is-drawn svg.main-svg")


@pytest.mark.parametrize(("width", "language"), [(1280, "vi"), (390, "en"), (320, "vi")])
def test_everybody_can_use_every_page(town: Town, browser: Browser, width: int, language: str) -> None:
    """Empty, few cases, enough cases to rank, narrowed down, a list: axe finds nothing and nobody scrolls sideways."""
    with served(town.office.app) as address:
        page = leader_page(browser, town, address, width, language=language)
        page.goto(f"{address}/dieu-hanh/")
        look(page, f"leadership-empty-{width}-{language}")
        town.filling = True
        for _ in range(30):
            town.live(NOON - 60 * DAY, area_id=town.ward)
        town.filling = False
        town.answered(NOON - 60 * DAY, 2 * DAY, area_id=town.ward)
        town.live(NOON - 30 * DAY, [("forward", DAY)], area_id=town.other_ward, other=True)
        paths = {
            "city": "/dieu-hanh/",
            "agencies": "/dieu-hanh/?theo=co-quan&do=reopened",
            "field": "/dieu-hanh/?linh-vuc=urban_environment&so=nam-truoc&quy-mo=lon",
            "district": f"/dieu-hanh/?khu-vuc={town.here.id}",
            "beside": f"/dieu-hanh/doi-chieu?khu-vuc={town.here.id}&khu-vuc2={town.there.id}",
            "list": "/dieu-hanh/ho-so/tiep-nhan",
            "mended": "/dieu-hanh/?tu=x",
            "transit": "/dieu-hanh/luan-chuyen",
        }
        for name, path in paths.items():
            if name == "mended":
                in_real_shapes(town.office.admin.actor)
            page.goto(address + path)
            assert page.locator("a.lc-shape").count() == (len(city.districts()) if name == "mended" else 0)
            if name not in ("list", "transit"):
                drawn(page)
            look(page, f"leadership-{name}-{width}-{language}", unfold=True)
        page.context.close()


def test_the_security_policy_refuses_nothing_of_ours(town: Town, browser: Browser) -> None:
    town.live(NOON - DAY)
    complaints: list[str] = []
    with served(town.office.app) as address:
        page = leader_page(browser, town, address, 1280, bypass_csp=False)
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.goto(f"{address}/dieu-hanh/")
        drawn(page)
        assert complaints == []
        assert page.get_attribute("[data-figure]", "aria-hidden") == "true", "the table beside it says the same"
        page.context.close()


def test_without_script_the_tables_say_it_all(town: Town, browser: Browser) -> None:
    town.live(NOON - DAY, area_id=town.ward)
    with served(town.office.app) as address:
        page = leader_page(browser, town, address, 390, java_script_enabled=False)
        page.goto(f"{address}/dieu-hanh/")
        assert not page.is_visible("[data-figure]")
        page.click("#xu-huong .card-body summary")
        month = page.locator("tr", has=page.get_by_role("rowheader", name="10/2026"))
        follow(page, month.get_by_role("link", name="Tiếp nhận, 10/2026"))
        assert "Tiếp nhận: 1 hồ sơ" in page.inner_text("h1")
        page.context.close()


def test_squares_of_the_map_are_reached_by_key_and_stand_where_the_districts_lie(town: Town, browser: Browser) -> None:
    town.live(NOON - DAY, area_id=town.ward)
    with served(town.office.app) as address:
        page = leader_page(browser, town, address, 1280)
        page.goto(f"{address}/dieu-hanh/")
        squares = page.locator(".lc-tiles a")
        boxes = {squares.nth(n).get_attribute("title"): squares.nth(n).bounding_box() for n in range(squares.count())}
        north, middle, south = (boxes[name] for name in ("Huyện Củ Chi (cũ)", "Quận 3 (cũ)", "Huyện Cần Giờ (cũ)"))
        assert north is not None
        assert middle is not None
        assert south is not None
        assert north["y"] < middle["y"] < south["y"]
        assert north["x"] < middle["x"] < south["x"]
        squares.first.focus()
        assert page.evaluate("document.activeElement.title") == "Huyện Củ Chi (cũ)"
        page.keyboard.press("Enter")
        page.wait_for_url("**khu-vuc=**")
        assert page.inner_text("h1") == "Huyện Củ Chi (cũ)"
        page.context.close()


def test_paper_carries_figures_and_no_controls(town: Town, browser: Browser) -> None:
    town.live(NOON - DAY, area_id=town.ward)
    with served(town.office.app) as address:
        page = leader_page(browser, town, address, 1280)
        page.goto(f"{address}/dieu-hanh/")
        drawn(page)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        for gone in (".lc-filter", ".lc-tabs >> nth=0", "[data-print]", "#xu-huong .card-body details"):
            assert not page.is_visible(gone), gone
        for kept in ("h1", ".lc-asof", ".lc-stat >> nth=0", ".lc-tiles", "[data-figure] svg >> nth=0", ".lc-groups table", "#cach-tinh"):
            assert page.is_visible(kept), kept
        page.context.close()


def test_a_chart_takes_the_width_of_the_paper_and_then_its_own_again(town: Town, browser: Browser) -> None:
    town.live(NOON - DAY, area_id=town.ward)
    width = "document.querySelector('[data-figure] svg').getBoundingClientRect().width"
    with served(town.office.app) as address:
        page = leader_page(browser, town, address, 1280)
        page.goto(f"{address}/dieu-hanh/?khu-vuc={town.here.id}")
        drawn(page)
        own = page.evaluate(width)
        assert own > 1000
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(width) < 700, "what fits an A4 sheet"
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.wait_for_function(f"{width} === {own}")
        page.context.close()
