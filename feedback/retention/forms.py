"""Forms of keeping and deleting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from feedback.cases.writing import REASON_LIMIT
from feedback.page_form import PageForm
from feedback.retention.periods import LONGEST, SHORTEST

LIMIT = Length(max=REASON_LIMIT, message=_l("Xin viết ngắn hơn 2.000 ký tự."))


class PeriodForm(PageForm):
    """How long, and why."""

    months = IntegerField(
        _l("Số tháng giữ sau khi hồ sơ kết thúc"),
        [
            InputRequired(_l("Xin nhập một số nguyên.")),
            NumberRange(SHORTEST, LONGEST, message=_l("Xin nhập số từ %(min)s đến %(max)s.")),
        ],
        invalid_value_message=_l("Xin nhập một số nguyên."),
    )
    reason = TextAreaField(_l("Lý do"), [InputRequired(_l("Xin ghi lý do, để người sau hiểu vì sao giữ lâu như vậy.")), LIMIT])


class HoldForm(PageForm):
    """Why a case must be kept."""

    reason = TextAreaField(_l("Lý do giữ"), [InputRequired(_l("Xin ghi lý do giữ hồ sơ.")), LIMIT])


class DecisionForm(PageForm):
    """What the sender is told."""

    answer = TextAreaField(_l("Trả lời người gửi"), [LIMIT])


class DeletionForm(PageForm):
    """The sender's request."""

    words = TextAreaField(_l("Lý do"), [LIMIT])
