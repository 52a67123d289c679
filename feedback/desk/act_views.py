"""The acts of the desk, each one form and one service."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.attachments.services import of_case
from feedback.cases import desk, dialogue, ending, queries, transfers
from feedback.cases.access import open_moves
from feedback.cases.models import Refusal
from feedback.cases.pages import actor_here
from feedback.cases.sorting import classify_case, read_again
from feedback.cases.words import REFUSALS, STATES
from feedback.cases.workflow import Move
from feedback.cases.writing import REASON_LIMIT
from feedback.city.models import Track
from feedback.desk import guidance, parts
from feedback.desk import queries as lists
from feedback.desk.case_views import act_on, case_page, chosen_area, fill
from feedback.desk.forms import AskForm, MergeForm, PetitionForm, ReasonForm, RefuseForm, SealForm, SortForm, SplitForm
from feedback.desk.pages import blueprint, chosen_in
from feedback.errors import NotFound
from feedback.language import locale_here
from feedback.page_form import PageForm
from feedback.text import clean
from feedback.web import Page, roles


@blueprint.post("/tiep-nhan/<public_id>")
@roles(Role.FRONT_DESK)
def decide(public_id: str) -> Page:
    """Chuyển: forward the case, or propose an agency again for another field."""
    form = SortForm()
    if request.form.get("act") == "suggest":
        return case_page(public_id, form, again=True)
    fill(form)
    agency = form.agency.data or ""
    return act_on(
        public_id,
        form,
        Move.FORWARD,
        lambda actor, form, version: desk.forward(actor, public_id, version, _decision(form)),
        _("Đã chuyển hồ sơ. Bộ phận tiếp nhận còn chịu trách nhiệm đến khi nơi nhận thụ lý."),
        words=_kept(form.note.data),
        agency_id=int(agency) if agency.isascii() and agency.isdigit() and len(agency) < 10 else None,
    )


def _decision(form: SortForm) -> desk.Decision:
    procedure = int(form.procedure.data) if form.procedure.data else None
    return desk.Decision(form.category.data, int(form.agency.data), procedure, form.note.data or "", chosen_area(form))


def _kept(words: str | None) -> str:
    """Words as a move keeps them."""
    return (words or "").strip()[:REASON_LIMIT]


@blueprint.post("/tiep-nhan/<public_id>/chuyen-thanh-tra")
@roles(Role.FRONT_DESK)
def send_to_inspectorate(public_id: str) -> Page:
    """Seal a report about an official's conduct; from then on the desk does not see it."""
    form = SealForm()
    return act_on(
        public_id,
        form,
        Move.SEAL,
        lambda actor, form, version: desk.send_to_inspectorate(actor, public_id, version, form.seal_reason.data or ""),
        _("Đã chuyển Thanh tra. Từ nay bộ phận tiếp nhận không còn thấy hồ sơ này."),
        words=_kept(form.seal_reason.data),
    )


@blueprint.post("/tiep-nhan/<public_id>/don")
@roles(Role.FRONT_DESK)
def take_petition(public_id: str) -> Page:
    """Take a signed paper as a complaint or a denunciation; the latter is sealed and leaves the desk."""
    form = PetitionForm()
    track = form.track.data
    if track == Track.COMPLAINT:
        done = _("Đã chuyển sang trình tự khiếu nại. Thời hạn được tính theo Luật Khiếu nại.")
    else:
        done = _("Đã chuyển Thanh tra theo trình tự tố cáo. Từ nay bộ phận tiếp nhận không còn thấy hồ sơ này.")
    if track == Track.COMPLAINT and queries.visible_case(actor_here(), public_id).track is Track.COMPLAINT:
        flash(_("Thao tác này đã được thực hiện trước đó; không có gì thay đổi thêm."))
        return redirect(url_for("desk.case", public_id=public_id, **chosen_in(request.args)))
    return act_on(
        public_id,
        form,
        Move.SEAL,
        lambda actor, form, version: desk.set_petition(actor, public_id, version, Track(form.track.data)),
        done,
    )


