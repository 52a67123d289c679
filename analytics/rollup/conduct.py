"""Reports about officials' conduct, as numbers that point to nobody: sealed cases enter figures here and nowhere else.

Whole closed months only, the same twelve on every page whatever period it shows: two periods that differ by a day would tell what came in
on that day. By district, never by ward or agency; small numbers are hidden, and so is a second one where the total would give the first
away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from analytics.counts import Count, Period
from analytics.opendata.disclosure import FEWEST
from analytics.rollup.models import NONE, Fact
from analytics.rollup.queries import total
from analytics.rollup.scope import Scope
from feedback.db import db, now

#: Numbers below this are not shown, none at all neither: going from none to few would be a trace.
FEWEST_SHOWN = FEWEST


@dataclass(frozen=True)
class Signals:
    """The city's reports about conduct in twelve closed months; None where a number is hidden."""

    first: date
    last: date
    reports: int | None
    #: All reports of those months, conduct or not, that were not sealed, and the conduct ones.
    cases: int
    answered: int | None
    substantiated: int | None
    #: By district; cases without a place under 0.
    districts: Mapping[int, int | None]

    @property
    def per_thousand(self) -> float | None:
        """Conduct reports for every 1,000 cases."""
        return None if self.reports is None or not self.cases else 1000 * self.reports / self.cases


def closed_months(today: date) -> tuple[date, date]:
    """First and last day of the twelve whole months before the one that runs."""
    return date(today.year - 1, today.month, 1), today.replace(day=1) - timedelta(days=1)


def signals(today: date, districts: Collection[int]) -> Signals:
    """Count them, by these districts and "no place". One query."""
    first, last = closed_months(today)
    conduct = select(
        Fact.district_id,
        func.count().label("reports"),
        func.count().filter(Fact.sealed).label("sealed"),
        func.count().filter(Fact.answered_on.is_not(None)).label("answered"),
        func.count().filter(Fact.substantiated.is_(True)).label("substantiated"),
    ).where(Fact.conduct, Fact.received_on >= first, Fact.received_on <= last)
    rows = db.session.execute(conduct.group_by(Fact.district_id)).all()
    open_ones = total(Period(first, last, now()), Scope(), days=False, only=frozenset({Count.RECEIVED}))
    cases = open_ones.of(Count.RECEIVED) + sum(row.sealed for row in rows)
    reports, answered, found = (sum(getattr(row, name) for row in rows) for name in ("reports", "answered", "substantiated"))
    told = not any(hidden(number) for number in (answered, found, answered - found))
    return Signals(
        first,
        last,
        reports=None if hidden(reports) else reports,
        cases=cases,
        answered=answered if told else None,
        substantiated=found if told else None,
        districts=suppressed({**dict.fromkeys((*districts, NONE), 0), **{row.district_id: row.reports for row in rows}}),
    )


def hidden(number: int) -> bool:
    """Whether a number is too small to be shown."""
    return number < FEWEST_SHOWN


def suppressed(counts: Mapping[int, int]) -> dict[int, int | None]:
    """Counts with the small ones hidden, and where the total would give a hidden one away, the next smallest as well.

    What is hidden together is at least two numbers and never less than FEWEST_SHOWN, so that the total less what is shown points to
    nobody either.
    """
    order: Sequence[int] = sorted(counts, key=lambda key: (counts[key], key))
    away = [key for key in order if hidden(counts[key])]
    rest = order[len(away) :]
    while away and rest and (len(away) < 2 or hidden(sum(counts[key] for key in away))):
        away.append(rest[0])
        rest = rest[1:]
    return {key: None if key in away else number for key, number in counts.items()}
