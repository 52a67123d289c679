"""What needs no database: periods, shares, changes, colours and the chart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from analytics.dashboard.figures import RATE_STEPS, short_name, tiles, trend_figure
from analytics.dashboard.headline import headlines
from analytics.dashboard.periods import EARLIEST, LONGEST_DAYS, USUAL_DAYS, Span, choices, chosen, last_days, month_of, months_until
from analytics.dashboard.queries import Figures, Month, _worst_first
from analytics.measures import Count, share, wilson
from feedback.city.kinds import AreaKind, UnitSet
from feedback.city.models import Area
from feedback.config import ROOT
from feedback.localtime import CITY_TIME
from tests.feedback.test_components import app  # noqa: F401 — fixture: the application without a database

TODAY = date(2026, 10, 14)
days = st.dates(EARLIEST, date(2040, 12, 31))


@pytest.fixture
def vietnamese(app: Flask) -> Iterator[None]:  # noqa: F811
    with app.test_request_context():
        yield


def figures(key: int | None = None, name: str = "", median_days: float | None = None, **counts: int) -> Figures:
    return Figures(key, name, {count: counts.get(count.name.lower(), 0) for count in Count}, median_days)


# Periods


anything = st.one_of(st.text(max_size=12), st.dates().map(date.isoformat))


@given(anything, anything, days)
def test_any_address_gives_a_period_that_can_be_counted(first: str, last: str, today: date) -> None:
    span, _ = chosen(first, last, today)
    assert span.first <= span.last <= today
    assert span.days <= LONGEST_DAYS


@given(days, days)
def test_two_days_in_order_are_taken_as_they_are(first: date, last: date) -> None:
    today = date(2040, 12, 31)
    span, understood = chosen(first.isoformat(), last.isoformat(), today)
    fits = first <= last and (last - first).days < LONGEST_DAYS
    assert understood is fits
    assert span == (Span(first, last) if fits else last_days(today, USUAL_DAYS))


def test_what_an_address_leaves_out_is_filled_in() -> None:
    assert chosen("", "", TODAY) == (Span(date(2026, 7, 17), TODAY), True)
    assert chosen("2026-10-01", "", TODAY) == (Span(date(2026, 10, 1), TODAY), True)
    assert chosen("", "2026-09-30", TODAY) == (Span(date(2026, 7, 3), date(2026, 9, 30)), True)
    assert chosen("2026-10-01", "2027-01-01", TODAY) == (Span(date(2026, 10, 1), TODAY), True)
    assert chosen("", "2015-01-05", TODAY) == (Span(EARLIEST, date(2015, 1, 5)), True)
    assert chosen("", "2014-12-31", TODAY)[1] is False


@given(days, st.integers(1, LONGEST_DAYS))
def test_the_period_before_is_as_long_and_ends_the_day_before(last: date, length: int) -> None:
    span = last_days(last, length)
    assert span.days == length
    before = span.before()
    assert before.days == length
    assert before.last + timedelta(days=1) == span.first
    now = datetime(2041, 1, 1, tzinfo=CITY_TIME)
    assert span.at(now).before() == before.at(now)


def test_the_usual_choices() -> None:
    assert [span for _name, span in choices(TODAY)] == [
        Span(date(2026, 10, 8), TODAY),
        Span(date(2026, 9, 15), TODAY),
        Span(date(2026, 7, 17), TODAY),
        Span(date(2026, 9, 1), date(2026, 9, 30)),
        Span(date(2026, 10, 1), TODAY),
        Span(date(2026, 1, 1), TODAY),
    ]
    january = dict(zip("abcdef", (span for _name, span in choices(date(2027, 1, 1))), strict=True))
    assert january["d"] == Span(date(2026, 12, 1), date(2026, 12, 31))
    assert january["e"] == january["f"] == Span(date(2027, 1, 1), date(2027, 1, 1))
    assert choices(date(2026, 9, 30))[4][1].first == date(2026, 7, 1)


def test_months_end_with_the_one_asked_for() -> None:
    assert months_until(date(2026, 2, 28), 4) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert month_of(date(2028, 2, 10)) == Span(date(2028, 2, 1), date(2028, 2, 29))


def test_a_running_period_closes_now_and_an_old_one_at_its_end() -> None:
    now = datetime(2026, 10, 14, 12, tzinfo=CITY_TIME)
    assert last_days(TODAY, 3).at(now).close == now
    assert last_days(date(2026, 10, 13), 3).at(now).close == datetime(2026, 10, 14, tzinfo=CITY_TIME)


# Shares


@given(st.integers(1, 1000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
@example((0, 3))
@example((4, 4))
def test_the_interval_holds_the_share_and_narrows_with_more_cases(counts: tuple[int, int]) -> None:
    part, whole = counts
    low, high = wilson(part, whole) or (2.0, -1.0)
    assert 0 <= low <= part / whole <= high <= 1
    wider_low, wider_high = wilson(part * 4, whole * 4) or (-1.0, 2.0)
    assert wider_high - wider_low < high - low


def test_known_intervals() -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    low, high = wilson(81, 263) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = wilson(0, 20) or (1, 0)
    assert (low, round(high, 4)) == (0.0, 0.1611)
    assert wilson(0, 0) is None
    assert share(0, 0) is None
    assert share(1, 4) == 0.25


# Order and colours


def test_worst_first_and_too_few_behind_by_name() -> None:
    rows = [
        figures(1, "Quận 10", due=29, on_time=0),
        figures(2, "Quận 2", due=5, on_time=5),
        figures(3, "Quận 5", due=30, on_time=29),
        figures(4, "Quận 1", due=30, on_time=29),
        figures(5, "Củ Chi", due=100, on_time=50),
        figures(0, "", due=300, on_time=10),
    ]
    assert [row.key for row in sorted(rows, key=_worst_first)] == [5, 4, 3, 0, 2, 1]


def area(key: int, name: str, row: int | None, column: int | None) -> Area:
    return Area(id=key, name=name, tile_row=row, tile_col=column)


@pytest.mark.parametrize(
    ("on_time", "step"), [(0, 0), (699, 0), (700, 1), (799, 1), (800, 2), (899, 2), (900, 3), (949, 3), (950, 4), (1000, 4)]
)
def test_five_colours_by_rate(on_time: int, step: int) -> None:
    [tile] = tiles([area(7, "Quận 7 (cũ)", 4, 4)], [figures(7, due=1000, on_time=on_time)])
    assert tile.step == step
    assert len(RATE_STEPS) == 5


def test_a_colour_never_contradicts_the_number_beside_it() -> None:
    """2999 of 3333 is 89.98 %, which reads 90.0 %."""
    [tile] = tiles([area(7, "Quận 7", 4, 4)], [figures(7, due=3333, on_time=2999)])
    assert tile.step == 3


def test_tiles_stand_in_reading_order_and_few_cases_have_no_colour() -> None:
    areas = [area(1, "Quận 1", 3, 4), area(2, "Huyện Củ Chi", 0, 0), area(3, "Nơi khác", None, None), area(4, "Quận 3", 3, 3)]
    found = tiles(areas, [figures(1, due=29), figures(4, due=30)])
    assert [(tile.area_id, tile.step) for tile in found] == [(2, None), (4, 0), (1, None)]
    assert found[0].figures is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Quận 1 (cũ)", "Quận 1"),
        ("Quận 12", "Quận 12"),
        ("Quận Bình Thạnh (cũ)", "Bình Thạnh"),
        ("Huyện Củ Chi", "Củ Chi"),
        ("Bà Rịa - Vũng Tàu (cũ)", "BR-VT"),
        ("Bình Dương (cũ)", "Bình Dương"),
    ],
)
def test_names_fit_their_squares(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize("units", list(UnitSet))
def test_every_district_of_both_maps_has_a_square_of_its_own(units: UnitSet) -> None:
    import csv

    with (ROOT / f"feedback/city/data/areas_{units.value}.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == AreaKind.DISTRICT]
    places = {(row["tile_row"], row["tile_col"]) for row in rows}
    assert len(places) == len(rows) == len({short_name(row["name"]) for row in rows})
    style = (ROOT / "feedback/look/figures.css").read_text(encoding="utf-8")
    for row, column in places:
        assert f".row-{row} {{" in style
        assert f".col-{column} {{" in style
    assert max(len(word) for row in rows for word in short_name(row["name"]).split()) <= 6, "longer words do not fit a telephone"


def test_the_colours_are_told_apart_by_readers_who_see_no_red_or_green() -> None:
    """The five classes differ in lightness or in the blue to yellow direction, which all common forms of colour blindness keep."""
    style = (ROOT / "feedback/look/figures.css").read_text(encoding="utf-8")
    found = [re.search(rf"^\.step-{step} {{ background: #(\w{{6}});", style, re.MULTILINE) for step in range(5)]
    colours = [tuple(int(one[1][at : at + 2], 16) for at in (0, 2, 4)) for one in found if one]
    assert len(colours) == 5
    for first in range(5):
        for second in range(first):
            (r1, g1, b1), (r2, g2, b2) = colours[first], colours[second]
            lightness = abs((0.3 * r1 + 0.59 * g1 + 0.11 * b1) - (0.3 * r2 + 0.59 * g2 + 0.11 * b2))
            blueness = abs((b1 - (r1 + g1) / 2) - (b2 - (r2 + g2) / 2))
            assert max(lightness, blueness) > 40, (first, second)


# The figures on top


def changes(now: Figures, before: Figures) -> dict[Count, tuple[str, bool | None]]:
    return {figure.count: (figure.change.text, figure.change.better) for figure in headlines(now, before)}


@pytest.mark.usefixtures("vietnamese")
def test_changes_say_how_much_and_whether_it_is_better() -> None:
    now = figures(due=200, on_time=188, open=120, open_past_due=10, received=400, answered=300, rated=50, solved=40, median_days=6.5)
    before = figures(due=100, on_time=90, open=100, open_past_due=20, received=400, answered=300, rated=40, solved=36, median_days=7.0)
    assert changes(now, before) == {
        Count.DUE: ("tăng 4,0 điểm phần trăm", True),
        Count.OPEN_PAST_DUE: ("giảm 10", True),
        Count.OPEN: ("tăng 20 (20,0%)", False),
        Count.RECEIVED: ("không đổi", None),
        Count.ANSWERED: ("giảm 0,5 ngày", True),
        Count.RATED: ("giảm 10,0 điểm phần trăm", False),
    }
    back = changes(before, now)
    assert back[Count.DUE] == ("giảm 4,0 điểm phần trăm", False)
    assert back[Count.ANSWERED] == ("tăng 0,5 ngày", False)
    assert back[Count.RATED][1] is True


@pytest.mark.usefixtures("vietnamese")
def test_more_reports_are_neither_better_nor_worse() -> None:
    assert changes(figures(received=60), figures(received=30))[Count.RECEIVED] == ("tăng 30 (100,0%)", None)
    assert changes(figures(received=60), figures(received=29))[Count.RECEIVED] == ("tăng 31", None), "no percentage of a handful"


@pytest.mark.usefixtures("vietnamese")
@pytest.mark.parametrize("few", ["now", "before"])
def test_shares_and_medians_of_a_handful_are_not_compared(few: str) -> None:
    counts: dict[str, Any] = {"due": 30, "on_time": 10, "answered": 30, "rated": 30, "solved": 10, "median_days": 4.0}
    enough, handful = figures(**counts), figures(**{**counts, "due": 29, "answered": 29, "rated": 29, "on_time": 20})
    found = changes(handful, enough) if few == "now" else changes(enough, handful)
    assert {found[count] for count in (Count.DUE, Count.ANSWERED, Count.RATED)} == {("chưa đủ hồ sơ để so sánh", None)}
    assert changes(enough, enough)[Count.DUE] == ("không đổi", None)


@pytest.mark.usefixtures("vietnamese")
def test_speed_never_stands_without_what_citizens_say() -> None:
    found = headlines(figures(open_past_due=1), figures())
    assert {Count.ANSWERED, Count.RATED} <= {figure.count for figure in found}
    assert 4 <= len(found) <= 6
    assert [figure.alarming for figure in found].count(True) == 1
    assert not any(figure.alarming for figure in headlines(figures(), figures()))
    assert [figure.value for figure in found if figure.value is None] == [None] * 3


# The chart


@pytest.mark.usefixtures("vietnamese")
def test_plotly_knows_every_word_of_the_chart() -> None:
    months = [Month(first, number, number * 2) for number, first in enumerate(months_until(TODAY, 13))]
    figure = trend_figure(months)
    real = go.Figure(figure)
    assert [list(line.y) for line in real.data] == [[month.received for month in months], [month.answered for month in months]]
    assert list(real.data[0].x) == [month.first.isoformat() for month in months]
    assert {line.line.dash for line in real.data} == {"solid", "dot"}, "told apart without colours"
    assert {line.marker.symbol for line in real.data} == {"circle", "diamond"}
    assert next(iter(real.layout.xaxis.tickvals)) == "2026-10-01"
