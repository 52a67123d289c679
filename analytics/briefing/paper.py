"""The briefing as one A4 page. Every part has its place and its number of lines, so that no name can push another part off the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from fpdf.enums import MethodReturnValue
from fpdf.prefs import ViewerPreferences

from analytics.briefing.content import Briefing, Worst
from analytics.counts import COUNTS, Count
from analytics.dashboard.headline import Headline
from analytics.measures import FEWEST_TO_RANK
from analytics.rollup.queries import Month
from feedback.documents.paper import BLUE, INK, MUTED, Paper
from feedback.language import show_date, show_datetime, show_number, show_percent

#: All lengths in mm, sizes of letters in points.
SIDE, TOP, GAP = 14, 12, 6
FIGURES_TOP, FIGURE_HEIGHT, ACROSS = 45, 29, 3
TREND_TOP, TREND_HEIGHT = 112, 52
WORST_TOP, ROW_HEIGHT = 180, 7.5
NOTES_TOP, FOOT_TOP = 236, 279
LINE = (213, 220, 229)
GREEN = (20, 99, 44)
#: Height of a line of text, for each point of its letters: stacked marks (Ủ, Ấ) need room.
LEADING = 0.49


class _Page(Paper):
    """Text that stays in its box."""

    def __init__(self) -> None:
        super().__init__()
        self.set_auto_page_break(False)
        self.set_margins(SIDE, TOP)
        self.c_margin = 0.0

    def boxed(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        size: float,
        *,
        lines: int = 1,
        bold: bool = False,
        colour: Any = INK,
        align: str = "L",
    ) -> float:
        """At most so many lines, what does not fit ends in dots; gives the y below them."""
        self.set_font("be", "B" if bold else "", size)
        self.set_text_color(*colour)
        height = size * LEADING
        found = self._wrapped(text, width, height)
        if len(found) > lines:
            found = found[:lines]
            while found[-1] and self.get_string_width(found[-1].rstrip() + "…") > width:
                found[-1] = found[-1][:-1]
            found[-1] = found[-1].rstrip() + "…"
        for number, line in enumerate(found):
            self.set_xy(x, y + number * height)
            self.cell(width, height, line, align=align)
        return y + len(found) * height

    def _wrapped(self, text: str, width: float, height: float) -> list[str]:
        found = self.multi_cell(width, height, text, align="L", dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(found, list)
        return list(found)

    def heading(self, text: str, x: float, y: float, width: float) -> None:
        """The head of a part, with a line under it."""
        self.boxed(text, x, y, width, 11, bold=True)
        self.set_draw_color(*LINE)
        self.set_line_width(0.3)
        self.line(x, y + 6.5, x + width, y + 6.5)


def briefing_pdf(facts: Briefing, language: str) -> bytes:
    """The page, in the language of the request."""
    page = _Page()
    title = _("Bản tin: %(title)s", title=facts.title)
    page.set_lang(language)
    page.set_title(title)
    page.viewer_preferences = ViewerPreferences(display_doc_title=True)
    _head(page, facts, title)
    for number, figure in enumerate(facts.headlines[: 2 * ACROSS]):
        _figure(page, figure, number)
    half = (page.w - 2 * SIDE - GAP) / 2
    _trend(page, facts.months, half)
    _news(page, facts.news, SIDE + half + GAP, half)
    _worst(page, facts)
    _notes(page, facts)
    return bytes(page.output())


def _head(page: _Page, facts: Briefing, title: str) -> None:
    wide = page.w - 2 * SIDE
    page.boxed(_("Thành phố Hồ Chí Minh · Hệ thống phản ánh, kiến nghị Liêm Chính"), SIDE, TOP, wide, 9, bold=True, colour=BLUE)
    size, lines = next(((size, lines) for size, lines in ((18, 1), (15, 2)) if _fits(page, title, wide, size, lines)), (11.5, 3))
    below = page.boxed(title, SIDE, 17, wide, size, lines=lines, bold=True)
    period = _(
        "Kỳ %(first)s – %(last)s (%(days)s ngày), so với %(before_first)s – %(before_last)s",
        first=show_date(facts.span.first),
        last=show_date(facts.span.last),
        days=show_number(facts.span.days),
        before_first=show_date(facts.before.first),
        before_last=show_date(facts.before.last),
    )
    page.boxed(period, SIDE, below + 1.5, wide, 10, colour=MUTED)


def _fits(page: _Page, text: str, width: float, size: float, lines: int) -> bool:
    page.set_font("be", "B", size)
    return len(page._wrapped(text, width, size * LEADING)) <= lines


def _figure(page: _Page, figure: Headline, number: int) -> None:
    """One of the figures on top: what it is, its value and what is aimed at, how it moved, what it is made of."""
    width = (page.w - 2 * SIDE - (ACROSS - 1) * 4) / ACROSS
    x, y = SIDE + (number % ACROSS) * (width + 4), FIGURES_TOP + (number // ACROSS) * (FIGURE_HEIGHT + 3)
    page.set_fill_color(240, 244, 249)
    page.rect(x, y, width, FIGURE_HEIGHT, style="F")
    x, width = x + 2.5, width - 5
    page.boxed(str(figure.measure.label), x, y + 1.5, width, 8.5, colour=MUTED, bold=True)
    page.boxed(figure.value or "–", x, y + 6, width, 19, bold=True)
    if figure.target:
        page.boxed(_("mục tiêu %(target)s", target=figure.target), x + width / 2, y + 10.5, width / 2, 8, colour=MUTED, align="R")
    # What may be chance is not judged; there is no room to say why.
    judged = {True: _("tốt hơn"), False: _("kém hơn"), None: ""}[None if figure.change.unsure else figure.change.better]
    page.boxed(f"{figure.change.text}{f' ({judged})' if judged else ''}", x, y + 16, width, 8)
    parts = " · ".join(f"{show_number(value)} {str(COUNTS[count].label).lower()}" for value, count in figure.parts)
    page.boxed(parts, x, y + 20.5, width, 7.5, lines=2, colour=MUTED)


def _trend(page: _Page, months: Sequence[Month], width: float) -> None:
    """Received and answered by month: two lines, told apart by dashes as well as by colour."""
    page.heading(_("Tiếp nhận và trả lời theo tháng"), SIDE, TREND_TOP, width)
    lines = ((Count.RECEIVED, BLUE, None), (Count.ANSWERED, GREEN, (1.6, 1.2)))
    top = max([1, *(month.figures.of(count) for month in months for count, _colour, _dash in lines)])
    left, right, upper, base = SIDE + 12, SIDE + width - 3, TREND_TOP + 17, TREND_TOP + TREND_HEIGHT
    page.set_draw_color(*LINE)
    page.set_line_width(0.2)
    for share in (0, 0.5, 1):
        y = base - share * (base - upper)
        page.line(left, y, right, y)
        if top * share == int(top * share):
            page.boxed(show_number(top * share), SIDE, y - 1.8, 10.5, 7.5, colour=MUTED, align="R")
    step = (right - left) / max(1, len(months) - 1)
    for number, month in enumerate(months):
        if number % 3 == (len(months) - 1) % 3:
            page.boxed(f"{month.first:%m/%Y}", left + number * step - 8, base + 1, 16, 7.5, colour=MUTED, align="C")
    for place, (count, colour, dash) in enumerate(lines):
        page.set_draw_color(*colour)
        page.set_line_width(0.6)
        page.set_dash_pattern(*(dash or ()))
        page.polyline([(left + n * step, base - month.figures.of(count) / top * (base - upper)) for n, month in enumerate(months)])
        x = SIDE + place * width / 2
        page.line(x, TREND_TOP + 11.2, x + 7, TREND_TOP + 11.2)
        page.set_dash_pattern()
        page.boxed(str(COUNTS[count].label), x + 9, TREND_TOP + 9, width / 2 - 10, 8.5)


def _news(page: _Page, sentences: Sequence[str], x: float, width: float) -> None:
    page.heading(_("Tuần này có gì thay đổi"), x, TREND_TOP, width)
    y = TREND_TOP + 8.5
    for sentence in sentences or [_("Bảy ngày qua và bảy ngày trước đó không có hồ sơ nào.")]:
        page.boxed("•", x, y, 4, 8.5)
        y = page.boxed(sentence, x + 3, y, width - 3, 8.5, lines=3 if len(sentences) <= 4 else 2) + 1


def _worst(page: _Page, facts: Briefing) -> None:
    """Those that answer in time least often, with how many cases that is from and within which bounds chance leaves it."""
    wide = page.w - 2 * SIDE
    page.heading(
        _("Trả lời đúng hạn thấp nhất: %(group)s", group=facts.group) if facts.group else _("Trả lời đúng hạn"), SIDE, WORST_TOP, wide
    )
    if not facts.worst:
        page.boxed(
            _("Không nơi nào có từ %(fewest)s hồ sơ đến hạn trong kỳ, nên không xếp hạng.", fewest=FEWEST_TO_RANK),
            SIDE,
            WORST_TOP + 9,
            wide,
            9,
        )
        return
    columns = (98, 22, 32, wide - 152)
    heads = ("", _("Đúng hạn"), _("Khoảng tin cậy"), _("Đúng hạn / đến hạn"))
    _row(page, WORST_TOP + 7.5, columns, heads, size=7.5, colour=MUTED)
    for number, one in enumerate(facts.worst):
        _row(page, WORST_TOP + 12 + number * ROW_HEIGHT, columns, _cells(one), size=8.5)


def _cells(one: Worst) -> tuple[str, str, str, str]:
    low, high = one.row.interval or (0.0, 1.0)
    name = f"{one.rank}. {one.row.name}" + (f" ({one.among.lower()})" if one.among else "")
    bounds = f"{show_number(100 * low, 1)}–{show_percent(high)}"
    return name, show_percent(one.row.value), bounds, f"{show_number(one.row.part)} / {show_number(one.row.whole)}"


def _row(page: _Page, y: float, columns: Sequence[float], cells: Sequence[str], *, size: float, colour: Any = INK) -> None:
    x = float(SIDE)
    for number, (width, cell) in enumerate(zip(columns, cells, strict=True)):
        page.boxed(
            cell, x, y, width, size if number else min(size, 8), lines=1 if number else 2, colour=colour, align="R" if number else "L"
        )
        x += width


def _notes(page: _Page, facts: Briefing) -> None:
    """Small print: what each figure counts, what none of them counts, when and for whom the page was made."""
    wide = page.w - 2 * SIDE
    page.set_draw_color(*LINE)
    page.line(SIDE, NOTES_TOP - 2, page.w - SIDE, NOTES_TOP - 2)
    said = [f"{figure.measure.label}: {figure.measure.definition}" for figure in facts.headlines]
    said.append(
        _(
            "Khoảng tin cậy: nơi tỷ lệ thật có lẽ nằm nếu bỏ phần may rủi (độ tin cậy %(level)s, công thức Wilson). "
            "Dưới %(fewest)s hồ sơ không xếp hạng; cơ quan chỉ so với cơ quan cùng quy mô. Nhiều phản ánh không có nghĩa là tệ hơn.",
            level=show_percent(0.95, 0),
            fewest=FEWEST_TO_RANK,
        )
    )
    page.boxed(" ".join(said), SIDE, NOTES_TOP, wide, 7.5, lines=11, colour=MUTED)
    made = _("Lập lúc %(at)s cho %(reader)s.", at=show_datetime(facts.at), reader=facts.reader)
    rest = _("Hồ sơ tính theo tình trạng lúc lập. Phản ánh về hành vi cán bộ do Thanh tra giải quyết riêng, không có trong bản tin này.")
    page.boxed(f"{made} {rest}", SIDE, FOOT_TOP, wide, 7.5, lines=2)
