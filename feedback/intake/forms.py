"""The questions of the report form. Every message tells what to do; nothing here decides what becomes of a report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, MultipleFileField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, ValidationError

from feedback.cases.intake import PLACE_LIMIT, TEXT_LIMIT
from feedback.city.choices import ward_choices
from feedback.city.models import Category
from feedback.intake.people import is_email, is_phone, tidy_phone
from feedback.intake.steps import UNKNOWN_AREA
from feedback.page_form import PageForm
from feedback.text import clean

SHORTEST_TEXT = 10
YES_NO = ("yes", "no")


class WhatForm(PageForm):
    """What happened."""

    text = TextAreaField(_l("Ông/Bà muốn phản ánh việc gì?"))
    #: Nobody sees this field; programs that fill in everything give themselves away.
    website = StringField(_l("Xin để trống ô này"), [Length(max=0, message=_l("Xin để trống ô này."))])

    def validate_text(self, field: Any) -> None:
        """Between 10 and 5,000 characters after cleaning."""
        length = len(clean(field.data or ""))
        if length == 0:
            raise ValidationError(_("Xin cho biết việc gì đã xảy ra."))
        if length < SHORTEST_TEXT:
            raise ValidationError(_("Xin viết rõ hơn một chút, ít nhất 10 ký tự, để cơ quan hiểu việc."))
        if length > TEXT_LIMIT:
            raise ValidationError(_("Nội dung dài quá 5.000 ký tự. Xin rút gọn, hoặc gửi phần còn lại trong tệp đính kèm."))


class WhereForm(PageForm):
    """Where it happened."""

    area = SelectField(_l("Việc xảy ra ở phường, xã nào?"), validate_choice=False)
    place = StringField(
        _l("Số nhà, tên đường hoặc địa điểm dễ nhận ra"), [Length(max=PLACE_LIMIT, message=_l("Xin viết ngắn hơn 300 ký tự."))]
    )

    def offer(self) -> None:
        """Fill the list of wards."""
        unnamed = SelectChoice("", _("Chọn phường, xã")), SelectChoice(UNKNOWN_AREA, _("Tôi không biết"))
        self.area.choices = [*unnamed, *ward_choices()]

    def validate_area(self, field: Any) -> None:
        """A ward of the list, or the word that one does not know."""
        if not field.data or field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("Xin chọn phường, xã; nếu không biết, xin chọn «Tôi không biết»."))


class EvidenceForm(PageForm):
    """Photos and documents."""

    files = MultipleFileField(_l("Ảnh hoặc tài liệu"))


class ContactForm(PageForm):
    """Who reports, and whether the matter may be shown in public."""

    named = RadioField(
        _l("Ông/Bà có muốn để lại thông tin liên hệ không?"),
        choices=[SelectChoice("yes", _l("Có, để cơ quan liên hệ khi cần")), SelectChoice("no", _l("Không, tôi gửi ẩn danh"))],
        validators=[AnyOf(YES_NO, message=_l("Xin chọn có hoặc không để lại thông tin liên hệ."))],
        validate_choice=False,
    )
    name = StringField(_l("Họ và tên"), [Length(max=120, message=_l("Xin viết ngắn hơn 120 ký tự."))], render_kw={"autocomplete": "name"})
    phone = TelField(_l("Số điện thoại"), render_kw={"autocomplete": "tel"})
    email = EmailField(_l("Thư điện tử"), render_kw={"autocomplete": "email"})
    public = RadioField(
        _l("Có đồng ý công khai nội dung phản ánh không?"),
        choices=[SelectChoice("yes", _l("Đồng ý công khai")), SelectChoice("no", _l("Không công khai"))],
        validators=[AnyOf(YES_NO, message=_l("Xin chọn có đồng ý công khai hay không."))],
        validate_choice=False,
    )

    def validate_phone(self, field: Any) -> None:
        """A Vietnamese number, needed (or an address) only by those who leave contact data."""
        if self.named.data != "yes":
            return
        typed = tidy_phone(field.data or "")
        if typed and not is_phone(typed):
            raise ValidationError(_("Số điện thoại chưa đúng. Xin nhập 10 chữ số, ví dụ: 0900 000 123."))
        if not typed and not (self.email.data or "").strip():
            raise ValidationError(_("Xin để lại số điện thoại hoặc thư điện tử; nếu không muốn, xin chọn gửi ẩn danh."))

    def validate_email(self, field: Any) -> None:
        """An address that mail can be sent to; what an anonymous sender has typed is thrown away anyway."""
        typed = (field.data or "").strip()
        if self.named.data == "yes" and typed and not is_email(typed):
            raise ValidationError(_("Địa chỉ thư điện tử chưa đúng, ví dụ: ten@example.com."))


class CheckForm(PageForm):
    """The last look: the field may be changed here with one tap."""

    category = RadioField(_l("Lĩnh vực"), validate_choice=False)

    def offer(self, categories: Sequence[Category], locale: str, leave: str) -> None:
        """Fill the list with all fields; `leave` is the word for not choosing any, which is what nobody has to change."""
        self.category.choices = [SelectChoice("", leave)] + [SelectChoice(row.code, row.name(locale)) for row in categories]
        self.category.data = self.category.data or ""

    def options(self, codes: Collection[str]) -> list[Any]:
        """The radio buttons of these fields as far as they are offered, in the order of the codes given."""
        by_code = {option.data: option for option in self.category}
        return [by_code[code] for code in codes if code in by_code]

    def validate_category(self, field: Any) -> None:
        """A field of the list or none."""
        if field.data and field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("Xin chọn một lĩnh vực trong danh sách, hoặc để cơ quan tiếp nhận xác định."))


class FinishForm(PageForm):
    """Proof that the sender has kept the code."""

    last = StringField(
        _l("Xin nhập lại 5 ký tự cuối của mã tra cứu"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": "40"},
    )
