"""Form of the page on which data is brought in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from feedback.imports.columns import SOURCE_LIMIT, Kind
from feedback.imports.words import KINDS
from feedback.page_form import PageForm


class UploadForm(PageForm):
    """What the file holds, where old cases come from, and the file."""

    kind = SelectField(
        _l("Nội dung tệp"),
        choices=[SelectChoice(kind.value, KINDS[kind]) for kind in Kind],
        invalid_choice_message=_l("Xin chọn nội dung của tệp."),
    )
    source = StringField(_l("Tên hệ thống cũ"), [Length(max=SOURCE_LIMIT, message=_l("Tên dài tối đa 60 ký tự."))])
    file = FileField(_l("Tệp CSV"))

    def validate_source(self, field: StringField) -> None:
        """Old numbers are unique only within the system they come from."""
        if self.kind.data == Kind.CASES and not (field.data or "").strip():
            raise ValidationError(_l("Xin ghi tên hệ thống mà hồ sơ cũ lấy ra, giống nhau cho mọi tệp của hệ thống đó."))

    def validate_file(self, field: FileField) -> None:
        """A file must be chosen."""
        if not field.data:
            raise ValidationError(_l("Xin chọn một tệp CSV."))


class WithdrawForm(PageForm):
    """Why an import is taken back."""

    reason = StringField(
        _l("Lý do"), [InputRequired(_l("Xin ghi lý do rút lại.")), Length(max=300, message=_l("Xin ghi tối đa 300 ký tự."))]
    )
