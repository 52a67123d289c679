"""The acts of the case page on who does the work: accept, return, hand on, decide, co-handling, assign."""

from __future__ import annotations

from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.cases import handling, partners, transfers
from feedback.cases.handover_models import ReturnReason
from feedback.inbox.case_views import act_on
from feedback.inbox.forms import ReasonForm, VersionForm
from feedback.inbox.handover_forms import (
    AskPartnerForm,
    AssignForm,
    CancelPartForm,
    DecideForm,
    HandOnForm,
    PartReportForm,
    PartReturnForm,
    RecallForm,
)
from feedback.inbox.pages import AGENCY, blueprint
from feedback.web import Page, roles


@blueprint.post("/<public_id>/thu-ly")
@roles(*AGENCY)
def accept(public_id: str) -> Page:
    """Thụ lý: the officer takes the case."""
    return act_on(public_id, VersionForm(), lambda actor, _f, version: transfers.accept(actor, public_id, version), _("Đã thụ lý hồ sơ."))


@blueprint.post("/<public_id>/tra-lai")
@roles(*AGENCY)
def give_back(public_id: str) -> Page:
    """Trả lại: back to whoever sent it, or to the referee, with a reason."""
    return act_on(
        public_id,
        ReasonForm(),
        lambda actor, form, version: transfers.give_back(actor, public_id, version, ReturnReason(form.code.data), form.reason.data or ""),
        _("Đã trả lại hồ sơ."),
        leaves="inbox.list_cases",
    )


@blueprint.post("/<public_id>/chuyen-tiep")
@roles(*AGENCY)
def hand_on(public_id: str) -> Page:
    """Chuyển tiếp: another agency is competent."""
    return act_on(
        public_id,
        HandOnForm(),
        lambda actor, form, version: transfers.hand_on(actor, public_id, version, int(form.to_agency.data), form.hand_on_reason.data or ""),
        _("Đã chuyển tiếp. Cơ quan vẫn chịu trách nhiệm đến khi nơi nhận thụ lý."),
    )


@blueprint.post("/<public_id>/thu-hoi")
@roles(*AGENCY)
def recall(public_id: str) -> Page:
    """Thu hồi: back from its way."""
    return act_on(
        public_id,
        RecallForm(),
        lambda actor, form, version: transfers.recall(actor, public_id, version, form.recall_reason.data or ""),
        _("Đã thu hồi hồ sơ."),
    )


@blueprint.post("/<public_id>/phan-dinh")
@roles(Role.AGENCY_HEAD)
def decide(public_id: str) -> Page:
    """Phân định: the referee's word binds."""
    return act_on(
        public_id,
        DecideForm(),
        lambda actor, form, version: transfers.decide(
            actor, public_id, version, int(form.decide_agency.data), form.decide_reason.data or ""
        ),
        _("Đã phân định cơ quan chịu trách nhiệm."),
        leaves="inbox.list_cases",
    )


@blueprint.post("/<public_id>/phan-cong")
@roles(*AGENCY)
def assign(public_id: str) -> Page:
    """Phân công: who works on it."""
    return act_on(
        public_id,
        AssignForm(),
        lambda actor, form, version: handling.assign(actor, public_id, version, int(form.handler.data)),
        _("Đã phân công người xử lý."),
    )


@blueprint.post("/<public_id>/phoi-hop")
@roles(*AGENCY)
def ask_partner(public_id: str) -> Page:
    """Đề nghị phối hợp: another agency is asked for its part."""
    return act_on(
        public_id,
        AskPartnerForm(),
        lambda actor, form, version: partners.ask_partner(
            actor, public_id, version, int(form.partner_agency.data), form.partner_request.data or "", form.partner_due.data
        ),
        _("Đã gửi đề nghị phối hợp."),
    )


@blueprint.post("/<public_id>/nhan-phoi-hop")
@roles(*AGENCY)
def accept_part(public_id: str) -> Page:
    """Nhận phối hợp."""
    return act_on(
        public_id, VersionForm(), lambda actor, _f, version: partners.accept_part(actor, public_id, version), _("Đã nhận phối hợp.")
    )


@blueprint.post("/<public_id>/tu-choi-phoi-hop")
@roles(*AGENCY)
def return_part(public_id: str) -> Page:
    """Từ chối phối hợp, with a reason."""
    return act_on(
        public_id,
        PartReturnForm(),
        lambda actor, form, version: partners.return_part(actor, public_id, version, form.part_return_reason.data or ""),
        _("Đã trả lại đề nghị phối hợp."),
        leaves="inbox.list_cases",
    )


@blueprint.post("/<public_id>/bao-cao-phoi-hop")
@roles(*AGENCY)
def report_part(public_id: str) -> Page:
    """Báo cáo kết quả phối hợp."""
    return act_on(
        public_id,
        PartReportForm(),
        lambda actor, form, version: partners.report_part(actor, public_id, version, form.part_report.data or ""),
        _("Đã gửi kết quả cho cơ quan chủ trì."),
    )


@blueprint.post("/<public_id>/thoi-phoi-hop")
@roles(*AGENCY)
def cancel_part(public_id: str) -> Page:
    """Thôi đề nghị phối hợp."""
    return act_on(
        public_id,
        CancelPartForm(),
        lambda actor, form, version: partners.cancel_part(actor, public_id, version, int(form.partner.data), form.cancel_reason.data or ""),
        _("Đã thôi đề nghị phối hợp."),
    )
