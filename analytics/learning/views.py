"""The administrator's page of the model: how well it reads, what the desk does otherwise, what has changed, and which one is in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from analytics.classify import artefact
from analytics.dashboard.figures import lines_by_month
from analytics.dashboard.periods import months_until
from analytics.learning import board, queries, services
from analytics.learning.board import ReadMonth
from analytics.learning.catalogue import Catalogue, Known, catalogue, gate
from analytics.learning.unknown import Kept, unknown_shares
from feedback.accounts.models import Role
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.db import now
from feedback.errors import Conflict, NotFound
from feedback.language import locale_here
from feedback.localtime import CITY_TIME, local_day
from feedback.web import roles

blueprint = Blueprint("learning", __name__, url_prefix="/can-bo/quan-tri/mo-hinh")
MONTHS = 13
#: So many texts of a month are enough for its share of unknown words: some thousand words.
SAMPLED_TEXTS = 100


def _folder() -> Path:
    return Path(current_app.extensions["config"].var) / "models"


def _known() -> Catalogue:
    """The models. An unreadable list is said so, it is nothing the administrator can mend here."""
    try:
        return catalogue(_folder())
    except artefact.BrokenArtefact as error:
        raise Conflict(_("Không đọc được danh sách mô hình trên máy chủ. Xin báo người vận hành máy chủ.")) from error


@blueprint.get("/")
@roles(Role.ADMINISTRATOR)
def overview() -> str:
    """Everything about the model in use, or about one before, on one page; no case, no text. At most 14 queries."""
    known, moment, uses = _known(), now(), queries.uses()
    version = request.args.get("mo-hinh") or (known.in_use.version if known.in_use else "")
    model = known.of(version)
    if "mo-hinh" in request.args and model is None and version not in uses:
        raise NotFound
    metrics = model.metrics if model else {}
    names = {row.code: row.name(locale_here()) for row in city.categories()}
    firsts = months_until(local_day(moment), MONTHS)
    checks, made = queries.checks(version), queries.decisions(_start(firsts[0]))
    ended = _ended(firsts, known.in_use, list(names))
    desk = board.desk_months(firsts, made)
    of_model = [one for one in made if one.model_version == version]
    return render_template(
        "learning/overview.html",
        at=moment,
        known=known,
        version=version,
        uses=uses,
        changes=queries.changes(),
        promoted=queries.PROMOTED,
        drawn=queries.drawn(version),
        accuracy=board.accuracy(checks, metrics),
        fields=board.fields(names, checks, of_model, metrics),
        names=names,
        desk=desk,
        overall=board.desk_total(of_model),
        ended=ended,
        drift=board.drift(ended),
        desk_figure=_desk_figure(desk),
        drift_figure=_drift_figure(ended),
    )


def _start(first: date) -> datetime:
    return datetime.combine(first, time.min, CITY_TIME)


def _unknown(since: datetime, until: datetime, model: Known) -> Mapping[date, float]:
    """Shares of unknown words by month, counted once a day: of months that are over a sample hardly changes."""
    kept: Kept = current_app.extensions.setdefault("unknown_words", Kept())
    return kept.shares(
        (local_day(now()), model.version),
        lambda: unknown_shares(queries.sample_texts(since, until, SAMPLED_TEXTS), artefact.load_vocabulary(model.folder)),
    )


def _ended(firsts: list[date], model: Known | None, codes: list[str]) -> list[ReadMonth]:
    """The months that are over: a running one would be compared with whole ones."""
    since, until = _start(firsts[0]), _start(firsts[-1])
    unknown = _unknown(since, until, model) if model else {}
    months = board.read_months(firsts[:-1], queries.readings(since, until), unknown, codes)
    while months and not months[0].count:
        months.pop(0)
    return months


def _desk_figure(months: list[board.DeskMonth]) -> dict[str, Any]:
    lines = (
        (_("Sau khi máy đề xuất"), [month.overruled.share for month in months]),
        (_("Sau khi máy không đề xuất"), [month.abstained.share for month in months]),
    )
    drawn = [line for line in lines if any(value is not None for value in line[1])]
    return _shares(months, drawn)


def _shares(months: Sequence[board.DeskMonth] | Sequence[ReadMonth], lines: Sequence[tuple[str, Sequence[float | None]]]) -> dict[str, Any]:
    return lines_by_month([month.first for month in months], lines, form=".1%", ticks=".0%", height=320, every=4)


def _drift_figure(months: list[ReadMonth]) -> dict[str, Any]:
    lines = (
        (_("Máy không đề xuất"), [month.abstained for month in months]),
        (_("Từ lạ"), [month.unknown for month in months]),
    )
    return _shares(months, lines)


@blueprint.get("/<version>/dua-vao-dung")
@roles(Role.ADMINISTRATOR)
def promote_look(version: str) -> str:
    """A second look before a model is put to use: both side by side, and the gate."""
    known = _known()
    candidate = known.of(version)
    if candidate is None or known.in_use is None or candidate.in_use:
        raise NotFound
    try:
        found = gate(known.in_use, candidate)
    except artefact.BrokenArtefact:
        found = None
    return render_template("learning/promote.html", now_used=known.in_use, candidate=candidate, gate=found)


@blueprint.post("/<version>/dua-vao-dung")
@roles(Role.ADMINISTRATOR)
def promote(version: str) -> Response:
    """Put a model to use."""
    services.promote(actor_here(), _folder(), version, request.form.get("instead_of", ""))
    flash(_("Mô hình %(version)s đang được dùng từ bây giờ. Phản ánh đã đọc không bị đọc lại.", version=version))
    return redirect(url_for("learning.overview"))


@blueprint.get("/quay-lai")
@roles(Role.ADMINISTRATOR)
def roll_back_look() -> str:
    """A second look before going back."""
    known = _known()
    if known.before is None or known.in_use is None:
        raise NotFound
    return render_template("learning/roll_back.html", now_used=known.in_use, before=known.of(known.before), name=known.before)


@blueprint.post("/quay-lai")
@roles(Role.ADMINISTRATOR)
def roll_back() -> Response:
    """Go back to the model before."""
    version = services.roll_back(actor_here(), _folder(), request.form.get("instead_of", ""))
    flash(_("Đã quay lại mô hình %(version)s. Phản ánh đã đọc không bị đọc lại.", version=version))
    return redirect(url_for("learning.overview"))
