"""Keeping filters: save, rename, share, delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from feedback.cases.pages import actor_here, reload_officer
from feedback.errors import Invalid
from feedback.inbox import filters
from feedback.inbox.pages import ANSWERING, blueprint
from feedback.page_form import PageForm
from feedback.web import Page, roles


def _words(name: str) -> str:
    return request.form.get(name, "")


def _back(query: str = "") -> Page:
    values: dict[str, Any] = dict(parse_qsl(query))
    chosen: dict[str, Any] = filters.chosen_in(values)
    return redirect(url_for("inbox.list_cases", the=values.get(filters.TAB), **chosen))


@blueprint.get("/bo-loc")
@roles(*ANSWERING)
def saved_filters() -> Page:
    """The officer's filters and those of his colleagues. At most 6 queries."""
    return render_template("staff/inbox/filters.html", saved=filters.saved(actor_here()), actor=actor_here(), form=PageForm())


@blueprint.post("/bo-loc")
@roles(*ANSWERING)
def save_filter() -> Page:
    """Keep the conditions of the list under a name."""
    query = _words("dieu-kien")
    try:
        filters.save(actor_here(), _words("ten"), query)
    except Invalid as error:
        reload_officer()
        flash(error.message)
        return _back(query)
    flash(_("Đã lưu bộ lọc."))
    return _back(query)


@blueprint.post("/bo-loc/<int:filter_id>")
@roles(*ANSWERING)
def change_filter(filter_id: int) -> Page:
    """Rename, share or delete one's own filter."""
    actor, act = actor_here(), _words("viec")
    try:
        if act == "xoa":
            filters.delete(actor, filter_id)
        elif act in ("chia-se", "thoi-chia-se"):
            filters.share(actor, filter_id, shared=act == "chia-se")
        else:
            filters.rename(actor, filter_id, _words("ten"))
    except Invalid as error:
        reload_officer()
        flash(error.message)
        return redirect(url_for("inbox.saved_filters"))
    flash(_("Đã cập nhật bộ lọc."))
    return redirect(url_for("inbox.saved_filters"))
