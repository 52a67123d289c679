"""Form of the page on which shapes are brought in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, ValidationError


class UploadForm(FlaskForm):
    """The file."""

    file = FileField(_l("Tệp GeoJSON"))

    def validate_file(self, field: FileField) -> None:
        """A file must be chosen."""
        if not field.data:
            raise ValidationError(_l("Xin chọn một tệp GeoJSON."))
