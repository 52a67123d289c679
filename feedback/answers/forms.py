"""Forms of approval with changes and of publication."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from feedback.answers.publishing import ANSWER_LIMIT, TEXT_LIMIT
from feedback.inbox.forms import RELOAD, Some, VersionForm, words
from feedback.page_form import PageForm

MISSING = _l("Xin viết nội dung.")


class ApproveForm(VersionForm):
    """The answer as the head wants it to go out."""

    #: By this the page knows a rejected approval from other forms with a text.
    approves = True
    text = words(_l("Nội dung trả lời người dân"), _l("Xin viết nội dung trả lời."), ANSWER_LIMIT)


class PublishForm(PageForm):
    """The two texts as everybody will read them."""

    version = HiddenField(validators=[Regexp(r"^\d{1,9}$", message=RELOAD)])
    #: Which texts the officer has had before him with their marks.
    seen = HiddenField()
    text = TextAreaField(_l("Phản ánh được công khai"), [Some(MISSING), Length(max=TEXT_LIMIT)])
    answer = TextAreaField(_l("Câu trả lời được công khai"), [Some(MISSING), Length(max=ANSWER_LIMIT)])
    confirmed = BooleanField(
        _l("Tôi đã đọc cả hai nội dung và không còn thông tin cá nhân nào phải che."),
        [DataRequired(message=_l("Xin xác nhận đã đọc cả hai nội dung."))],
    )
