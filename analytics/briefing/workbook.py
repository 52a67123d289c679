"""The figures of a page as an Excel workbook: numbers are numbers, days are days, text is text whatever it begins with (ASVS 1.2.10).

Everything is taken from the page's board: what is hidden there is hidden here.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from analytics.counts import AXIS_WORDS, COUNTS, Count
from analytics.dashboard.board import Board
from analytics.dashboard.headline import CHOSEN, FURTHER
from analytics.dashboard.periods import Span
from analytics.dashboard.sheet import lines
from analytics.dashboard.tables import Table
from analytics.hops import AXIS, HOP_COUNTS, HOP_MEASURES
from analytics.measures import MEASURES, Unit
from analytics.rollup.queries import Figures
from analytics.rollup.transit import Transit, TransitBoard
from feedback.city.order import vietnamese

#: Text that a spreadsheet would calculate or follow stays text.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SHARE, DAY, MONTH = "0.0%", "dd/mm/yyyy", "mm/yyyy"
FORMS = {Unit.SHARE: SHARE, Unit.CASES: "#,##0", Unit.DAYS: "0.0", Unit.RATIO: "0.00"}
WIDE, NARROW = 48, 15
Cell = str | float | date | None
#: A cell with a number format of its own.
Formed = tuple[Cell, str]


class Book:
    """A workbook in memory; every sheet with its head frozen and its columns wide enough to read."""

    def __init__(self, title: str) -> None:
        self._file = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._file, OPTIONS)
        self._book.set_properties({"title": title})
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._forms: dict[str, Any] = {}

    def sheet(
        self,
        name: str,
        heads: Sequence[str],
        rows: Iterable[Sequence[Cell | Formed]],
        forms: Sequence[str] = (),
        wide: Sequence[int] = (0,),
    ) -> None:
        """One sheet; `forms` are number formats by column, `wide` the columns that hold sentences or names."""
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 1)
        for column, head in enumerate(heads):
            page.set_column(column, column, WIDE if column in wide else NARROW)
            page.write_string(0, column, head, self._bold)
        for row, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                value, form = cell if isinstance(cell, tuple) else (cell, forms[column] if column < len(forms) else "")
                self._write(page, row, column, value, form)

    def _write(self, page: Any, row: int, column: int, cell: Cell, form: str) -> None:
        look = self._look(form)
        match cell:
            case None:
                return
            case str():
                page.write_string(row, column, cell, look)
            case date():
                page.write_datetime(row, column, cell, self._look(form or DAY))
            case _:
                page.write_number(row, column, cell, look)

    def _look(self, form: str) -> Any:
        if form not in self._forms:
            self._forms[form] = self._book.add_format({"num_format": form} if form else {"text_wrap": True, "valign": "top"})
        return self._forms[form]

    def finished(self) -> bytes:
        """The file."""
        self._book.close()
        return self._file.getvalue()


def workbook(board: Board, before: Figures, span: Span, before_span: Span, title: str, group: str, few: str) -> bytes:
    """What the page shows: figures, table of groups, months, on the city's page the rest; and what every word means.

    `before` are the figures of the period it is compared with, `few` what stands for a hidden number.
    """
    book = Book(title)
    _overview(book, board.now, before, span, before_span, title)
    if board.table is not None:
        _groups(book, board.table, group)
    _months(book, board)
    if board.city is not None:
        _city(book, board, few)
    _definitions(book)
    return book.finished()


def _overview(book: Book, now: Figures, before: Figures, span: Span, before_span: Span, title: str) -> None:
    heads = [title, _("Đơn vị"), _("Trong kỳ"), _("Kỳ đối chiếu"), _("Mục tiêu"), _("Tử số"), _("Mẫu số")]
    units = {Unit.SHARE: _("phần trăm"), Unit.CASES: _("hồ sơ"), Unit.DAYS: _("ngày"), Unit.RATIO: _("lần")}
    rows: list[list[Cell | Formed]] = [[_("Từ ngày"), "", span.first, before_span.first], [_("Đến ngày"), "", span.last, before_span.last]]
    for code in (*(code for code, _parts in CHOSEN), *FURTHER):
        measure = MEASURES[code]
        values = [(value, FORMS[measure.unit]) for value in (measure.value(now), measure.value(before), measure.target)]
        rows.append([str(measure.label), units[measure.unit], *values, measure.part(now), measure.whole(now)])
    book.sheet(_("Tổng quan"), heads, rows)


def _groups(book: Book, table: Table, group: str) -> None:
    """Every group with every measure; a rank only where the page gives one."""
    ranks = {row.key: (section.title, rank) for section in table.sections for rank, row in enumerate(section.rows, 1)}
    every = {row.key: row for row in (*(row for section in table.sections for row in section.rows), *table.unranked)}
    names = {key: row.name for key, row in every.items()}
    heads, *rows = lines({(key,): row.figures for key, row in every.items()}, names, group)
    by_name = sorted(every, key=lambda key: vietnamese(names[key]))  # as `lines` has them
    more = [_("Hạng"), _("Nhóm quy mô"), _("Khoảng tin cậy, từ"), _("Khoảng tin cậy, đến")]
    filled = []
    for key, cells in zip(by_name, rows, strict=True):
        size, rank = ranks.get(key, ("", None))
        filled.append([cells[0], rank, size, *(every[key].interval or (None, None)), *cells[1:]])
    forms = ["", "", "", SHARE, SHARE, *(form for measure in MEASURES.values() for form in (FORMS[measure.unit], "", ""))]
    book.sheet(_("So sánh"), [str(heads[0]), *more, *map(str, heads[1:])], filled, forms)


def _months(book: Book, board: Board) -> None:
    heads = [
        _("Tháng"),
        str(COUNTS[Count.RECEIVED].label),
        str(COUNTS[Count.ANSWERED].label),
        str(MEASURES["on_time"].label),
        str(COUNTS[Count.OPEN].label),
    ]
    counts = (Count.RECEIVED, Count.ANSWERED)
    rows = [
        [
            month.first,
            *(month.figures.of(count) for count in counts),
            MEASURES["on_time"].value(month.figures),
            month.figures.of(Count.OPEN),
        ]
        for month in board.months
    ]
    book.sheet(_("Theo tháng"), heads, rows, (MONTH, "", "", SHARE, ""), wide=())


def _city(book: Book, board: Board, few: str) -> None:
    assert board.city is not None
    heat, transit, signals = board.city.heat, board.city.transit, board.city.signals
    shown = [[name, *(None if square.step is None else square.value for _field, _name, square in cells)] for _key, name, cells in heat.rows]
    book.sheet(_("Khu vực và lĩnh vực"), [_("Khu vực"), *(name for _key, name in heat.columns)], shown, ("", *[SHARE] * len(heat.columns)))
    _transit(book, transit)
    conduct: list[list[Cell]] = [[_("Toàn Thành phố"), few if signals.reports is None else signals.reports]]
    conduct += [[name, few if number is None else number] for name, number in board.city.conduct]
    book.sheet(_("Hành vi cán bộ"), [_("Khu vực"), _("Số phản ánh trong 12 tháng đã khép")], conduct)


def _transit(book: Book, total: Transit) -> None:
    told: list[list[Cell]] = [
        [_("Lượt chuyển"), total.sent],
        [_("Được thụ lý"), total.accepted],
        [_("Bị trả lại"), total.returned],
        [_("Thụ lý trong một giờ làm việc"), total.within_hour],
        [_("Mức giữa (phút làm việc)"), total.median],
        [_("Chín trong mười lượt (phút làm việc)"), total.p90],
    ]
    book.sheet(_("Luân chuyển"), [_("Chỉ số"), _("Trong kỳ")], told, ("", "#,##0"))


def transit_workbook(board: TransitBoard, title: str) -> bytes:
    """What the page of transit shows: all hops, pairs with enough of them, and senders by how often what they send comes back."""
    book = Book(title)
    _transit(book, board.total)
    minutes = [_("Mức giữa (phút làm việc)"), _("Chín trong mười lượt (phút làm việc)")]
    heads = [_("Nơi gửi"), _("Nơi nhận"), _("Lượt thụ lý"), *minutes, _("Trước đây (ngày làm việc)"), _("Rút ngắn")]
    pairs = [[row.sender, row.receiver, row.accepted, row.median, row.p90, row.usual_days, row.cut] for row in board.pairs]
    book.sheet(_("Theo từng cặp cơ quan"), heads, pairs, ("", "", "", "#,##0", "#,##0", "0.0", SHARE), wide=(0, 1))
    heads = [_("Nơi gửi"), _("Tỷ lệ bị trả lại"), _("Bị trả lại"), _("Được thụ lý")]
    senders = [[row.sender, row.returned_share, row.returned, row.accepted] for row in board.senders]
    book.sheet(_("Nơi gửi hay chuyển nhầm"), heads, senders, ("", SHARE))
    _definitions(book)
    return book.finished()


def _definitions(book: Book) -> None:
    told = [[str(one.label), str(one.definition), str(AXIS_WORDS[one.axis])] for one in MEASURES.values()]
    told += [[str(one.label), str(one.definition), str(AXIS_WORDS[one.axis])] for one in COUNTS.values()]
    told += [[str(one.label), str(one.definition), str(AXIS)] for one in HOP_MEASURES.values()]
    told += [[str(one.label), str(one.definition), str(AXIS)] for one in HOP_COUNTS.values()]
    told.append(
        [_("Khoảng tin cậy"), _("Nơi tỷ lệ thật có lẽ nằm, nếu bỏ phần may rủi (công thức Wilson); càng ít hồ sơ, khoảng càng rộng."), ""]
    )
    book.sheet(_("Cách tính"), [_("Chỉ số"), _("Cách tính"), _("Ngày nào quyết định")], told, wide=(0, 1))
