"""Form of the page on which shapes are brought in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, ValidationError

from feedback.page_form import PageForm


class UploadForm(PageForm):
    """The file."""

    file = FileField(_l("Tệp GeoJSON"))

    def validate_file(self, field: FileField) -> None:
        """A file must be chosen."""
        if not field.data:
            raise ValidationError(_l("Xin chọn một tệp GeoJSON."))
