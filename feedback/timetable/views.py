"""The administrator's timetable: days and limits, each change with the due dates it would move shown before it is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from feedback.accounts.models import Role
from feedback.cases.pages import actor_here
from feedback.cases.shifts import Shift
from feedback.city.kinds import HolidayKind, RuleUnit
from feedback.db import now
from feedback.errors import Invalid
from feedback.localtime import local_day
from feedback.timetable import services
from feedback.timetable.forms import KINDS, MARKS, DayForm, LimitForm
from feedback.timetable.services import DayChange, RuleChange
from feedback.web import Page, roles

blueprint = Blueprint("timetable", __name__, url_prefix="/can-bo/quan-tri")
UNITS = {
    RuleUnit.MINUTE: _l("phút"),
    RuleUnit.WORKING_HOUR: _l("giờ làm việc"),
    RuleUnit.DAY: _l("ngày"),
    RuleUnit.WORKING_DAY: _l("ngày làm việc"),
}
#: So many of the dates that would move are shown one by one; the others are counted by agency.
SHOWN = 20


@blueprint.get("/lich")
@roles(Role.ADMINISTRATOR)
def calendar() -> Page:
    """The days of a year that are not what their weekday says. At most 4 queries."""
    return _calendar(DayForm(formdata=None))


def _calendar(form: DayForm) -> Page:
    years, typed = services.years(), request.args.get("nam", "")
    chosen = int(typed) if typed.isdecimal() and len(typed) == 4 else local_day(now()).year
    year = chosen if chosen in years else local_day(now()).year
    page = render_template("staff/timetable/calendar.html", days=services.days(year), year=year, years=years, marks=MARKS, form=form)
    return (page, 422) if form.errors else page


@blueprint.post("/lich")
@roles(Role.ADMINISTRATOR)
def change_day() -> Page:
    """Show what the change of a day would move; saved when the page that shows it says so."""
    form = DayForm()
    if not form.validate_on_submit():
        return _calendar(form)
    change = DayChange(form.day.data, HolidayKind(form.kind.data), form.name.data.strip(), form.source.data.strip())
    return _change_day(form, change, _("%(day)s: %(kind)s", day=f"{change.day:%d/%m/%Y}", kind=KINDS[HolidayKind(form.kind.data)]))


@blueprint.post("/lich/bo")
@roles(Role.ADMINISTRATOR)
def remove_day() -> Page:
    """The same for a day that becomes what its weekday says."""
    form = DayForm()
    if not form.day.validate(form):
        return _calendar(form)
    return _change_day(form, DayChange(form.day.data, None), _("%(day)s: như mọi tuần", day=f"{form.day.data:%d/%m/%Y}"))


def _change_day(form: DayForm, change: DayChange, title: str) -> Page:
    back = url_for("timetable.calendar", nam=change.day.year)
    try:
        if request.form.get("luu"):
            return _saved(services.save_day(actor_here(), change), back)
        return _preview(title, services.preview_day(change), back, form)
    except Invalid as error:
        form.day.errors = [error.message]
        return _calendar(form)


@blueprint.get("/thoi-han")
@roles(Role.ADMINISTRATOR)
def limits() -> str:
    """Every limit as it is in force now. At most 3 queries."""
    return render_template("staff/timetable/limits.html", limits=services.limits(), units=UNITS)


@blueprint.route("/thoi-han/<code>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def change_limit(code: str) -> Page:
    """Another number in a limit: shown with what it would move, then saved. Raises NotFound for a rule without a period."""
    newest = services.limit(code)
    form = LimitForm(amount=newest.amount, valid_from=local_day(now()), legal_basis=newest.legal_basis)
    if form.validate_on_submit():
        change = RuleChange(code, form.amount.data, form.valid_from.data, form.legal_basis.data.strip())
        back = url_for("timetable.limits")
        try:
            if request.form.get("luu"):
                return _saved(services.save_rule(actor_here(), change), back)
            title = _("%(name)s: %(amount)s %(unit)s", name=newest.name, amount=change.amount, unit=UNITS[newest.unit or RuleUnit.DAY])
            return _preview(title, services.preview_rule(change), url_for("timetable.change_limit", code=code), form)
        except Invalid as error:
            form.valid_from.errors = [error.message]
    page = render_template("staff/timetable/limit.html", limit=newest, units=UNITS, form=form)
    return (page, 422) if form.errors else page


def _preview(title: str, found: Sequence[Shift], back: str, form: Any) -> str:
    """What would move: how many, at which agencies, and the nearest one by one. Sealed cases move too and are not told of."""
    shown = [shift for shift in found if shift.reference]
    return render_template(
        "staff/timetable/preview.html",
        title=title,
        back=back,
        total=len(shown),
        earlier=sum(shift.after < shift.before for shift in shown),
        now_late=sum(shift.after < now() <= shift.before for shift in shown),
        agencies=Counter(shift.agency for shift in shown).most_common(),
        shifts=shown[:SHOWN],
        fields=[field for field in form if field.name != "csrf_token" and field.raw_data],
    )


def _saved(found: Sequence[Shift], back: str) -> Response:
    count = sum(bool(shift.reference) for shift in found)
    flash(_("Đã lưu. %(count)s hồ sơ có hạn mới.", count=count) if count else _("Đã lưu. Không hạn nào thay đổi."))
    return redirect(back)