@blueprint.post("/tiep-nhan/<public_id>/hoi")
@roles(Role.FRONT_DESK)
def ask(public_id: str) -> Page:
    """Yêu cầu bổ sung: ask the sender; the clock stands still."""
    form = AskForm()
    return act_on(
        public_id,
        form,
        Move.ASK,
        lambda actor, form, version: dialogue.ask(actor, public_id, version, form.question.data or ""),
        _("Đã gửi câu hỏi. Thời hạn tạm dừng đến khi người gửi trả lời hoặc hết thời gian chờ."),
        words=_kept(form.question.data),
    )


@blueprint.post("/tiep-nhan/<public_id>/xu-ly-tiep")
@roles(Role.FRONT_DESK)
def resume(public_id: str) -> Page:
    """Go on without waiting for the sender any longer."""
    form = ReasonForm()
    return act_on(
        public_id,
        form,
        Move.RESUME,
        lambda actor, form, version: dialogue.resume(actor, public_id, version, form.reason.data or ""),
        _("Hồ sơ trở lại hàng chờ phân loại; thời hạn chạy tiếp."),
        words=_kept(form.reason.data),
    )


@blueprint.post("/tiep-nhan/<public_id>/thu-hoi")
@roles(Role.FRONT_DESK)
def recall(public_id: str) -> Page:
    """Thu hồi: take back what is under way and not yet accepted."""
    form = ReasonForm()
    return act_on(
        public_id,
        form,
        Move.RECALL,
        lambda actor, form, version: transfers.recall(actor, public_id, version, form.reason.data or ""),
        _("Đã thu hồi. Hồ sơ trở lại hàng chờ phân loại."),
        words=_kept(form.reason.data),
    )


@blueprint.get("/tiep-nhan/<public_id>/khong-thu-ly")
@roles(Role.FRONT_DESK)
def refuse_form(public_id: str) -> Page:
    """Choose why a report is not taken on and make the prepared guidance fit. At most 16 queries."""
    return _refuse_page(public_id)


def _refuse_page(public_id: str, rejected: RefuseForm | None = None, *, status: int = 200, message: str = "") -> Page:
    found = queries.visible_case(actor_here(), public_id)
    if Move.REFUSE not in open_moves(actor_here(), found):
        return redirect(url_for("desk.case", public_id=public_id))
    reasons = guidance.reasons_for(found)
    form = rejected or RefuseForm(formdata=None)
    form.offer(reasons)
    code = request.args.get("ly-do", "")
    if rejected is None and code in reasons:
        form.code.data, form.guidance.data = code, guidance.prepared(Refusal(code), found)
    page = render_template(
        "staff/desk/refuse.html",
        case=found,
        form=form,
        reasons={reason.value: REFUSALS[reason] for reason in reasons},
        message=message,
        asked=bool(found.questions),
        chosen=chosen_in(request.args),
    )
    return page, status


@blueprint.post("/tiep-nhan/<public_id>/khong-thu-ly")
@roles(Role.FRONT_DESK)
def refuse(public_id: str) -> Page:
    """Không thụ lý, with a coded reason and guidance."""
    form = RefuseForm()
    form.offer(guidance.reasons_for(queries.visible_case(actor_here(), public_id)))
    return act_on(
        public_id,
        form,
        Move.REFUSE,
        lambda actor, form, version: ending.refuse(actor, public_id, version, Refusal(form.code.data), form.guidance.data or ""),
        _("Đã gửi người dân lý do không thụ lý và hướng dẫn."),
        words=clean(form.guidance.data or "", REASON_LIMIT),
        page=_refuse_page,
    )


@blueprint.get("/tiep-nhan/<public_id>/tach")
@roles(Role.FRONT_DESK)
def split_form(public_id: str) -> Page:
    """The report cut into parts for the officer to put right. At most 16 queries."""
    return _split_page(public_id)


