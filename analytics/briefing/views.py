"""The briefing as a paper, the page's figures as a workbook, and the page on which one chooses to be told by mail."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from analytics.briefing import queries, services
from analytics.briefing.content import briefing
from analytics.briefing.forms import NEVER, RhythmForm
from analytics.briefing.models import Rhythm
from analytics.briefing.periods import latest
from analytics.briefing.workbook import transit_workbook, workbook
from analytics.counts import Period
from analytics.dashboard import board as boards
from analytics.dashboard.address import Place, place_of
from analytics.dashboard.periods import chosen
from analytics.dashboard.views import _place, _title
from analytics.rollup.names import title_of
from analytics.rollup.queries import total
from analytics.rollup.scope import Group
from analytics.rollup.transit import transit_board
from feedback.accounts.models import Role
from feedback.acting import as_system
from feedback.cases.pages import actor_here
from feedback.db import now
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.web import roles

blueprint = Blueprint("briefing", __name__, url_prefix="/dieu-hanh")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How many past weeks and months the page offers.
OFFERED = {Rhythm.WEEK: 4, Rhythm.MONTH: 3}


@blueprint.get("/ban-tin.pdf")
@roles(*services.READERS)
def paper() -> Response:
    """The figures of a page on one sheet of paper: for leadership of any page, for a head of agency of his agency. At most 32 queries."""
    from analytics.briefing.paper import briefing_pdf

    moment = now()
    place, period = _own_place(moment) if current_user.role is Role.AGENCY_HEAD else _place(moment)
    title, reader = _title(place.scope), _("%(name)s, %(agency)s", name=current_user.full_name, agency=current_user.agency.name)
    with _reading():
        content = briefing_pdf(briefing(place, period, title, reader), locale_here())
    return _file(content, "application/pdf", f"ban-tin-{place.span.first}-{place.span.last}.pdf")


def _own_place(moment: datetime) -> tuple[Place, Period]:
    """A head's page: his agency whatever the address says, and the address's period."""
    period = {name: request.args.get(name, "") for name in ("tu", "den")}
    place = place_of({**period, Group.AGENCY.value: str(current_user.agency_id)}, local_day(moment))
    return place, place.span.at(moment)


def _reading() -> AbstractContextManager[None]:
    """The database shows figures to leadership only; a head's are narrowed to his agency before they are read."""
    return as_system("briefing") if current_user.role is Role.AGENCY_HEAD else nullcontext()


@blueprint.get("/so-lieu.xlsx")
@roles(Role.LEADERSHIP)
def excel() -> Response:
    """Everything the page shows as a workbook. At most 34 queries."""
    place, period = _place(now())
    board, before = boards.board(place, period), total(place.before.at(period.now), place.scope)
    group, few = title_of(place.group) if place.group else "", _("không nêu (ít)")
    content = workbook(board, before, place.span, place.before, _title(place.scope), group, few)
    return _file(content, EXCEL, f"so-lieu-{place.span.first}-{place.span.last}.xlsx")


@blueprint.get("/luan-chuyen.xlsx")
@roles(Role.LEADERSHIP)
def transit_excel() -> Response:
    """What the page of transit shows as a workbook. At most 8 queries."""
    moment = now()
    span, _understood = chosen(request.args.get("tu", ""), request.args.get("den", ""), local_day(moment))
    content = transit_workbook(transit_board(span.at(moment)), _("Luân chuyển hồ sơ giữa các cơ quan"))
    return _file(content, EXCEL, f"luan-chuyen-{span.first}-{span.last}.xlsx")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.route("/ban-tin", methods=["GET", "POST"])
@roles(*services.READERS)
def choose() -> str | BaseResponse | tuple[str, int]:
    """The newest briefings, and whether one is told by mail. At most 3 queries."""
    actor = actor_here()
    chosen = queries.rhythm_of(actor)
    form = RhythmForm(rhythm=chosen.value if chosen else NEVER)
    if form.validate_on_submit():
        services.choose(actor, None if form.rhythm.data == NEVER else Rhythm(form.rhythm.data))
        flash(_("Đã lưu lựa chọn của Ông/Bà."))
        return redirect(url_for("briefing.choose"))
    moment = now()
    page = render_template(
        "leadership/briefings.html",
        form=form,
        no_address=current_user.email is None,
        weeks=latest(Rhythm.WEEK, moment, OFFERED[Rhythm.WEEK]),
        months=latest(Rhythm.MONTH, moment, OFFERED[Rhythm.MONTH]),
        whole=current_user.role is Role.LEADERSHIP,
    )
    return (page, 422) if form.errors else page
