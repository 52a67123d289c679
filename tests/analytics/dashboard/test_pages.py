"""Leadership's pages as they are read: numbers that open, words beside them, addresses, access, what they cost."""

from __future__ import annotations

import csv
import dataclasses
import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from analytics.counts import COUNTS
from analytics.dashboard.headline import CHOSEN, FURTHER
from analytics.measures import MEASURES
from analytics.rollup import services
from feedback.cases import desk, ending, transfers
from feedback.cases.models import Case, Refusal
from feedback.city import queries as city
from feedback.db import db, transaction
from tests.analytics.dashboard.town import NOON, Town
from tests.feedback.citizen import text_of
from tests.feedback.officers import Office, counted, version_of

PAGE = "/dieu-hanh/"
LINK = re.compile(r'<a href="(/dieu-hanh/ho-so/[^"]+)">([^<]*)<')
ROW = re.compile(r'<th scope="row"><a href="/can-bo/ho-so/')
NEXT = re.compile(r'<a class="[^"]*" href="([^"]+)" rel="next">')
HEADING = re.compile(r"<h1>[^<]*: ([\d.]+) hồ sơ</h1>")
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
DAY = timedelta(days=1)


def rows_behind(leader: FlaskClient, address: str) -> int:
    """How many cases the list at an address holds, leafed through to its end; its heading says the same."""
    number, following, said = 0, address, ""
    while following:
        page = leader.get(html.unescape(following)).text
        number += len(ROW.findall(page))
        said = HEADING.findall(page)[0]
        found = NEXT.search(page)
        following = found[1] if found else ""
    assert said == str(number), address
    return number


@pytest.mark.slow
def test_every_number_opens_as_many_cases_as_it_says(town: Town) -> None:
    """On pages of every kind, whichever measure is chosen; some numbers of each page."""
    town.fill(16, 7)
    leader = town.office.browser(town.office.leader)
    queries = [
        "",
        "?theo=co-quan&tu=2026-08-01&den=2026-09-20&do=compliance",
        "?khu-vuc=0&kenh=web",
        f"?co-quan={town.office.agency}&do=reopened",
    ]
    for query in queries:
        links = LINK.findall(leader.get(PAGE + query).text)
        numbers = sorted({(address, int(text)) for address, text in links if text.isdigit()})
        assert len(numbers) > 20
        chosen = [one for one in numbers if one[1]]
        assert chosen
        for address, number in [*Random(1).sample(chosen, min(9, len(chosen))), *numbers[:3]]:
            assert rows_behind(leader, address) == number, address


def test_a_list_longer_than_a_page_goes_on(town: Town) -> None:
    town.filling = True
    for _ in range(26):
        town.live(NOON - DAY)
    town.filling = False
    town.settle()
    leader = town.office.browser(town.office.leader)
    first = leader.get("/dieu-hanh/ho-so/tiep-nhan").text
    assert len(ROW.findall(first)) == 25
    assert "Về trang đầu" not in first
    assert rows_behind(leader, "/dieu-hanh/ho-so/tiep-nhan") == 26
    following = NEXT.search(first)
    assert following is not None
    assert "Về trang đầu" in leader.get(html.unescape(following[1])).text


def test_what_was_sealed_since_it_was_counted_is_in_no_list(town: Town) -> None:
    """The list is chosen from memory, and read through the access rules."""
    public_id = town.live(NOON - DAY, [("forward", DAY / 24), ("accept", DAY / 24)])
    leader, address = town.office.browser(town.office.leader), "/dieu-hanh/ho-so/tiep-nhan"
    assert rows_behind(leader, address) == 1
    secret = {"sealed": True, "text": "", "text_folded": "", "place": "", "reference": None, "version": Case.version + 1}
    with transaction():
        db.session.execute(update(Case).where(Case.public_id == public_id).values(secret))
    assert not ROW.findall(leader.get(address).text)


