"""Forms of the case page. Each carries the version of the case it was made for; field names are its own, so that ids stay unique."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, Regexp, ValidationError

from feedback.cases.handling import ANSWER_LIMIT
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import Outcome
from feedback.cases.words import OUTCOMES, RETURN_REASONS
from feedback.cases.writing import REASON_LIMIT
from feedback.inbox.choices import Lists
from feedback.page_form import PageForm
from feedback.text import clean

RELOAD = _l("Xin tải lại trang rồi thử lại.")


class Some:
    """Asks for words that are more than spaces."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: PageForm, field: Any) -> None:
        """Raises ValidationError for an empty field."""
        if not clean(field.data or ""):
            raise ValidationError(self.message)


class OneOf:
    """Asks for one of the choices the page offered."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: PageForm, field: Any) -> None:
        """Raises ValidationError for no choice and for one that was not offered."""
        if not field.data or field.data not in {choice.value for choice in field.choices or ()}:
            raise ValidationError(self.message)


class DayField(DateField):
    """A day in the browser's own calendar, yyyy-mm-dd on the wire."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError in the reader's language for what is no day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Xin nhập ngày, tháng, năm.")) from None


def words(label: Any, missing: Any, limit: int = REASON_LIMIT) -> TextAreaField:
    """A text of so many characters that must not be empty."""
    too_long = _l("Xin viết ngắn hơn, tối đa %(limit)s ký tự.", limit=limit)
    return TextAreaField(label, [Some(missing), Length(max=limit, message=too_long)])


class VersionForm(PageForm):
    """An act that needs no words."""

    version = HiddenField(validators=[Regexp(r"^\d{1,9}$", message=RELOAD)])

    def offer(self, lists: Lists) -> None:
        """Fill the lists of the form with what can be chosen for this case."""

    def typed(self) -> list[tuple[str, str]]:
        """Label and words of everything the officer chose or wrote, for the page that tells him it was not saved."""
        return [(str(field.label.text), shown) for field in self if (shown := _shown(field))]


def _shown(field: Any) -> str:
    if isinstance(field, HiddenField) or not field.data:
        return ""
    if isinstance(field, SelectField | RadioField):
        return next((str(choice.label) for choice in field.choices or () if choice.value == field.data), "")
    return f"{field.data:%d/%m/%Y}" if isinstance(field, DateField) else str(field.data)


class ReasonForm(VersionForm):
    """Why a case goes back to whoever sent it."""

    code = RadioField(
        _l("Vì sao trả lại?"),
        choices=[SelectChoice(code.value, label) for code, label in RETURN_REASONS.items()],
        validators=[AnyOf([code.value for code in ReturnReason], message=_l("Xin chọn lý do trả lại."))],
        validate_choice=False,
    )
    reason = words(_l("Lý do trả lại"), _l("Xin ghi lý do, để nơi nhận biết phải làm gì."))


class CommentForm(VersionForm):
    """What the head wants done again."""

    comment = words(_l("Cần sửa hoặc làm thêm gì?"), _l("Xin ghi điều cần sửa, để người soạn biết phải làm gì."))


class AnswerForm(VersionForm):
    """The answer to the citizen."""

    outcome = RadioField(
        _l("Kết quả"),
        choices=[SelectChoice(outcome.value, label) for outcome, label in OUTCOMES.items()],
        validators=[AnyOf([outcome.value for outcome in Outcome], message=_l("Xin chọn kết quả giải quyết."))],
        validate_choice=False,
    )
    text = words(_l("Nội dung trả lời người dân"), _l("Xin viết nội dung trả lời."), ANSWER_LIMIT)


class ReleaseForm(VersionForm):
    """The inspectorate finds nobody's conduct meant."""

    category = SelectField(_l("Lĩnh vực"), [OneOf(_l("Xin chọn lĩnh vực."))], validate_choice=False)
    release_reason = words(_l("Vì sao không phải chuyện hành vi?"), _l("Xin ghi lý do."))

    def offer(self, lists: Lists) -> None:
        """Every field but conduct."""
        self.category.choices = lists.categories
