"""The code, and what the sender can say about his case. Field names differ from form to form: several stand on one page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from feedback.cases.dialogue import MESSAGE_LIMIT
from feedback.cases.rating import COMMENT_LIMIT
from feedback.cases.words import SOLVED
from feedback.cases.writing import REASON_LIMIT
from feedback.page_form import PageForm
from feedback.text import clean

SATISFACTION = {
    "5": _l("Rất hài lòng"),
    "4": _l("Hài lòng"),
    "3": _l("Bình thường"),
    "2": _l("Không hài lòng"),
    "1": _l("Rất không hài lòng"),
}
LONGEST_MESSAGE = Length(max=MESSAGE_LIMIT, message=_l("Xin viết ngắn hơn 5.000 ký tự."))
LONGEST_REASON = Length(max=REASON_LIMIT, message=_l("Xin viết ngắn hơn 2.000 ký tự."))


def _visible(text: str | None) -> str | None:
    """Nothing but invisible characters is nothing; line ends count as one character, as in the browser's own limit."""
    return text and (text.replace("\r\n", "\n") if clean(text, MESSAGE_LIMIT) else "")


class CodeForm(PageForm):
    """The tracking code, however it was copied down."""

    code = StringField(
        _l("Mã tra cứu"), render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": "60"}
    )


class RatingForm(PageForm):
    """Is it really solved, and how satisfied is the sender."""

    solved = RadioField(
        _l("Việc đã thật sự được giải quyết chưa?"),
        choices=[SelectChoice(value.value, label) for value, label in SOLVED.items()],
        validators=[AnyOf([value.value for value in SOLVED], message=_l("Xin cho biết việc đã được giải quyết chưa."))],
        validate_choice=False,
    )
    satisfaction = RadioField(
        _l("Ông/Bà hài lòng đến mức nào?"),
        choices=[SelectChoice(value, label) for value, label in SATISFACTION.items()],
        validators=[Optional(), AnyOf(list(SATISFACTION), message=_l("Xin chọn một mức trong danh sách."))],
        validate_choice=False,
    )
    comment = TextAreaField(_l("Ý kiến thêm"), [Length(max=COMMENT_LIMIT, message=_l("Xin viết ngắn hơn 2.000 ký tự."))])


class ReplyForm(PageForm):
    """The answer to what the office asked."""

    reply = TextAreaField(
        _l("Trả lời của Ông/Bà"), [DataRequired(message=_l("Xin viết câu trả lời.")), LONGEST_MESSAGE], filters=[_visible]
    )


class MoreForm(PageForm):
    """Something the sender adds of his own accord."""

    more = TextAreaField(
        _l("Thông tin thêm"), [DataRequired(message=_l("Xin viết thông tin muốn gửi.")), LONGEST_MESSAGE], filters=[_visible]
    )


class AgainForm(PageForm):
    """Why the office should look at the case again."""

    why = TextAreaField(
        _l("Vì sao cần xem xét lại?"), [DataRequired(message=_l("Xin ghi vì sao cần xem xét lại.")), LONGEST_REASON], filters=[_visible]
    )


class WithdrawForm(PageForm):
    """The sender takes his report back."""

    reason = TextAreaField(_l("Lý do rút"), [LONGEST_REASON], filters=[_visible])
