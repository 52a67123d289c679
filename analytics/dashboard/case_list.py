"""The cases behind a number: which ones is known from memory, what is shown of them is read through the reader's own access rules."""

from __future__ import annotations

from analytics.counts import Count, Period
from analytics.rollup.parts import parts_of
from analytics.rollup.picking import Position, behind
from analytics.rollup.scope import Scope
from feedback.cases.access import Actor
from feedback.cases.queries import PAGE_SIZE, Page, lines_of


def case_page(actor: Actor, count: Count, period: Period, scope: Scope, cursor: str | None) -> Page:
    """A page of the cases a number counts, what is due first on top; whose clock stands still is not due and comes last.

    One query. A case sealed a moment ago is left out of its page.
    """
    found = behind(parts_of(scope), count, period, _position(cursor), PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    lines = [line for _case, line in lines_of(actor, [key for _due, key in shown])]
    return Page(lines, "{}_{}".format(*shown[-1]) if len(found) > PAGE_SIZE else None)


def _position(cursor: str | None) -> Position | None:
    """Behind which case the page begins; a cursor somebody has edited starts from the top."""
    try:
        due, key = map(int, (cursor or "").split("_"))
    except ValueError:
        return None
    return due, key
