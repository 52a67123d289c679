"""Form of the page of access tokens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from feedback.accounts.forms import PasswordForm
from feedback.api.models import NAME_LIMIT, Scope
from feedback.api.tokens import LIVES

#: What a token may do, by the choice on the page.
SCOPES = {"read": (Scope.READ,), "act": (Scope.READ, Scope.ACT)}


class TokenForm(PasswordForm):
    """What a token is for, what it may do and how long; the password is asked for again, as a token lives longer than a session."""

    name = StringField(_l("Dùng để làm gì"), render_kw={"maxlength": NAME_LIMIT, "autocomplete": "off"})
    scopes = RadioField(
        _l("Được làm gì"),
        choices=[
            SelectChoice("read", _l("Chỉ đọc hồ sơ của cơ quan")),
            SelectChoice("act", _l("Đọc, thụ lý, trả lại, chuyển tiếp và trình trả lời")),
        ],
        validators=[AnyOf(list(SCOPES), message=_l("Xin chọn mã được làm gì."))],
        validate_choice=False,
    )
    days = RadioField(
        _l("Dùng được trong"),
        choices=[SelectChoice(str(days), _l("%(days)s ngày", days=days)) for days in LIVES],
        validators=[AnyOf([str(days) for days in LIVES], message=_l("Xin chọn thời gian dùng."))],
        validate_choice=False,
    )
