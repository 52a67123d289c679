"""Form of a new partner system; what is wrong is told by the service."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.page_form import PageForm
from feedback.partners.models import ADDRESS_LIMIT, NAME_LIMIT
from feedback.partners.rules import ABOUT_CASES
from feedback.partners.words import KINDS


class SystemForm(PageForm):
    """Whose system it is, where it lies and what it wants to hear of."""

    name = StringField(_l("Tên hệ thống"), render_kw={"maxlength": NAME_LIMIT})
    agency = SelectField(_l("Cơ quan"), coerce=int, validate_choice=False)
    address = StringField(_l("Địa chỉ nhận thông điệp"), render_kw={"maxlength": ADDRESS_LIMIT, "inputmode": "url"})
    kinds = SelectMultipleField(
        _l("Báo những việc nào?"),
        choices=[SelectChoice(kind.value, KINDS[kind]) for kind in ABOUT_CASES],
        default=[kind.value for kind in ABOUT_CASES],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