@pytest.mark.slow
def test_few_cases_are_shown_but_neither_ranked_nor_coloured(town: Town) -> None:
    """29 cases due are too few, 30 are enough; the worst comes first."""
    town.filling = True
    for number in range(30):
        town.live(NOON - 40 * DAY, area_id=town.ward)
        if number:
            town.live(NOON - 40 * DAY, area_id=town.other_ward)
    town.filling = False
    town.settle()
    leader = town.office.browser(town.office.leader)
    page = leader.get(PAGE)
    before, _, after = page.text.partition("Không xếp hạng")
    ranked, unranked = before.partition('id="bang"')[2], after
    assert town.here.name in ranked
    assert town.there.name not in ranked
    assert town.there.name in unranked
    assert '<span class="lc-rank">1</span>' in ranked
    assert "lc-rank" not in unranked
    assert page.text.count('class="lc-tile step-0"') == 1
    assert page.text.count('class="lc-tile step-none"') == page.text.count('class="lc-tile ') - 1
    words = text_of(page)
    assert "Nơi kém nhất đứng trước." in words
    assert "Nhiều phản ánh không có nghĩa là tệ hơn" in words
    assert "Dưới 30 hồ sơ, một hồ sơ cũng làm tỷ lệ thay đổi nhiều" in words


def test_of_a_long_table_the_first_ten_are_shown_until_all_are_asked_for(town: Town) -> None:
    office = town.office
    bodies = [agency for agency in city.agencies() if not agency.is_desk and not agency.is_triage][:12]
    for agency in bodies:
        public_id = office.report()
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("other", agency.id))
        transfers.accept(dataclasses.replace(office.handler.actor, agency_id=agency.id), public_id, version_of(public_id))
    services.take_up()
    leader = office.browser(office.leader)

    def shown(page: str) -> list[str]:
        return [agency.name for agency in bodies if f">{agency.name}</a>" in page]

    page = leader.get(PAGE + "?theo=co-quan").text
    assert shown(page) == [agency.name for agency in bodies[:10]]
    found = re.search(r'<a href="([^"]+)">Xem tất cả 12 dòng', page)
    assert found is not None
    whole = leader.get(html.unescape(found[1])).text
    assert shown(whole) == [agency.name for agency in bodies]
    assert "Chỉ xem 10 dòng đầu" in whole
    assert "Xem tất cả" not in leader.get(PAGE).text


def test_cases_without_a_place_are_not_ranked(town: Town) -> None:
    """Cases without a district are no place to compare, however many they are; nothing is ranked then and nothing said of ranks."""
    town.filling = True
    for _ in range(30):
        town.live(NOON - 40 * DAY)
    town.filling = False
    town.settle()
    words = text_of(town.office.browser(town.office.leader).get(PAGE))
    assert "Chưa rõ khu vực" in words.partition("Không xếp hạng")[2]
    assert "kém nhất đứng trước" not in words


def test_districts_with_wards_of_several_origins_are_marked_approximate(town: Town) -> None:
    """Seven wards of today were made from parts of several districts; the page says so where one of them matters, and only there."""
    loose = next(ward for ward in city.wards() if ward.approximate)
    assert loose.district_area is not None
    district, loose_id = loose.district_area.name, loose.id
    exact_id = next(ward.id for ward in city.wards(town.here.id) if not ward.approximate)
    leader = town.office.browser(town.office.leader)
    town.live(NOON - DAY, area_id=exact_id)
    assert "gần đúng" not in leader.get(PAGE).text
    assert "nhiều quận, huyện cũ" not in leader.get(PAGE).text
    town.live(NOON - DAY, area_id=loose_id)
    page = leader.get(PAGE).text
    assert page.count('<span class="lc-tag">gần đúng</span>') == 1
    assert f'{district}</a> <span class="lc-tag">gần đúng' in page
    assert "nhiều quận, huyện cũ" in page


