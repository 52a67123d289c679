"""Forms of the hand-over: hand on, recall, decide, ask others to help, help, assign."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired

from feedback.inbox.choices import Lists
from feedback.inbox.forms import DayField, OneOf, VersionForm, words

CHOOSE_AGENCY = _l("Xin chọn một cơ quan trong danh sách.")


class HandOnForm(VersionForm):
    """Another agency is competent."""

    to_agency = SelectField(_l("Cơ quan có thẩm quyền"), [OneOf(CHOOSE_AGENCY)], validate_choice=False)
    hand_on_reason = words(_l("Vì sao chuyển tiếp?"), _l("Xin ghi lý do, để nơi nhận biết vì sao việc thuộc cơ quan mình."))

    def offer(self, lists: Lists) -> None:
        """Every agency but the present one."""
        self.to_agency.choices = lists.agencies


class RecallForm(VersionForm):
    """The sender takes back what nobody has accepted."""

    recall_reason = words(_l("Vì sao thu hồi?"), _l("Xin ghi lý do thu hồi."))


class DecideForm(VersionForm):
    """The referee says who is responsible."""

    decide_agency = SelectField(_l("Cơ quan chịu trách nhiệm"), [OneOf(CHOOSE_AGENCY)], validate_choice=False)
    decide_reason = words(_l("Căn cứ phân định"), _l("Xin ghi căn cứ, để các cơ quan biết vì sao."))

    def offer(self, lists: Lists) -> None:
        """Every agency, the referee's own included."""
        self.decide_agency.choices = lists.all_agencies


class AskPartnerForm(VersionForm):
    """Another agency is asked for its part."""

    partner_agency = SelectField(_l("Cơ quan phối hợp"), [OneOf(CHOOSE_AGENCY)], validate_choice=False)
    partner_request = words(_l("Đề nghị phối hợp việc gì?"), _l("Xin ghi việc cần phối hợp."))
    partner_due = DayField(_l("Hạn phối hợp"), [DataRequired(_l("Xin chọn hạn phối hợp."))])

    def offer(self, lists: Lists) -> None:
        """Every agency but the lead."""
        self.partner_agency.choices = lists.agencies


class PartReturnForm(VersionForm):
    """The co-agency has no part in the matter."""

    part_return_reason = words(_l("Vì sao không phối hợp?"), _l("Xin ghi lý do, để cơ quan chủ trì biết phải làm gì."))


class PartReportForm(VersionForm):
    """What the co-agency did."""

    part_report = words(_l("Kết quả phối hợp"), _l("Xin ghi kết quả phối hợp."))


class CancelPartForm(VersionForm):
    """The lead no longer needs a co-agency's part."""

    partner = RadioField(_l("Cơ quan nào?"), [OneOf(_l("Xin chọn cơ quan phối hợp."))], validate_choice=False)
    cancel_reason = words(_l("Vì sao thôi đề nghị?"), _l("Xin ghi lý do, để cơ quan phối hợp biết."))

    def offer(self, lists: Lists) -> None:
        """Co-agencies still at work."""
        self.partner.choices = lists.open_partners


class AssignForm(VersionForm):
    """Who works on the case."""

    handler = SelectField(_l("Người xử lý"), [OneOf(_l("Xin chọn người xử lý."))], validate_choice=False)

    def offer(self, lists: Lists) -> None:
        """Officers of the agency, the one in charge chosen: a press too early changes nothing."""
        self.handler.choices = lists.handlers
        self.handler.data = self.handler.data or lists.in_charge
