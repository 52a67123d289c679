"""Forms of the conduct track. Each carries the version of the case it was made for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Regexp, ValidationError

from feedback.accounts.models import User
from feedback.cases import conduct, verifying
from feedback.cases.conduct_models import Verdict
from feedback.cases.handling import ANSWER_LIMIT
from feedback.cases.writing import REASON_LIMIT
from feedback.city.models import Agency
from feedback.page_form import PageForm

VERDICTS = {
    Verdict.SUBSTANTIATED: _l("Có căn cứ: nội dung phản ánh đúng hoặc đúng một phần"),
    Verdict.NOT_SUBSTANTIATED: _l("Không có căn cứ: đã xác minh, không đúng như phản ánh"),
    Verdict.POLICE: _l("Có dấu hiệu tội phạm: đã chuyển cơ quan điều tra"),
}
TOO_LONG = _l("Xin viết ngắn hơn.")


class CaseForm(PageForm):
    """An act on one case."""

    version = HiddenField(validators=[Regexp(r"^\d{1,9}$", message=_l("Xin tải lại trang rồi thử lại."))])


class AccusedForm(CaseForm):
    """Whom the report accuses."""

    agency = SelectField(_l("Cơ quan bị phản ánh"), validate_choice=False)
    agency_too = SelectField(_l("Cơ quan thứ hai bị phản ánh"), validate_choice=False)
    officers = StringField(_l("Tên đăng nhập của cán bộ bị nêu tên"), [Length(max=300, message=TOO_LONG)])

    def offer(self, agencies: Sequence[Agency]) -> None:
        """Fill the lists with the agencies in force."""
        choices = [SelectChoice("", _("Không có")), *(SelectChoice(str(row.id), row.name) for row in agencies)]
        self.agency.choices = self.agency_too.choices = choices

    def validate_agency(self, field: Any) -> None:
        """One of the list, or none."""
        if field.data and field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("Xin chọn một cơ quan trong danh sách."))

    validate_agency_too = validate_agency

    def validate_officers(self, field: Any) -> None:
        """Names of accounts that there are."""
        unknown = [name for name in self._names() if conduct.officer_called(name) is None]
        if unknown:
            raise ValidationError(_("Không có tài khoản %(names)s. Xin xem lại tên đăng nhập.", names=", ".join(unknown)))

    def _names(self) -> list[str]:
        return (self.officers.data or "").replace(",", " ").split()

    def agency_ids(self) -> set[int]:
        """Keys of the agencies chosen."""
        return {int(chosen) for chosen in (self.agency.data, self.agency_too.data) if chosen}

    def user_ids(self) -> set[int]:
        """Keys of the officers named."""
        found: list[User | None] = [conduct.officer_called(name) for name in self._names()]
        return {officer.id for officer in found if officer is not None}


class PullForm(AccusedForm):
    """An open case in which somebody has noticed an accusation."""

    version = None
    officers = None
    reference = StringField(_l("Số hồ sơ"), [InputRequired(message=_l("Xin nhập số hồ sơ.")), Length(max=20, message=TOO_LONG)])
    reason = TextAreaField(_l("Vì sao phải niêm phong?"), [InputRequired(message=_l("Xin ghi lý do.")), Length(max=REASON_LIMIT)])

    def validate_officers(self, field: Any) -> None:
        """Nobody is named here."""


class VerifierForm(CaseForm):
    """Who verifies, by which text."""

    verifier = StringField(_l("Tên đăng nhập của người xác minh"), [InputRequired(message=_l("Xin nhập tên đăng nhập."))])
    text = TextAreaField(
        _l("Bản trích đã che thông tin"),
        [InputRequired(message=_l("Xin viết bản trích.")), Length(max=verifying.TEXT_LIMIT, message=TOO_LONG)],
    )
    confirmed = BooleanField(_l("Tôi đã xem từng chỗ còn giống thông tin cá nhân và thấy cần giữ"))

    def validate_verifier(self, field: Any) -> None:
        """The name of an account."""
        if conduct.officer_called(field.data or "") is None:
            raise ValidationError(_("Không có tài khoản này. Xin xem lại tên đăng nhập."))


class FindingForm(CaseForm):
    """What the examination found."""

    verdict = RadioField(
        _l("Kết quả xác minh"),
        choices=[SelectChoice(verdict.value, label) for verdict, label in VERDICTS.items()],
        validators=[AnyOf([verdict.value for verdict in Verdict], message=_l("Xin chọn kết quả."))],
        validate_choice=False,
    )


class ConcludeForm(FindingForm):
    """The leaders' finding, and words for the sender."""

    answer = TextAreaField(
        _l("Nội dung trả lời người gửi"),
        [InputRequired(message=_l("Xin viết nội dung trả lời.")), Length(max=ANSWER_LIMIT, message=TOO_LONG)],
    )


class ReportForm(PageForm):
    """What a verifier found out."""

    report = TextAreaField(
        _l("Kết quả xác minh"),
        [InputRequired(message=_l("Xin ghi kết quả xác minh.")), Length(max=verifying.TEXT_LIMIT, message=TOO_LONG)],
    )
