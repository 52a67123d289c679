"""Figures, added up from the facts in memory. Never change anything; at most three queries, usually one.

Figures are of open cases; sealed ones are counted in `analytics.rollup.conduct` only.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from analytics.counts import AGES, FLAGS, Amount, Axis, Count, Flags, Period
from analytics.measures import Days, median_of
from analytics.rollup.blocks import LENGTHS, Array
from analytics.rollup.columns import number_of
from analytics.rollup.counting import Asked
from analytics.rollup.parts import parts_of
from analytics.rollup.scope import COLUMNS, Group, Keys, Scope

Wanted = frozenset[Count | Amount]
STANDING = (Count.OPEN, Count.OPEN_PAST_DUE, *AGES)
#: What the trend is made from.
MONTHLY: Wanted = frozenset({Count.RECEIVED, Count.ANSWERED, Count.SOLVED, Count.RATED, Count.DUE, Count.ON_TIME, Count.ENDED})


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


NOTHING = Figures({})


def added(parts: Sequence[Figures]) -> Figures:
    """The figures of several groups together; exact, the spread of days included."""

    def total(name: str) -> Any:
        found: Counter[Any] = Counter()
        for part in parts:
            found.update(getattr(part, name))
        return found

    return Figures(*(total(name) for name in ("counts", "amounts", "working", "calendar")))


def figures(
    period: Period, scope: Scope, groups: Sequence[Group] = (), *, days: bool = True, only: Wanted | None = None
) -> dict[Keys, Figures]:
    """Figures of a period by the keys of some groups; with no group one row under the empty key. Groups without a case are left out.

    With `only` nothing but these counts and sums is looked up, which costs a part of the whole.
    """
    return figures_and_total(period, scope, groups, days=days, only=only)[0]


def figures_and_total(
    period: Period, scope: Scope, groups: Sequence[Group], *, days: bool = True, only: Wanted | None = None
) -> tuple[dict[Keys, Figures], Figures]:
    """The same with the figures of all groups together, which cost nothing more."""
    asked = Asked(parts_of(scope), [COLUMNS[group] for group in groups])
    if not asked.number:
        return {}, NOTHING
    begins = [number_of(period.first)]
    sums: dict[Any, Array] = {**_flows(only, lambda flags: asked.flows(flags, period) if groups else asked.cuts(flags, begins, period))}
    if only is None or not only.isdisjoint(Amount):
        sums |= zip(Amount, asked.amounts(period).T, strict=True)
    if only is None or only & set(STANDING):
        sums |= _standing(asked.standing(period))
    spreads = _spreads(asked.lengths(period), asked.number) if days else []
    whole = _rows({name: one.sum(keepdims=True) for name, one in sums.items()}, [one.together() for one in spreads], 1)
    found = _rows(sums, spreads, asked.number) if groups else whole
    return {asked.keys(place): one for place, one in found.items()}, whole.get(0, NOTHING)


def total(period: Period, scope: Scope, *, days: bool = True, only: Wanted | None = None) -> Figures:
    """Figures of everything in scope."""
    return figures_and_total(period, scope, (), days=days, only=only)[1]


@dataclass(frozen=True)
class Month:
    """One point of the trend: a calendar month, or what of it lies before the end, by its first day."""

    first: date
    figures: Figures


def trend(period: Period, scope: Scope, firsts: Sequence[date], only: Wanted = MONTHLY) -> list[Month]:
    """Counts by calendar month up to the period's last day; what stood open at the end of each month is counted back from the last one."""
    asked, whole = Asked(parts_of(scope)), replace(period, first=firsts[0])
    days = [number_of(first) for first in firsts]
    by_month = _rows(_flows(only | MONTHLY, lambda flags: asked.cuts(flags, days, whole)), [], len(firsts))
    waiting = total(period, scope, days=False, only=frozenset({Count.OPEN})).of(Count.OPEN)
    found = []
    for place, first in reversed(list(enumerate(firsts))):
        one = by_month.get(place, NOTHING)
        found.append(Month(first, replace(one, counts={**one.counts, Count.OPEN: waiting})))
        waiting += one.of(Count.ENDED) - one.of(Count.RECEIVED)
    return found[::-1]


def _flows(only: Wanted | None, table: Callable[[Flags], Array]) -> dict[Count, Array]:
    """Each count by the number of the group, from the tables of the flags it is among."""
    found: dict[Count, Array] = {}
    for flags in FLAGS:
        if only is None or not only.isdisjoint(flags.counts) or (flags.axis is Axis.DUE and Count.LATE in only):
            found |= zip(flags.counts, table(flags).T, strict=True)
    if Count.DUE in found:
        found[Count.LATE] = found[Count.DUE] - found[Count.ON_TIME]
    return found


def _standing(table: Array) -> dict[Count, Array]:
    everything = table.sum(axis=1)
    ages = {count: table[:, place] for place, count in enumerate(AGES)}
    return {Count.OPEN: everything, Count.OPEN_PAST_DUE: everything - ages[Count.NOT_DUE], **ages}


@dataclass(frozen=True)
class _Spread:
    """How many cases took how many days: groups down, days across."""

    table: Array
    lowest: int

    def together(self) -> _Spread:
        """Of all groups."""
        return _Spread(self.table.sum(axis=0, keepdims=True), self.lowest)


class _Lengths(Mapping[int, int]):
    """One group's part of a spread; looked at only when somebody asks for a quantile."""

    def __init__(self, spread: _Spread, place: int) -> None:
        self._spread, self._place = spread, place

    @functools.cached_property
    def _found(self) -> dict[int, int]:
        row = self._spread.table[self._place]
        at = np.flatnonzero(row)
        return dict(zip((at + self._spread.lowest).tolist(), row[at].tolist(), strict=True))

    def __getitem__(self, days: int) -> int:
        return self._found[days]

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _spreads(found: Array, number: int) -> list[_Spread]:
    return [_spread(found[1:, found[0] == place], number) for place in range(len(LENGTHS))]


def _spread(found: Array, number: int) -> _Spread:
    groups, lengths, counted = found
    lowest = int(lengths.min(initial=0))
    width = int(lengths.max(initial=0)) - lowest + 1
    table = np.bincount(groups * width + (lengths - lowest), counted, number * width).astype(np.int64)
    return _Spread(table.reshape(number, width), lowest)


def _rows(sums: Mapping[Any, Array], spreads: Sequence[_Spread], number: int) -> dict[int, Figures]:
    """Counts and sums turned round: those of each group that has any."""
    counts = [name for name in sums if isinstance(name, Count)]
    amounts = [name for name in sums if isinstance(name, Amount)]
    table = np.array([sums[name] for name in (*counts, *amounts)]).reshape(-1, number)
    places = np.flatnonzero(table.any(axis=0))
    found = {}
    for place, values in zip(places.tolist(), table[:, places].T.tolist(), strict=True):
        parts = dict(zip(counts, values, strict=False)), dict(zip(amounts, values[len(counts) :], strict=True))
        found[place] = Figures(*parts, *(_Lengths(spread, place) for spread in spreads))
    return found