def test_definitions_of_all_figures_stand_beside_them(town: Town) -> None:
    town.live(NOON - DAY)
    words = text_of(town.office.browser(town.office.leader).get(PAGE))
    assert {code for code, _parts in CHOSEN} | set(FURTHER) == set(MEASURES), "each measure has its place on the page"
    for one in (*MEASURES.values(), *COUNTS.values()):
        assert str(one.label) in words
        assert str(one.definition) in words
    assert "không nằm trong các số liệu khác ở trang này" in words
    assert words.count("mục tiêu") > sum(one.target is not None for one in MEASURES.values()), "each aim once, and that of transit"
    assert "So sánh: Tỷ lệ trả lời đúng hạn" in words


def test_a_figure_that_cannot_be_made_is_a_dash_and_leads_nowhere(town: Town) -> None:
    town.live(NOON - DAY)
    page = town.office.browser(town.office.leader).get(PAGE).text
    assert page.count('<p class="value">–</p>') == 3
    assert "chưa đủ hồ sơ để so sánh" in page


def test_an_empty_city_says_so(town: Town) -> None:
    leader = town.office.browser(town.office.leader)
    words = text_of(leader.get(PAGE))
    assert "Chưa có hồ sơ nào để tính" in words
    assert "Cách tính" in words
    assert "Không có hồ sơ nào ứng với con số này" in text_of(leader.get("/dieu-hanh/ho-so/qua-han"))


def test_the_page_leads_from_the_city_to_a_district_to_an_agency(town: Town) -> None:
    """Each step keeps the period; the map is about the whole city only."""
    town.live(NOON - 5 * DAY, [("forward", DAY), ("accept", DAY)], area_id=town.ward)
    leader = town.office.browser(town.office.leader)
    dates = "tu=2026-10-01&amp;den=2026-10-14"
    city_page = leader.get(PAGE + "?tu=2026-10-01&den=2026-10-14").text
    district = f"/dieu-hanh/?{dates}&amp;khu-vuc={town.here.id}"
    assert f'href="{district}"' in city_page.partition('id="bang"')[2]
    assert f'href="{district}" title="{town.here.name}"' in city_page
    assert "Toàn Thành phố</a>" not in city_page
    district_page = leader.get(html.unescape(district)).text
    assert f"<h1>{town.here.name}</h1>" in district_page
    assert "lc-tiles" not in district_page
    assert f'<a class="lc-back" href="/dieu-hanh/?{dates}">Toàn Thành phố</a>' in district_page
    both = f"/dieu-hanh/?{dates}&amp;khu-vuc={town.here.id}&amp;co-quan={town.office.agency}"
    assert f'href="{both}"' in district_page
    last = leader.get(html.unescape(both)).text
    assert "Lĩnh vực</a>" in last.partition('id="bang"')[2], "what is left is broken down by field"
    assert re.search(r"<h1>" + re.escape(town.here.name) + ", [^<]+</h1>", last)
    assert "chỉ có cho toàn Thành phố" in last


def test_the_choice_of_a_period_keeps_what_the_page_is_about(town: Town) -> None:
    town.live(NOON - DAY, area_id=town.ward)
    leader = town.office.browser(town.office.leader)
    by_agency = leader.get(PAGE + "?theo=co-quan").text
    assert '<input type="hidden" name="theo" value="co-quan">' in by_agency
    assert '<a href="/dieu-hanh/?tu=2026-09-01&amp;den=2026-09-30&amp;theo=co-quan">Tháng trước' in by_agency
    assert '<a href="/dieu-hanh/?tu=2026-07-17&amp;den=2026-10-14&amp;theo=co-quan" aria-current="page">90 ngày qua' in by_agency
    assert '<a href="/dieu-hanh/?tu=2026-07-17&amp;den=2026-10-14&amp;theo=co-quan#bang" aria-current="page">Cơ quan' in by_agency
    narrowed = leader.get(f"{PAGE}?khu-vuc={town.here.id}").text
    assert f'<input type="hidden" name="khu-vuc" value="{town.here.id}">' in narrowed
    assert 'name="theo"' not in narrowed
    assert "theo=" not in narrowed.partition("<main")[2].partition('id="bang"')[0]


