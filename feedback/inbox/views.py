"""The agency's inbox: its cases by time left."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from feedback.cases import queries
from feedback.cases.pages import actor_here
from feedback.cases.queries import Filter
from feedback.cases.search import search
from feedback.cases.words import CHANNELS, TRACKS
from feedback.cases.workflow import Who
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.db import now
from feedback.inbox import (  # noqa: F401 - their pages belong to the blueprint
    act_views,
    bulk_views,
    case_views,
    clock_views,
    filter_views,
    filters,
    handover_views,
)
from feedback.inbox.lists import EVERYTHING, FIRST, UNCOUNTED, tabs
from feedback.inbox.pages import ANSWERING, blueprint
from feedback.inbox.words import OFFICE_STATES
from feedback.language import locale_here
from feedback.web import Page, roles

TAB_NAMES = {
    FIRST: _l("Đang mở"),
    "qua-han": _l("Quá hạn"),
    "hom-nay": _l("Hôm nay"),
    "3-ngay": _l("3 ngày"),
    "chua-nhan": _l("Chưa nhận"),
    "dang-xu-ly": _l("Đang xử lý"),
    "phoi-hop": _l("Phối hợp"),
    "cho-bo-sung": _l("Chờ dân bổ sung"),
    "cho-phan-dinh": _l("Chờ phân định"),
    "cho-duyet": _l("Chờ duyệt"),
    "da-chuyen": _l("Đã chuyển đi"),
    "da-tra-loi": _l("Đã trả lời"),
    EVERYTHING: _l("Tất cả"),
}
#: Tabs whose number is a warning.
URGENT_TABS = frozenset({"qua-han", "hom-nay"})


def still_open() -> int:
    """How many open cases the officer's agency has; the list of them has counted that already."""
    known: int | None = g.get("still_open")
    return queries.count(actor_here(), tabs(now(), actor_here().who, referee=True)[FIRST]) if known is None else known


@blueprint.record
def _count_in_navigation(state: object) -> None:
    state.app.extensions.setdefault("nav_counts", {})["inbox.list_cases"] = still_open  # type: ignore[attr-defined]


@blueprint.get("")
@roles(*ANSWERING)
@held()
def list_cases() -> Page:
    """The agency's cases by time left; tabs and filters stand in the address. At most 11 queries, however many cases there are."""
    actor = actor_here()
    offered = tabs(now(), actor.who, referee=current_user.agency.is_desk)
    chosen: dict[str, Any] = filters.chosen_in(request.args.to_dict())
    tab = request.args.get(filters.TAB, EVERYTHING if "tim" in chosen else FIRST)
    tab = tab if tab in offered else FIRST
    wanted, cursor = filters.narrowed(offered[tab], chosen), request.args.get("sau")
    page = search(actor, wanted, cursor) if wanted.words else queries.case_lines(actor, wanted, cursor)
    # Counting what matches words would read every open case's text once more; the tabs then carry no numbers.
    counted = {} if wanted.words else _numbers(offered, filters.narrowed(Filter(), chosen))
    if not chosen:
        g.still_open = counted[FIRST]
    return render_template(
        "staff/inbox/list.html",
        page=page,
        tab=tab,
        tabs=[_tab(name, tab, counted.get(name), chosen) for name in offered],
        chosen=chosen,
        locale=locale_here(),
        states=OFFICE_STATES,
        categories=city.categories(),
        wards=city.ward_names(),
        handlers=queries.handlers(actor.agency_id, at_work=False),
        tracks=TRACKS,
        channels=CHANNELS,
        saved=filters.saved(actor),
        may_bulk=actor.who is not Who.INSPECTORATE,
        everything=EVERYTHING,
        start_url=url_for("inbox.list_cases", the=tab, **chosen) if cursor else None,
        next_url=url_for("inbox.list_cases", the=tab, sau=page.next_cursor, **chosen) if page.next_cursor else None,
    )


def _numbers(offered: dict[str, Filter], narrow: Filter) -> dict[str, int]:
    return queries.counts(actor_here(), narrow, {name: wanted for name, wanted in offered.items() if name not in UNCOUNTED})


def _tab(name: str, current: str, number: int | None, chosen: dict[str, Any]) -> tuple[Any, ...]:
    return TAB_NAMES[name], url_for("inbox.list_cases", the=name, **chosen), name == current, number, name in URGENT_TABS
