"""Successors never form a ring, whatever is joined with whatever in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.administration.successors import Ring, joined, last

BODIES = st.integers(1, 8)


@given(st.lists(st.tuples(st.sets(BODIES, min_size=1, max_size=3), BODIES), max_size=12))
def test_what_was_allowed_never_goes_round(merges: list[tuple[set[int], int]]) -> None:
    successors: dict[int, int] = {}
    for old, new in merges:
        try:
            successors = joined(old, new, successors)
        except Ring:
            assert new in old or new in successors or old & set(successors), "refused only what has ended, or joins itself"
    for body in range(1, 9):
        assert last(body, successors) not in successors, "somebody does the work"


def test_a_ring_is_refused() -> None:
    one = joined([1], 2, {})
    for old, new in (([2], 1), ([2], 2), ([1], 3), ([3], 1)):
        with pytest.raises(Ring):
            joined(old, new, one)
    assert joined([2], 3, one) == {1: 2, 2: 3}
    assert last(1, {1: 2, 2: 3}) == 3
    with pytest.raises(Ring):
        last(1, {1: 2, 2: 1})
