"""The briefing as a reader finds it: on one page, with the figures of the page it was made from, for those who may read that page."""

from __future__ import annotations

import dataclasses
import html
import io
import re
from datetime import date

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics.briefing.content import Briefing, Worst, worst_of
from analytics.briefing.paper import briefing_pdf
from analytics.counts import Count
from analytics.dashboard.headline import Change, Headline, headlines
from analytics.dashboard.periods import Span, months_until
from analytics.dashboard.tables import Row, Section, Table
from analytics.measures import FEWEST_TO_RANK, wilson
from analytics.rollup.queries import Figures, Month
from feedback.city import queries as city
from tests.analytics.history import NOW, History
from tests.feedback.documents.test_receipt import text_of
from tests.feedback.officers import counted

PAPER, PAGE = "/dieu-hanh/ban-tin.pdf", "/dieu-hanh/"
STAT = re.compile(r'<p class="value">(?:<a href="[^"]+">)?([^<]+)<.*?<p class="change">([^<·]+?) *[<·]', re.DOTALL)
#: As long as a name may be, with marks above and below.
LONG = "Ủy ban nhân dân Phường Ấp Ngỗng Đề Ổn Ẫm " * 4


def places(history: History) -> None:
    """Two districts and two agencies with enough cases due to be ranked, and one of each with one too few."""
    agencies = [agency.id for agency in city.agencies() if not agency.is_desk and not agency.is_triage][:3]
    districts = [district.id for district in city.districts()][:3]
    for number, (agency, district) in enumerate(zip(agencies, districts, strict=True)):
        due = FEWEST_TO_RANK + 10 - 5 * number - (number == 2)
        history.cases(due, 10 + 2 * number, agency=agency, district=district, rated=4)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_and_its_briefing_say_the_same(history: History, language: str) -> None:
    places(history)
    leader = history.office.browser(history.office.leader)
    leader.get(f"/ngon-ngu/{language}")
    for query in ("", f"?khu-vuc={history.here}&tu=2026-08-01", f"?co-quan={history.office.agency}&so=nam-truoc"):
        page = html.unescape(leader.get(PAGE + query).text)
        answer = leader.get(PAPER + query)
        assert answer.mimetype == "application/pdf"
        said = text_of(answer.data)
        shown = STAT.findall(page)
        assert len(shown) == 6
        assert all(value.strip() in said and " ".join(change.split()) in said for value, change in shown), query
        heading = re.findall(r"<h1>([^<]+)</h1>", page)[0]
        assert f": {heading}" in said
        for sentence in re.findall(r"<li>([^<]+)</li>", page.partition('id="tuan"')[2].partition("</ul>")[0]):
            assert sentence in said


def test_the_worst_are_named_with_how_much_that_is_from(history: History) -> None:
    places(history)
    leader = history.office.browser(history.office.leader)
    names = [district.name for district in city.districts()][:3]
    said = text_of(leader.get(PAPER).data)
    low, high = wilson(23, 35) or (0, 0)
    assert f"1. {names[1]} 65,7%" in said
    assert f"{100 * low:.1f}–{100 * high:.1f}%".replace(".", ",") in said
    assert "23 / 35" in said
    assert f"2. {names[0]} 75,0%" in said
    assert names[2] not in said, "29 cases due are too few"


def test_when_and_for_whom_it_was_made_and_what_the_figures_count(history: History) -> None:
    office = history.office
    with counted() as statements:
        answer = office.browser(office.leader).get(PAPER + "?tu=2026-09-01&den=2026-09-30")
    assert len(statements) <= 32 + 1
    said = text_of(answer.data)
    assert "Kỳ 01/09/2026 – 30/09/2026 (30 ngày), so với 02/08/2026 – 31/08/2026" in said
    assert "Lập lúc 14/10/2026 09:00 cho Cán bộ 6, " in said
    assert "Không nơi nào có từ 30 hồ sơ đến hạn trong kỳ, nên không xếp hạng." in said
    assert "Bảy ngày qua và bảy ngày trước đó không có hồ sơ nào." in said
    assert "Số hồ sơ trả lời đúng hạn chia cho số hồ sơ đến hạn trong kỳ." in said
    assert 'filename="ban-tin-2026-09-01-2026-09-30.pdf"' in answer.headers["Content-Disposition"]


