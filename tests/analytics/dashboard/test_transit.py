"""The page on transit: what it counts, against what was usual before, and who may read it."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from analytics.dashboard import hop_list
from analytics.dashboard.periods import Span
from analytics.hops import Hops
from analytics.rollup import transit
from feedback.cases import transfers
from feedback.cases.baseline import load_baseline, usual_source
from feedback.cases.handover_models import ReturnReason, TransitBaseline
from feedback.cases.models import Case
from feedback.db import db, transaction
from feedback.localtime import local_day
from tests.analytics.dashboard.town import NOON, Town
from tests.feedback.officers import case_of, counted, version_of

PAGE = "/dieu-hanh/luan-chuyen"
LINK = re.compile(r'<a href="(/dieu-hanh/luan-chuyen/luot/[^"]+)">([^<]*)<')
HEADING = re.compile(r"<h1>[^<]*: ([\d.]+) lượt</h1>")
#: Eight in the morning of the day before noon, office hours.
MORNING = datetime(2026, 10, 13, 1, tzinfo=UTC)
WEEK = Span(local_day(MORNING) - timedelta(days=5), local_day(NOON))


def hop(town: Town, minutes: int, *, back: bool = False) -> str:
    """A case forwarded at eight and accepted, or returned, so many minutes later."""
    public_id = town.live(MORNING, [("forward", timedelta())])
    town.clock(MORNING + timedelta(minutes=minutes))
    if back:
        transfers.give_back(town.office.handler.actor, public_id, version_of(public_id), ReturnReason.OTHER_AREA, "phường bên cạnh")
    else:
        transfers.accept(town.office.handler.actor, public_id, version_of(public_id))
    town.settle()
    return public_id


def board(town: Town) -> transit.TransitBoard:
    return transit.transit_board(WEEK.at(NOON))


def test_hops_are_measured_in_office_time_and_against_what_was_usual(town: Town) -> None:
    load_baseline()
    for minutes in (20, 40, 180):
        hop(town, minutes)
    hop(town, 5, back=True)
    total = board(town).total
    assert (total.sent, total.accepted, total.returned, total.within_hour) == (4, 3, 1, 2)
    assert (total.median, total.usual_days) == (40, 7)
    assert total.cut == pytest.approx(1 - 40 / (7 * 480))
    assert total.returned_share == 0.25
    assert "Người Lao Động" in usual_source()


def test_a_pair_of_its_own_is_measured_against_its_own_past(town: Town) -> None:
    load_baseline()
    case = case_of(hop(town, 120))
    with transaction():
        db.session.add(
            TransitBaseline(from_agency_id=town.office.desk.actor.agency_id, to_agency_id=case.agency_id, working_days=1, source="đo")
        )
    assert board(town).total.cut == pytest.approx(0.75)
    load_baseline()
    assert board(town).total.cut == pytest.approx(0.75), "loading again keeps what the city recorded itself"


def test_without_a_past_nothing_is_compared(town: Town) -> None:
    hop(town, 30)
    assert board(town).total.cut is None
    assert usual_source() == ""
    assert "–" in town.office.browser(town.office.leader).get(PAGE).text


def test_sealed_cases_binding_decisions_and_other_days_do_not_count(town: Town) -> None:
    hop(town, 30)
    sealed, binding = hop(town, 200), hop(town, 300)
    with transaction():
        blank = {"plain_text": "", "plain_text_folded": "", "plain_place": ""}
        db.session.execute(update(Case).where(Case.public_id == sealed).values(sealed=True, reference=None, **blank))
        transfer = transit.Transfer
        db.session.execute(update(transfer).where(transfer.case_id == case_of(binding).id).values(binding=True))
    town.settle()
    assert board(town).total.sent == 1
    earlier = Span(WEEK.first - timedelta(days=30), WEEK.first - timedelta(days=20))
    assert transit.transit_board(earlier.at(NOON)).total.sent == 0


def test_pairs_and_senders_are_named_only_with_enough_hops(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    hop(town, 30)
    hop(town, 10, back=True)
    assert (board(town).pairs, board(town).rare) == ([], 1)
    monkeypatch.setattr(transit, "FEWEST_TO_RANK", 1)
    found = board(town)
    assert [(pair.accepted, pair.median) for pair in found.pairs] == [(1, 30)]
    assert [row.returned_share for row in found.senders] == [0.5]
    leader = town.office.browser(town.office.leader)
    page = leader.get(PAGE).text
    assert "Nơi gửi hay chuyển nhầm" in page
    assert "30 phút" in page
    # Every number of hops opens the list of exactly these, by pair, by sender and for all; so do those on the page of the city.
    links = LINK.findall(page) + LINK.findall(leader.get("/dieu-hanh/").text)
    assert {address.partition("?")[0].rpartition("/")[2] for address, _text in links} == {one.value for one in Hops if one is not Hops.SENT}
    for address, text in links:
        behind = leader.get(html.unescape(address)).text
        assert behind.count("data-row-link") == int(HEADING.findall(behind)[0]), address
        if text.isdigit():
            assert behind.count("data-row-link") == int(text), address


def test_a_list_of_hops_goes_on_and_names_no_sealed_case(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, sealed = hop(town, 30), hop(town, 90), hop(town, 45)
    with transaction():
        blank = {"plain_text": "", "plain_text_folded": "", "plain_place": ""}
        db.session.execute(update(Case).where(Case.public_id == sealed).values(sealed=True, reference=None, **blank))
    town.settle()
    monkeypatch.setattr(hop_list, "PAGE_SIZE", 1)
    leader = town.office.browser(town.office.leader)
    with counted() as queries:
        page = leader.get(f"{PAGE}/luot/da-gui").text
    assert len(queries) <= 8
    assert "Lượt chuyển: 2 lượt" in page
    assert (second in page, first in page, sealed in page) == (True, False, False)
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following is not None
    last = leader.get(html.unescape(following[1])).text
    assert (second in last, first in last) == (False, True)
    assert "Về trang đầu" in last
    assert leader.get(f"{PAGE}/luot/da-gui?sau=x&tu-co-quan={town.office.other}").text.count("data-row-link") == 0
    for nowhere in ("khong-co", "da-gui?tu-co-quan=0", "da-gui?den-co-quan=a"):
        assert leader.get(f"{PAGE}/luot/{nowhere}").status_code == 404


def test_the_page_is_for_leadership_and_costs_the_same_however_many(town: Town) -> None:
    load_baseline()
    leader = town.office.browser(town.office.leader)
    assert "Chưa có lượt chuyển nào trong kỳ này" in leader.get(PAGE).text
    hop(town, 30)
    with counted() as few:
        leader.get(PAGE)
    for _n in range(3):
        hop(town, 500)
    with counted() as more:
        page = leader.get(PAGE).text
    assert len(few) == len(more) <= 9
    assert "mục tiêu của Thành phố: 90%" in page.replace("\xa0", "").replace(" %", "%")
    for officer in (town.office.head, town.office.desk, town.office.admin):
        assert town.office.browser(officer).get(PAGE).status_code == 404


def test_a_longer_transit_than_before_is_said(town: Town) -> None:
    load_baseline()
    hop(town, 30)
    with transaction():
        db.session.execute(update(TransitBaseline).values(working_days=0.01))
    assert "tăng" in town.office.browser(town.office.leader).get(PAGE).text
