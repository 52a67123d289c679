"""Pages of a list chosen from memory: one after the other they are the whole list in order, however the cases lie in their blocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.counts import Count, Period
from analytics.dashboard.case_list import _position
from analytics.rollup.blocks import BITS, CODED, KINDS, NEVER, NO_INSTANT, Array
from analytics.rollup.columns import Columns, instant_of, number_of
from analytics.rollup.parts import Parts
from analytics.rollup.picking import Position, behind
from analytics.rollup.scope import Scope

NOON = datetime(2026, 10, 14, 5, tzinfo=UTC)
PERIOD = Period(date(2026, 10, 1), date(2026, 10, 14), NOON)
HOUR = 3_600_000_000
#: Hours after noon by which a case is due, None while its clock stands still; days after the first at which it came in; its channel.
Told = tuple[int | None, int, int]
told = st.tuples(st.none() | st.integers(-3, 3), st.integers(-2, 15), st.integers(0, 1))


def columns_of(cases: dict[int, Told]) -> Columns:
    """Open cases of two channels."""
    ids = sorted(cases)
    values: dict[str, list[int]] = {name: [0] * len(ids) for name in KINDS} | {
        "case_id": ids,
        "received_on": [number_of(PERIOD.first) + cases[key][1] for key in ids],
        "answered_on": [NEVER] * len(ids),
        "ended_on": [NEVER] * len(ids),
        "due_at": [due(cases[key]) for key in ids],
        "channel": [cases[key][2] for key in ids],
    }
    rows: dict[str, Array] = {name: np.array(values[name], kind) for name, kind in KINDS.items()} | {"sealed": np.zeros(len(ids), bool)}
    return Columns(1, {}, {**dict.fromkeys(CODED, ()), "channel": ("web", "phone")}).renewed(rows)


def due(case: Told) -> int:
    return NO_INSTANT if case[0] is None else instant_of(NOON) + case[0] * HOUR


def walked(parts: Parts, count: Count, size: int) -> list[Position]:
    found: list[Position] = []
    while page := behind(parts, count, PERIOD, found[-1] if found else None, size):
        found += page
    return found


@given(st.dictionaries(st.integers(1, 12), told, max_size=12), st.integers(0, BITS), st.integers(1, 4))
def test_page_after_page_is_the_whole_list_in_order(cases: dict[int, Told], apart: int, size: int) -> None:
    kept = columns_of({key << apart: case for key, case in cases.items()})
    there = {key << apart: case for key, case in cases.items() if case[1] < 14}
    late = {key for key, (hours, _day, _channel) in there.items() if hours is not None and hours < 0}
    expected = {Count.OPEN: set(there), Count.OPEN_PAST_DUE: late, Count.NOT_DUE: set(there) - late}
    for count, keys in expected.items():
        for scope, channel in ((Scope(), None), (Scope(channel="web"), 0), (Scope(channel="phone"), 1), (Scope(channel="fax"), 2)):
            mine = sorted((due(there[key]), key) for key in keys if channel in (None, there[key][2]))
            assert walked(Parts(kept, scope), count, size) == mine, (count, scope)


def test_blocks_that_cannot_hold_the_page_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five cases in each of nine blocks, each block due later than the one before."""
    cases: dict[int, Told] = {place << BITS | number: (100 * place + number, 3, 0) for place in range(9) for number in range(5)}
    parts, looked = Parts(columns_of(cases), Scope()), set[int]()
    of = parts.of
    monkeypatch.setattr(parts, "of", lambda block: looked.add(int(block.data["case_id"][0]) >> BITS) or of(block))
    first = behind(parts, Count.OPEN, PERIOD, None, 7)
    assert ([key >> BITS for _due, key in first], looked) == ([0, 0, 0, 0, 0, 1, 1], {0, 1})
    looked.clear()
    behind(parts, Count.OPEN, PERIOD, (due(cases[6 << BITS]), 6 << BITS), 3)
    assert looked == {6}


def test_a_page_begins_where_its_address_says_and_on_top_when_that_was_edited() -> None:
    assert _position(f"{NO_INSTANT}_7") == (NO_INSTANT, 7)
    assert _position("-5_7") == (-5, 7)
    for edited in (None, "", "7", "x_7", "1_2_3", "9" * 5000 + "_1"):
        assert _position(edited) is None
    cases = columns_of({1: (1, 3, 0), 2: (2, 3, 0)})
    assert behind(Parts(cases, Scope()), Count.OPEN, PERIOD, (10**40, 10**40), 2) == []
    assert len(behind(Parts(cases, Scope()), Count.OPEN, PERIOD, (-(10**40), 0), 2)) == 2
