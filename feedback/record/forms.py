"""Checking a receipt."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from feedback.page_form import PageForm

#: A receipt with five files has fewer than 500 characters; people paste what stands around it as well.
BLOCK_LIMIT, TEXT_LIMIT = 5_000, 20_000


class ReceiptForm(PageForm):
    """The signed lines of a receipt and, if the holder wants it compared, the text of the report."""

    block = TextAreaField(
        _l("Dòng chữ ký trên biên nhận"),
        validators=[
            InputRequired(_l("Xin dán dòng chữ ký trên biên nhận.")),
            Length(max=BLOCK_LIMIT, message=_l("Xin chỉ dán phần chữ ký.")),
        ],
        render_kw={"rows": "5", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    text = TextAreaField(
        _l("Nội dung phản ánh"),
        validators=[Length(max=TEXT_LIMIT, message=_l("Nội dung phản ánh không dài quá 5.000 ký tự."))],
        render_kw={"rows": "6", "autocomplete": "off"},
    )
