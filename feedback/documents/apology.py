"""The letter of apology (thư xin lỗi) an agency owes when an answer comes late: QĐ 5157/QĐ-UBND 2016, NĐ 61/2018/NĐ-CP Art 19."""

from __future__ import annotations

from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import ngettext as _n

from feedback.documents.facts import ApologyFacts
from feedback.documents.paper import MUTED, Paper


def apology_pdf(facts: ApologyFacts, language: str = "vi", *, to_sign: bool) -> bytes:
    """One A4 page as PDF, in the reader's language; with room for a signature, or as the copy that the system itself gives out."""
    with force_locale(language):
        paper = Paper()
        paper.set_lang(language)
        paper.set_title(_("Thư xin lỗi"))
        paper.line_of(facts.agency, 12, bold=True, gap=1)
        paper.line_of(_("Ngày %(day)s", day=_day(facts.written_on)), 10.5, colour=MUTED, gap=10)
        paper.line_of(_("Thư xin lỗi"), 20, bold=True, gap=1)
        paper.line_of(_("Về việc trả lời trễ hạn hồ sơ %(reference)s", reference=facts.reference), 11, gap=8)
        paper.line_of(_("Kính gửi Ông/Bà,"), 11.5, gap=4)
        for sentence in _sentences(facts):
            paper.line_of(sentence, 11.5, gap=4)
        if to_sign:
            _signature(paper)
        else:
            paper.line_of(_("Bản điện tử do hệ thống lập từ hồ sơ của cơ quan, không cần chữ ký."), 10, colour=MUTED, gap=8)
        paper.line_of(_("Căn cứ: QĐ 5157/QĐ-UBND năm 2016 của Ủy ban nhân dân Thành phố; NĐ 61/2018/NĐ-CP, Điều 19."), 9, colour=MUTED)
        return bytes(paper.output())


def _sentences(facts: ApologyFacts) -> list[str]:
    said = [
        _(
            "Ngày %(received)s chúng tôi nhận phản ánh của Ông/Bà, số hồ sơ %(reference)s. Hạn trả lời là hết ngày %(due)s.",
            received=_day(facts.received_on),
            reference=facts.reference,
            due=_day(facts.due_on),
        )
    ]
    if facts.answered_on is not None:
        day = _day(facts.answered_on)
        late = _n(
            "Đến ngày %(day)s Ông/Bà mới nhận được câu trả lời, trễ %(num)s ngày.",
            "Đến ngày %(day)s Ông/Bà mới nhận được câu trả lời, trễ %(num)s ngày.",
            facts.days_late,
            day=day,
        )
    else:
        late = _n(
            "Đến hôm nay Ông/Bà vẫn chưa nhận được câu trả lời, đã trễ %(num)s ngày.",
            "Đến hôm nay Ông/Bà vẫn chưa nhận được câu trả lời, đã trễ %(num)s ngày.",
            facts.days_late,
        )
    said.append(late)
    said.append(_("Chúng tôi thành thật xin lỗi Ông/Bà về sự chậm trễ này."))
    if facts.promised_on is not None:
        said.append(_("Chúng tôi hẹn trả lời Ông/Bà chậm nhất ngày %(day)s.", day=_day(facts.promised_on)))
    elif facts.answered_on is None:
        said.append(_("Chúng tôi đang giải quyết và sẽ báo tiến độ cho Ông/Bà trên trang tra cứu."))
    return said


def _signature(paper: Paper) -> None:
    paper.ln(4)
    paper.set_left_margin(paper.w / 2)
    paper.line_of(_("Người đứng đầu cơ quan"), 11.5, bold=True, gap=0)
    paper.line_of(_("(ký, ghi rõ họ tên)"), 10, colour=MUTED, gap=32)
    paper.set_left_margin(20)
    paper.set_x(20)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
