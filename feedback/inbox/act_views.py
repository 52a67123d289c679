"""The acts of the case page on answer, ends and the inspectorate, each one form and one service."""

from __future__ import annotations

from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.cases import desk, ending, handling, records
from feedback.cases.access import Actor
from feedback.cases.models import Outcome, Refusal
from feedback.errors import Invalid
from feedback.inbox.case_views import act_on
from feedback.inbox.clock_forms import MergeForm, RefuseForm, UnmergeForm
from feedback.inbox.forms import AnswerForm, CommentForm, ReleaseForm, VersionForm
from feedback.inbox.pages import AGENCY, ANSWERING, APPROVING, blueprint
from feedback.web import Page, roles


@blueprint.post("/<public_id>/luu-nhap")
@roles(*ANSWERING)
def save_draft(public_id: str) -> Page:
    """Keep an unfinished answer."""
    return act_on(
        public_id,
        AnswerForm(),
        lambda actor, form, version: handling.save_draft(actor, public_id, version, Outcome(form.outcome.data), form.text.data or ""),
        _("Đã lưu bản nháp. Người dân chưa thấy nội dung này."),
    )


@blueprint.post("/<public_id>/trinh")
@roles(*ANSWERING)
def submit_answer(public_id: str) -> Page:
    """Trình: hand the answer in for approval."""
    return act_on(
        public_id,
        AnswerForm(),
        lambda actor, form, version: handling.submit_answer(actor, public_id, version, Outcome(form.outcome.data), form.text.data or ""),
        _("Đã trình câu trả lời để duyệt."),
    )


@blueprint.post("/<public_id>/duyet")
@roles(*APPROVING)
def approve(public_id: str) -> Page:
    """Duyệt: the answer goes to the citizen."""
    return act_on(
        public_id,
        VersionForm(),
        lambda actor, _f, version: handling.approve(actor, public_id, version),
        _("Đã duyệt. Người dân đọc được câu trả lời từ bây giờ."),
    )


@blueprint.post("/<public_id>/yeu-cau-lai")
@roles(*APPROVING)
def send_back(public_id: str) -> Page:
    """Yêu cầu xử lý lại: the answer goes back to its author with a comment."""
    return act_on(
        public_id,
        CommentForm(),
        lambda actor, form, version: handling.send_back(actor, public_id, version, form.comment.data or ""),
        _("Đã yêu cầu làm lại câu trả lời."),
    )


@blueprint.post("/<public_id>/thanh-tra-thu-ly")
@roles(Role.INSPECTORATE)
def take_up(public_id: str) -> Page:
    """Thanh tra thụ lý: the inspectorate handles the sealed report itself."""
    return act_on(
        public_id, VersionForm(), lambda actor, _f, version: desk.take_up(actor, public_id, version), _("Thanh tra đã thụ lý hồ sơ.")
    )


@blueprint.post("/<public_id>/bo-niem-phong")
@roles(Role.INSPECTORATE)
def release(public_id: str) -> Page:
    """Nobody's conduct is meant: the report opens and goes to the front desk."""
    return act_on(
        public_id,
        ReleaseForm(),
        lambda actor, form, version: desk.release(actor, public_id, version, form.category.data, form.release_reason.data or ""),
        _("Đã chuyển hồ sơ về bộ phận tiếp nhận."),
        leaves="desk.triage",
    )


@blueprint.post("/<public_id>/khong-thu-ly")
@roles(*APPROVING)
def refuse(public_id: str) -> Page:
    """Không thụ lý: with a coded reason, and words for the citizen."""
    return act_on(
        public_id,
        RefuseForm(),
        lambda actor, form, version: ending.refuse(actor, public_id, version, Refusal(form.refusal.data), form.guidance.data or ""),
        _("Hồ sơ không được thụ lý; người dân đọc được lý do và hướng dẫn."),
    )


@blueprint.post("/<public_id>/nhap")
@roles(*AGENCY)
def merge(public_id: str) -> Page:
    """Nhập hồ sơ: this case follows another from now on."""

    def do(actor: Actor, form: MergeForm, version: int) -> None:
        lead = records.by_reference(actor, form.lead.data or "")
        if lead is None:
            raise Invalid(_("Không tìm thấy hồ sơ có số này trong các hồ sơ Ông/Bà được xem."))
        ending.merge(actor, public_id, version, lead.public_id)

    return act_on(public_id, MergeForm(), do, _("Đã nhập hồ sơ. Người gửi đọc tin và câu trả lời của hồ sơ chính."))


@blueprint.post("/<public_id>/tach-lai")
@roles(*AGENCY)
def unmerge(public_id: str) -> Page:
    """Tách lại: the case is worked on by itself again."""
    return act_on(
        public_id,
        UnmergeForm(),
        lambda actor, form, version: ending.unmerge(actor, public_id, version, form.unmerge_reason.data or ""),
        _("Đã tách hồ sơ để giải quyết riêng."),
    )
