"""The inspectorate's and the leaders' acts on sealed reports, and the verifier's one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from feedback.accounts.models import Role
from feedback.attachments import services as attachments
from feedback.cases import conduct, handing_up, records, verifying
from feedback.cases.access import Actor
from feedback.cases.accused import Competent
from feedback.cases.conduct_models import Verdict
from feedback.cases.models import Case
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.codes import new_code, show_code
from feedback.conduct.forms import VERDICTS, AccusedForm, CaseForm, ConcludeForm, FindingForm, PullForm, ReportForm, VerifierForm
from feedback.db import now
from feedback.errors import Conflict, Invalid, NotFound
from feedback.inbox.words import MESSAGES
from feedback.localtime import local_day
from feedback.web import Page, roles

blueprint = Blueprint("conduct", __name__, url_prefix="/can-bo/niem-phong")
EXAMINING = (Role.INSPECTORATE, Role.LEADERSHIP)
VERIFYING = (Role.HANDLER, Role.AGENCY_HEAD)
F = TypeVar("F", bound=CaseForm)


@blueprint.get("")
@roles(*EXAMINING)
def cases() -> Page:
    """Sealed cases that still wait, without a word of them, and what was found this year. At most 8 queries."""
    return _cases_page(PullForm(formdata=None))


def _cases_page(form: PullForm, status: int = 200, message: str = "") -> Page:
    form.offer(city.agencies())
    page = render_template(
        "staff/conduct/cases.html",
        waiting=verifying.examined(actor_here()),
        findings=verifying.findings(actor_here(), local_day(now()).year),
        verdicts=VERDICTS,
        form=form,
        may_pull=current_user.role is Role.INSPECTORATE,
        message=message,
    )
    return page, status


@blueprint.post("/rut-ho-so")
@roles(Role.INSPECTORATE)
def pull() -> Page:
    """Rút hồ sơ: an open case that accuses somebody is sealed at once."""
    form = PullForm()
    form.offer(city.agencies())
    if not form.validate_on_submit():
        return _cases_page(form, 422)
    try:
        public_id = conduct.pull(actor_here(), form.reference.data or "", form.agency_ids(), form.reason.data or "")
    except (NotFound, Invalid) as error:
        reload_officer()
        unknown = _("Không có hồ sơ đang mở mang số này. Xin xem lại số hồ sơ.")
        return _cases_page(form, 422, unknown if isinstance(error, NotFound) else error.message)
    reload_officer()
    flash(_("Đã niêm phong. Cơ quan đang giữ hồ sơ không còn thấy hồ sơ này."))
    return redirect(url_for("conduct.case", public_id=public_id))


@blueprint.get("/<public_id>")
@roles(*EXAMINING)
def case(public_id: str) -> Page:
    """One sealed case: whom it accuses, who verifies, what was found. The opening is written down first. At most 24 queries."""
    return _page(public_id)


def _page(public_id: str, rejected: CaseForm | None = None, *, status: int = 200, message: str = "") -> Page:
    found = verifying.opened(actor_here(), public_id)
    way = conduct.way_of(found.accused_agency_ids)
    names = {row.id: row.name for row in city.agencies()}
    page = render_template(
        "staff/conduct/case.html",
        case=found,
        forms=_forms(found, rejected),
        form=rejected,
        message=message,
        higher=way.competent is Competent.HIGHER,
        accused=[names.get(key, "") for key in found.accused_agency_ids],
        officers=conduct.named_officers(found),
        verifications=verifying.verifications(found),
        finding=verifying.finding_of(found),
        verdicts=VERDICTS,
        handed_up=handing_up.handed_up(found),
        code=_code(found) if way.competent is Competent.HIGHER and handing_up.handed_up(found) is None else "",
        leads=current_user.role is Role.LEADERSHIP,
        taken_up=found.state not in (State.TRIAGE, State.RECEIVED),
        files=attachments.of_case(found.id),
        messages=records.messages(found.id),
        speakers=MESSAGES,
    )
    return page, status


def _forms(found: Case, rejected: CaseForm | None) -> dict[str, CaseForm]:
    kinds = {"accused": AccusedForm, "verifier": VerifierForm, "finding": FindingForm, "conclude": ConcludeForm}
    forms = {name: rejected if type(rejected) is kind else kind(formdata=None) for name, kind in kinds.items()}
    accused, verifier = forms["accused"], forms["verifier"]
    accused.offer(city.agencies())
    if accused is not rejected:
        first, *rest = [str(key) for key in found.accused_agency_ids] or [""]
        accused.agency.data, accused.agency_too.data = first, rest[0] if rest else ""
        accused.officers.data = ", ".join(conduct.named_officers(found))
    if verifier is not rejected:
        verifier.text.data = verifying.proposed_text(found)
    return forms


def _code(found: Case) -> str:
    """The code of the file that will be made, kept in this browser only until then."""
    code: str = session.setdefault(f"handing-up-{found.public_id}", new_code())
    return show_code(code)


def _act(public_id: str, form: F, act: Callable[[Actor, F, int], object], done: str, *, leaves: bool = False) -> Page:
    """One act on a case: check, do, say so. What was typed survives every refusal."""
    if isinstance(form, AccusedForm):
        form.offer(city.agencies())
    if not form.validate_on_submit():
        return _page(public_id, form, status=422)
    try:
        act(actor_here(), form, int(form.version.data or 0))
    except (Conflict, Invalid) as error:
        reload_officer()
        return _page(
            public_id, form, status=error.status, message=error.message or _("Hồ sơ đã thay đổi nên thao tác chưa được thực hiện.")
        )
    reload_officer()
    flash(done)
    return redirect(url_for("conduct.cases") if leaves else url_for("conduct.case", public_id=public_id))


@blueprint.post("/<public_id>/bi-phan-anh")
@roles(Role.INSPECTORATE)
def accused(public_id: str) -> Page:
    """Whom the report accuses: from now on they do not see it."""
    form = AccusedForm()
    ways: list[Competent] = []
    page = _act(
        public_id,
        form,
        lambda actor, form, version: ways.append(
            conduct.name_accused(actor, public_id, version, form.agency_ids(), form.user_ids()).competent
        ),
        _("Đã ghi ai bị phản ánh. Những nơi và người này không thấy hồ sơ."),
    )
    return redirect(url_for("conduct.cases")) if Competent.LEADERSHIP in ways else page


@blueprint.post("/<public_id>/quen-nguoi-nay")
@roles(*EXAMINING)
def recuse(public_id: str) -> Page:
    """Tôi quen người này: step back, at once and for good."""
    return _act(
        public_id,
        CaseForm(),
        lambda actor, _form, _version: conduct.recuse(actor, public_id),
        _("Đã chuyển hồ sơ cho người khác. Ông/Bà không còn thấy hồ sơ này."),
        leaves=True,
    )


@blueprint.post("/<public_id>/giao-xac-minh")
@roles(*EXAMINING)
def ask_verifier(public_id: str) -> Page:
    """Give one officer of an agency the redacted text to verify."""

    def ask(actor: Actor, form: VerifierForm, version: int) -> None:
        officer = conduct.officer_called(form.verifier.data or "")
        verifying.ask_verifier(
            actor, public_id, version, officer.id if officer else 0, form.text.data or "", confirmed=bool(form.confirmed.data)
        )

    return _act(public_id, VerifierForm(), ask, _("Đã giao xác minh. Người xác minh chỉ đọc được bản trích."))


@blueprint.post("/<public_id>/ket-qua")
@roles(Role.INSPECTORATE)
def finding(public_id: str) -> Page:
    """What the examination found, for the figures."""
    return _act(
        public_id,
        FindingForm(),
        lambda actor, form, version: verifying.record_finding(actor, public_id, version, Verdict(form.verdict.data)),
        _("Đã ghi kết quả. Số liệu không nêu tên ai."),
    )


@blueprint.post("/<public_id>/ket-luan")
@roles(Role.LEADERSHIP)
def conclude(public_id: str) -> Page:
    """The leaders' conclusion on a report that accuses the inspectorate."""
    return _act(
        public_id,
        ConcludeForm(),
        lambda actor, form, version: verifying.conclude(actor, public_id, version, Verdict(form.verdict.data), form.answer.data or ""),
        _("Đã kết luận. Người gửi đọc được câu trả lời từ bây giờ."),
    )


