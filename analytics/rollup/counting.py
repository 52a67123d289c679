"""Counts the cases in memory, block by block: whatever does not depend on the hour is worked out once for each block and remembered.

A question about a period is cut down to the days that a block has cases on. So for a block that lies wholly in the period it is the same
question whatever the period, and for one that lies outside there is none.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from math import prod
from typing import Any

import numpy as np

from analytics.counts import AGES, FLAGS, Amount, Axis, Count, Flags, Period
from analytics.rollup.blocks import LENGTHS, NEVER, Array, Block
from analytics.rollup.columns import instant_of, number_of
from analytics.rollup.parts import Part, Parts
from analytics.rollup.scope import Key, Keys

#: Which column holds the day of an axis.
ON_AXIS = {Axis.RECEIVED: "received_on", Axis.ANSWERED: "answered_on", Axis.DUE: "due_on", Axis.ENDED: "ended_on"}
#: The column of codes that tells how many cases a block or a part of it has.
ANY = FLAGS[0].name


@functools.lru_cache(maxsize=64)
def meaning(patterns: tuple[int, ...], flags: Flags) -> Array:
    """For each combination of flags that occurs, which counts it stands for. Decimals, because those multiply fastest; exact."""
    bits = range(len(flags.counts))
    return np.array([[pattern >> bit & 1 for bit in bits] for pattern in patterns], float).reshape(-1, len(bits))


class Asked:
    """The cases of a scope, told apart by the keys in some columns; each combination of keys has a number."""

    def __init__(self, parts: Parts, columns: Sequence[str] = ()) -> None:
        self._columns = columns
        self._keys = [parts.columns.keys[name] for name in columns]
        self._patterns: Any = parts.columns.keys
        self._blocks = parts.columns.blocks.values()
        self._part = parts.of
        self._scope = parts.name
        self._name = (self._scope, *((name, len(keys)) for name, keys in zip(columns, self._keys, strict=True)))
        self.number = prod(map(len, self._keys))

    def keys(self, number: int) -> Keys:
        """What a number stands for."""
        found: list[Key] = []
        for keys in reversed(self._keys):
            number, place = divmod(number, len(keys))
            found.append(keys[place])
        return tuple(reversed(found))

    def flows(self, flags: Flags, period: Period) -> Array:
        """What happened in the period: groups down, the counts of the flags across."""
        column, total = ON_AXIS[flags.axis], np.zeros((self.number, len(flags.counts)), np.int64)
        for block, first, last in self._within(column, number_of(period.first), judged(flags.axis, period)):
            total += block.once((self._name, flags, first, last), partial(self._flow, block, flags, first, last))
        if flags.axis is Axis.DUE and period.running and period.first <= period.today:
            total += self._due_today(flags, period)
        return total

    def cuts(self, flags: Flags, firsts: Sequence[int], period: Period) -> Array:
        """The same without groups, for parts of the period that begin on these days: parts down."""
        column, last = ON_AXIS[flags.axis], judged(flags.axis, period)
        since = np.array(firsts)
        until = np.minimum([*firsts[1:], NEVER], last + 1)
        total = np.zeros((len(firsts), len(flags.counts)), np.int64)
        for block, _first, _last in self._within(column, firsts[0], last):
            lowest, highest = block.spans[column]
            summed = block.once((self._scope, flags, "by day"), partial(self._by_day, block, flags))
            begins, ends = (np.clip(days, lowest, highest + 1) - lowest for days in (since, until))
            total += summed[np.maximum(begins, ends)] - summed[begins]
        if flags.axis is Axis.DUE and period.running and period.first <= period.today:
            total[int(np.searchsorted(since, number_of(period.today), side="right")) - 1] += self._due_today(flags, period)[0]
        return total

    def amounts(self, period: Period) -> Array:
        """Sums over the cases answered in the period: groups down, `Amount` across."""
        total = np.zeros((self.number, len(Amount)), np.int64)
        for block, first, last in self._within(ON_AXIS[Axis.ANSWERED], number_of(period.first), number_of(period.last)):
            total += block.once((self._name, "amounts", first, last), partial(self._amounts, block, first, last))
        return total

    def standing(self, period: Period) -> Array:
        """What stood open when the period ended, by how late it was: groups down, `AGES` across."""
        last, late = number_of(period.last), judged(Axis.DUE, period)
        week, month = number_of(period.week), number_of(period.month)
        total = np.zeros((self.number, len(AGES)), np.int64)
        for block in self._blocks:
            if block.ended_by > last and block.spans["received_on"][0] <= last:
                name = self._name, "standing", last, late, week, month
                total += block.once(name, partial(self._standing, block, last, late, week, month))
        if period.running:
            for part, rows in self._judged_today(period):
                late_today = np.bincount(self._codes(part, rows[stood(part, last, rows)]), minlength=self.number)
                total[:, AGES.index(Count.NOT_DUE)] -= late_today
                total[:, AGES.index(Count.LATE_WEEK)] += late_today
        return total

    def lengths(self, period: Period) -> Array:
        """How many cases answered in the period took how many days: columns of place in `LENGTHS`, group, days, number; some repeatedly."""
        found = [
            block.once((self._name, "lengths", first, last), partial(self._lengths, block, first, last))
            for block, first, last in self._within(ON_AXIS[Axis.ANSWERED], number_of(period.first), number_of(period.last))
        ]
        return np.concatenate([np.empty((4, 0), "i4"), *found], axis=1)

    def _within(self, column: str, first: int, last: int) -> Iterator[tuple[Block, int, int]]:
        """Blocks with a case on one of these days, and which of the days come in question there."""
        for block in self._blocks:
            lowest, highest = block.spans[column]
            if lowest <= last and first <= highest:
                yield block, max(first, lowest), min(last, highest)

    def _codes(self, part: Part, rows: Any = slice(None), *, times: int = 1) -> Array:
        """The number of each row's combination of keys, as narrow as all of them fit when multiplied."""
        kind = np.min_scalar_type(self.number * times)
        if not self._columns:
            return np.zeros(len(part[ANY][rows]), kind)
        first, *others = self._columns
        found: Array = part[first][rows].astype(kind)
        for column in others:
            found *= kind.type(len(self._keys[self._columns.index(column)]))
            found += part[column][rows].astype(kind, copy=False)
        return found

    def _table(self, part: Part, flags: Flags, codes: Array, number: int, rows: Any = slice(None)) -> Array:
        """One pass tells how often each combination of flags occurs with each code; what it stands for is said of the combinations."""
        many = len(self._patterns[flags.name])
        codes *= codes.dtype.type(many)
        codes += part[flags.name][rows].astype(codes.dtype, copy=False)
        combined = np.bincount(codes, minlength=number * many).reshape(number, many)
        table: Array = (combined @ meaning(self._patterns[flags.name], flags)).astype("i4")
        return table

    def _flow(self, block: Block, flags: Flags, first: int, last: int) -> Array:
        part = self._part(block)
        rows = _between(part[ON_AXIS[flags.axis]], first, last, block.spans[ON_AXIS[flags.axis]])
        return self._table(part, flags, self._codes(part, rows, times=len(self._patterns[flags.name])), self.number, rows)

    def _amounts(self, block: Block, first: int, last: int) -> Array:
        part = self._part(block)
        rows = _between(part[ON_AXIS[Axis.ANSWERED]], first, last, block.spans[ON_AXIS[Axis.ANSWERED]])
        if not self._columns:
            return np.array([[part[one][rows].sum(dtype=np.int64) for one in Amount]])
        codes = self._codes(part, rows)
        return np.column_stack([np.bincount(codes, part[one][rows], self.number) for one in Amount]).astype(np.int64)

    def _by_day(self, block: Block, flags: Flags) -> Array:
        """Without groups: what had happened before each day of the block's span, and after its last one."""
        part, (lowest, highest) = self._part(block), block.spans[ON_AXIS[flags.axis]]
        many = highest - lowest + 2
        # What lacks the day is put behind the last one; it has no flags of the axis either.
        days = np.minimum(part[ON_AXIS[flags.axis]], highest + 1).astype("i4") - lowest
        table = np.zeros((many, len(flags.counts)), "i4")
        codes = days.astype(np.min_scalar_type(many * len(self._patterns[flags.name])))
        np.cumsum(self._table(part, flags, codes, many)[:-1], axis=0, out=table[1:])
        return table

    def _judged_today(self, period: Period) -> Iterator[tuple[Part, Array]]:
        """Cases that were due today, up to this hour."""
        today, now = number_of(period.today), instant_of(period.now)
        for block, _first, _last in self._within("due_on", today, today):
            rows = block.once((self._scope, "due", today), partial(self._due_on, block, today))
            part = self._part(block)
            yield part, rows[part["due_at"][rows] < now]

    def _due_on(self, block: Block, day: int) -> Array:
        return np.flatnonzero(self._part(block)["due_on"] == day)

    def _due_today(self, flags: Flags, period: Period) -> Array:
        found = np.zeros((self.number, len(flags.counts)), np.int64)
        for part, rows in self._judged_today(period):
            codes = self._codes(part, rows, times=len(self._patterns[flags.name]))
            found += self._table(part, flags, codes, self.number, rows)
        return found

    def _standing(self, block: Block, last: int, late: int, week: int, month: int) -> Array:
        part = self._part(block)
        rows = np.flatnonzero(stood(part, last))
        due = part["due_on"][rows]
        age = np.where(due <= late, 1 + (due < week) + (due < month), 0)
        codes = self._codes(part, rows, times=len(AGES))
        counted = np.bincount(codes * codes.dtype.type(len(AGES)) + age, minlength=self.number * len(AGES))
        return counted.reshape(self.number, len(AGES))

    def _lengths(self, block: Block, first: int, last: int) -> Array:
        part, span = self._part(block), block.spans[ON_AXIS[Axis.ANSWERED]]
        days = part[ON_AXIS[Axis.ANSWERED]]
        # Here what is not answered would count.
        rows = _between(days, first, last, span) if block.answered else (days >= first) & (days <= last)
        return np.concatenate([self._spread(place, part, part[name][rows], rows) for place, name in enumerate(LENGTHS)], axis=1)

    def _spread(self, place: int, part: Part, lengths: Array, rows: Any) -> Array:
        # Where a case was received later than it was answered (a correction by hand) the time is negative.
        lowest, highest = int(lengths.min(initial=0)), int(lengths.max(initial=0))
        width = highest - lowest + 1
        codes = self._codes(part, rows, times=width)
        codes *= codes.dtype.type(width)
        codes += (lengths.astype(np.intp) - lowest if lowest else lengths).astype(codes.dtype, copy=False)
        counted = np.bincount(codes, minlength=self.number * width)
        at = np.flatnonzero(counted)
        return np.array([np.full(len(at), place), at // width, at % width + lowest, counted[at]], "i4")


def _between(days: Array, first: int, last: int, span: tuple[int, int]) -> Any:
    """Rows of the days between two, and of what has no day where it does no harm: it stands for nothing on that axis."""
    if (first, last) == span:
        return slice(None)
    if last == span[1]:
        return days >= first
    return days <= last if first == span[0] else (days >= first) & (days <= last)


def stood(part: Part, last: int, rows: Any = slice(None)) -> Array:
    """Which of some rows of a part stood open at the end of a day."""
    found: Array = (part["received_on"][rows] <= last) & (part["ended_on"][rows] > last)
    return found


def judged(axis: Axis, period: Period) -> int:
    """The last day of the period for an axis: what is due today is judged by the hour while the period runs, apart from the days before."""
    if axis is Axis.DUE and period.running:
        return number_of(period.today - timedelta(days=1))
    return number_of(period.last)
