"""The cases behind a number, in order, chosen from what is in memory: a page of the list then reads its own rows and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from analytics.counts import COUNTS, FLAGS, Axis, Count, Period
from analytics.rollup.blocks import Array, Block
from analytics.rollup.columns import instant_of, number_of
from analytics.rollup.counting import ON_AXIS, meaning, stood
from analytics.rollup.parts import Part, Parts

#: When a case is due, in microseconds as the columns hold it, and its key: what lists are ordered by. One whose clock stands still is last.
Position = tuple[int, int]
#: Of each column with codes what they stand for.
Patterns = Mapping[str, Any]


def behind(parts: Parts, count: Count, period: Period, after: Position | None, size: int) -> list[Position]:
    """The first `size` of the cases of a scope that a number counts, those due first on top; with `after` the first behind a position.

    As due days follow the keys of the cases, few blocks are looked into, however many cases there are and however far behind the page is.
    """
    found: list[Position] = []
    since = after or (-(2**63), 0)
    for block in sorted(parts.columns.blocks.values(), key=lambda block: block.due):
        if block.due[1] < since[0] or not _may_count(block, count, period):
            continue
        if len(found) >= size and block.due[0] > found[-1][0]:
            break
        found = sorted([*found, *_first(parts.of(block), parts.columns.keys, (count, period), since, size)])[:size]
    return found


def _may_count(block: Block, count: Count, period: Period) -> bool:
    """Whether a block has cases on the days in question."""
    axis, last = COUNTS[count].axis, number_of(period.last)
    if axis is Axis.STANDING:
        return block.ended_by > last and block.spans["received_on"][0] <= last
    lowest, highest = block.spans[ON_AXIS[axis]]
    return lowest <= last and number_of(period.first) <= highest


def _first(part: Part, patterns: Patterns, wanted: tuple[Count, Period], since: Position, size: int) -> Iterator[Position]:
    """The first cases of a block that a number counts, behind a position."""
    rows = np.flatnonzero(_counted(part, patterns, *wanted))
    due, keys = part["due_at"][rows], part["case_id"][rows]
    later = (due > since[0]) | (due == since[0]) & (keys > since[1])
    due, keys = due[later], keys[later]
    if len(due) > size:
        soon = due <= np.partition(due, size - 1)[size - 1]
        due, keys = due[soon], keys[soon]
    # Keys stand in order, so of those due at the same instant the first ones stay first.
    order = np.argsort(due, kind="stable")[:size]
    return zip(due[order].tolist(), keys[order].tolist(), strict=True)


def _counted(part: Part, patterns: Patterns, count: Count, period: Period) -> Array:
    """Of each case of a block whether a number counts it."""
    axis, first, last = COUNTS[count].axis, number_of(period.first), number_of(period.last)
    if axis is Axis.STANDING:
        return stood(part, last) & _band(part, count, period)
    day = part[ON_AXIS[axis]]
    rows: Array = (day >= first) & (day <= last)
    for one in (Count.DUE, Count.ON_TIME) if count is Count.LATE else (count,):
        flags = next(flags for flags in FLAGS if one in flags.counts)
        says = meaning(patterns[flags.name], flags)[:, flags.counts.index(one)] == (one is not Count.ON_TIME or count is one)
        rows &= says[part[flags.name]]
    # One that is due later today is not judged yet, even if it is answered: else a running day would count the quick ones only.
    return rows & (part["due_at"] < instant_of(period.now)) if axis is Axis.DUE else rows


def _band(part: Part, count: Count, period: Period) -> Array:
    """Which cases stood to their due day as a count of standing ones says, when the period ended."""
    due, week, month = part["due_on"], number_of(period.week), number_of(period.month)
    late: Array = part["due_at"] < instant_of(period.now) if period.running else due <= number_of(period.last)
    match count:
        case Count.NOT_DUE:
            return ~late
        case Count.LATE_WEEK:
            return late & (due >= week)
        case Count.LATE_MONTH:
            return late & (due < week) & (due >= month)
        case Count.LATE_LONG:
            return late & (due < month)
        case Count.OPEN_PAST_DUE:
            return late
        case _:
            return np.ones(len(due), bool)
