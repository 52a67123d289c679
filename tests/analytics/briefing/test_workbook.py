"""The workbook opened as what it is, a zip of XML: numbers as numbers, days as days, names as text, nothing hidden given away."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.briefing.workbook import Book
from feedback.city import queries as city
from tests.analytics.history import History
from tests.feedback.officers import counted

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FILE, PAGE = "/dieu-hanh/so-lieu.xlsx", "/dieu-hanh/"
#: Day 0 of Excel's calendar, as it counts after February 1900.
EXCEL_EPOCH = date(1899, 12, 30)


def parts(data: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: ElementTree.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")}


def sheets(data: bytes) -> dict[str, list[list[str | float | None]]]:
    """Every sheet by its name, as rows of cells: text, numbers, or None."""
    found = parts(data)
    shared = ["".join(text.itertext()) for text in found["xl/sharedStrings.xml"]]
    names = [sheet.attrib["name"] for sheet in found["xl/workbook.xml"].iter(f"{NS}sheet")]
    return {name: rows_of(found[f"xl/worksheets/sheet{number}.xml"], shared) for number, name in enumerate(names, 1)}


def rows_of(sheet: ElementTree.Element, shared: list[str]) -> list[list[str | float | None]]:
    rows = []
    for row in sheet.iter(f"{NS}row"):
        cells: list[str | float | None] = []
        for cell in row:
            letters = re.match("[A-Z]+", cell.attrib["r"])
            assert letters is not None
            place = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters[0]))) - 1
            cells += [None] * (place - len(cells))
            value = cell.find(f"{NS}v")
            assert value is not None
            assert value.text is not None
            cells.append(shared[int(value.text)] if cell.attrib.get("t") == "s" else float(value.text))
        rows.append(cells)
    return rows


@settings(max_examples=40)
@given(
    st.lists(
        st.one_of(st.sampled_from("=+-@\t＝＋"), st.just("http://x"), st.just("https://ở"), st.text(max_size=20)), min_size=1, max_size=3
    )
)
def test_no_text_becomes_a_formula_or_a_link_and_none_is_damaged(pieces: list[str]) -> None:
    # What XML cannot hold is written as _x0000_ by the format; other tests of names cover those, here they are left out.
    text = "".join(c for c in "".join(pieces) if c.isprintable())
    book = Book("Thử")
    book.sheet("A", ["Tên"], [[text or "x"]])
    data = book.finished()
    assert sheets(data)["A"][1] == [text or "x"]
    sheet = parts(data)["xl/worksheets/sheet1.xml"]
    assert list(sheet.iter(f"{NS}f")) == []
    assert list(sheet.iter(f"{NS}hyperlink")) == []


def test_days_and_numbers_are_real_and_heads_stay_on_top() -> None:
    book = Book("Thử")
    book.sheet("A", ["Tên", "Ngày", "Tỷ lệ"], [["một", date(2026, 10, 14), 0.5], ["hai", None, 3]], ("", "", "0.0%"))
    data = book.finished()
    assert sheets(data)["A"][1:] == [["một", (date(2026, 10, 14) - EXCEL_EPOCH).days, 0.5], ["hai", None, 3]]
    found = parts(data)
    pane = next(found["xl/worksheets/sheet1.xml"].iter(f"{NS}pane")).attrib
    assert (pane["state"], pane["topLeftCell"]) == ("frozen", "B2")
    widths = [float(column.attrib["width"]) for column in found["xl/worksheets/sheet1.xml"].iter(f"{NS}col")]
    assert min(widths) > 10
    forms = {form.attrib["formatCode"] for form in found["xl/styles.xml"].iter(f"{NS}numFmt")}
    assert {"dd/mm/yyyy", "0.0%"} <= forms


def test_the_workbook_holds_what_the_page_shows(history: History) -> None:
    districts = list(city.districts())[:2]
    history.cases(40, 10, agency=history.office.agency, district=districts[0].id, rated=4)
    history.cases(29, 1, agency=history.office.other, district=districts[1].id)
    leader = history.office.browser(history.office.leader)
    with counted() as statements:
        answer = leader.get(FILE)
    assert len(statements) <= 34 + 1
    assert answer.headers["Content-Disposition"] == 'attachment; filename="so-lieu-2026-07-17-2026-10-14.xlsx"'
    book = sheets(answer.data)
    overview = {row[0]: row[1:] for row in book["Tổng quan"][1:]}
    assert overview["Từ ngày"][1] == (date(2026, 7, 17) - EXCEL_EPOCH).days
    assert overview["Tỷ lệ trả lời đúng hạn"] == ["phần trăm", 58 / 69, None, 0.95, 58, 69]
    assert overview["Quá hạn chưa trả lời"][:2] == ["hồ sơ", 11]
    heads, *rows = book["So sánh"]
    assert [str(head) for head in heads[:5]] == ["Khu vực", "Hạng", "Nhóm quy mô", "Khoảng tin cậy, từ", "Khoảng tin cậy, đến"]
    by_name = {row[0]: row for row in rows}
    place = heads.index("Tỷ lệ trả lời đúng hạn")
    assert by_name[districts[0].name][1] == 1
    assert by_name[districts[0].name][place : place + 3] == [0.75, 30, 40]
    assert by_name[districts[1].name][1] is None, "29 cases are not ranked, here neither"
    october = book["Theo tháng"][-1]
    assert october[0] == (date(2026, 10, 1) - EXCEL_EPOCH).days
    assert {row[1] for row in book["Hành vi cán bộ"][1:]} == {"không nêu (ít)"}, "none is a small number too"
    words = {row[0] for row in book["Cách tính"]}
    assert {"Tỷ lệ trả lời đúng hạn", "Tiếp nhận", "Khoảng tin cậy"} <= words
    assert "Luân chuyển" in book


def test_filters_of_the_address_hold_for_the_file(history: History) -> None:
    office = history.office
    history.cases(40, 10, agency=office.agency, district=history.here)
    history.cases(30, 1, agency=office.other, district=history.there)
    leader = office.browser(office.leader)
    book = sheets(leader.get(f"{FILE}?khu-vuc={history.there}&theo=linh-vuc").data)
    assert {row[0]: row[2] for row in book["Tổng quan"]}["Tiếp nhận"] == 30
    assert book["So sánh"][0][0] == "Lĩnh vực"
    assert "Hành vi cán bộ" not in book
    agencies = sheets(leader.get(f"{FILE}?theo=co-quan").data)["So sánh"][1:]
    assert {(row[1], row[2]) for row in agencies} == {(1, "Nhận nhiều hồ sơ"), (1, "Nhận vừa")}, "each the worst of its size"
    assert len(sheets(leader.get(f"{FILE}?tu=2025-01-01&den=2025-01-31").data)["So sánh"]) == 1, "heads only"
    leader.get("/ngon-ngu/en")
    assert {"Overview", "By month", "Transit"} <= set(sheets(leader.get(FILE).data))
    assert "Transit" in sheets(leader.get("/dieu-hanh/luan-chuyen.xlsx").data)


def test_the_page_offers_paper_workbook_and_table_with_its_own_address(history: History) -> None:
    leader = history.office.browser(history.office.leader)
    query = f"?tu=2026-09-01&den=2026-09-30&khu-vuc={history.here}"
    page = html.unescape(leader.get(PAGE + query).text)
    for file in ("ban-tin.pdf", "so-lieu.xlsx", "so-lieu.csv"):
        assert f'href="/dieu-hanh/{file}{query}"' in page
        assert leader.get(f"/dieu-hanh/{file}{query}").status_code == 200
    assert 'href="/dieu-hanh/ban-tin.pdf"' in leader.get(PAGE).text
    assert leader.get(f"{FILE}?khu-vuc=999999").status_code == 404
