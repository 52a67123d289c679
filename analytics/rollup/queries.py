"""Figures, added up from the facts in memory. Never change anything; at most three queries, usually one.

Figures are of open cases; sealed ones are counted in `analytics.rollup.conduct` only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import prod
from typing import Any

import numpy as np

from analytics.counts import AGES, SUMMED, Amount, Axis, Count, Period
from analytics.measures import Days, median_of
from analytics.rollup.columns import LENGTHS, Array, Part, current, instant_of, number_of
from analytics.rollup.scope import COLUMNS, Group, Key, Scope

Keys = tuple[Key, ...]
Wanted = frozenset[Count | Amount]
STANDING = (Count.OPEN, Count.OPEN_PAST_DUE, *AGES)
#: Bits are counted so many at a time: one pass over the cases tells how often each combination of them occurs.
AT_ONCE = 4
#: For each combination of bits which of them are set.
COMBINED = (np.arange(1 << AT_ONCE)[:, None] >> np.arange(AT_ONCE)) & 1
#: Which column holds the day of an axis, and the counts on it with their bits.
ON_AXIS = {Axis.RECEIVED: "received_on", Axis.ANSWERED: "answered_on", Axis.DUE: "due_on", Axis.ENDED: "ended_on"}
BITS = {axis: [(place, one.count) for place, one in enumerate(SUMMED) if one.axis is axis] for axis in ON_AXIS}
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


class _Groups:
    """What rows are told apart by: each combination of keys has a number."""

    def __init__(self, part: Part, keys: Mapping[str, Sequence[Key]], groups: Sequence[Group]) -> None:
        self._columns = [part[COLUMNS[group]] for group in groups]
        self._keys = [keys[COLUMNS[group]] for group in groups]
        self.number = prod(map(len, self._keys))

    def of(self, rows: Array, _axis: Axis | None = None) -> Array:
        """The number of each row's combination."""
        found = np.zeros(len(rows), np.intp)
        for column, keys in zip(self._columns, self._keys, strict=True):
            found *= len(keys)
            found += column[rows]
        return found

    def keys(self, number: int) -> Keys:
        """What a number stands for."""
        found: list[Key] = []
        for keys in reversed(self._keys):
            number, place = divmod(number, len(keys))
            found.append(keys[place])
        return tuple(reversed(found))


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
    columns = current()
    part = columns.part(scope)
    by = _Groups(part, columns.keys, groups)
    if not by.number:
        return {}, NOTHING
    sums: dict[Any, Array] = _flows(part, period, by.of, by.number, only)
    if only is None or only & set(STANDING):
        sums |= _standing(part, period, by)
    spreads = [_spread(part, period, by, name) for name in LENGTHS] if days else []
    whole = _rows({name: one.sum(keepdims=True) for name, one in sums.items()}, [one.together() for one in spreads], 1)
    found = _rows(sums, spreads, by.number) if groups else whole
    return {by.keys(place): one for place, one in found.items()}, whole.get(0, NOTHING)


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
    part = current().part(scope)
    days = np.arange(number_of(firsts[0]), number_of(period.last) + 1)
    month_of = np.searchsorted([number_of(first) for first in firsts], days, side="right") - 1
    whole = replace(period, first=firsts[0])

    def months(rows: Array, axis: Axis) -> Array:
        found: Array = month_of[part[ON_AXIS[axis]][rows] - days[0]]
        return found

    by_month = _rows(_flows(part, whole, months, len(firsts), only | MONTHLY), [], len(firsts))
    waiting = total(period, scope, days=False, only=frozenset({Count.OPEN})).of(Count.OPEN)
    found = []
    for place, first in reversed(list(enumerate(firsts))):
        one = by_month.get(place, NOTHING)
        found.append(Month(first, replace(one, counts={**one.counts, Count.OPEN: waiting})))
        waiting += one.of(Count.ENDED) - one.of(Count.RECEIVED)
    return found[::-1]


