"""Form of the page of connections."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from feedback.open311.spec import NAME_LIMIT
from feedback.page_form import PageForm


class KeyForm(PageForm):
    """Whose system it is; a name that is missing or too long is told by the service."""

    name = StringField(_l("Tên hệ thống"), render_kw={"maxlength": NAME_LIMIT})
