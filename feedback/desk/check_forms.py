"""The form of a blind check: the field and the signs, as a second officer reads them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from feedback.cases.learning import Finding
from feedback.city.models import Category
from feedback.page_form import PageForm


class CheckForm(PageForm):
    """Nothing is chosen beforehand: a proposal would be followed."""

    category = RadioField(_l("Phản ánh này thuộc lĩnh vực nào?"), validate_choice=False)
    misconduct = BooleanField(_l("Có dấu hiệu nhũng nhiễu, tiêu cực của cán bộ"))
    urgent = BooleanField(_l("Đang nguy hiểm đến tính mạng, sức khỏe hoặc tài sản lớn"))
    spam = BooleanField(_l("Quảng cáo, nội dung thử hoặc không phải phản ánh"))
    insult = BooleanField(_l("Có lời xúc phạm"))

    def offer(self, categories: Sequence[Category], locale: str) -> None:
        """Fill the list with the fields in force."""
        self.category.choices = [SelectChoice(row.code, row.name(locale)) for row in categories]

    def validate_category(self, field: RadioField) -> None:
        """One of the list."""
        if field.data not in {choice.value for choice in self.category.choices}:
            raise ValidationError(_("Xin chọn một lĩnh vực."))

    def finding(self) -> Finding:
        """What was read."""
        return Finding(self.category.data, self.misconduct.data, self.urgent.data, self.spam.data, self.insult.data)
