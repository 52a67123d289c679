"""The report form: one question a page, no JavaScript needed, the code made before the first answer (security D2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from feedback.attachments import services as attachments
from feedback.cases.asking import Where, read_where
from feedback.cases.taking_in import take_in
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.kinds import UnitSet
from feedback.city.models import Category
from feedback.codes import new_code
from feedback.db import now
from feedback.error_views import typed_here, unsent_page
from feedback.errors import Invalid, NotFound
from feedback.extensions import limiter, use_up
from feedback.intake import drafts, proposals
from feedback.intake import sent_views as _sent_views  # noqa: F401 — its pages are registered on import
from feedback.intake.drafts import Draft
from feedback.intake.forms import CheckForm, ContactForm, EvidenceForm, WhatForm, WhereForm
from feedback.intake.pages import blueprint, forget, my_case, my_draft
from feedback.intake.people import tidy_phone
from feedback.intake.services import area_id_of, area_name_of, report_of
from feedback.intake.steps import STEPS, first_open, following, may_open
from feedback.language import locale_here
from feedback.replica.pages import from_replica
from feedback.text import clean
from feedback.web import Page, public

__all__ = ["REPORTS", "blueprint"]
ENDPOINTS = dict(zip(STEPS, ("intake.what", "intake.where", "intake.evidence", "intake.contact", "intake.check"), strict=True))
#: Nobody reads and answers five questions in less; a program does, and is asked once to look again.
SHORTEST_FILLING_SECONDS = 6
#: How many reports, started forms and files one source may send.
REPORTS, STARTS, FILES = "5/hour", "30/hour", "60/hour"


@blueprint.get("/")
@public
@from_replica
def home() -> str:
    """What this is and the two things a citizen can do here."""
    return render_template("public/home.html")


def with_draft(step: str) -> Callable[[Callable[[Draft], Page]], Callable[[], Page]]:
    """Give a step's view the draft in progress; without one, or out of order, lead to where it goes on."""

    def decorate(view: Callable[[Draft], Page]) -> Callable[[], Page]:
        @wraps(view)
        def run() -> Page:
            draft = my_draft()
            if draft is None:
                return redirect(url_for("intake.done")) if my_case() else _begin_anew()
            if not may_open(step, draft.steps_done):
                return redirect(url_for(ENDPOINTS[first_open(draft.steps_done)]))
            return view(draft)

        return run

    return decorate


def _begin_anew() -> Page:
    """There is no draft: what was typed for it is not lost to whoever typed it."""
    start, kept = url_for("intake.start"), typed_here()
    if not kept.get("typed"):
        return redirect(start)
    return unsent_page(_("Bản đang viết không còn nữa: đã bỏ ở một cửa sổ khác, hoặc để quá hai ngày."), start, **kept)


def _next(step: str, draft: Draft) -> BaseResponse:
    return redirect(url_for(ENDPOINTS[following(step, draft.steps_done)]))


def _show(template: str, step: str, **values: Any) -> Page:
    number = STEPS.index(step) + 1
    back = url_for(ENDPOINTS[STEPS[number - 2]] if number > 1 else "intake.start")
    page = render_template(template, number=number, total=len(STEPS), back=back, **values)
    return (page, 422) if values["form"].errors else page


@blueprint.route("/phan-anh", methods=["GET", "POST"])
@public
def start() -> Page:
    """What to expect; starting makes the code and the draft. A draft in progress is offered again, a code not yet kept is shown again."""
    draft = my_draft()
    if draft is None and my_case():
        return redirect(url_for("intake.done"))
    if request.method == "GET":
        return render_template("public/report/start.html", draft=draft)
    if draft is not None and request.form.get("choice") != "new":
        return redirect(url_for(ENDPOINTS[first_open(draft.steps_done)]))
    use_up(STARTS, "starts")
    _throw_away(draft)
    session["code"] = new_code()
    drafts.start(session["code"])
    return redirect(url_for("intake.what"))


def _throw_away(draft: Draft | None) -> None:
    if draft is not None:
        attachments.remove_all(draft.id)
        drafts.throw_away(draft)


@blueprint.post("/phan-anh/thoat")
@public
def leave() -> BaseResponse:
    """Throw the draft away and leave nothing in the browser; a code that was already sent stays until it is kept."""
    if my_case():
        return redirect(url_for("intake.done"))
    _throw_away(my_draft())
    return forget("intake.home")


@blueprint.route("/phan-anh/su-viec", methods=["GET", "POST"])
@public
@with_draft("su-viec")
def what(draft: Draft) -> Page:
    """Step 1: free text."""
    form = WhatForm(text=draft.answers.get("text"))
    if form.validate_on_submit():
        drafts.save(draft, "su-viec", text=clean(form.text.data))
        return _next("su-viec", draft)
    return _show("public/report/what.html", "su-viec", form=form)


