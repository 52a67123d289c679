"""Figures out of the rollup: from the sums by day where a cut holds what is asked for, otherwise from the facts. Never change anything.

Figures are of open cases; sealed ones are counted in `analytics.rollup.conduct` only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Date, case, cast, func, select, union_all

from analytics.counts import AGES, COUNTS, DAYS, SUMMED, Amount, Axis, Count, Period, standing
from analytics.measures import Days, median_of
from analytics.rollup.cells import AMOUNTS, CUTS, SUMS, arm, arms
from analytics.rollup.models import Cell, Fact
from analytics.rollup.scope import COLUMNS, Group, Key, Scope
from feedback.db import db

Keys = tuple[Key, ...]
STANDING = (Count.OPEN, Count.OPEN_PAST_DUE, *AGES)
_DUE_COLUMNS = frozenset(one.column for one in SUMMED if one.axis is Axis.DUE)


@dataclass(frozen=True)
class Figures:
    """Everything counted of one group, or of everything in scope."""

    counts: Mapping[Count, int]
    amounts: Mapping[Amount, int] = field(default_factory=dict)
    #: How many answered cases took so many days; empty where it was not asked for.
    working: Mapping[int, int] = field(default_factory=dict)
    calendar: Mapping[int, int] = field(default_factory=dict)

    def of(self, what: Count | Amount) -> int:
        """A count or a sum; 0 where nothing was found."""
        return self.amounts.get(what, 0) if isinstance(what, Amount) else self.counts.get(what, 0)

    def days(self, which: Days) -> float | None:
        """A quantile of the days to answer, exact."""
        spread = self.working if which in (Days.MEDIAN_WORKING, Days.P90_WORKING) else self.calendar
        return median_of(spread, 0.9 if which in (Days.P90_WORKING, Days.P90_CALENDAR) else 0.5)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(self.counts.values())


def added(parts: Sequence[Figures]) -> Figures:
    """The figures of several groups together; exact, the spread of days included."""

    def total(name: str) -> Any:
        found: Counter[Any] = Counter()
        for part in parts:
            found.update(getattr(part, name))
        return found

    return Figures(*(total(name) for name in ("counts", "amounts", "working", "calendar")))


def figures(period: Period, scope: Scope, groups: Sequence[Group] = (), *, days: bool = True) -> dict[Keys, Figures]:
    """Figures of a period by the keys of some groups; with no group one row under the empty key. Two or three queries."""
    keyed = _flows(period, scope, groups)
    stand = _standing(period, scope, groups)
    spread = _spread(period, scope, groups) if days else {}
    found = {}
    for key in keyed.keys() | stand.keys():
        flow = keyed.get(key, Figures({}))
        working, calendar = spread.get(key, ({}, {}))
        found[key] = replace(flow, counts={**flow.counts, **stand.get(key, {})}, working=working, calendar=calendar)
    return found


def total(period: Period, scope: Scope) -> Figures:
    """Figures of everything in scope."""
    return added(list(figures(period, scope).values()))


@dataclass(frozen=True)
class Month:
    """One point of the trend: a calendar month, or what of it lies before the end, by its first day."""

    first: date
    figures: Figures


def trend(period: Period, scope: Scope, firsts: Sequence[date]) -> list[Month]:
    """Counts by calendar month up to the period's last day; what stood open at the end of each month is counted back from the last one."""
    source = _source(replace(period, first=firsts[0]), scope, ())
    month = cast(func.date_trunc("month", source.c.day), Date).label("month")
    rows = db.session.execute(select(month, *_totals(source)).group_by(month))
    by_month = {row.month: _figures(row) for row in rows}
    waiting, found = _standing(period, scope, ()).get((), {}).get(Count.OPEN, 0), []
    for first in reversed(firsts):
        part = by_month.get(first, Figures({}))
        found.append(Month(first, replace(part, counts={**part.counts, Count.OPEN: waiting})))
        waiting += part.of(Count.ENDED) - part.of(Count.RECEIVED)
    return found[::-1]


def _flows(period: Period, scope: Scope, groups: Sequence[Group]) -> dict[Keys, Figures]:
    """What happened in the period, by key."""
    source = _source(period, scope, groups)
    keys = [source.c[COLUMNS[group]] for group in groups]
    rows = db.session.execute(select(*keys, *_totals(source)).group_by(*keys))
    return {tuple(row[: len(groups)]): _figures(row) for row in rows if any(row[len(groups) :])}


def _totals(source: Any) -> list[Any]:
    return [func.coalesce(func.sum(source.c[name]), 0).label(name) for name in SUMS]


def _figures(row: Any) -> Figures:
    values = row._mapping
    counts = {one.count: int(values[one.column]) for one in SUMMED}
    counts[Count.LATE] = counts[Count.DUE] - counts[Count.ON_TIME]
    return Figures(counts, {name: int(values[name]) for name in AMOUNTS})


def _source(period: Period, scope: Scope, groups: Sequence[Group]) -> Any:
    """Rows of a day, the groups' keys and all sums: of the first cut that holds them, or of the facts."""
    names = [COLUMNS[group] for group in groups]
    cut = next((name for name, kept in CUTS.items() if scope.needs | set(names) <= kept), None)

    def conditions(axis: Axis) -> list[Any]:
        day = DAYS[axis](Fact)
        judged = [Fact.due_at < period.now] if axis is Axis.DUE else []
        return [day >= period.first, day <= period.last, *judged, *scope.conditions(Fact)]

    if cut is None:
        return arms(Fact, [getattr(Fact, name) for name in names], conditions)
    # What is due today is judged by the hour, which the sums by day do not know.
    settled = Cell.day < period.today
    sums = (case((settled, getattr(Cell, name)), else_=0).label(name) if name in _DUE_COLUMNS else getattr(Cell, name) for name in SUMS)
    found = select(Cell.day, *(getattr(Cell, name) for name in names), *sums)
    found = found.where(Cell.cut == cut, Cell.day >= period.first, Cell.day <= period.last, *scope.conditions(Cell))
    if period.last < period.today:
        return found.subquery("parts")
    today = arm(Fact, Axis.DUE, [getattr(Fact, name) for name in names], [*conditions(Axis.DUE), Fact.due_on >= period.today])
    return union_all(found, today).subquery("parts")


def _standing(period: Period, scope: Scope, groups: Sequence[Group]) -> dict[Keys, dict[Count, int]]:
    """What stood open when the period ended, by key and by how late it was."""
    keys = [getattr(Fact, COLUMNS[group]) for group in groups]
    numbers = [func.count().filter(COUNTS[count].condition(period)).label(count.name) for count in STANDING]
    rows = db.session.execute(select(*keys, *numbers).where(standing(period), *scope.conditions(Fact)).group_by(*keys))
    return {tuple(row[: len(groups)]): dict(zip(STANDING, row[len(groups) :], strict=True)) for row in rows}


def _spread(period: Period, scope: Scope, groups: Sequence[Group]) -> dict[Keys, tuple[Counter[int], Counter[int]]]:
    """How many answered cases took how many working and calendar days, by key."""
    keys = [getattr(Fact, COLUMNS[group]) for group in groups]
    spread = [Fact.working_days, Fact.calendar_days]
    answered = select(*keys, *spread, func.count()).where(COUNTS[Count.ANSWERED].condition(period), *scope.conditions(Fact))
    found: dict[Keys, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for *key, working, calendar, number in db.session.execute(answered.group_by(*keys, *spread)):
        for counter, days in zip(found[tuple(key)], (working, calendar), strict=True):
            counter[days] += number
    return found
