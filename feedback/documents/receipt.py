"""The receipt a sender takes away: proof that the report was registered, with the code, the date and what happens next.

It is the same paper for every report. Whoever sees it lying on a table cannot tell one about an official from one about a pothole.
"""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from fpdf.enums import WrapMode

from feedback.documents.facts import ReceiptFacts
from feedback.documents.paper import BLUE, INK, MARGIN, MUTED, Paper
from feedback.localtime import local

#: Sides of the two QR codes in mm: the tracking code, and the signed lines, which are much longer.
QR_SIDE, SIGNED_SIDE = 38, 48


def receipt_pdf(facts: ReceiptFacts, language: str = "vi") -> bytes:
    """One A4 page as PDF, in the reader's language."""
    with force_locale(language):
        paper = Paper()
        paper.set_lang(language)
        paper.set_title(_("Biên nhận phản ánh"))
        _head(paper, facts)
        _facts(paper, facts)
        _next(paper, facts)
        _signed(paper, facts)
        return bytes(paper.output())


def _head(paper: Paper, facts: ReceiptFacts) -> None:
    paper.line_of(_("Thành phố Hồ Chí Minh · Hệ thống phản ánh, kiến nghị Liêm Chính"), 10, colour=BLUE, bold=True, gap=3)
    paper.line_of(_("Biên nhận phản ánh"), 20, bold=True, gap=4)
    paper.line_of(_("Mã tra cứu (xin giữ kín, ai có mã đều xem được kết quả)"), 9.5, colour=MUTED, gap=1)
    top = paper.get_y()
    paper.set_fill_color(240, 244, 249)
    paper.set_font("be", "B", 17)
    paper.set_text_color(*INK)
    paper.cell(paper.epw - QR_SIDE - 6, 16, facts.code, fill=True, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.qr(facts.code, top, QR_SIDE)
    paper.set_y(top + QR_SIDE - 14)


def _facts(paper: Paper, facts: ReceiptFacts) -> None:
    paper.row(_("Số biên nhận"), facts.number)
    paper.row(_("Ngày nhận"), facts.received_on.strftime("%d/%m/%Y"))
    paper.row(_("Hạn trả lời chung"), _("hết ngày %(day)s", day=local(facts.due_at).strftime("%d/%m/%Y")))


def _next(paper: Paper, facts: ReceiptFacts) -> None:
    paper.ln(2)
    paper.line_of(_("Việc gì xảy ra tiếp theo?"), 13, bold=True)
    paper.line_of(
        _(
            "Bộ phận tiếp nhận chuyển phản ánh đến cơ quan có trách nhiệm. Nếu chuyển nhầm, các cơ quan tự chuyển lại; Ông/Bà không phải "
            "gửi lại. Phản ánh về cán bộ do Thanh tra Thành phố xem trước; người và cơ quan bị phản ánh không thấy."
        ),
        11,
    )
    paper.line_of(_("Xem hạn của riêng phản ánh này, tiến độ và câu trả lời bằng mã tra cứu tại: %(page)s", page=facts.page), 11)
    paper.ln(2)
    paper.line_of(
        _("Biên nhận này xác nhận việc gửi phản ánh. Đây không phải là đơn khiếu nại hay đơn tố cáo theo Luật Khiếu nại, Luật Tố cáo; "
          "đơn tố cáo phải nộp bằng giấy có chữ ký hoặc trình bày trực tiếp tại nơi tiếp công dân."),
        9.5,
        colour=MUTED,
    )  # fmt: skip


def _signed(paper: Paper, facts: ReceiptFacts) -> None:
    """The signed lines beside a picture of them, on the lower part of the page."""
    paper.ln(3)
    paper.line_of(_("Chữ ký điện tử của hệ thống"), 13, bold=True, gap=1)
    paper.line_of(
        _(
            "Chứng minh nội dung và các tệp Ông/Bà đã gửi vào ngày này, không cho biết gì về hồ sơ. Khi cần chứng minh với người khác, chỉ "
            "đưa phần này và giữ kín mã tra cứu. Ai cũng kiểm tra được tại: %(page)s",
            page=facts.check_page,
        ),
        9.5,
        colour=MUTED,
    )
    top = paper.get_y()
    paper.qr(facts.signed, top, SIGNED_SIDE)
    paper.set_right_margin(MARGIN + SIGNED_SIDE + 6)
    paper.set_font("be", "", 8)
    paper.set_text_color(*INK)
    paper.multi_cell(0, 4.2, facts.signed, align="L", wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT")
    paper.set_right_margin(MARGIN)