@blueprint.route("/phan-anh/dia-diem", methods=["GET", "POST"])
@public
@with_draft("dia-diem")
def where(draft: Draft) -> Page:
    """Step 2: ward, and street or landmark; until it is answered, what the text says of both is filled in to look at."""
    unanswered = "area" not in draft.answers and request.method == "GET"
    with held():
        units = city.current_units()
        found = read_where(draft.answers["text"], units, lambda: (*city.wards(), *city.districts())) if unanswered else Where()
        area = str(found.area.id) if found.area else draft.answers.get("area", "")
        form = WhereForm(area=area, place=draft.answers.get("place", found.place))
        form.offer()
    if form.validate_on_submit():
        drafts.save(draft, "dia-diem", area=form.area.data, place=clean(form.place.data or ""))
        return _next("dia-diem", draft)
    return _show("public/report/where.html", "dia-diem", form=form, new_map=units is UnitSet.Y2025, found=found)


@blueprint.route("/phan-anh/bang-chung", methods=["GET", "POST"])
@public
@limiter.limit(FILES, methods=["POST"])
@with_draft("bang-chung")
def evidence(draft: Draft) -> Page:
    """Step 3: photos and PDF, any number of times up to the limits, or none."""
    form = EvidenceForm()
    if form.validate_on_submit():
        # A name with line ends makes the part an ordinary field: text where a file should be.
        sent = [upload for upload in form.files.data or [] if isinstance(upload, FileStorage) and upload.filename]
        try:
            for upload in sent:
                attachments.attach(draft.id, upload.filename or "", upload.read())
        except Invalid as error:
            form.files.errors = [error.message]
        except NotFound:  # sent or thrown away in another window meanwhile
            return redirect(url_for("intake.evidence"))
        else:
            if request.form.get("choice") == "add":
                return redirect(url_for("intake.evidence"))
            drafts.save(draft, "bang-chung")
            return _next("bang-chung", draft)
    return _show("public/report/evidence.html", "bang-chung", form=form, files=attachments.of_draft(draft.id))


@blueprint.post("/phan-anh/bang-chung/<public_id>/bo")
@public
def remove_file(public_id: str) -> Page:
    """Take a file out of the draft again."""
    draft = my_draft()
    if draft is not None:
        attachments.remove(draft.id, public_id)
    return redirect(url_for("intake.evidence"))


@blueprint.route("/phan-anh/lien-he", methods=["GET", "POST"])
@public
@with_draft("lien-he")
def contact(draft: Draft) -> Page:
    """Step 4: named or anonymous, public or not."""
    form = ContactForm(**{key: draft.answers.get(key) for key in ("named", "name", "phone", "email", "public")})
    if form.validate_on_submit():
        named = form.named.data == "yes"
        drafts.save(
            draft,
            "lien-he",
            named=form.named.data,
            public=form.public.data,
            name=clean(form.name.data or "") if named else "",
            phone=tidy_phone(form.phone.data or "") if named else "",
            email=(form.email.data or "").strip() if named else "",
        )
        return _next("lien-he", draft)
    return _show("public/report/contact.html", "lien-he", form=form)


@blueprint.route("/phan-anh/kiem-tra", methods=["GET", "POST"])
@public
@with_draft("kiem-tra")
def check(draft: Draft) -> Page:
    """Step 5: everything on one page, then send. A second click finds the case of the first."""
    form = CheckForm(category=draft.answers.get("category", ""))
    if form.category.data:  # who leaves the field to the desk need not wait for the list of them
        _offer_fields(form)
    too_fast = False
    if form.validate_on_submit():
        too_fast = not draft.answers.get("asked") and now().timestamp() - draft.answers["started"] < SHORTEST_FILLING_SECONDS
        answers = {"category": form.category.data or "", "asked": True}
        if not too_fast:
            draft.answers.update(answers)  # sent with what was kept before; the draft ends with it
            return _send(draft)
        drafts.save(draft, "kiem-tra", **answers)
    return _check_page(draft, form, too_fast=too_fast)


def _offer_fields(form: CheckForm) -> Sequence[Category]:
    categories = city.categories()
    form.offer([row for row in categories if row.active], locale_here(), _("Để cơ quan tiếp nhận xác định"))
    return categories


def _send(draft: Draft) -> BaseResponse:
    attachments.refuse_when_full()
    use_up(REPORTS, "reports")
    take_in(report_of(draft, locale_here()), drafts.hmac_of(draft.code), draft_id=draft.id)
    return redirect(url_for("intake.done"))


def _check_page(draft: Draft, form: CheckForm, *, too_fast: bool) -> Page:
    categories = _offer_fields(form)
    text, area_id = draft.answers["text"], area_id_of(draft)
    return _show(
        "public/report/check.html",
        "kiem-tra",
        form=form,
        answers=draft.answers,
        area=area_name_of(draft),
        files=attachments.of_draft(draft.id),
        too_fast=too_fast,
        **proposals.last_look(text, area_id, form.category.data, categories, locale_here()),
    )