@blueprint.post("/<public_id>/xuat-cap-tren")
@roles(Role.INSPECTORATE)
def hand_up(public_id: str) -> Page:
    """The sealed file for the higher authority, once."""
    code = session.get(f"handing-up-{public_id}")
    made: list[bytes] = []
    if code is None:
        return _page(public_id)
    page = _act(
        public_id,
        CaseForm(),
        lambda actor, _form, version: made.append(handing_up.hand_up(actor, public_id, version, code)),
        "",
    )
    if not made:
        return page
    session.pop("_flashes", None)
    session.pop(f"handing-up-{public_id}")
    response = Response(made[0], mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="ho-so-niem-phong-{public_id}.bin"'
    return response


@blueprint.get("/<public_id>/tep/<file_id>")
@roles(Role.LEADERSHIP)
def file(public_id: str, file_id: str) -> Page:
    """A file of a case that accuses the inspectorate, to be saved; the reading is written down first."""
    return attachments.download(verifying.open_file(actor_here(), public_id, file_id))


@blueprint.get("/xac-minh")
@roles(*VERIFYING)
def to_verify() -> Page:
    """What this officer was asked to verify, without a word of it. At most 6 queries."""
    return render_template("staff/conduct/to_verify.html", waiting=verifying.waiting_for(actor_here()))


@blueprint.get("/xac-minh/<public_id>")
@roles(*VERIFYING)
def verify(public_id: str) -> Page:
    """The redacted text and a form for what he found out."""
    return _verify_page(public_id, ReportForm(formdata=None))


@blueprint.post("/xac-minh/<public_id>")
@roles(*VERIFYING)
def report_back(public_id: str) -> Page:
    """Keep what the verifier found out; he does not see the text any more."""
    form = ReportForm()
    if not form.validate_on_submit():
        return _verify_page(public_id, form, 422)
    verifying.report_back(actor_here(), public_id, form.report.data or "")
    reload_officer()
    flash(_("Đã gửi kết quả xác minh. Bản trích không còn hiện ở đây."))
    return redirect(url_for("conduct.to_verify"))


def _verify_page(public_id: str, form: ReportForm, status: int = 200) -> Page:
    asked = verifying.open_verification(actor_here(), public_id)
    page = render_template("staff/conduct/verify.html", asked=asked, form=form)
    return page, status
