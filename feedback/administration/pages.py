"""What the administrators' pages of the city's tables share: the blueprint, and the way from a form over its preview to a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from feedback.administration import queries
from feedback.administration.changes import Draft, Values, check, mark_of
from feedback.administration.changes import When as _When
from feedback.administration.models import Change, Stage
from feedback.administration.words import Reader
from feedback.cases.pages import reload_officer
from feedback.city import queries as city
from feedback.db import db, now
from feedback.errors import Conflict, Invalid, NotAllowed
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.page_form import PageForm
from feedback.web import Page

T = TypeVar("T")
blueprint = Blueprint("administration", __name__, url_prefix="/can-bo/quan-tri")
#: Fields of a form that are no part of what is sent on with a preview.
NOT_KEPT = frozenset({"csrf_token", "luu", "seen"})


def when(form: Any) -> _When:
    """Day, reason and mark of a form."""
    return _When(form.day.data, form.reason.data or "", form.seen.data or "")


def reader() -> Reader:
    """Reads values in the reader's language. Two queries."""
    return Reader(queries.agency_names(), {row.code: row.name(locale_here()) for row in city.categories()})


def through_preview(
    form: PageForm,
    page: Callable[[str], str],
    draft: Callable[[], Draft],
    save: Callable[[], Change],
    details: Callable[[Draft], dict[str, Any]] = lambda _draft: {},
) -> Page:
    """The form, then what it would change, then the change. What cannot be is said on top of the form, which keeps what was typed."""
    if not form.validate_on_submit():
        return page(""), 422 if form.errors else 200
    try:
        if request.form.get("luu"):
            return _saved(save())
        wanted = draft()
        check(wanted, when(form))
        return _preview(form, wanted, details(wanted))
    except (Invalid, Conflict, NotAllowed) as error:
        db.session.rollback()
        reload_officer()
        return page(error.message), error.status


def edit_page(
    form_class: type[PageForm],
    values: Callable[[], Values],
    heading: tuple[Callable[[Values], str], str, str],
    draft: Callable[[Values], Draft],
    save: Callable[[Values, _When], Change],
    details: Callable[[Draft], dict[str, Any]] = lambda _draft: {},
) -> Page:
    """The page on which one thing of the city's tables gets other values from a day on.

    `values` gives it as it stands, by the names of the form's fields; `heading` its title, the list it belongs to, and the way there.
    """
    stood = values()
    form: Any = form_class(**stood, day=local_day(now()), seen=mark_of(stood))
    title, caption, back = heading

    def page(problem: str) -> str:
        if problem:  # somebody may have changed it meanwhile
            form.seen.data = mark_of(values())
        return rule_form(form, problem, title(stood), caption, back)

    def wanted() -> Values:
        return {name: form[name].data for name in stood}

    return through_preview(form, page, lambda: draft(wanted()), lambda: save(wanted(), when(form)), details)


def _preview(form: Any, wanted: Draft, details: dict[str, Any]) -> str:
    return render_template(
        "staff/administration/preview.html",
        draft=wanted,
        form=form,
        rows=reader().rows(wanted.before, wanted.after),
        kept=[(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT],
        **{"seen": form.seen.data or "", **details},
    )


def _saved(change: Change) -> Page:
    said = {
        Stage.DONE: _("Đã lưu, có hiệu lực ngay."),
        Stage.WAITING: _("Đã lưu, có hiệu lực từ ngày đã chọn. Trước ngày đó vẫn rút lại được."),
        Stage.TO_APPROVE: _("Đã đề nghị. Thay đổi chỉ có hiệu lực khi một quản trị viên khác duyệt."),
    }
    flash(said[change.stage])
    return redirect(url_for("administration.changes"))


#: So many rows of a list are shown at once; more are folded by what they belong to.
UNFOLDED = 12


def folded(rows: Iterable[T], part: Callable[[T], str]) -> dict[str, Any]:
    """A list in parts, in the order in which they first appear, for `folds` of parts.html; few rows stand open."""
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(part(row), []).append(row)
    return {"groups": list(groups.items()), "opened": sum(map(len, groups.values())) <= UNFOLDED}


def rule_form(form: Any, problem: str, title: str, caption: str, back: str) -> str:
    """A form of plain fields, with day and reason below."""
    fields = [field for field in form if field.name not in ("csrf_token", "seen", "day", "reason")]
    words = {"problem": problem, "title": title, "caption": caption, "back": back}
    return render_template("staff/administration/rule_form.html", form=form, fields=fields, **words)
