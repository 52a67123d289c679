"""Pages around the answer: prepared texts, approval with changes, the letter of apology, publication; and what is public for everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from feedback.answers import publishing, queries
from feedback.answers.forms import ApproveForm, PublishForm
from feedback.answers.places import put_above
from feedback.cases import handling
from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.ports import Redactor
from feedback.cases.queries import visible_case
from feedback.city import queries as city
from feedback.db import now
from feedback.documents.files import apology_file
from feedback.errors import Busy, Conflict, Invalid, NotFound
from feedback.inbox.case_views import act_on, case_page
from feedback.inbox.forms import AnswerForm, VersionForm
from feedback.inbox.pages import AGENCY, ANSWERING, APPROVING
from feedback.language import locale_here
from feedback.replica.pages import from_replica
from feedback.text import clean
from feedback.web import Page, public, roles

blueprint = Blueprint("answers", __name__, url_prefix="/can-bo/ho-so")
public_blueprint = Blueprint("published", __name__, url_prefix="/cong-khai")


@blueprint.post("/<public_id>/chen-mau")
@roles(*ANSWERING)
def insert(public_id: str) -> Page:
    """The case page again, with a prepared text above what was typed; nothing is saved."""
    form = AnswerForm()
    chosen = queries.template(request.form.get("mau", ""), visible_case(actor_here(), public_id).category_code)
    if chosen is None:
        return case_page(public_id, form, status=422, message=_("Xin chọn một mẫu trả lời."))
    # Words for the citizen, as the prepared text is: in Vietnamese, whatever language the officer reads his pages in.
    text = f"{chosen.text}\n\nCăn cứ: {chosen.legal_reference}." if chosen.legal_reference else chosen.text
    form.text.data = put_above(text, form.text.data or "")
    form.outcome.data = form.outcome.data or chosen.outcome.value
    flash(_("Đã chèn mẫu “%(title)s”. Xin điền các chỗ trong dấu [[ ]] trước khi trình.", title=chosen.title))
    return case_page(public_id, form)


@blueprint.post("/<public_id>/sua-va-duyet")
@roles(*APPROVING)
def approve(public_id: str) -> Page:
    """Duyệt: the answer goes out as the head has it in the form."""
    return act_on(
        public_id,
        ApproveForm(),
        lambda actor, form, version: handling.approve(actor, public_id, version, form.text.data or ""),
        _("Đã duyệt. Người dân đọc được câu trả lời từ bây giờ."),
    )


@blueprint.get("/<public_id>/thu-xin-loi.pdf")
@roles(*AGENCY)
def apology(public_id: str) -> Response:
    """The letter of apology of a case of the officer's agency. Raises NotFound when none is owed."""
    actor = actor_here()
    case = visible_case(actor, public_id)
    facts = queries.apology_facts(case, now())
    if facts is None or case.agency_id != actor.agency_id:
        raise NotFound
    return apology_file(facts, to_sign=True)


def _redactor() -> Redactor:
    found: Redactor | None = current_app.extensions.get("redactor")
    if found is None:
        raise Busy(_("Chưa kiểm tra được thông tin cá nhân nên chưa công khai được. Xin thử lại sau."))
    return found


@blueprint.get("/<public_id>/cong-khai")
@roles(*AGENCY)
def publication(public_id: str) -> Page:
    """What will be public, masked, beside the original with its marks."""
    case, answer = publishing.publishable(actor_here(), public_id)
    known = publishing.current(case)
    text, answer = (known.text, known.answer) if known else (case.text, answer)
    looked = [publishing.look(_redactor(), words) for words in (text, answer)]
    masked = [words.text if known else words.masked for words in looked]
    return _publication_page(case, PublishForm(formdata=None, text=masked[0], answer=masked[1], seen=publishing.seal_of(*masked)), looked)


@blueprint.post("/<public_id>/cong-khai")
@roles(*AGENCY)
def publish(public_id: str) -> Page:
    """Let the texts out as the officer left them; whatever looks personal in them is shown to him first."""
    actor, form, redactor = actor_here(), PublishForm(), _redactor()
    case, _answer = publishing.publishable(actor, public_id)
    message, status = "", 422
    if form.validate_on_submit():
        try:
            text, answer = form.text.data or "", form.answer.data or ""
            publishing.publish(redactor, actor, public_id, int(form.version.data or 0), text, answer, form.seen.data or "")
        except (Invalid, Conflict) as error:
            message, status = error.message, error.status
            reload_officer()
            case, _answer = publishing.publishable(actor, public_id)
        else:
            flash(_("Đã công khai. Mọi người đọc được nội dung này từ bây giờ."))
            return redirect(url_for("inbox.case", public_id=public_id))
    form.text.data, form.answer.data = clean(form.text.data or ""), clean(form.answer.data or "")
    looked = [publishing.look(redactor, words) for words in (form.text.data, form.answer.data)]
    form.seen.data, form.confirmed.data = publishing.seal_of(form.text.data, form.answer.data), False
    return _publication_page(case, form, looked, message, status)


def _publication_page(case: Case, form: PublishForm, looked: list[publishing.Looked], message: str = "", status: int = 200) -> Page:
    known = publishing.current(case)
    page = {"case": case, "form": form, "looked": looked, "message": message, "publication": known, "stale": status == 409}
    return render_template("staff/answers/publish.html", **page), status


@blueprint.post("/<public_id>/thoi-cong-khai")
@roles(*AGENCY)
def withdraw(public_id: str) -> Page:
    """Thôi công khai: the case leaves the public pages."""

    def do(actor: Actor, _form: Any, version: int) -> None:
        publishing.withdraw(actor, public_id, version)

    return act_on(public_id, VersionForm(), do, _("Đã thôi công khai. Hồ sơ không còn trên trang công khai."))


@public_blueprint.get("")
@public
@from_replica
def list_published() -> Page:
    """Public cases, the newest first; search and filters stand in the address. At most 5 queries, 7 with words."""
    words, field, place = (request.args.get(name, "").strip()[:200] for name in ("tim", "linh-vuc", "quan"))
    district = int(place) if place.isascii() and place.isdigit() and len(place) < 10 else None
    chosen: dict[str, Any] = {name: value for name, value in (("tim", words), ("linh-vuc", field), ("quan", place)) if value}
    cursor = request.args.get("sau", "")
    lines, following = queries.published(words, field, district, cursor)
    return render_template(
        "public/published/list.html",
        lines=lines,
        chosen=chosen,
        locale=locale_here(),
        categories=[row for row in city.categories() if row.code != "staff_conduct"],
        districts=city.districts(),
        start_url=url_for("published.list_published", **chosen) if cursor else None,
        next_url=url_for("published.list_published", sau=following, **chosen) if following else None,
    )


@public_blueprint.get("/<public_id>")
@public
@from_replica
def show(public_id: str) -> Page:
    """One public case with its answer."""
    return render_template("public/published/case.html", line=queries.public_case(public_id), locale=locale_here())
