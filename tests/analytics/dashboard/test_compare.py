"""Two periods or two places side by side: what an address means, and what leadership reads."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from tests.analytics.dashboard.town import NOON, Town

PAGE = "/dieu-hanh/doi-chieu"
DAY = timedelta(days=1)
LINK = re.compile(r'<a href="(/dieu-hanh/ho-so/[^"]+)">([\d.]+)<')


def text_of(page: str) -> str:
    """What is read, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def row_of(page: str, name: str) -> str:
    """One line of the first table that has it, as it is read."""
    return text_of(re.findall(rf'<tr><th scope="row">{re.escape(name)}</th>.*?</tr>', page, re.DOTALL)[0])


@pytest.fixture
def filled(town: Town) -> Town:
    """Three cases here and one there in October, one here in September."""
    for _ in range(3):
        town.live(NOON - 5 * DAY, area_id=town.ward)
    town.live(NOON - 5 * DAY, area_id=town.other_ward)
    town.live(NOON - 40 * DAY, area_id=town.ward)
    return town


def test_a_period_stands_beside_the_one_before_it_or_any_other(filled: Town) -> None:
    leader = filled.office.browser(filled.office.leader)
    page = leader.get(f"{PAGE}?tu=2026-10-01&den=2026-10-14").text
    assert "17/09/2026 – 30/09/2026" in text_of(page)
    assert row_of(page, "Tiếp nhận").split()[:6] == ["Tiếp", "nhận", "4", "4", "Tiếp", "nhận,"]
    assert "cao hơn 4" in row_of(page, "Tiếp nhận")
    assert "Hai kỳ dài khác nhau" not in page
    assert "/2025" in text_of(leader.get(f"{PAGE}?tu=2026-10-01&den=2026-10-14&so=nam-truoc").text)
    own = leader.get(f"{PAGE}?tu=2026-10-01&den=2026-10-14&tu2=2026-09-01&den2=2026-09-30").text
    assert "01/09/2026 – 30/09/2026" in text_of(own)
    assert "cao hơn 3" in row_of(own, "Tiếp nhận")
    assert "Hai kỳ dài khác nhau" in own


def test_two_districts_stand_beside_each_other_in_one_period(filled: Town) -> None:
    """Every number opens as many cases as it says; the sides can be turned round; the address keeps it all."""
    leader = filled.office.browser(filled.office.leader)
    here, there = filled.here, filled.there
    page = leader.get(f"{PAGE}?tu=2026-10-01&den=2026-10-14&khu-vuc={here.id}&khu-vuc2={there.id}").text
    assert f"<h1>Đối chiếu {here.name} với {there.name}</h1>" in page
    assert "cao hơn 2" in row_of(page, "Tiếp nhận")
    numbers = {html.unescape(address): number for address, number in LINK.findall(page)}
    assert sorted(number for address, number in numbers.items() if "/tiep-nhan?" in address)[-2:] == ["1", "3"]
    for address, number in list(numbers.items())[:8]:
        assert f": {number} hồ sơ" in text_of(leader.get(address).text), address
    turned = re.search(r'href="([^"]+)">Đổi hai bên', page)
    assert turned is not None
    other = leader.get(html.unescape(turned[1])).text
    assert f"<h1>Đối chiếu {there.name} với {here.name}</h1>" in other
    assert "thấp hơn 2" in row_of(other, "Tiếp nhận")
    assert "data-figure" in page, "a line for each of both"


def test_a_district_stands_beside_the_whole_city(filled: Town) -> None:
    leader = filled.office.browser(filled.office.leader)
    page = leader.get(f"{PAGE}?khu-vuc={filled.here.id}&khu-vuc2=tat-ca").text
    assert f"<h1>Đối chiếu {filled.here.name} với Toàn Thành phố</h1>" in page
    assert '<option value="tat-ca" selected>' in page
    assert "thấp hơn 1" in row_of(page, "Tiếp nhận")


@pytest.mark.parametrize("query", ["khu-vuc2=x", "co-quan2=99999999", "khu-vuc=1e3", "khu-vuc=tat-ca"])
def test_what_does_not_exist_is_not_found(town: Town, query: str) -> None:
    assert town.office.browser(town.office.leader).get(f"{PAGE}?{query}").status_code == 404


def test_a_period_that_cannot_be_read_is_explained(town: Town) -> None:
    leader = town.office.browser(town.office.leader)
    assert "Trang đang hiển thị 90 ngày gần nhất." in leader.get(f"{PAGE}?tu2=x").text
    assert "Trang đang hiển thị" not in leader.get(PAGE).text


def test_the_page_of_the_city_leads_there_with_its_period_and_filters(filled: Town) -> None:
    leader = filled.office.browser(filled.office.leader)
    page = leader.get(f"/dieu-hanh/?tu=2026-10-01&den=2026-10-14&khu-vuc={filled.here.id}").text
    found = re.search(r'href="([^"]+)">Đối chiếu hai kỳ', page)
    assert found is not None
    beside = leader.get(html.unescape(found[1])).text
    assert "<h1>Đối chiếu hai kỳ</h1>" in beside
    assert "cao hơn 3" in row_of(beside, "Tiếp nhận")
