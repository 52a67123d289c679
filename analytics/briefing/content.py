"""What a briefing says, taken from the same board as the page, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, zip_longest

from flask_babel import gettext as _

from analytics.alerts.queries import news
from analytics.alerts.words import told
from analytics.counts import Period
from analytics.dashboard import board as boards
from analytics.dashboard.address import COLOURED, Place
from analytics.dashboard.headline import Headline
from analytics.dashboard.periods import Span
from analytics.dashboard.tables import Row, Table
from analytics.rollup.names import title_of
from analytics.rollup.queries import Month

#: How many of the worst are named, and how many alerts.
NAMED, ALERTS = 5, 2


@dataclass(frozen=True)
class Worst:
    """One of those that answer in time least often, with its rank among those it may be compared with."""

    row: Row
    rank: int
    #: Of which size the agencies are it is compared with; empty for everything else.
    among: str


@dataclass(frozen=True)
class Briefing:
    """Everything on the page."""

    title: str
    span: Span
    before: Span
    at: datetime
    #: For whom it was made.
    reader: str
    headlines: Sequence[Headline]
    months: Sequence[Month]
    news: Sequence[str]
    #: What the worst are: districts, agencies, …; empty where nothing is broken down.
    group: str
    worst: Sequence[Worst]


def briefing(place: Place, period: Period, title: str, reader: str) -> Briefing:
    """Read everything. The worst are by answers in time, whatever the page is ordered by."""
    place = replace(place, measure=COLOURED[0])
    board = boards.board(place, period)
    alerts = told(news(period.today), period.today) if place.scope.whole else []
    sentences = [*board.week, *(_("Cảnh báo: %(title)s.", title=one.title) for one in alerts[:ALERTS])]
    group = title_of(place.group) if place.group else ""
    return Briefing(
        title, place.span, place.before, period.now, reader, board.headlines, board.months, sentences, group, worst_of(board.table)
    )


def worst_of(table: Table | None) -> list[Worst]:
    """At most five ranked rows. Of agencies the worst of each size in turn, because only those of a size are compared."""
    ranked = [
        [Worst(row, rank, section.title) for rank, row in enumerate(section.rows, 1)] for section in (table.sections if table else ())
    ]
    in_turn = [one for one in chain.from_iterable(zip_longest(*ranked)) if one is not None][:NAMED]
    return [one for section in ranked for one in section if one in in_turn]