def _flows(part: Part, period: Period, by: Callable[[Array, Axis], Array], number: int, only: Wanted | None) -> dict[Count | Amount, Array]:
    """What happened in the period: each count and sum, by the number of the group."""
    found: dict[Count | Amount, Array] = {}
    for axis, bits in BITS.items():
        amounts = [one for one in Amount if axis is Axis.ANSWERED and (only is None or one in only)]
        chunks = [bits[at : at + AT_ONCE] for at in range(0, len(bits), AT_ONCE)]
        chunks = [chunk for chunk in chunks if only is None or any(count in only or _made_of(count, only) for _bit, count in chunk)]
        if not chunks and not amounts:
            continue
        rows = _during(part, period, axis)
        codes, flags = by(rows, axis), part["flags"][rows]
        for chunk in chunks:
            combined = codes << AT_ONCE | (flags >> chunk[0][0]) & ((1 << AT_ONCE) - 1)
            table = np.bincount(combined, minlength=number << AT_ONCE).reshape(number, len(COMBINED)) @ COMBINED
            found |= {count: table[:, place] for place, (_bit, count) in enumerate(chunk)}
        found |= {one: np.bincount(codes, part[one][rows], number).astype(np.int64) for one in amounts}
    if Count.DUE in found and Count.ON_TIME in found:
        found[Count.LATE] = found[Count.DUE] - found[Count.ON_TIME]
    return found


def _made_of(count: Count, only: Wanted) -> bool:
    return Count.LATE in only and count in (Count.DUE, Count.ON_TIME)


def _during(part: Part, period: Period, axis: Axis) -> Array:
    """The rows whose day on an axis lies in the period."""
    rows = part.between(ON_AXIS[axis], number_of(period.first), number_of(period.last))
    if axis is Axis.DUE and period.running:
        # What is due later today is not judged yet.
        rows = rows[part["due_at"][rows] < instant_of(period.now)]
    return rows


def _standing(part: Part, period: Period, by: _Groups) -> dict[Count, Array]:
    """What stood open when the period ended, by how late it was (`counts.standing`)."""
    last = number_of(period.last)
    rows = part.rows((part["received_on"] <= last) & (part["ended_on"] > last))
    due = part["due_on"][rows]
    late = part["due_at"][rows] < instant_of(period.now) if period.running else due <= last
    age = np.where(late, 1 + (due < number_of(period.week)) + (due < number_of(period.month)), 0)
    table = np.bincount(by.of(rows) * len(AGES) + age, minlength=by.number * len(AGES)).reshape(by.number, len(AGES))
    everything = table.sum(axis=1)
    ages = {count: table[:, place] for place, count in enumerate(AGES)}
    return {Count.OPEN: everything, Count.OPEN_PAST_DUE: everything - table[:, 0], **ages}


@dataclass(frozen=True)
class _Spread:
    """How many cases took how many days: groups down, days across."""

    table: Array
    lowest: int

    def together(self) -> _Spread:
        """Of all groups."""
        return _Spread(self.table.sum(axis=0, keepdims=True), self.lowest)

    def of(self, place: int) -> dict[int, int]:
        """Of one group."""
        row = self.table[place]
        at = np.flatnonzero(row)
        return dict(zip((at + self.lowest).tolist(), row[at].tolist(), strict=True))


def _spread(part: Part, period: Period, by: _Groups, name: str) -> _Spread:
    rows = _during(part, period, Axis.ANSWERED)
    lengths = part[name][rows]
    # Where a case was received later than it was answered (a correction by hand) the time is negative.
    lowest = min(0, int(lengths.min(initial=0)))
    width = int(lengths.max(initial=0)) - lowest + 1
    table = np.bincount(by.of(rows) * width + (lengths - lowest), minlength=by.number * width)
    return _Spread(table.reshape(by.number, width), lowest)


def _rows(sums: Mapping[Any, Array], spreads: Sequence[_Spread], number: int) -> dict[int, Figures]:
    """Counts and sums turned round: those of each group that has any."""
    counts = [name for name in sums if isinstance(name, Count)]
    amounts = [name for name in sums if isinstance(name, Amount)]
    table = np.array([sums[name] for name in (*counts, *amounts)]).reshape(-1, number)
    found = {}
    for place in np.flatnonzero(table.any(axis=0)).tolist():
        values = table[:, place].tolist()
        parts = dict(zip(counts, values, strict=False)), dict(zip(amounts, values[len(counts) :], strict=True))
        found[place] = Figures(*parts, *(spread.of(place) for spread in spreads))
    return found
