"""Kiểm tra mẫu: a second officer says what a drawn report is about, without knowing what the machine or the desk made of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n

from feedback.accounts.models import Role
from feedback.cases import learning
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.desk.check_forms import CheckForm
from feedback.desk.pages import blueprint
from feedback.errors import NotFound
from feedback.language import locale_here
from feedback.web import Page, roles

CHECKERS = (Role.FRONT_DESK, Role.INSPECTORATE)


def to_check() -> int:
    """How many cases wait for this officer's blind check."""
    return learning.count_waiting(actor_here())


@blueprint.record
def _count_in_navigation(state: object) -> None:
    state.app.extensions.setdefault("nav_counts", {})["desk.check_queue"] = to_check  # type: ignore[attr-defined]


@blueprint.get("/kiem-tra-mau")
@roles(*CHECKERS)
def check_queue() -> Page:
    """What waits for a blind check, without a word of what it says. At most 6 queries."""
    return render_template("staff/check/queue.html", waiting=learning.waiting(actor_here()), count=to_check())


@blueprint.route("/kiem-tra-mau/<public_id>", methods=["GET"])
@roles(*CHECKERS)
def check_page(public_id: str) -> Page:
    """The masked text and an empty form. At most 10 queries."""
    return _page(public_id, CheckForm(formdata=None))


@blueprint.post("/kiem-tra-mau/<public_id>")
@roles(*CHECKERS)
def check_save(public_id: str) -> Page:
    """Keep what was read and go on to the next one."""
    form, actor = CheckForm(), actor_here()
    form.offer(city.categories(), locale_here())
    if not form.validate_on_submit():
        return _page(public_id, form, 422)
    try:
        alarming = learning.check(actor, public_id, form.finding())
    except NotFound:
        flash(_("Hồ sơ này đã được kiểm tra hoặc không còn trong hàng chờ của Ông/Bà; không có gì được ghi thêm."))
        return redirect(url_for("desk.check_queue"))
    left = learning.waiting(actor, size=1)
    number = learning.count_waiting(actor)
    flash(
        _n("Đã ghi nhận. Còn %(num)s hồ sơ chờ kiểm tra.", "Đã ghi nhận. Còn %(num)s hồ sơ chờ kiểm tra.", number)
        if number
        else _("Đã ghi nhận. Không còn hồ sơ nào chờ kiểm tra.")
    )
    if alarming:
        return redirect(url_for("desk.check_alarm", public_id=public_id))
    return redirect(url_for("desk.check_page", public_id=left[0].public_id) if left else url_for("desk.check_queue"))


@blueprint.get("/kiem-tra-mau/<public_id>/bao-thanh-tra")
@roles(Role.FRONT_DESK)
def check_alarm(public_id: str) -> Page:
    """What to do when an open case holds signs of misconduct: it may lie with the very officers it is about."""
    return render_template("staff/check/alarm.html", reference=learning.reference_of_checked(actor_here(), public_id))


def _page(public_id: str, form: CheckForm, status: int = 200) -> Page:
    text = learning.open_for_check(actor_here(), public_id)
    form.offer(city.categories(), locale_here())
    return render_template("staff/check/check.html", public_id=public_id, text=text, form=form), status