def _split_page(public_id: str, rejected: SplitForm | None = None, *, status: int = 200, message: str = "") -> Page:
    found = queries.visible_case(actor_here(), public_id)
    if Move.SPLIT not in open_moves(actor_here(), found):
        return redirect(url_for("desk.case", public_id=public_id))
    wanted = request.values.get("so", "")
    number = int(wanted) if wanted in ("2", "3", "4", "5", "6") else None
    form = rejected or SplitForm(formdata=None)
    if rejected is None:
        first_cut = parts.cut(found.text, number or min(max(len(parts.cut(found.text)), 2), ending.MOST_PARTS))
        for field, words in zip(form.parts(ending.MOST_PARTS), first_cut, strict=False):
            field.data = words
        number = number or max(len(first_cut), 2)
    shown = form.parts(number or max(len(form.texts()), 2))
    page = render_template(
        "staff/desk/split.html",
        case=found,
        form=form,
        shown=shown,
        most=ending.MOST_PARTS,
        files=of_case(found.id),
        message=message,
        chosen=chosen_in(request.args),
    )
    return page, status


@blueprint.post("/tiep-nhan/<public_id>/tach")
@roles(Role.FRONT_DESK)
def split(public_id: str) -> Page:
    """Tách: each further part becomes a case of its own, read by the machine like any report."""
    form = SplitForm()
    made: list[int] = []
    answer = act_on(
        public_id,
        form,
        Move.SPLIT,
        lambda actor, form, version: made.extend(part.id for part in ending.split(actor, public_id, version, form.texts())),
        _("Đã tách phản ánh. Mỗi việc là một hồ sơ; người gửi theo dõi tất cả bằng một mã."),
        page=_split_page,
    )
    if made:
        for case_id in made:
            classify_case(case_id)
        read_again(queries.visible_case(actor_here(), public_id).id)
    return answer


@blueprint.get("/tiep-nhan/<public_id>/so-sanh/<other_id>")
@roles(Role.FRONT_DESK)
def compare(public_id: str, other_id: str) -> Page:
    """Two reports side by side, before one is merged into the other. At most 12 queries."""
    return _compare_page(public_id, other_id)


def _compare_page(public_id: str, other_id: str, *, status: int = 200, message: str = "") -> Page:
    actor = actor_here()
    found, other = queries.visible_case(actor, public_id), queries.visible_case(actor, other_id)
    if public_id == other_id:
        raise NotFound
    page = render_template(
        "staff/desk/compare.html",
        case=found,
        other=other,
        transfer=lists.last_transfers([other_id]).get(other_id),
        may_merge=Move.MERGE in open_moves(actor, found),
        states=STATES,
        locale=locale_here(),
        message=message,
        chosen=chosen_in(request.args),
    )
    return page, status


@blueprint.post("/tiep-nhan/<public_id>/nhap-ho-so")
@roles(Role.FRONT_DESK)
def merge(public_id: str) -> Page:
    """Nhập hồ sơ: the case follows another one about the same incident."""
    form = MergeForm()

    def page(_public_id: str, _form: PageForm, *, status: int = 200, message: str = "") -> Page:
        return _compare_page(public_id, form.lead.data or "", status=status, message=message)

    return act_on(
        public_id,
        form,
        Move.MERGE,
        lambda actor, form, version: ending.merge(actor, public_id, version, form.lead.data),
        _("Đã nhập hồ sơ. Người gửi đọc được tin và câu trả lời của hồ sơ chính."),
        page=page,
    )


@blueprint.post("/tiep-nhan/<public_id>/tach-lai")
@roles(Role.FRONT_DESK)
def unmerge(public_id: str) -> Page:
    """Tách lại: the case stands by itself again."""
    form = ReasonForm()
    return act_on(
        public_id,
        form,
        Move.UNMERGE,
        lambda actor, form, version: ending.unmerge(actor, public_id, version, form.reason.data or ""),
        _("Đã tách lại. Hồ sơ trở lại hàng chờ phân loại."),
        words=_kept(form.reason.data),
    )
