"""The limits, worked out by hand; that more trouble never silences an alert; how often chance alone raises one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alerts.rules import FEWEST, FEWEST_CASES, LEAST_DIFFERENCE, WEEKS, Limit, is_worse, rise_limit, rises, worse_limit
from tests.analytics.alerts.false_alarms import bounces, falls, rises_by_chance

weeks = st.lists(st.integers(0, 500), min_size=WEEKS, max_size=WEEKS)
#: Late and due cases, or returned and ended hops.
shares = st.integers(0, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


def worse(part: int, whole: int, usual: tuple[int, int]) -> bool:
    limit = worse_limit(part, whole, *usual)
    return limit is not None and is_worse(part, whole, limit)


def test_the_limit_of_a_week_by_hand() -> None:
    """Twelve weeks of 9: no spread of their own, so that of chance: 9 + 4 · √(9 · 13/12) = 21.49."""
    limit = rise_limit([9] * 12)
    assert limit is not None
    assert limit.usual == 9
    assert limit.limit == pytest.approx(21.4900, abs=1e-4)
    assert [rises(number, limit) for number in (21, 22)] == [False, True]


def test_weeks_that_differ_much_anyway_have_a_wider_limit() -> None:
    """Six weeks of 4 and six of 14: mean 9, variance 12 · 25 / 11 = 27.27; 9 + 4 · √(27.27 · 13/12) = 30.74."""
    limit = rise_limit([4, 14] * 6)
    assert limit is not None
    assert limit.limit == pytest.approx(30.7423, abs=1e-4)


def test_few_reports_and_short_histories_raise_nothing() -> None:
    assert rises(FEWEST - 1, Limit(0, 0)) is False
    assert rises(FEWEST, Limit(0, 0)) is True
    assert rise_limit([0] * 11) is None
    assert rise_limit([0] * 12) == Limit(0, 0)


@given(weeks, st.integers(0, 1000), st.integers(0, 1000))
def test_more_reports_never_silence_an_alert(before: list[int], number: int, more: int) -> None:
    limit = rise_limit(before)
    assert limit is not None
    assert limit.limit >= limit.usual
    assert not rises(number, limit) or rises(number + more, limit)


@given(weeks, st.permutations(range(WEEKS)))
def test_the_order_of_the_weeks_before_does_not_matter(before: list[int], order: list[int]) -> None:
    one, other = rise_limit(before), rise_limit([before[place] for place in order])
    assert one is not None
    assert other is not None
    assert one.limit == pytest.approx(other.limit)


def test_the_limit_of_a_share_by_hand() -> None:
    """40 of 100 late, before 60 of 300: both 25 %; 0.2 + 3 · √(0.25 · 0.75 · (1/100 + 1/300)) = 0.35."""
    limit = worse_limit(40, 100, 60, 300)
    assert limit is not None
    assert limit.usual == 0.2
    assert limit.limit == pytest.approx(0.35)
    assert is_worse(40, 100, limit)
    assert not worse(32, 100, (60, 300))


def test_of_very_many_cases_a_small_difference_is_still_no_news() -> None:
    assert not worse(1040, 10_000, (6000, 100_000)), "4.4 points, which chance would hardly give"
    assert worse(1110, 10_000, (6000, 100_000)), "5.1 points"
    limit = worse_limit(1040, 10_000, 6000, 100_000)
    assert limit == Limit(0.06, 0.06 + LEAST_DIFFERENCE)


def test_small_groups_are_not_judged() -> None:
    few = FEWEST_CASES - 1
    assert worse_limit(few, few, 0, 1000) is None
    assert worse_limit(1000, 1000, 0, few) is None
    assert worse(FEWEST_CASES, FEWEST_CASES, (0, FEWEST_CASES))


@given(shares, shares)
def test_one_more_late_case_never_silences_an_alert(recent: tuple[int, int], usual: tuple[int, int]) -> None:
    """Neither one that would have been in time, nor one that was not there."""
    part, whole = recent
    if worse(part, whole, usual):
        assert part == whole or worse(part + 1, whole, usual)
        assert worse(part + 1, whole + 1, usual)


@given(shares, shares)
def test_who_is_no_worse_than_usual_is_never_named(recent: tuple[int, int], usual: tuple[int, int]) -> None:
    if recent[0] * usual[1] <= usual[0] * recent[1]:
        assert not worse(*recent, usual)


@pytest.mark.parametrize(
    ("mean", "spread", "most"), [(0.5, 1, 0.0005), (3, 1, 0.0015), (10, 1, 0.0015), (100, 1, 0.0015), (10, 1.5, 0.004), (10, 2, 0.007)]
)
def test_a_steady_field_seldom_raises_an_alert(mean: float, spread: float, most: float) -> None:
    """Weeks alike but for chance; `spread` is their variance over their mean. Bounds are about twice what was measured."""
    assert rises_by_chance(mean, spread, 10_000) <= most


@pytest.mark.parametrize(("cases", "share"), [(30, 0.1), (100, 0.1), (100, 0.5), (1000, 0.3)])
def test_a_steady_agency_or_pair_seldom_raises_one(cases: int, share: float) -> None:
    assert falls(cases, share, 5_000) <= 0.006
    assert bounces(cases, share, 5_000) <= 0.006
