"""The acts of the case page on dialogue and clock: ask, resume, report progress, suspend, extend."""

from __future__ import annotations

from flask_babel import gettext as _

from feedback.cases import dialogue, extending
from feedback.cases.access import Actor
from feedback.cases.clock_models import Ground
from feedback.inbox.case_views import act_on
from feedback.inbox.clock_forms import AskForm, DeclineForm, ExtensionForm, ProgressForm, ResumeForm, SuspendForm
from feedback.inbox.forms import VersionForm
from feedback.inbox.pages import ANSWERING, APPROVING, blueprint
from feedback.web import Page, roles


@blueprint.post("/<public_id>/yeu-cau-bo-sung")
@roles(*ANSWERING)
def ask(public_id: str) -> Page:
    """Yêu cầu bổ sung: the sender is asked, and the clock stands still."""
    return act_on(
        public_id,
        AskForm(),
        lambda actor, form, version: dialogue.ask(actor, public_id, version, form.question.data or ""),
        _("Đã gửi yêu cầu bổ sung. Thời hạn tạm dừng trong lúc chờ."),
    )


@blueprint.post("/<public_id>/xu-ly-tiep")
@roles(*ANSWERING)
def resume(public_id: str) -> Page:
    """Xử lý tiếp: the clock goes on."""
    return act_on(
        public_id,
        ResumeForm(),
        lambda actor, form, version: dialogue.resume(actor, public_id, version, form.resume_reason.data or ""),
        _("Hồ sơ được xử lý tiếp; thời hạn chạy tiếp."),
    )


@blueprint.post("/<public_id>/bao-tien-do")
@roles(*ANSWERING)
def report_progress(public_id: str) -> Page:
    """Báo tiến độ: the citizen reads how far it is."""
    return act_on(
        public_id,
        ProgressForm(),
        lambda actor, form, version: dialogue.report_progress(actor, public_id, version, form.progress.data or "", form.promised_on.data),
        _("Đã báo tiến độ cho người dân."),
    )


@blueprint.post("/<public_id>/tam-dinh-chi")
@roles(*APPROVING)
def suspend(public_id: str) -> Page:
    """Tạm đình chỉ: by decision, on petitions only."""
    return act_on(
        public_id,
        SuspendForm(),
        lambda actor, form, version: dialogue.suspend(actor, public_id, version, form.suspend_ground.data or ""),
        _("Đã tạm đình chỉ. Thời gian này không tính vào thời hạn."),
    )


@blueprint.post("/<public_id>/de-nghi-gia-han")
@roles(*ANSWERING)
def ask_extension(public_id: str) -> Page:
    """Đề nghị gia hạn: a handler asks his head."""

    def do(actor: Actor, form: ExtensionForm, version: int) -> None:
        ground = Ground(form.ground.data)
        extending.ask_extension(actor, public_id, version, form.rule.data, ground, form.extension_reason.data or "")

    return act_on(public_id, ExtensionForm(), do, _("Đã trình đề nghị gia hạn."))


@blueprint.post("/<public_id>/gia-han")
@roles(*APPROVING)
def extend(public_id: str) -> Page:
    """Gia hạn: the head's own decision."""

    def do(actor: Actor, form: ExtensionForm, version: int) -> None:
        ground = Ground(form.ground.data)
        extending.extend(actor, public_id, version, form.rule.data, ground, form.extension_reason.data or "")

    return act_on(public_id, ExtensionForm(), do, _("Đã gia hạn. Người dân được báo ngày mới và lý do."))


@blueprint.post("/<public_id>/dong-y-gia-han")
@roles(*APPROVING)
def grant_extension(public_id: str) -> Page:
    """The head agrees to what was asked for."""
    return act_on(
        public_id,
        VersionForm(),
        lambda actor, _f, version: extending.decide_extension(actor, public_id, version, granted=True, reason=""),
        _("Đã gia hạn. Người dân được báo ngày mới và lý do."),
    )


@blueprint.post("/<public_id>/tu-choi-gia-han")
@roles(*APPROVING)
def decline_extension(public_id: str) -> Page:
    """The head does not agree, and says why."""
    return act_on(
        public_id,
        DeclineForm(),
        lambda actor, form, version: extending.decide_extension(
            actor, public_id, version, granted=False, reason=form.decline_reason.data or ""
        ),
        _("Đã từ chối đề nghị gia hạn."),
    )
