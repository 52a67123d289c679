"""Forms of one act on several cases."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from feedback.cases.clock_models import Ground
from feedback.cases.words import GROUNDS
from feedback.inbox.forms import OneOf, words
from feedback.page_form import PageForm


class ManyForm(PageForm):
    """An act that needs no words."""


class AssignManyForm(ManyForm):
    """Who works on all of them."""

    handler = SelectField(_l("Người xử lý"), [OneOf(_l("Xin chọn người xử lý."))], validate_choice=False)


class ExtendManyForm(ManyForm):
    """Why all of them are extended."""

    ground = SelectField(
        _l("Căn cứ"),
        choices=[SelectChoice(ground.value, label) for ground, label in GROUNDS.items()],
        validators=[AnyOf([ground.value for ground in Ground], message=_l("Xin chọn căn cứ gia hạn."))],
        validate_choice=False,
    )
    extension_reason = words(_l("Lý do cụ thể"), _l("Xin ghi lý do."))
