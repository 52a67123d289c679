"""Form of muting; what is wrong with day and reason is told by the service."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from analytics.alerts.models import REASON_LIMIT
from feedback.page_form import PageForm


class MuteForm(PageForm):
    """Until when it is no news, and why."""

    until = DateField(
        _l("Không nhắc đến hết ngày"),
        [InputRequired(_l("Xin chọn một ngày."))],
        invalid_value_message=_l("Xin chọn một ngày."),
    )
    reason = StringField(
        _l("Lý do"),
        [
            InputRequired(_l("Xin ghi lý do, để người khác hiểu vì sao không cần nhắc.")),
            Length(max=REASON_LIMIT, message=_l("Lý do quá dài.")),
        ],
    )
