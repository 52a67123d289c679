"""Forms of the front desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, Optional, Regexp, ValidationError

from feedback.cases.ending import MOST_PARTS, SHORTEST_PART
from feedback.cases.intake import PLACE_LIMIT, TEXT_LIMIT
from feedback.cases.models import Channel, Refusal
from feedback.cases.words import CHANNELS, REFUSALS, TRACKS
from feedback.cases.writing import REASON_LIMIT
from feedback.city.choices import agency_choices, ward_choices
from feedback.city.kinds import Track
from feedback.city.models import Category, Procedure
from feedback.intake.people import is_email, is_phone, tidy_phone
from feedback.page_form import PageForm
from feedback.text import clean

#: Ways in that are keyed in by hand.
BY_HAND = (Channel.PHONE, Channel.COUNTER, Channel.PAPER)
SHORTEST_TEXT = 10
TOO_LONG = _l("Xin viết ngắn hơn 2.000 ký tự.")


class SortForm(PageForm):
    """Field, ward, agency and procedure of a case, decided by a person."""

    version = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    category = SelectField(_l("Lĩnh vực"), validate_choice=False)
    area = SelectField(_l("Nơi xảy ra: phường, xã"), validate_choice=False)
    agency = SelectField(_l("Cơ quan xử lý"), validate_choice=False)
    procedure = SelectField(_l("Thủ tục hành chính"), validate_choice=False)
    note = TextAreaField(_l("Ghi chú cho cơ quan"), [Length(max=REASON_LIMIT, message=TOO_LONG)])

    def offer(self, categories: Sequence[Category], procedures: Sequence[Procedure], locale: str) -> None:
        """Fill the lists with what is in force."""
        none = SelectChoice("", _("Chọn trong danh sách"))
        self.category.choices = [none] + [SelectChoice(row.code, row.name(locale)) for row in categories]
        self.area.choices = [SelectChoice("", _("Chưa rõ")), *ward_choices()]
        self.agency.choices = [none, *agency_choices()]
        self.procedure.choices = [SelectChoice("", _("Không thuộc thủ tục nào"))] + [
            SelectChoice(str(row.id), row.name) for row in procedures
        ]

    def validate_category(self, field: Any) -> None:
        """One of the list."""
        _one_of(field, _("Xin chọn lĩnh vực."))

    def validate_area(self, field: Any) -> None:
        """One of the list, or not known yet."""
        if field.data:
            _one_of(field, _("Xin chọn một phường, xã trong danh sách."))

    def validate_agency(self, field: Any) -> None:
        """One of the list."""
        _one_of(field, _("Xin chọn cơ quan xử lý."))

    def validate_procedure(self, field: Any) -> None:
        """One of the list, or none."""
        if field.data:
            _one_of(field, _("Xin chọn một thủ tục trong danh sách."))


def _one_of(field: Any, message: str) -> None:
    if not field.data or field.data not in {choice.value for choice in field.choices}:
        raise ValidationError(message)


class SealForm(PageForm):
    """Why a report is one for the inspectorate."""

    version = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    seal_reason = TextAreaField(_l("Lý do chuyển Thanh tra"), [Length(max=REASON_LIMIT, message=TOO_LONG)])

    def validate_seal_reason(self, field: Any) -> None:
        """Some words."""
        _some_words(field, _("Xin ghi lý do chuyển Thanh tra."))


def _some_words(field: Any, message: str) -> None:
    if not clean(field.data or ""):
        raise ValidationError(message)


class VersionForm(PageForm):
    """An act without words, on the case as the officer saw it."""

    version = HiddenField(validators=[Regexp(r"^\d{1,9}$")])


class AskForm(VersionForm):
    """What the sender is asked."""

    question = TextAreaField(_l("Câu hỏi gửi người phản ánh"), [Length(max=REASON_LIMIT, message=TOO_LONG)])

    def validate_question(self, field: Any) -> None:
        """Some words."""
        _some_words(field, _("Xin ghi điều cần người dân cho biết thêm."))


class ReasonForm(VersionForm):
    """Why something is taken back, goes on without waiting, or stands by itself again."""

    reason = TextAreaField(_l("Lý do"), [Length(max=REASON_LIMIT, message=TOO_LONG)])

    def validate_reason(self, field: Any) -> None:
        """Some words."""
        _some_words(field, _("Xin ghi lý do."))


class PetitionForm(VersionForm):
    """What a signed paper is by its content."""

    track = RadioField(
        _l("Đơn này là"),
        choices=[SelectChoice(track.value, TRACKS[track]) for track in (Track.COMPLAINT, Track.DENUNCIATION)],
        validators=[AnyOf([Track.COMPLAINT.value, Track.DENUNCIATION.value], message=_l("Xin chọn khiếu nại hoặc tố cáo."))],
        validate_choice=False,
    )


class MergeForm(VersionForm):
    """The case a duplicate follows."""

    lead = HiddenField(validators=[Regexp(r"^[0-9a-z]{1,16}$")])


class RefuseForm(VersionForm):
    """A coded reason, and words on what the sender can do instead."""

    code = RadioField(_l("Lý do không thụ lý"), validate_choice=False)
    guidance = TextAreaField(_l("Hướng dẫn gửi người dân"), [Length(max=REASON_LIMIT, message=TOO_LONG)])

    def offer(self, reasons: Sequence[Refusal]) -> None:
        """Fill the list with the reasons that may be given for the case."""
        self.code.choices = [SelectChoice(reason.value, REFUSALS[reason]) for reason in reasons]

    def validate_code(self, field: Any) -> None:
        """One of the list."""
        _one_of(field, _("Xin chọn lý do không thụ lý."))

    def validate_guidance(self, field: Any) -> None:
        """Some words."""
        _some_words(field, _("Xin ghi hướng dẫn để người dân biết phải làm gì tiếp theo."))


def _part(number: int) -> TextAreaField:
    return TextAreaField(_l("Việc thứ %(number)s", number=number), [Length(max=TEXT_LIMIT, message=_l("Xin viết ngắn hơn 5.000 ký tự."))])


class SplitForm(VersionForm):
    """The matters of one report; the first stays in it. Empty parts count as not there."""

    part_1, part_2, part_3 = _part(1), _part(2), _part(3)
    part_4, part_5, part_6 = _part(4), _part(5), _part(6)

    def parts(self, number: int) -> list[Any]:
        """The first so many fields."""
        return [self[f"part_{at}"] for at in range(1, number + 1)]

    def texts(self) -> list[str]:
        """What is written in the parts, without empty ones."""
        return [words for field in self.parts(MOST_PARTS) if (words := clean(field.data or ""))]

    def validate_part_2(self, field: Any) -> None:
        """Two matters at least, none of them a few letters."""
        if len(self.texts()) < 2:
            raise ValidationError(_("Xin ghi ít nhất hai việc."))
        if min(map(len, self.texts())) < SHORTEST_PART:
            raise ValidationError(_("Mỗi việc cần ít nhất 10 ký tự."))


class BulkForm(PageForm):
    """The mark of one bulk, made before it is sent so that a double click makes one."""

    bulk_id = HiddenField(validators=[Regexp(r"^[0-9a-z]{16}$")])


class KeyInForm(PageForm):
    """A report taken down for a citizen."""

    channel = RadioField(
        _l("Người dân phản ánh qua đâu?"),
        choices=[SelectChoice(channel.value, CHANNELS[channel]) for channel in BY_HAND],
        validators=[AnyOf([channel.value for channel in BY_HAND], message=_l("Xin chọn nơi nhận phản ánh."))],
        validate_choice=False,
    )
    text = TextAreaField(_l("Nội dung phản ánh"))
    area = SelectField(_l("Phường, xã"), validate_choice=False)
    place = StringField(
        _l("Số nhà, tên đường hoặc địa điểm dễ nhận ra"), [Length(max=PLACE_LIMIT, message=_l("Xin viết ngắn hơn 300 ký tự."))]
    )
    name = StringField(
        _l("Họ và tên người phản ánh"), [Length(max=120, message=_l("Xin viết ngắn hơn 120 ký tự."))], render_kw={"autocomplete": "off"}
    )
    phone = TelField(_l("Số điện thoại"), [Optional()], render_kw={"autocomplete": "off"})
    email = EmailField(_l("Thư điện tử"), [Optional()], render_kw={"autocomplete": "off"})

    def offer(self) -> None:
        """Fill the list of wards."""
        self.area.choices = [SelectChoice("", _("Chưa rõ")), *ward_choices()]

    def validate_text(self, field: Any) -> None:
        """Between 10 and 5,000 characters after cleaning."""
        length = len(clean(field.data or ""))
        if length < SHORTEST_TEXT:
            raise ValidationError(_("Xin ghi nội dung phản ánh, ít nhất 10 ký tự."))
        if length > TEXT_LIMIT:
            raise ValidationError(_("Nội dung dài quá 5.000 ký tự. Xin tóm tắt lại."))

    def validate_area(self, field: Any) -> None:
        """One of the list, or not known."""
        if field.data:
            _one_of(field, _("Xin chọn một phường, xã trong danh sách."))

    def validate_phone(self, field: Any) -> None:
        """A Vietnamese number."""
        if not is_phone(tidy_phone(field.data or "")):
            raise ValidationError(_("Số điện thoại chưa đúng. Xin nhập 10 chữ số, ví dụ: 0900 000 123."))

    def validate_email(self, field: Any) -> None:
        """An address that mail can be sent to."""
        if not is_email((field.data or "").strip()):
            raise ValidationError(_("Địa chỉ thư điện tử chưa đúng, ví dụ: ten@example.com."))
