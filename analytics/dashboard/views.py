"""Pages for leadership. Every number on them is a link to the list of exactly the cases it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from analytics.alerts.queries import news
from analytics.alerts.words import told
from analytics.counts import AGES, AXIS_WORDS, COUNTS, Count, Period
from analytics.dashboard import board as boards
from analytics.dashboard.address import AGAINST, COLOURED, Place, filters, place_of
from analytics.dashboard.case_list import case_page
from analytics.dashboard.pair import SIDES, Pair, comparison, heading_of, pair_of, titles_of
from analytics.dashboard.periods import Span, choices, chosen, month_of
from analytics.dashboard.sheet import sheet
from analytics.hops import AXIS, HOP_MEASURES, PROMISED_CUT, Hops
from analytics.measures import FEWEST_TO_RANK, MEASURES, Measure, Unit
from analytics.rollup.names import names, title_of
from analytics.rollup.queries import figures, total
from analytics.rollup.refusals import refusals
from analytics.rollup.scope import SIZE, Group, Scope
from analytics.rollup.sizes import SIZES, sizes
from analytics.rollup.transit import transit_board
from feedback.accounts.models import Role
from feedback.cases.baseline import usual_source
from feedback.cases.models import Refusal
from feedback.cases.pages import actor_here
from feedback.cases.words import REFUSALS, STATES
from feedback.db import now
from feedback.errors import NotFound
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.replica.pages import data_of, from_replica
from feedback.web import roles

blueprint = Blueprint("dashboard", __name__, url_prefix="/dieu-hanh")
#: Of longer tables the worst so many are shown until all are asked for: a telephone would have to be wiped for minutes.
SHOWN_AT_ONCE = 10
#: Filters that are chosen from a list; places and bodies are reached by their names in the tables.
LISTED = (Group.CATEGORY, Group.CHANNEL, Group.TRACK, Group.LEVEL)
#: Narrows the list of refused cases to one reason.
REASON = "ly-do"
#: What the page explains beside its figures.
WORDS = {
    "MEASURES": MEASURES,
    "COUNTS": COUNTS,
    "AXIS_WORDS": AXIS_WORDS,
    "AGES": AGES,
    "Count": Count,
    "HOP_AXIS": AXIS,
    "HOP_MEASURES": HOP_MEASURES,
    "Hops": Hops,
    "Group": Group,
    "Unit": Unit,
    "SHOWN_AT_ONCE": SHOWN_AT_ONCE,
    "fewest": FEWEST_TO_RANK,
    "promised": PROMISED_CUT,
}


def _place(moment: datetime) -> tuple[Place, Period]:
    """What the address says, with the agencies of a size group looked up."""
    place = _sized(place_of(request.args, local_day(moment)), moment)
    return place, place.span.at(moment)


def _sized(place: Place, moment: datetime) -> Place:
    """The same with the agencies of its size group."""
    if not place.scope.size:
        return place
    period = place.span.at(moment)
    agencies = sorted(key for key, size in sizes(replace(period, last=place.sized or period.last)).items() if size == place.scope.size)
    return replace(place, scope=replace(place.scope, agencies=agencies))


def _title(scope: Scope) -> str:
    """Whose cases a page counts, in words."""
    return ", ".join(words for _name, _key, words in filters(scope)) or _("Toàn Thành phố")


@blueprint.get("/")
@roles(Role.LEADERSHIP)
@from_replica
def overview() -> str:
    """The city, a district, an agency, a field or any other part on one screen. At most 17 queries, however many cases there are."""
    moment = now()
    place, period = _place(moment)
    board = boards.board(place, period)
    return render_template(
        "leadership/overview.html",
        at=data_of(moment),
        today=period.today,
        place=place,
        title=_title(place.scope),
        board=board,
        alerts=told(news(period.today), period.today) if place.scope.whole else [],
        funnel=boards.FUNNEL,
        heat_heads=[(name, True) for _key, name in board.city.heat.columns] if board.city else [],
        group_title=title_of(place.group) if place.group else "",
        city_url=place.page(scope=Scope()),
        **_choices(place, period.today),
        **WORDS,
    )


def _choices(place: Place, today: date) -> dict[str, Any]:
    """Where the page leads: other periods, comparisons, breakdowns, measures, fewer filters."""
    periods = choices(today)
    current = next((number for number, (_name, span) in enumerate(periods) if span == place.span), None)
    return {
        "labels": {counted: str(one.label) for counted, one in COUNTS.items()},
        "periods": [(name, place.page(span=span), number == current, None, False) for number, (name, span) in enumerate(periods)],
        "comparisons": [(str(words), place.page(against=one), one is place.against, None, False) for one, words in AGAINST.items()],
        "breakdowns": [(title_of(one), place.page(group=one) + "#bang", one is place.group, None, False) for one in place.groups],
        "coloured": [(one.label, place.page(measure=one) + "#bang", one is place.measure, None, False) for one in COLOURED],
        "narrowed": [(words, place.page(scope=_without(place.scope, name))) for name, _key, words in filters(place.scope)],
        "lists": [(one.value, title_of(one), names(one), place.scope.key(one)) for one in LISTED],
        "sizes": [(one.value, words) for one, words in SIZES.items()],
        "more_filters": place.scope.size or any(place.scope.key(one) is not None for one in LISTED),
        "listed": {*(one.value for one in LISTED), SIZE},
        "month_of": lambda first: Span(first, min(month_of(first).last, place.span.last)),
        "file_url": place.file(),
        "compare_url": url_for("dashboard.compare", **place.kept()),
        "transit_url": url_for("dashboard.transit", tu=place.span.first, den=place.span.last),
    }


def _without(scope: Scope, name: str) -> Scope:
    return replace(scope, size=None, agencies=()) if name == SIZE else scope.narrowed(Group(name), None)


@blueprint.get("/so-lieu.csv")
@roles(Role.LEADERSHIP)
@from_replica
def as_file() -> Response:
    """The page's table with every measure, for a spreadsheet. At most 8 queries."""
    place, period = _place(now())
    if place.group is None:
        raise NotFound
    text = sheet(figures(period, place.scope, [place.group]), names(place.group), title_of(place.group))
    name = f"so-lieu-{place.span.first}-{place.span.last}.csv"
    return Response(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.get("/luan-chuyen")
@roles(Role.LEADERSHIP)
@from_replica
def transit() -> str:
    """How long cases are on their way between agencies, against what was usual before. At most 8 queries."""
    moment = now()
    span, understood = chosen(request.args.get("tu", ""), request.args.get("den", ""), local_day(moment))
    return render_template(
        "leadership/transit.html",
        at=data_of(moment),
        today=local_day(moment),
        span=span,
        understood=understood,
        board=transit_board(span.at(moment)),
        source=usual_source(),
        choices=[
            (name, url_for("dashboard.transit", tu=one.first, den=one.last), one == span, None, False)
            for name, one in choices(local_day(moment))
        ],
        back_url=url_for("dashboard.overview", tu=span.first, den=span.last),
        **WORDS,
    )


@blueprint.get("/doi-chieu")
@roles(Role.LEADERSHIP)
@from_replica
def compare() -> str:
    """Two periods, or two districts or agencies, side by side. At most 12 queries."""
    moment, here = now(), url_for("dashboard.compare")
    pair = pair_of(request.args, local_day(moment))
    sides = [_sized(side, moment) for side in (pair.first, pair.second)]
    scopes = [_title(side.scope) for side in sides]
    titles = titles_of(pair, *scopes)

    def by(measure: Measure) -> str:
        return Pair(replace(pair.first, measure=measure), pair.second).address(here) + "#linh-vuc"

    return render_template(
        "leadership/compare.html",
        at=data_of(moment),
        today=local_day(moment),
        pair=pair,
        sides=sides,
        titles=titles,
        heading=heading_of(titles, scopes),
        scopes=scopes,
        found=comparison(Pair(*sides), moment, titles),
        turned_url=pair.turned().address(here),
        periods=[(words, url, current, None, False) for words, url, current in pair.against(here)],
        coloured=[(one.label, by(one), one is pair.first.measure, None, False) for one in COLOURED],
        lists=[(one.value, title_of(one), names(one), *(side.scope.key(one) for side in sides)) for one in SIDES],
        kept={name: key for name, key in pair.first.scope.address().items() if name not in set(SIDES)},
        **WORDS,
    )


@blueprint.get("/ho-so/<so_lieu>")
@roles(Role.LEADERSHIP)
@from_replica
def case_list(so_lieu: str) -> str:
    """The cases behind one number, what is due first on top. At most 10 queries."""
    if so_lieu not in set(Count):
        raise NotFound
    moment = now()
    place, period = _place(moment)
    counted, cursor = COUNTS[Count(so_lieu)], request.args.get("sau")
    reason = _reason(counted.count)
    more: dict[str, Any] = {REASON: reason.value} if reason else {}
    scope = replace(place.scope, refusal=reason.value if reason else None)
    page = case_page(actor_here(), counted.count, period, scope, cursor)
    return render_template(
        "leadership/case_list.html",
        measure=counted,
        title=", ".join([_title(place.scope), *([str(REFUSALS[reason])] if reason else [])]),
        at=data_of(moment),
        span=place.span,
        understood=place.understood,
        reasons=_reasons(place, period) if counted.count is Count.REFUSED and not reason else [],
        page=page,
        total=total(period, scope, days=False, only=frozenset({counted.count})).of(counted.count),
        states=STATES,
        locale=locale_here(),
        start_url=place.cases(counted.count, **more) if cursor else None,
        next_url=place.cases(counted.count, sau=page.next_cursor, **more) if page.next_cursor else None,
        back_url=place.page(),
    )


def _reason(count: Count) -> Refusal | None:
    """The reason in the address of a list of refused cases. Raises NotFound for what is none, and on other lists."""
    text = request.args.get(REASON, "")
    if text and (count is not Count.REFUSED or text not in set(Refusal)):
        raise NotFound
    return Refusal(text) if text else None


def _reasons(place: Place, period: Period) -> list[tuple[str, int, str]]:
    """Refused cases by reason, the most first: words, number, the list behind it."""
    found = refusals(period, place.scope).get((), {})
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    query = place.query()
    return [
        (str(REFUSALS[Refusal(reason)]), number, place.listed(Count.REFUSED, f"{query}&{REASON}={reason}")) for reason, number in ranked
    ]
