"""Pages for leadership. Every number on them is a link to the list of exactly the cases it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from analytics.dashboard import figures as charts
from analytics.dashboard.headline import headlines
from analytics.dashboard.periods import Span, choices, chosen, month_of
from analytics.dashboard.queries import board, scope_names, trend
from analytics.dashboard.scope import Group, Scope
from analytics.dashboard.transit import PROMISED_CUT, transit_board
from analytics.measures import FEWEST_TO_RANK, MEASURES, MEDIAN_DAYS, ON_TIME_RATE, Count
from feedback.accounts.models import Role
from feedback.cases.access import Actor
from feedback.cases.baseline import usual_source
from feedback.cases.queries import Filter, case_lines, count
from feedback.cases.words import STATES
from feedback.city import queries as city
from feedback.db import now
from feedback.errors import NotFound
from feedback.localtime import local_day
from feedback.web import roles

blueprint = Blueprint("dashboard", __name__, url_prefix="/dieu-hanh")
#: No key of the reference data has more digits; a longer one would not fit the column.
KEY_DIGITS = 9
#: Longer tables are folded: a telephone would have to be wiped for minutes.
SHOWN_AT_ONCE = 30
#: What the page explains beside its figures.
WORDS = {
    "MEASURES": MEASURES,
    "Count": Count,
    "Group": Group,
    "SHOWN_AT_ONCE": SHOWN_AT_ONCE,
    "RATE_STEPS": charts.RATE_STEPS,
    "definitions": {"rate": ON_TIME_RATE, "days": MEDIAN_DAYS},
}


@dataclass(frozen=True)
class Links:
    """Addresses of pages that keep the period and the scope of the page they stand on."""

    span: Span
    scope: Scope

    def page(self, scope: Scope | None = None, span: Span | None = None, group: Group | None = None) -> str:
        """The overview of a scope and a period, broken down by a group."""
        return url_for("dashboard.overview", **self._parts(scope, span), **self._breakdown(group))

    def cases(self, counted: Count, scope: Scope | None = None, span: Span | None = None, **more: Any) -> str:
        """The list behind a number."""
        return url_for("dashboard.case_list", so_lieu=counted.value, **self._parts(scope, span), **more)

    @staticmethod
    def _breakdown(group: Group | None) -> dict[str, Any]:
        return {} if group is None else {"theo": group.value}

    def _parts(self, scope: Scope | None, span: Span | None) -> dict[str, Any]:
        scope, span = scope or self.scope, span or self.span
        return {"tu": span.first, "den": span.last, **scope.address()}


def _scope() -> Scope:
    """The scope in the address. Raises NotFound for what is no key."""
    keys = {}
    for group in Group:
        text = request.args.get(group.value, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS):
            raise NotFound
        keys[group] = int(text) if text else None
    return Scope(keys[Group.DISTRICT], keys[Group.AGENCY])


def _place(scope: Scope) -> str:
    """Whose cases a page counts, in words. Raises NotFound when there is no such district or agency."""
    return ", ".join(name or _("Chưa rõ khu vực") for name in scope_names(scope)) or _("Toàn Thành phố")


def _group(scope: Scope) -> Group | None:
    """What the table is broken down by: what was chosen, or what the scope leaves open; None when it leaves nothing."""
    if scope.agency_id is not None:
        return None if scope.district_id is not None else Group.DISTRICT
    if scope.district_id is not None or request.args.get("theo") == Group.AGENCY:
        return Group.AGENCY
    return Group.DISTRICT


def _span(moment: datetime) -> tuple[Span, bool]:
    """The period in the address, and whether the address could be understood."""
    return chosen(request.args.get("tu", ""), request.args.get("den", ""), local_day(moment))


@blueprint.get("/")
@roles(Role.LEADERSHIP)
def overview() -> str:
    """The city, a district or an agency on one screen. At most 14 queries, however many cases and agencies there are."""
    actor, scope, moment = Actor.of(current_user), _scope(), now()
    span, understood = _span(moment)
    period, calendar, group, place = span.at(moment), city.calendar(), _group(scope), _place(scope)
    found = board(actor, period, calendar, scope, _needed(scope, group))
    rows = found.groups[group] if group else []
    months = trend(actor, period, scope)
    return render_template(
        "leadership/overview.html",
        at=moment,
        today=local_day(moment),
        place=place,
        span=span,
        understood=understood,
        group=group,
        ranked=[row for row in rows if row.ranked],
        unranked=[row for row in rows if not row.ranked],
        empty=not any(found.total.counts.values()),
        headlines=headlines(found.total, found.before),
        months=months,
        trend_figure=charts.trend_figure(months),
        tiles=[] if scope != Scope() else charts.tiles(city.districts(), found.groups[Group.DISTRICT]),
        **_choices(Links(span, scope), group, local_day(moment)),
        **WORDS,
    )


@blueprint.get("/luan-chuyen")
@roles(Role.LEADERSHIP)
def transit() -> str:
    """How long cases are on their way between agencies, against what was usual before. At most 8 queries."""
    moment = now()
    span, understood = _span(moment)
    links = Links(span, Scope())
    return render_template(
        "leadership/transit.html",
        at=moment,
        today=local_day(moment),
        span=span,
        understood=understood,
        board=transit_board(Actor.of(current_user), span.at(moment)),
        source=usual_source(),
        promised=PROMISED_CUT,
        fewest=FEWEST_TO_RANK,
        choices=[
            (name, url_for("dashboard.transit", tu=one.first, den=one.last), one == span, None, False)
            for name, one in choices(local_day(moment))
        ],
        back_url=links.page(),
    )


def _needed(scope: Scope, group: Group | None) -> set[Group]:
    """The breakdowns a page shows: its table, and the map where it is about the whole city."""
    return ({group} if group else set()) | ({Group.DISTRICT} if scope == Scope() else set())


def _choices(links: Links, group: Group | None, today: date) -> dict[str, Any]:
    """Where the page leads: other periods, other breakdowns, parts of itself."""
    whole = links.scope == Scope()
    kept = group if whole else None
    periods = choices(today)
    current = next((number for number, (_name, span) in enumerate(periods) if span == links.span), None)
    breakdowns = ((_("Khu vực"), Group.DISTRICT), (_("Cơ quan"), Group.AGENCY)) if whole else ()
    return {
        "links": links,
        "labels": {counted: str(measure.label) for counted, measure in MEASURES.items()},
        "whole": whole,
        "whole_city": Scope(),
        "choices": [
            (name, links.page(span=span, group=kept), number == current, None, False) for number, (name, span) in enumerate(periods)
        ],
        "breakdowns": [(name, links.page(group=one) + "#bang", one == group, None, False) for name, one in breakdowns],
        "month_of": lambda first: Span(first, min(month_of(first).last, links.span.last)),
    }


@blueprint.get("/ho-so/<so_lieu>")
@roles(Role.LEADERSHIP)
def case_list(so_lieu: str) -> str:
    """The cases behind one number, what is due first on top. At most 6 queries."""
    if so_lieu not in set(Count):
        raise NotFound
    actor, scope, moment = Actor.of(current_user), _scope(), now()
    span, understood = _span(moment)
    counted, links, cursor = Count(so_lieu), Links(span, scope), request.args.get("sau")
    conditions = [MEASURES[counted].condition(span.at(moment)), *scope.conditions()]
    page = case_lines(actor, Filter(), cursor, extra=conditions)
    return render_template(
        "leadership/case_list.html",
        measure=MEASURES[counted],
        place=_place(scope),
        at=moment,
        span=span,
        understood=understood,
        page=page,
        total=count(actor, Filter(), conditions),
        states=STATES,
        locale=str(get_locale() or "vi"),
        start_url=links.cases(counted) if cursor else None,
        next_url=links.cases(counted, sau=page.next_cursor) if page.next_cursor else None,
        back_url=links.page(),
    )
