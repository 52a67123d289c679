"""Figures for everybody: twelve closed months, open cases, and never a number from which one could tell a single case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from analytics.counts import Count
from analytics.measures import MEASURES
from analytics.rollup import services
from analytics.rollup.open_figures import PUBLIC, _shown, open_figures
from analytics.rollup.queries import Figures
from feedback.acting import acting_for
from feedback.cases.access import CITIZEN
from tests.feedback.officers import Office

OCTOBER, NOVEMBER = datetime(2026, 10, 14, 5, tzinfo=UTC), datetime(2026, 11, 14, 5, tzinfo=UTC)


@given(st.sampled_from(PUBLIC), st.dictionaries(st.sampled_from(Count), st.integers(0, 12)))
def test_no_small_number_is_shown(code: str, counts: dict[Count, int]) -> None:
    measure = MEASURES[code]
    shown = _shown(measure, Figures(counts))
    part, whole = shown.numerator, shown.denominator
    assert (part is None) == (whole is None)
    if part is None or whole is None:
        assert shown.value is None
        return
    assert min(part, whole) >= 5
    assert not measure.is_rate or whole - part >= 5
    assert shown.value == pytest.approx(part / whole if measure.denominator else part, abs=1e-4)


def test_the_whole_city_in_closed_months_as_a_visitor_sees_it(app: Flask, clock: Callable[[datetime], None]) -> None:
    office = Office(app)
    for moment, number in ((OCTOBER, 5), (NOVEMBER, 1)):
        clock(moment)
        for _n in range(number):
            office.report()
        office.sealed()
    services.take_up()
    with acting_for(CITIZEN):
        first, last, rows = open_figures(date(2026, 11, 20))
    assert (first, last) == (date(2025, 11, 1), date(2026, 10, 31))
    shown = {row.code: (row.value, row.numerator) for row in rows}
    assert list(shown) == list(PUBLIC)
    assert shown["received"] == (5, 5), "neither the month that runs nor what is sealed"
    assert shown["on_time"] == (None, None)
