"""Pages of keeping: the administrator's periods, the office's cases that will go, the sender's own data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.attachments.services import of_case
from feedback.cases import queries as cases
from feedback.cases import records
from feedback.cases.access import Actor
from feedback.cases.message_models import FROM_CITIZEN
from feedback.cases.models import Case
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.workflow import OPEN_STATES
from feedback.db import now
from feedback.errors import Conflict, Invalid
from feedback.extensions import limiter
from feedback.inbox.pages import open_case
from feedback.intake.drafts import hmac_of
from feedback.localtime import local_day
from feedback.page_form import PageForm
from feedback.retention import queries, services
from feedback.retention.access import may_decide, may_hold
from feedback.retention.forms import DecisionForm, DeletionForm, HoldForm, PeriodForm
from feedback.retention.models import DeletionState
from feedback.retention.words import KINDS, REQUESTS
from feedback.web import Page, public, roles

blueprint = Blueprint("retention", __name__)
OFFICE = (Role.AGENCY_HEAD, Role.INSPECTORATE, Role.FRONT_DESK)
REQUESTS_AN_HOUR = "10/hour"


@blueprint.get("/can-bo/quan-tri/luu-giu")
@roles(Role.ADMINISTRATOR)
def periods() -> str:
    """How long each kind of case is kept, and why. At most 3 queries."""
    return render_template("staff/retention/periods.html", periods=queries.periods(), kinds=KINDS)


@blueprint.route("/can-bo/quan-tri/luu-giu/<code>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def change_period(code: str) -> Page:
    """Another period: shown with how many cases it would touch, then saved. Raises NotFound for a kind there is none of."""
    kind = services.kind_of(code)
    period = next(row for row in queries.periods() if row.code is kind)
    form = PeriodForm(months=period.months, reason=period.reason)
    if form.validate_on_submit():
        months, reason = form.months.data, form.reason.data.strip()
        if request.form.get("luu"):
            services.change_period(actor_here(), code, months, reason)
            flash(_("Đã lưu thời hạn mới. Không hồ sơ nào bị ẩn danh trước khi được báo 7 ngày."))
            return redirect(url_for("retention.periods"))
        today = local_day(now())
        before, after = (queries.touched(kind, number, today) for number in (period.months, months))
        return render_template("staff/retention/preview.html", name=KINDS[kind], period=period, form=form, before=before, after=after)
    page = render_template("staff/retention/period.html", name=KINDS[kind], period=period, form=form)
    return (page, 422) if form.errors else page


@blueprint.get("/can-bo/luu-giu")
@roles(*OFFICE)
def kept() -> str:
    """The office's cases that will be anonymised soon, that are held, and whose senders ask for deletion. At most 5 queries."""
    actor = actor_here()
    going, asked = queries.going(actor, local_day(now())), queries.asked(actor)
    return render_template("staff/retention/kept.html", going=going, asked=asked, limit=queries.LISTED)


@blueprint.get("/can-bo/luu-giu/<public_id>")
@roles(*OFFICE)
def case(public_id: str) -> Page:
    """One case: until when it is kept and why, the hold on it, its sender's request. Raises NotFound."""
    return _case_page(public_id)


def _case_page(public_id: str, *, hold: HoldForm | None = None, decision: DecisionForm | None = None) -> Page:
    found = open_case(public_id)
    actor = actor_here()
    page = render_template(
        "staff/retention/case.html",
        case=found,
        still_open=found.state in OPEN_STATES,
        kept=queries.day_of(found.id),
        hold=queries.open_hold(found.id),
        deletion=queries.newest_request(found.id),
        may_hold=may_hold(actor, found),
        may_decide=may_decide(actor, found),
        hold_form=hold or HoldForm(formdata=None),
        decision_form=decision or DecisionForm(formdata=None),
        kinds=KINDS,
        requests=REQUESTS,
        asked=DeletionState.ASKED,
    )
    wrong = (hold is not None and hold.errors) or (decision is not None and decision.errors)
    return (page, 422) if wrong else page


