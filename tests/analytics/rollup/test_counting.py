"""Counting by blocks is counting one case after the other, whether a period holds a block wholly, in part or not at all."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.counts import FLAGS, Amount, Count, Period
from analytics.rollup.blocks import BITS, CODED, KINDS, LENGTHS, NEVER, Array
from analytics.rollup.columns import Columns
from analytics.rollup.counting import Asked
from analytics.rollup.days import FIRST_DAY
from analytics.rollup.parts import Parts
from analytics.rollup.scope import Scope

LATER = datetime(2030, 1, 1, tzinfo=UTC)
CHANNELS = ("web", "phone")
ANSWERED = next(flags for flags in FLAGS if Count.ANSWERED in flags.counts)
#: The day of the answer, None without one; how many days it took; by which channel the case came.
Told = tuple[int | None, int, int]
told = st.tuples(st.none() | st.integers(0, 9), st.integers(-2, 300), st.integers(0, 1))


def columns_of(cases: dict[int, Told]) -> Columns:
    """What lacks an answer has no flags of it and nothing to sum up, as the database sends it."""
    ids = sorted(cases)
    answered = [cases[key][0] is not None for key in ids]
    values: dict[str, list[int]] = {name: [0] * len(ids) for name in KINDS} | {
        "case_id": ids,
        "answered_on": [NEVER if (day := cases[key][0]) is None else day for key in ids],
        ANSWERED.name: [int(one) for one in answered],
        "channel": [cases[key][2] for key in ids],
        **{name: [cases[key][1] if one else 0 for key, one in zip(ids, answered, strict=True)] for name in LENGTHS},
        Amount.HOPS: [2 * int(one) for one in answered],
    }
    rows: dict[str, Array] = {name: np.array(values[name], kind) for name, kind in KINDS.items()} | {"sealed": np.zeros(len(ids), bool)}
    return Columns(1, {}, {**dict.fromkeys(CODED, ()), "channel": CHANNELS}).renewed(rows)


@given(st.dictionaries(st.integers(1, 12), told, max_size=12), st.integers(0, BITS), st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_any_period_any_filter_any_breakdown(cases: dict[int, Told], apart: int, days: tuple[int, int]) -> None:
    kept = columns_of({key << apart: case for key, case in cases.items()})
    first, last = sorted(days)
    period = Period(FIRST_DAY + timedelta(days=first), FIRST_DAY + timedelta(days=last), LATER)
    for scope, channels in ((Scope(), (0, 1)), (Scope(channel="phone"), (1,))):
        mine = [case for case in cases.values() if case[0] is not None and first <= case[0] <= last and case[2] in channels]
        by_channel = Counter(case[2] for case in mine)
        asked, whole = Asked(Parts(kept, scope), ["channel"]), Asked(Parts(kept, scope))
        assert asked.flows(ANSWERED, period)[:, 0].tolist() == [by_channel[0], by_channel[1]]
        assert whole.cuts(ANSWERED, [first], period)[0, 0] == whole.flows(ANSWERED, period)[0, 0] == len(mine)
        hops = list(Amount).index(Amount.HOPS)
        assert asked.amounts(period)[:, hops].tolist() == [2 * by_channel[0], 2 * by_channel[1]]
        assert whole.amounts(period)[0, hops] == 2 * len(mine)
        found = Counter[tuple[int, int, int]]()
        for place, group, length, number in asked.lengths(period).T.tolist():
            found[place, group, length] += number
        assert found == Counter((place, case[2], case[1]) for case in mine for place in range(len(LENGTHS)))
