"""Leadership's page of alerts: what is out of the ordinary, how that was worked out, and the cases behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from analytics.alerts import queries, services
from analytics.alerts.forms import MuteForm
from analytics.alerts.models import REASON_LIMIT, Alert, AlertKind
from analytics.alerts.words import Told, rules_in_words, told
from analytics.counts import Count
from analytics.dashboard.periods import Span
from analytics.rollup.scope import Group
from feedback.accounts.models import Role
from feedback.cases.models import Case
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.queries import Filter, case_lines, count
from feedback.cases.words import STATES
from feedback.db import db, now
from feedback.errors import Invalid, NotFound
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.replica.pages import data_of, from_replica
from feedback.web import roles

blueprint = Blueprint("alerts", __name__, url_prefix="/dieu-hanh/canh-bao")


@blueprint.get("")
@roles(Role.LEADERSHIP)
@from_replica
def board() -> str:
    """Everything out of the ordinary, what is muted, and what is over. At most 7 queries."""
    return _page()


def _page(wrong: int = 0, form: MuteForm | None = None) -> str:
    today = local_day(now())
    held = told(queries.open_alerts(), today)
    return render_template(
        "leadership/alerts.html",
        today=today,
        last=today + services.LONGEST_MUTE,
        news=[one for one in held if not one.muted],
        muted=[one for one in held if one.muted],
        over=told(queries.over_since(today), today),
        looked_at=queries.looked_at(),
        rules=rules_in_words(),
        list_of=list_of,
        wrong=wrong,
        form=form or MuteForm(formdata=None),
        reason_limit=REASON_LIMIT,
    )


def list_of(one: Told) -> str:
    """The address of the cases behind an alert."""
    alert, parts = one.alert, dict[str, Any]()
    parts |= {"tu": alert.first_on, "den": alert.last_on}
    match alert.kind:
        case AlertKind.RISE:
            parts |= {Group.DISTRICT.value: alert.district_id, Group.CATEGORY.value: alert.category_code}
            return url_for("dashboard.case_list", so_lieu=Count.RECEIVED.value, **parts)
        case AlertKind.LATE:
            parts[Group.AGENCY.value] = alert.agency_id
            return url_for("dashboard.case_list", so_lieu=Count.LATE.value, **parts)
        case _:
            return url_for("alerts.returned", alert_id=alert.id)


@blueprint.post("/<int:alert_id>/khong-nhac")
@roles(Role.LEADERSHIP)
def mute(alert_id: int) -> Response | tuple[str, int]:
    """No news until a day, for a reason."""
    form = MuteForm()
    if not form.validate_on_submit():
        return _page(alert_id, form), 422
    try:
        services.mute(actor_here(), alert_id, form.until.data, form.reason.data)
    except Invalid as error:
        form.until.errors = [error.message]
        reload_officer()
        return _page(alert_id, form), 422
    flash(_("Cảnh báo không nhắc nữa cho đến hết ngày đã chọn."))
    return redirect(url_for("alerts.board"))


@blueprint.post("/<int:alert_id>/nhac-lai")
@roles(Role.LEADERSHIP)
def unmute(alert_id: int) -> Response:
    """News again."""
    services.unmute(actor_here(), alert_id)
    flash(_("Cảnh báo được nhắc lại."))
    return redirect(url_for("alerts.board"))


@dataclass(frozen=True)
class Heading:
    """What the list of returned cases is called; lists of figures have a count here."""

    label: str
    definition: str


@blueprint.get("/<int:alert_id>/ho-so")
@roles(Role.LEADERSHIP)
@from_replica
def returned(alert_id: int) -> str:
    """The cases that came back between the two agencies of an alert. At most 10 queries."""
    alert = db.session.get(Alert, alert_id)
    if alert is None or alert.kind is not AlertKind.BOUNCE:
        raise NotFound
    cursor, actor, moment = request.args.get("sau"), actor_here(), now()
    (one,), conditions = told([alert], local_day(moment)), [Case.id.in_(queries.returned_cases(alert))]
    page = case_lines(actor, Filter(), cursor, extra=conditions)
    here: dict[str, Any] = {"alert_id": alert_id}
    return render_template(
        "leadership/case_list.html",
        measure=Heading(_("Bị trả lại"), _("Số hồ sơ nơi nhận đã trả lại; một hồ sơ có thể bị trả lại nhiều lượt.")),
        title=one.title,
        at=data_of(moment),
        span=Span(alert.first_on, alert.last_on),
        understood=True,
        page=page,
        total=count(actor, Filter(), conditions),
        states=STATES,
        locale=locale_here(),
        start_url=url_for("alerts.returned", **here) if cursor else None,
        next_url=url_for("alerts.returned", **here, sau=page.next_cursor) if page.next_cursor else None,
        back_url=url_for("alerts.board"),
        back_label=_("Cảnh báo"),
    )