def _act(public_id: str, act: Callable[[Actor], None], form: PageForm, again: Callable[[], Page], done: str) -> Page:
    """Do, say so, and come back to the case; what was typed survives a refusal."""
    if not form.validate_on_submit():
        return again()
    try:
        act(actor_here())
    except (Invalid, Conflict) as error:
        next(iter(form)).errors = [error.message]
        reload_officer()
        return again()
    flash(done)
    return redirect(url_for("retention.case", public_id=public_id))


@blueprint.post("/can-bo/luu-giu/<public_id>/giu")
@roles(Role.AGENCY_HEAD, Role.INSPECTORATE)
def hold(public_id: str) -> Page:
    """Place a hold."""
    form = HoldForm()
    words = form.reason.data or ""
    return _act(
        public_id,
        lambda actor: services.place_hold(actor, public_id, words),
        form,
        lambda: _case_page(public_id, hold=form),
        _("Hồ sơ được giữ cho đến khi thôi giữ."),
    )


@blueprint.post("/can-bo/luu-giu/<public_id>/thoi-giu")
@roles(Role.AGENCY_HEAD, Role.INSPECTORATE)
def release(public_id: str) -> Page:
    """Lift a hold."""
    services.lift_hold(actor_here(), public_id)
    flash(_("Đã thôi giữ; thời hạn lại được tính."))
    return redirect(url_for("retention.case", public_id=public_id))


@blueprint.post("/can-bo/luu-giu/<public_id>/tra-loi")
@roles(*OFFICE)
def decide(public_id: str) -> Page:
    """Answer the sender's request for deletion."""
    form, granted = DecisionForm(), request.form.get("quyet-dinh") == "xoa"
    words = form.answer.data or ""
    return _act(
        public_id,
        lambda actor: services.decide_deletion(actor, public_id, granted=granted, answer=words),
        form,
        lambda: _case_page(public_id, decision=form),
        _("Đã trả lời người gửi. Dữ liệu được xóa trong đêm sau khi hồ sơ kết thúc.") if granted else _("Đã trả lời người gửi."),
    )


def _tracked() -> Case | None:
    code = session.get("tracked")
    return cases.case_of_code(hmac_of(code)) if code else None


@blueprint.get("/tra-cuu/du-lieu")
@public
def own_data() -> Page:
    """Everything the office holds about the sender of the case being followed, to read and to print. At most 16 queries."""
    return _own_data_page(DeletionForm(formdata=None))


def _own_data_page(form: DeletionForm) -> Page:
    tracked = _tracked()
    if tracked is None:
        return redirect(url_for("tracking.ask"))
    contact = services.own_contact(tracked.id)
    found = _tracked()  # the row of the reading was committed, which empties what had been read before
    assert found is not None
    family = [found, *cases.parts_of(found.id)]
    page = render_template("public/retention/own_data.html", form=form, **_held(found, family, contact))
    return (page, 422) if form.errors else page


def _held(found: Case, family: list[Case], contact: dict[str, str]) -> dict[str, Any]:
    return {
        "case": found,
        "contact": contact,
        "parts": family[1:],
        "words": [message for each in family for message in records.messages(each.id) if message.kind in FROM_CITIZEN],
        "files": [file for each in family for file in of_case(each.id)],
        "rating": cases.rating(found),
        "kept": queries.day_of(found.id),
        "hold": queries.open_hold(found.id) is not None,
        "deletions": [(number, asked) for number, each in enumerate(family, 1) if (asked := queries.newest_request(each.id))],
        "declined": DeletionState.DECLINED,
        "requests": REQUESTS,
        "today": local_day(now()),
    }


@blueprint.post("/tra-cuu/du-lieu/xoa")
@public
@limiter.limit(REQUESTS_AN_HOUR)
def ask_deletion() -> Page:
    """The sender asks that his personal data be deleted."""
    tracked = _tracked()
    if tracked is None:
        return redirect(url_for("tracking.ask"))
    form = DeletionForm()
    if not form.validate_on_submit():
        return _own_data_page(form)
    services.ask_deletion([tracked.id, *(part.id for part in cases.parts_of(tracked.id))], form.words.data or "")
    flash(_("Yêu cầu đã được gửi đến cơ quan đang giữ hồ sơ. Xin xem trả lời tại trang này."))
    return redirect(url_for("retention.own_data"))
