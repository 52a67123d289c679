"""Figures out of the rollup: from the sums by day where a cut holds what is asked for, otherwise from the facts. Never change anything.

Figures are of open cases; sealed ones are counted in `analytics.rollup.conduct` only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from analytics.counts import SUMMED, Amount, Count, Period
from analytics.measures import Days, median_of
from analytics.rollup.cells import AMOUNTS, SUMS
from analytics.rollup.scope import Group, Key, Scope
from analytics.rollup.statements import PERIOD, STANDING, Statement, written
from feedback.db import db

Keys = tuple[Key, ...]


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


def figures(
    period: Period, scope: Scope, groups: Sequence[Group] = (), *, days: bool = True, only: frozenset[Count | Amount] | None = None
) -> dict[Keys, Figures]:
    """Figures of a period by the keys of some groups; with no group one row under the empty key. At most three queries.

    With `only` nothing but these counts and sums is looked up, which costs a part of the whole.
    """
    sums = SUMS if only is None else tuple(name for name in SUMS if name in {column for one in only for column in _columns(one)})
    keyed = _flows(period, scope, groups, sums)
    stand = _standing(period, scope, groups) if only is None or only & set(STANDING) else {}
    spread = _spread(period, scope, groups) if days else {}
    found = {}
    for key in keyed.keys() | stand.keys():
        flow = keyed.get(key, Figures({}))
        working, calendar = spread.get(key, ({}, {}))
        found[key] = replace(flow, counts={**flow.counts, **stand.get(key, {})}, working=working, calendar=calendar)
    return found


def _columns(what: Count | Amount) -> tuple[str, ...]:
    """Sums that a count is made from."""
    return ("due", "on_time") if what is Count.LATE else (what.name.lower(),)


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
    by_month = {row[0]: _figures(row[1:]) for row in _run(Statement.BY_MONTH, replace(period, first=firsts[0]), scope, ())}
    waiting, found = _standing(period, scope, ()).get((), {}).get(Count.OPEN, 0), []
    for first in reversed(firsts):
        part = by_month.get(first, Figures({}))
        found.append(Month(first, replace(part, counts={**part.counts, Count.OPEN: waiting})))
        waiting += part.of(Count.ENDED) - part.of(Count.RECEIVED)
    return found[::-1]


def _flows(period: Period, scope: Scope, groups: Sequence[Group], sums: tuple[str, ...]) -> dict[Keys, Figures]:
    """What happened in the period, by key."""
    if not sums:
        return {}
    rows = _run(Statement.TOTALS, period, scope, groups, sums)
    return {tuple(row[: len(groups)]): _figures(row[len(groups) :], sums) for row in rows if any(row[len(groups) :])}


def _figures(found: Sequence[Any], sums: Sequence[str] = SUMS) -> Figures:
    values = dict(zip(sums, map(int, found), strict=True))
    counts = {one.count: values[one.column] for one in SUMMED if one.column in values}
    if Count.DUE in counts and Count.ON_TIME in counts:
        counts[Count.LATE] = counts[Count.DUE] - counts[Count.ON_TIME]
    return Figures(counts, {name: values[name] for name in AMOUNTS if name in values})


def _standing(period: Period, scope: Scope, groups: Sequence[Group]) -> dict[Keys, dict[Count, int]]:
    """What stood open when the period ended, by key and by how late it was."""
    rows = _run(Statement.STANDS, period, scope, groups)
    return {tuple(row[: len(groups)]): dict(zip(STANDING, row[len(groups) :], strict=True)) for row in rows}


def _spread(period: Period, scope: Scope, groups: Sequence[Group]) -> dict[Keys, tuple[Counter[int], Counter[int]]]:
    """How many answered cases took how many working and calendar days, by key."""
    found: dict[Keys, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for *key, working, calendar, number in _run(Statement.SPREAD, period, scope, groups):
        for counter, days in zip(found[tuple(key)], (working, calendar), strict=True):
            counter[days] += number
    return found


def _run(kind: Statement, period: Period, scope: Scope, groups: Sequence[Group], sums: tuple[str, ...] = SUMS) -> Sequence[Any]:
    sql, usual = written(kind, frozenset(scope.values), tuple(groups), period.running, sums)
    values = {name: getattr(period, name) for name in PERIOD} | scope.values
    return db.session.connection().exec_driver_sql(sql, {name: values.get(name, value) for name, value in usual.items()}).all()
