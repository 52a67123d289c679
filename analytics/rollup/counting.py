"""Counts the cases in memory, block by block: whatever does not depend on the hour is worked out once for each block and remembered.

A question about a period is cut down to the days that a block has cases on. So for a block that lies wholly in the period it is the same
question whatever the period, and for one that lies outside there is none.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from math import prod
from typing import Any

import numpy as np

from analytics.counts import AGES, SUMMED, Amount, Axis, Count, Period
from analytics.rollup.blocks import NEVER, Array, Block
from analytics.rollup.columns import Columns, instant_of, number_of
from analytics.rollup.scope import COLUMNS, Group, Key, Keys, Scope

#: Which column holds the day of an axis.
ON_AXIS = {Axis.RECEIVED: "received_on", Axis.ANSWERED: "answered_on", Axis.DUE: "due_on", Axis.ENDED: "ended_on"}
BITS = {axis: [(place, one.count) for place, one in enumerate(SUMMED) if one.axis is axis] for axis in ON_AXIS}
#: What is counted on an axis, in the order of a table's columns.
NAMES: Mapping[Axis, tuple[Count, ...]] = {axis: tuple(count for _bit, count in bits) for axis, bits in BITS.items()}


@functools.lru_cache(maxsize=16)
def _meaning(axis: Axis, patterns: tuple[int, ...]) -> Array:
    """For each combination of flags that occurs, which counts of an axis it stands for. Decimals, because those multiply fastest; exact."""
    return np.array([[pattern >> bit & 1 for bit, _count in BITS[axis]] for pattern in patterns], float).reshape(-1, len(BITS[axis]))


class Asked:
    """The cases of a scope, told apart by some groups; each combination of their keys has a number."""

    def __init__(self, columns: Columns, scope: Scope, groups: Sequence[Group] = ()) -> None:
        self._columns = [COLUMNS[group] for group in groups]
        self._keys = [columns.keys[name] for name in self._columns]
        self._patterns: Any = columns.keys["flags"]
        self._blocks = columns.blocks.values()
        self._masks = columns.masks_of(scope)
        self._scope = scope.name
        self._name = (self._scope, *((name, len(keys)) for name, keys in zip(self._columns, self._keys, strict=True)))
        self.number = prod(map(len, self._keys))

    def keys(self, number: int) -> Keys:
        """What a number stands for."""
        found: list[Key] = []
        for keys in reversed(self._keys):
            number, place = divmod(number, len(keys))
            found.append(keys[place])
        return tuple(reversed(found))

    def flows(self, axis: Axis, period: Period) -> Array:
        """What happened in the period: groups down, `NAMES` of the axis across."""
        column, total = ON_AXIS[axis], np.zeros((self.number, len(NAMES[axis])), np.int64)
        for block, first, last in self._within(column, number_of(period.first), _judged(axis, period)):
            total += block.once((self._name, column, first, last), partial(self._flow, block, axis, first, last))
        if axis is Axis.DUE and period.running and period.first <= period.today:
            total += self._due_today(period)
        return total

    def cuts(self, axis: Axis, firsts: Sequence[int], period: Period) -> Array:
        """The same without groups, for parts of the period that begin on these days: parts down."""
        column, last = ON_AXIS[axis], _judged(axis, period)
        since = np.array(firsts)
        until = np.minimum([*firsts[1:], NEVER], last + 1)
        total = np.zeros((len(firsts), len(NAMES[axis])), np.int64)
        for block, _first, _last in self._within(column, firsts[0], last):
            lowest, highest = block.spans[column]
            summed = block.once((self._scope, column, "by day"), partial(self._by_day, block, axis))
            begins, ends = (np.clip(days, lowest, highest + 1) - lowest for days in (since, until))
            total += summed[np.maximum(begins, ends)] - summed[begins]
        if axis is Axis.DUE and period.running and period.first <= period.today:
            total[np.searchsorted(since, number_of(period.today), side="right") - 1] += self._due_today(period)[0]
        return total

    def amounts(self, period: Period) -> Array:
        """Sums over the cases answered in the period: groups down, `Amount` across."""
        total = np.zeros((self.number, len(Amount)), np.int64)
        for block, first, last in self._within(ON_AXIS[Axis.ANSWERED], number_of(period.first), number_of(period.last)):
            total += block.once((self._name, "amounts", first, last), partial(self._amounts, block, first, last))
        return total

    def standing(self, period: Period) -> Array:
        """What stood open when the period ended, by how late it was (`counts.standing`): groups down, `AGES` across."""
        last, late = number_of(period.last), _judged(Axis.DUE, period)
        week, month = number_of(period.week), number_of(period.month)
        total = np.zeros((self.number, len(AGES)), np.int64)
        for block in self._blocks:
            if block.ended_by > last and block.spans["received_on"][0] <= last:
                name = self._name, "standing", last, late, week, month
                total += block.once(name, partial(self._standing, block, last, late, week, month))
        if period.running:
            for block, rows in self._judged_today(period):
                open_ones = rows[(block.data["received_on"][rows] <= last) & (block.data["ended_on"][rows] > last)]
                late_today = np.bincount(self._codes(block, open_ones), minlength=self.number)
                total[:, AGES.index(Count.NOT_DUE)] -= late_today
                total[:, AGES.index(Count.LATE_WEEK)] += late_today
        return total

    def lengths(self, period: Period, column: str) -> Array:
        """How many cases answered in the period took how many days: columns of group, days and number; some more than once."""
        found = [
            block.once((self._name, column, first, last), partial(self._lengths, block, column, first, last))
            for block, first, last in self._within(ON_AXIS[Axis.ANSWERED], number_of(period.first), number_of(period.last))
        ]
        return np.concatenate([np.empty((3, 0), "i4"), *found], axis=1)

    def _within(self, column: str, first: int, last: int) -> Iterator[tuple[Block, int, int]]:
        """Blocks with a case on one of these days, and which of the days come in question there."""
        for block in self._blocks:
            lowest, highest = block.spans[column]
            if lowest <= last and first <= highest:
                yield block, max(first, lowest), min(last, highest)

    def _rows(self, block: Block, column: str, first: int, last: int) -> Array:
        day = block.data[column]
        return self._in_scope(block, (day >= first) & (day <= last))

    def _in_scope(self, block: Block, rows: Array) -> Array:
        """Those of some rows that are in scope; of each row of the block whether it is one."""
        for mask in self._masks:
            rows &= mask(block)
        return rows

    def _codes(self, block: Block, rows: Array) -> Array:
        """The number of each row's combination of keys."""
        found = np.zeros(len(block.data["flags"][rows]), np.intp)
        for column, keys in zip(self._columns, self._keys, strict=True):
            found *= len(keys)
            found += block.data[column][rows]
        return found

    def _table(self, block: Block, axis: Axis, rows: Array, codes: Array, number: int) -> Array:
        """One pass tells how often each combination of flags occurs with each code; what it stands for is said of the combinations."""
        many = len(self._patterns)
        combined = np.bincount(codes * many + block.data["flags"][rows], minlength=number * many).reshape(number, many)
        table: Array = (combined @ _meaning(axis, self._patterns)).astype(np.int64)
        return table

    def _flow(self, block: Block, axis: Axis, first: int, last: int) -> Array:
        rows = self._rows(block, ON_AXIS[axis], first, last)
        return self._table(block, axis, rows, self._codes(block, rows), self.number)

    def _amounts(self, block: Block, first: int, last: int) -> Array:
        rows = self._rows(block, ON_AXIS[Axis.ANSWERED], first, last)
        if not self._columns:
            return np.array([[block.data[one][rows].sum(dtype=np.int64) for one in Amount]])
        codes = self._codes(block, rows)
        return np.column_stack([np.bincount(codes, block.data[one][rows], self.number) for one in Amount]).astype(np.int64)

    def _by_day(self, block: Block, axis: Axis) -> Array:
        """Without groups: what had happened before each day of the block's span, and after its last one."""
        lowest, highest = block.spans[ON_AXIS[axis]]
        rows = self._rows(block, ON_AXIS[axis], lowest, highest)
        days = block.data[ON_AXIS[axis]][rows].astype(np.intp) - lowest
        table = np.zeros((highest - lowest + 2, len(NAMES[axis])), np.int64)
        np.cumsum(self._table(block, axis, rows, days, highest - lowest + 1), axis=0, out=table[1:])
        return table

    def _judged_today(self, period: Period) -> Iterator[tuple[Block, Array]]:
        """Cases that were due today, up to this hour."""
        today, now = number_of(period.today), instant_of(period.now)
        for block, _first, _last in self._within("due_on", today, today):
            rows = block.once((self._scope, "due", today), partial(self._due_on, block, today))
            yield block, rows[block.data["due_at"][rows] < now]

    def _due_on(self, block: Block, day: int) -> Array:
        return np.flatnonzero(self._rows(block, "due_on", day, day))

    def _due_today(self, period: Period) -> Array:
        found = np.zeros((self.number, len(NAMES[Axis.DUE])), np.int64)
        for block, rows in self._judged_today(period):
            found += self._table(block, Axis.DUE, rows, self._codes(block, rows), self.number)
        return found

    def _standing(self, block: Block, last: int, late: int, week: int, month: int) -> Array:
        data = block.data
        rows = self._in_scope(block, (data["received_on"] <= last) & (data["ended_on"] > last))
        due = data["due_on"][rows]
        age = np.where(due <= late, 1 + (due < week) + (due < month), 0)
        counted = np.bincount(self._codes(block, rows) * len(AGES) + age, minlength=self.number * len(AGES))
        return counted.reshape(self.number, len(AGES))

    def _lengths(self, block: Block, column: str, first: int, last: int) -> Array:
        rows = self._rows(block, ON_AXIS[Axis.ANSWERED], first, last)
        lengths = block.data[column][rows].astype(np.intp)
        # Where a case was received later than it was answered (a correction by hand) the time is negative.
        lowest, highest = int(lengths.min(initial=0)), int(lengths.max(initial=0))
        width = highest - lowest + 1
        counted = np.bincount(self._codes(block, rows) * width + (lengths - lowest), minlength=self.number * width)
        at = np.flatnonzero(counted)
        return np.array([at // width, at % width + lowest, counted[at]], "i4")


def _judged(axis: Axis, period: Period) -> int:
    """The last day of the period for an axis: what is due today is judged by the hour while the period runs, apart from the days before."""
    if axis is Axis.DUE and period.running:
        return number_of(period.today - timedelta(days=1))
    return number_of(period.last)
