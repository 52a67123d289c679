"""Limits of the watch and rates: pure rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.learning.board import (
    Rate,
    accuracy,
    desk_months,
    desk_total,
    drift,
    fields,
    read_months,
)
from analytics.learning.control import FEWEST_MONTHS, Range, usual, watch
from analytics.learning.queries import Checked, Decided, Readings
from analytics.learning.unknown import Kept, unknown_shares

SHARES = st.floats(0, 1, allow_nan=False)
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def test_limits_can_be_worked_out_by_hand() -> None:
    """Mean .12; steps .02, .02, .04, .02, .02 with mean .024; 2.66 × .024 = .06384."""
    found = usual([0.10, 0.12, 0.14, 0.10, 0.12, 0.14])
    assert found is not None
    assert (found.mean, found.low, found.high) == pytest.approx((0.12, 0.12 - 0.06384, 0.12 + 0.06384))


def test_five_months_say_too_little() -> None:
    assert FEWEST_MONTHS == 6
    assert usual([0.1] * 5) is None
    assert usual([0.1] * 6) == Range(*[pytest.approx(0.1)] * 3)  # type: ignore[arg-type]
    assert watch([0.1] * 7).outside is False, "what never moves is where it was"
    assert watch([*[0.1] * 6, 0.102]).outside is True


@given(st.lists(SHARES, min_size=6, max_size=24))
def test_limits_hold_the_mean_and_stay_shares(values: list[float]) -> None:
    found = usual(values)
    assert found is not None
    assert 0 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1
    assert usual(values[::-1]) == Range(*(pytest.approx(one) for one in (found.mean, found.low, found.high)))  # type: ignore[arg-type]


def test_the_last_month_is_judged_by_those_before_it_alone() -> None:
    quiet: list[float | None] = [0.10, 0.12, 0.10, 0.12, 0.10, 0.12]
    assert watch([*quiet, 0.16]).outside is False
    assert watch([*quiet, 0.17]).outside is True
    assert watch([*quiet, 0.05]).outside is True
    assert watch([*quiet, None]).outside is None
    assert watch([*quiet[:5], None, 0.5]).outside is None, "a month without a value is no month"
    assert watch([]).outside is None


def test_nothing_is_concluded_from_fewer_than_thirty() -> None:
    assert (Rate(29, 29).share, Rate(29, 29).interval, Rate(29, 29).against(0.5)) == (None, None, None)
    assert Rate(30, 30).share == 1.0
    assert Rate(30, 30).against(None) is None


def test_a_rate_differs_from_the_card_only_when_its_interval_leaves_it() -> None:
    """15 of 30 lies between .331 and .669."""
    assert [Rate(15, 30).against(card) for card in (0.33, 0.34, 0.66, 0.68)] == [1, 0, 0, -1]


METRICS = {"accuracy_first_label_only": {"rate": 0.8}, "recall_by_category": {"health": {"rate": 0.9}}}


def test_accuracy_counts_what_was_read_as_it_was_found() -> None:
    rows = [Checked("health", "health", 20, 0, 3, 2), Checked("other", "health", 5, 1, 1, 1), Checked("other", "staff_conduct", 6, 6, 0, 0)]
    found = accuracy(rows, METRICS)
    assert (found.all, found.missed, found.urgent, found.promised) == (Rate(20, 31), Rate(7, 31), Rate(3, 4), 0.8)
    assert accuracy([], {}).promised is None


def test_every_field_but_conduct_has_its_row() -> None:
    rows = [Checked("health", "health", 20, 0, 0, 0), Checked("other", "health", 5, 0, 0, 0), Checked("health", "other", 2, 0, 0, 0)]
    made = [Decided(JUNE, "health", "1", False, 10, 1), Decided(JUNE, "health", "1", True, 4, 3), Decided(JUNE, "other", "1", False, 7, 0)]
    health, other = fields(["health", "staff_conduct", "other"], rows, made, METRICS)
    assert (health.code, health.read, health.promised) == ("health", Rate(20, 25), 0.9)
    assert (health.overruled, health.abstained) == (Rate(1, 10), Rate(3, 4))
    assert (other.code, other.read, other.promised, other.overruled) == ("other", Rate(0, 2), None, Rate(0, 7))


def test_decisions_by_month_and_in_all() -> None:
    made = [Decided(JUNE, "health", "1", False, 10, 1), Decided(JULY, "other", "1", True, 4, 3), Decided(JULY, "other", "2", False, 2, 2)]
    assert desk_total(made) == (Rate(3, 12), Rate(3, 4))
    june, july = desk_months([JUNE, JULY], made)
    assert (june.overruled, june.abstained, july.overruled, july.abstained) == (Rate(1, 10), Rate(0, 0), Rate(2, 2), Rate(3, 4))


def test_months_of_readings_hold_shares_and_those_of_few_texts_hold_none() -> None:
    rows = [
        Readings(JUNE, "health", "1", 30, 3, 27.0),
        Readings(JUNE, "other", "2", 10, 1, 9.0),
        Readings(JULY, "health", "2", 29, 29, 29.0),
    ]
    june, july = read_months([JUNE, JULY], rows, {JUNE: 0.02, JULY: 0.5}, ["health", "other", "staff_conduct"])
    assert (june.count, june.abstained, june.confidence, june.unknown) == (40, 0.1, 0.9, 0.02)
    assert (june.shares, june.versions) == ({"health": 0.75, "other": 0.25}, ("1", "2"))
    assert (july.count, july.abstained, july.confidence, july.unknown) == (29, None, None, None)
    assert july.shares == {"health": None, "other": None}


def test_drift_counts_the_figures_that_left_their_range() -> None:
    firsts = [date(2026, month, 1) for month in range(1, 9)]
    rows = [Readings(first, "health", "1", 100, 5 + first.month % 2, 90.0) for first in firsts[:-1]]
    rows += [Readings(firsts[-1], "health", "1", 60, 30, 54.0), Readings(firsts[-1], "other", "1", 40, 0, 36.0)]
    found = drift(read_months(firsts, rows, dict.fromkeys(firsts, 0.01), ["health", "other"]))
    assert found.judged
    assert (found.abstained.outside, found.confidence.outside, found.unknown.outside) == (True, False, False)
    assert {code: one.outside for code, one in found.fields.items()} == {"health": True, "other": True}
    assert found.outside == 3
    assert not drift([]).judged
    assert drift([]).outside == 0


def test_unknown_words_are_counted_by_month_without_tone_marks() -> None:
    known = frozenset({"f:rac", "f:day", "n:hẻm"})
    assert unknown_shares([(JUNE, "Rác đầy hẻm"), (JUNE, "RÁC"), (JULY, "xyz")], known) == {JUNE: 1 / 4, JULY: 1.0}
    assert unknown_shares([], known) == {}


def test_words_are_counted_once_for_the_same_day_and_model() -> None:
    kept = Kept()
    assert kept.shares((1, "a"), lambda: {JUNE: 0.1}) == {JUNE: 0.1}
    assert kept.shares((1, "a"), lambda: {JUNE: 0.2}) == {JUNE: 0.1}
    assert kept.shares((2, "a"), lambda: {JUNE: 0.3}) == {JUNE: 0.3}
    assert kept.shares((2, "b"), lambda: {JUNE: 0.4}) == {JUNE: 0.4}