def test_a_head_gets_the_paper_of_his_agency_whatever_the_address_says(history: History) -> None:
    places(history)
    office = history.office
    names = {agency.id: agency.name for agency in city.agencies()}
    own, other = names[office.agency], names[office.other]
    head: FlaskClient = office.browser(office.head)
    for query in ("", f"?co-quan={office.other}", f"?khu-vuc={history.there}&theo=co-quan&quy-mo=lon"):
        said = text_of(head.get(PAPER + query).data)
        assert f"Bản tin: {own} Kỳ" in said
        assert "Tiếp nhận 40 " in said
        assert other not in said


def row(name: str, on_time: int, due: int) -> Row:
    figures = Figures({Count.ON_TIME: on_time, Count.DUE: due})
    return Row(name, name, figures, on_time / due, on_time, due, wilson(on_time, due))


def test_agencies_are_named_in_turn_of_their_sizes_and_keep_their_ranks() -> None:
    large, small = [row(f"L{n}", n, 40) for n in range(6)], [row(f"S{n}", n, 40) for n in range(2)]
    named = worst_of(Table([Section("Lớn", large), Section("Nhỏ", small)], [row("few", 0, 9)]))
    assert [(one.row.name, one.rank, one.among) for one in named] == [
        ("L0", 1, "Lớn"),
        ("L1", 2, "Lớn"),
        ("L2", 3, "Lớn"),
        ("S0", 1, "Nhỏ"),
        ("S1", 2, "Nhỏ"),
    ]
    assert worst_of(None) == []


def longest() -> Briefing:
    """As much as there can be of everything, with names that fill their columns."""
    figures = Figures(dict.fromkeys(Count, 9_999_999))
    months = [Month(first, figures) for first in months_until(date(2026, 10, 14), 13)]
    made = [
        Headline(one.measure, "9.999.999,9%", Change(f"tăng 9.999.999 ({LONG})", False), "95,0%", "", ((9_999_999, Count.SOLVED),) * 2)
        for one in headlines(figures, figures, months)
    ]
    worst = [Worst(row(LONG + str(n), 1, 9_999_999), n, "Nhận nhiều hồ sơ") for n in range(1, 6)]
    span = Span(date(2015, 1, 1), date(2017, 12, 31))
    return Briefing(", ".join([LONG] * 8), span, span.before(), NOW, LONG, made, months, [LONG * 2] * 6, LONG, worst)


def boxes(data: bytes) -> list[tuple[float, float]]:
    """Where each piece of text begins, in points from the lower left."""
    with pikepdf.open(io.BytesIO(data)) as document:
        return [
            (float(operands[0]), float(operands[1]))
            for operands, operator in pikepdf.parse_content_stream(document.pages[0])
            if str(operator) == "Td"
        ]


def test_the_longest_names_stay_on_one_page_that_tells_its_language_and_its_name(app: Flask) -> None:
    with app.test_request_context():
        data = briefing_pdf(longest(), "vi")
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == 1
        width, height = (float(side) for side in document.pages[0].MediaBox[2:])
        assert (round(width), round(height)) == (595, 842)
    said = text_of(data)
    for part in ("Bản tin: Ủy ban", "Kỳ 01/01/2015", "mục tiêu 95,0%", "Tuần này có gì thay đổi", "Tiếp nhận và trả lời theo tháng"):
        assert part in said
    for part in ("Trả lời đúng hạn thấp nhất", "5. Ủy ban", "1 / 9.999.999", "Nhiều phản ánh không có nghĩa là tệ hơn.", "Lập lúc", "…"):
        assert part in said
    lines = boxes(data)
    assert all(30 < x < width - 30 and 20 < y < height - 30 for x, y in lines)
    assert len({(round(x), round(y)) for x, y in lines}) == len(lines), "two pieces of text on the same spot"
    with app.test_request_context():
        data = briefing_pdf(dataclasses.replace(longest(), title="Toàn Thành phố", group="", worst=[]), "vi")
    assert "Trả lời đúng hạn Không nơi nào có từ 30 hồ sơ" in text_of(data)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.Root.Lang) == "vi"
        assert str(document.docinfo["/Title"]) == "Bản tin: Toàn Thành phố"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