@pytest.mark.parametrize(
    "query",
    [
        "tu=x",
        "den=2026-13-01",
        "tu=2026-10-10&den=2026-10-01",
        "tu=2016-01-01",
        "den=0001-01-01",
        "tu=9999-12-31",
        "tu=0001-01-01&den=0001-01-02",
    ],
)
def test_an_address_without_a_period_is_explained(town: Town, query: str) -> None:
    town.live(NOON - DAY)
    leader = town.office.browser(town.office.leader)
    for path in (PAGE, "/dieu-hanh/ho-so/tiep-nhan"):
        answer = leader.get(f"{path}?{query}")
        assert answer.status_code == 200
        assert "Trang đang hiển thị 90 ngày gần nhất." in answer.text
        assert "17/07/2026 – 14/10/2026" in answer.text
        assert "Trang đang hiển thị" not in leader.get(path).text


@pytest.mark.parametrize(
    "path",
    [
        "?khu-vuc=x", "?khu-vuc=-1", "?co-quan=²", "?co-quan=99999999999999999999", "?khu-vuc=99999999", "?co-quan=0",
        "ho-so/khong-co", "ho-so/tiep-nhan?khu-vuc=1e3", "ho-so/tiep-nhan?co-quan=99999999", "ho-so/tiep-nhan?khu-vuc={ward}",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(town: Town, path: str) -> None:
    leader = town.office.browser(town.office.leader)
    assert leader.get(PAGE + path.format(ward=town.ward)).status_code == 404


def test_only_leadership_comes_in_and_begins_here(office: Office) -> None:
    leader = office.browser(office.leader)
    assert leader.get("/can-bo/").location == PAGE
    assert '<a href="/dieu-hanh/" aria-current="page">Tình hình Thành phố</a>' in leader.get(PAGE).text
    for officer in (office.desk, office.handler, office.head, office.inspector, office.admin):
        client = office.browser(officer)
        assert client.get(PAGE).status_code == 404
        assert client.get("/dieu-hanh/ho-so/tiep-nhan").status_code == 404
    stranger = office.app.test_client().get(PAGE)
    assert stranger.status_code == 302
    assert stranger.location.startswith("/can-bo/dang-nhap")


@pytest.mark.parametrize("query", ["", "?theo=co-quan", "?khu-vuc={here}", "?co-quan={agency}"])
def test_a_sealed_case_changes_no_letter_of_any_page(town: Town, query: str) -> None:
    """In every stage of its life, in the place and time the page is about."""
    town.live(NOON - 3 * DAY, [("forward", DAY)], area_id=town.ward)
    leader = town.office.browser(town.office.leader)
    pages = [PAGE, *(f"/dieu-hanh/ho-so/{count}" for count in MEASURES)]

    def everything() -> list[str]:
        marks = query.format(here=town.here.id, agency=town.office.agency)
        return [TOKEN.sub("", leader.get(path + marks).text) for path in pages]

    before = everything()
    town.sealed(NOON - 40 * DAY, town.ward)
    town.sealed(NOON, town.ward)
    assert everything() == before


def test_the_sender_stays_unknown(town: Town) -> None:
    """Lists lead to cases; who sent them is on no page of leadership."""
    public_id = town.office.named()
    town.settle()
    leader = town.office.browser(town.office.leader)
    listed = leader.get("/dieu-hanh/ho-so/tiep-nhan").text
    assert f'href="/can-bo/ho-so/{public_id}"' in listed
    for page in (listed, leader.get(f"/can-bo/ho-so/{public_id}").text):
        assert "Nguyễn Thị Thử" not in page
        assert "0900000123" not in page


def test_the_pages_cost_the_same_with_many_cases(town: Town) -> None:
    """Queries of a page: at most 14 for the overview and 8 for a list, and none more with more cases, places and agencies."""
    leader = town.office.browser(town.office.leader)
    beside = f"{PAGE}doi-chieu?khu-vuc={town.here.id}&khu-vuc2=tat-ca"
    paths = [PAGE, PAGE + "?theo=co-quan", f"{PAGE}?khu-vuc={town.here.id}", beside, "/dieu-hanh/ho-so/tiep-nhan"]

    def cost() -> list[int]:
        found = []
        for path in paths:
            with counted() as statements:
                leader.get(path)
            found.append(len(statements))
        return found

    town.live(NOON - DAY, [("forward", timedelta(hours=1))], area_id=town.ward)
    few = cost()
    for number in range(12):
        town.live(NOON - DAY, [("forward", timedelta(hours=1))], area_id=town.places[number % 5], other=number % 2 == 0)
    assert cost() == few
    assert max(few[:4]) <= 14
    assert few[4] <= 8


def test_refused_cases_are_told_apart_by_reason(town: Town) -> None:
    office = town.office
    for reason in (Refusal.SPAM, Refusal.SPAM, Refusal.OUTSIDE):
        public_id = office.report()
        ending.refuse(office.desk.actor, public_id, version_of(public_id), reason, "Đã nêu rõ.")
    services.take_up()
    leader = office.browser(office.leader)
    address = "/dieu-hanh/ho-so/khong-thu-ly"
    links = [(found, int(text)) for found, text in LINK.findall(leader.get(address).text)]
    assert [number for _found, number in links] == [2, 1]
    for found, number in links:
        assert rows_behind(leader, found) == number
    assert "Ngoài thẩm quyền" in leader.get(f"{address}?ly-do=outside").text
    for wrong in (f"{address}?ly-do=none", "/dieu-hanh/ho-so/tiep-nhan?ly-do=spam"):
        assert leader.get(wrong).status_code == 404


def test_a_month_of_a_size_group_is_that_of_the_agencies_of_the_page(town: Town) -> None:
    """Who received most a year ago may receive little now: the list behind a month must not count other agencies than the page."""
    steps = [("forward", DAY / 24), ("accept", DAY / 24)]
    town.filling = True
    for number in range(5):
        town.live(NOON - (360 if number == 0 else 1) * DAY, steps)
        if number < 3:
            town.live(NOON - 360 * DAY, steps, other=True)
    town.filling = False
    town.settle()
    leader = town.office.browser(town.office.leader)
    page = leader.get(PAGE + "?quy-mo=lon").text
    months = [(address, int(text)) for address, text in LINK.findall(page) if "tu=2025-10-01" in address and text.isdigit()]
    assert [number for _address, number in months] == [1, 0, 1]
    for address, number in months:
        assert rows_behind(leader, address) == number, address
    assert leader.get("/dieu-hanh/ho-so/tiep-nhan?quy-mo=lon&quy-mo-den=0001-01-01").status_code == 200
    assert leader.get("/dieu-hanh/ho-so/tiep-nhan?quy-mo=lon&quy-mo-den=x").status_code == 200


def test_late_cases_say_how_late_at_the_hour_of_the_page(town: Town, clock: Callable[[datetime], None]) -> None:
    town.live(NOON - 40 * DAY, area_id=town.ward)
    leader = town.office.browser(town.office.leader)
    clock(NOON)
    words = text_of(leader.get("/dieu-hanh/ho-so/qua-han"))
    assert "Quá hạn chưa trả lời: 1 hồ sơ" in words
    assert "số liệu lúc 14/10/2026 12:00" in words
    assert re.search(r"Quá hạn \d+ ngày", words)


def test_the_table_can_be_taken_away_as_a_file(town: Town) -> None:
    """The same numbers as on the page, with every measure; the link stands below the table."""
    town.live(NOON - DAY, area_id=town.ward)
    leader = town.office.browser(town.office.leader)
    found = re.search(r'href="(/dieu-hanh/so-lieu.csv[^"]+)"', leader.get(PAGE).text)
    assert found is not None
    answer = leader.get(html.unescape(found[1]))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="so-lieu-2026-07-17-2026-10-14.csv"'
    lines = list(csv.reader(answer.text.removeprefix("\ufeff").splitlines()))
    assert [line[0] for line in lines] == ["Khu vực", town.here.name]
    assert lines[1][lines[0].index("Tiếp nhận")] == "1"
    assert town.office.browser(town.office.head).get("/dieu-hanh/so-lieu.csv").status_code == 404
