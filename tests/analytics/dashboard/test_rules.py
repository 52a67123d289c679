"""What needs no database: periods, shares, changes, colours and the chart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from analytics.counts import Count
from analytics.dashboard.figures import short_name, sparkline, tiles, trend_figure
from analytics.dashboard.headline import CHOSEN, FURTHER, change, headlines
from analytics.dashboard.pair import line
from analytics.dashboard.periods import EARLIEST, LONGEST_DAYS, USUAL_DAYS, Span, choices, chosen, last_days, month_of, months_until
from analytics.dashboard.sheet import sheet
from analytics.dashboard.tables import heat, table
from analytics.dashboard.week import sentences
from analytics.measures import FEWEST_TO_RANK, MEASURES, Days, median_of, share, wilson
from analytics.rollup.conduct import FEWEST_SHOWN, closed_months, suppressed
from analytics.rollup.queries import Figures, Month, added
from analytics.rollup.sizes import Size
from feedback.city.kinds import AreaKind, UnitSet
from feedback.city.models import Area
from feedback.config import ROOT
from feedback.localtime import CITY_TIME
from feedback.spreadsheets import safe
from tests.feedback.test_components import app  # noqa: F401 — fixture: the application without a database

TODAY = date(2026, 10, 14)
days = st.dates(EARLIEST, date(2040, 12, 31))


@pytest.fixture
def vietnamese(app: Flask) -> Iterator[None]:  # noqa: F811
    with app.test_request_context():
        yield


def figures(median_days: int | None = None, **counts: int) -> Figures:
    numbers = {Count[name.upper()]: number for name, number in counts.items()}
    return Figures(numbers, {}, {} if median_days is None else {median_days: counts.get("answered", 1)})


ON_TIME = MEASURES["on_time"]


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
    running, old = last_days(TODAY, 3).at(now), last_days(date(2026, 10, 13), 3).at(now)
    assert (running.running, running.week, running.month) == (True, date(2026, 10, 7), date(2026, 9, 14))
    assert (old.running, old.week) == (False, date(2026, 10, 6))
    assert Span(date(2026, 10, 1), date(2026, 12, 31)).at(now).week == date(2026, 10, 7), "not counted from days to come"


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


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_quantiles_from_counts_are_exact(days: list[int], quantile: float) -> None:
    ordered = sorted(days)
    place = quantile * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    expected = ordered[below] + (ordered[above] - ordered[below]) * (place - below)
    assert median_of(Counter(days), quantile) == pytest.approx(expected)
    assert median_of({}) is None


def test_figures_of_parts_add_up() -> None:
    both = added([figures(3, due=2, answered=1), figures(5, due=1, on_time=1, answered=3)])
    assert (both.of(Count.DUE), both.of(Count.ON_TIME), both.days(Days.MEDIAN_WORKING)) == (3, 1, 5.0)
    assert added([]).empty


# What may be told of conduct


numbers = st.dictionaries(st.integers(0, 30), st.integers(0, 40), min_size=1, max_size=12)


@given(numbers)
@example({1: 2, 2: 100, 3: 200})
@example({1: 0, 2: 1, 3: 2, 4: 9})
def test_no_hidden_number_can_be_worked_out(counts: dict[int, int]) -> None:
    """Somebody holds the total and everything that is shown: what is left is two numbers or more and no small sum, or nothing is shown."""
    shown = suppressed(counts)
    hidden = [key for key, number in shown.items() if number is None]
    assert all(shown[key] in (None, number) for key, number in counts.items())
    assert all(key in hidden for key, number in counts.items() if number < FEWEST_SHOWN)
    if hidden and len(hidden) < len(counts):
        assert len(hidden) >= 2
        assert sum(counts[key] for key in hidden) >= FEWEST_SHOWN
    if all(number >= FEWEST_SHOWN for number in counts.values()):
        assert hidden == []


@given(numbers, st.integers(0, 30))
def test_a_first_report_shows_nowhere(counts: dict[int, int], district: int) -> None:
    """From none to a few, the number of a district reads the same."""
    few = {**counts, district: 0}
    more = {**counts, district: FEWEST_SHOWN - 1}
    assert suppressed(few)[district] is suppressed(more)[district] is None


def test_closed_months_do_not_move_with_the_day() -> None:
    assert closed_months(date(2026, 10, 14)) == closed_months(date(2026, 10, 31)) == (date(2025, 10, 1), date(2026, 9, 30))
    assert closed_months(date(2027, 1, 1)) == (date(2026, 1, 1), date(2026, 12, 31))


# Order and colours


@pytest.mark.usefixtures("vietnamese")
def test_worst_first_and_too_few_behind_by_name() -> None:
    found = {
        (1,): figures(due=29, on_time=0),
        (2,): figures(due=5, on_time=5),
        (3,): figures(due=30, on_time=29),
        (4,): figures(due=30, on_time=29),
        (5,): figures(due=100, on_time=50),
        (0,): figures(due=300, on_time=10),
    }
    names = {1: "Quận 10", 2: "Quận 2", 3: "Quận 5", 4: "Quận 1", 5: "Củ Chi", 0: ""}
    made = table(found, ON_TIME, names, frozenset({5}), None)
    assert [row.key for row in made.sections[0].rows] == [5, 4, 3]
    assert {row.key for row in made.unranked} == {0, 1, 2}
    assert made.approximate
    sizes = {3: Size.SMALL, 4: Size.LARGE, 5: Size.SMALL, 1: Size.LARGE}
    parts = table(found, ON_TIME, names, frozenset(), sizes).sections
    assert [(part.title, [row.key for row in part.rows]) for part in parts] == [("Nhận nhiều hồ sơ", [4]), ("Nhận ít hồ sơ", [5, 3])]


@pytest.mark.usefixtures("vietnamese")
def test_where_less_is_better_the_most_stands_first() -> None:
    found = {(1,): figures(once_answered=100, reopened=2), (2,): figures(once_answered=100, reopened=40)}
    made = table(found, MEASURES["reopened"], {1: "Quận 1", 2: "Quận 2"}, frozenset(), None)
    assert [row.key for row in made.sections[0].rows] == [2, 1]
    assert made.sections[0].rows[0].interval == wilson(40, 100)


def area(key: int, name: str, row: int | None, column: int | None) -> Area:
    return Area(id=key, name=name, tile_row=row, tile_col=column)


@pytest.mark.parametrize(
    ("on_time", "step"), [(0, 0), (699, 0), (700, 1), (799, 1), (800, 2), (899, 2), (900, 3), (949, 3), (950, 4), (1000, 4)]
)
def test_five_colours_by_rate(on_time: int, step: int) -> None:
    [tile] = tiles([area(7, "Quận 7 (cũ)", 4, 4)], {7: figures(due=1000, on_time=on_time)}, ON_TIME)
    assert tile.square.step == step


@pytest.mark.parametrize(("reopened", "step"), [(1000, 0), (301, 0), (300, 1), (200, 2), (100, 3), (50, 4), (0, 4)])
def test_colours_turn_round_where_less_is_better(reopened: int, step: int) -> None:
    assert MEASURES["reopened"].step(reopened / 1000) == step


def test_every_measure_that_is_coloured_has_five_classes() -> None:
    assert {len(measure.steps) for measure in MEASURES.values() if measure.steps} == {5}
    assert all(measure.is_rate for measure in MEASURES.values() if measure.steps)


def test_a_colour_never_contradicts_the_number_beside_it() -> None:
    """2999 of 3333 is 89.98 %, which reads 90.0 %."""
    [tile] = tiles([area(7, "Quận 7", 4, 4)], {7: figures(due=3333, on_time=2999)}, ON_TIME)
    assert tile.square.step == 3


def test_tiles_stand_in_reading_order_and_few_cases_have_no_colour() -> None:
    areas = [area(1, "Quận 1", 3, 4), area(2, "Huyện Củ Chi", 0, 0), area(3, "Nơi khác", None, None), area(4, "Quận 3", 3, 3)]
    found = tiles(areas, {1: figures(due=29), 4: figures(due=30)}, ON_TIME)
    assert [(tile.area_id, tile.square.step) for tile in found] == [(2, None), (4, 0), (1, None)]


def test_the_heat_table_colours_cells_of_enough_cases_and_counts_the_others() -> None:
    found = {
        (1, "health"): figures(due=40, on_time=40),
        (1, "other"): figures(due=3),
        (2, "other"): figures(due=3, on_time=2),
        (2, "empty"): figures(received=9),
        (0, "other"): figures(due=90),
    }
    made = heat(found, ON_TIME, {1: "Quận 1", 2: "Quận 2"}, {"other": "Khác", "empty": "Chưa đến hạn", "health": "Y tế"})
    assert made.columns == [("other", "Khác"), ("health", "Y tế")]
    cells = [(key, [(field, one.step, one.part, one.whole) for field, _name, one in cells]) for key, _name, cells in made.rows]
    assert cells == [
        (1, [("other", None, 0, 3), ("health", 4, 40, 40)]),
        (2, [("other", None, 2, 3), ("health", None, 0, 0)]),
    ]


def test_small_lines_begin_at_nothing_and_leave_gaps_out() -> None:
    assert sparkline([1.0, None, 2.0]) == "0.0,12.0 100.0,2.0"
    assert sparkline([None, 3.0]) == ""
    assert sparkline([0.0, 0.0]) == "0.0,22.0 100.0,22.0"


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
    found = [re.search(rf"^\.step-{step} {{ --lc-step: #(\w{{6}});", style, re.MULTILINE) for step in range(5)]
    colours = [tuple(int(one[1][at : at + 2], 16) for at in (0, 2, 4)) for one in found if one]
    assert len(colours) == 5
    for first in range(5):
        for second in range(first):
            (r1, g1, b1), (r2, g2, b2) = colours[first], colours[second]
            lightness = abs((0.3 * r1 + 0.59 * g1 + 0.11 * b1) - (0.3 * r2 + 0.59 * g2 + 0.11 * b2))
            blueness = abs((b1 - (r1 + g1) / 2) - (b2 - (r2 + g2) / 2))
            assert max(lightness, blueness) > 40, (first, second)


# The figures on top


def changes(now: Figures, before: Figures) -> dict[str, tuple[str, bool | None]]:
    return {figure.measure.code: (figure.change.text, figure.change.better) for figure in headlines(now, before, [])}


@pytest.mark.usefixtures("vietnamese")
def test_changes_say_how_much_and_whether_it_is_better() -> None:
    now = figures(due=200, on_time=188, open=120, open_past_due=10, received=400, answered=300, rated=50, solved=40, median_days=6)
    before = figures(due=100, on_time=90, open=100, open_past_due=20, received=400, answered=300, rated=40, solved=36, median_days=7)
    assert changes(now, before) == {
        "on_time": ("tăng 4,0 điểm phần trăm", True),
        "overdue": ("giảm 10", True),
        "backlog": ("tăng 20 (20,0%)", False),
        "received": ("không đổi", None),
        "median_days": ("giảm 1,0 ngày", True),
        "solved": ("giảm 10,0 điểm phần trăm", False),
    }
    back = changes(before, now)
    assert back["on_time"] == ("giảm 4,0 điểm phần trăm", False)
    assert back["median_days"] == ("tăng 1,0 ngày", False)
    assert back["solved"][1] is True


@pytest.mark.usefixtures("vietnamese")
def test_a_share_that_moved_within_its_interval_is_not_called_better() -> None:
    few, many = figures(due=200, on_time=188), figures(due=2000, on_time=1880)
    before = figures(due=1000, on_time=900)
    assert [change(ON_TIME, now, before).unsure for now in (few, many, before)] == [True, False, False]
    assert not change(MEASURES["flow"], figures(answered=50, received=100), figures(answered=60, received=100)).unsure


@pytest.mark.usefixtures("vietnamese")
def test_more_reports_are_neither_better_nor_worse() -> None:
    assert changes(figures(received=60), figures(received=30))["received"] == ("tăng 30 (100,0%)", None)
    assert changes(figures(received=60), figures(received=29))["received"] == ("tăng 31", None), "no percentage of a handful"


@pytest.mark.usefixtures("vietnamese")
@pytest.mark.parametrize("few", ["now", "before"])
def test_shares_and_medians_of_a_handful_are_not_compared(few: str) -> None:
    counts: dict[str, Any] = {"due": 30, "on_time": 10, "answered": 30, "rated": 30, "solved": 10, "median_days": 4}
    enough, handful = figures(**counts), figures(**{**counts, "due": 29, "answered": 29, "rated": 29, "on_time": 20})
    found = changes(handful, enough) if few == "now" else changes(enough, handful)
    assert {found[code] for code in ("on_time", "median_days", "solved")} == {("chưa đủ hồ sơ để so sánh", None)}
    assert changes(enough, enough)["on_time"] == ("không đổi", None)
    assert change(MEASURES["hops"], figures(answered=40), figures(answered=40)).text == "không đổi"


@pytest.mark.usefixtures("vietnamese")
def test_speed_never_stands_without_what_citizens_say() -> None:
    found = headlines(figures(open_past_due=1), figures(), [Month(TODAY, figures(due=2, on_time=1)), Month(TODAY, figures(due=2))])
    assert {"median_days", "solved"} <= {figure.measure.code for figure in found}
    assert len(found) == len(CHOSEN)
    assert [figure.alarming for figure in found].count(True) == 1
    assert not any(figure.alarming for figure in headlines(figures(), figures(), []))
    assert [figure.measure.code for figure in found if figure.value is None] == ["on_time", "median_days", "solved"]
    assert found[0].target == "95,0%"
    assert found[0].spark == "0.0,2.0 100.0,22.0"


def test_every_measure_has_a_place_on_the_page() -> None:
    assert {code for code, _parts in CHOSEN} | set(FURTHER) == set(MEASURES)


# The week in words


@pytest.mark.usefixtures("vietnamese")
def test_the_week_is_told_in_sentences() -> None:
    now, before = figures(received=30, due=40, on_time=30, open_past_due=7), figures(received=20, due=40, on_time=36, open_past_due=9)
    fields = {"health": figures(received=20), "other": figures(received=10)}
    past = {"health": figures(received=10), "other": figures(received=9)}
    told = sentences(now, before, fields, past, {"health": "Y tế"})
    assert told == [
        "Bảy ngày qua người dân gửi đến 30 hồ sơ, nhiều hơn bảy ngày trước đó (20).",
        "Có 40 hồ sơ đến hạn, 30 được trả lời đúng hạn: 75,0%, bảy ngày trước đó 90,0%.",
        "Hồ sơ quá hạn chưa trả lời giảm từ 9 xuống 7.",
        "Tăng nhiều nhất: Y tế, từ 10 lên 20 hồ sơ.",
    ]
    back = sentences(before, now, past, fields, {})
    assert back[0].endswith("ít hơn bảy ngày trước đó (30).")
    assert back[2] == "Hồ sơ quá hạn chưa trả lời tăng từ 7 lên 9."
    assert len(back) == 3, "nothing rises, nothing is named"
    few = sentences(figures(received=3, due=FEWEST_TO_RANK - 1), figures(received=3), {}, {}, {})
    assert few[:2] == [
        "Bảy ngày qua người dân gửi đến 3 hồ sơ, bằng bảy ngày trước đó.",
        "Có 29 hồ sơ đến hạn, 0 được trả lời đúng hạn.",
    ]
    assert "Không có hồ sơ nào đến hạn." in sentences(figures(received=3), figures(), {}, {}, {})
    assert sentences(figures(), figures(), {}, {}, {}) == []


# The chart


@pytest.mark.usefixtures("vietnamese")
def test_plotly_knows_every_word_of_the_chart() -> None:
    months = [Month(first, figures(received=number, answered=number * 2)) for number, first in enumerate(months_until(TODAY, 13))]
    figure = trend_figure(months)
    real = go.Figure(figure)
    assert [list(line.y) for line in real.data] == [
        [month.figures.of(count) for month in months] for count in (Count.RECEIVED, Count.ANSWERED)
    ]
    assert list(real.data[0].x) == [month.first.isoformat() for month in months]
    assert {line.line.dash for line in real.data} == {"solid", "dot"}, "told apart without colours"
    assert {line.marker.symbol for line in real.data} == {"circle", "diamond"}
    assert next(iter(real.layout.xaxis.tickvals)) == "2026-10-01"


# The file


@given(st.text(max_size=20))
@example("=1+1")
@example("＝1+1")
@example("\t=1")
@example("+84 900 000 123")
def test_no_name_becomes_a_formula_and_none_is_damaged(text: str) -> None:
    shown = safe(text)
    assert shown.lstrip("'") == text.lstrip("'"), "nothing is taken away"
    assert not unicodedata.normalize("NFKC", shown).startswith(("=", "+", "-", "@", "\t", "\r", "\0"))


@pytest.mark.usefixtures("vietnamese")
def test_numbers_stay_numbers_in_the_file() -> None:
    text = sheet({(7,): figures(due=4, on_time=3)}, {7: "=cmd()"}, "Khu vực")
    line = text.splitlines()[1].split(",")
    assert line[:4] == ["'=cmd()", "0.75", "3", "4"]


# Side by side


@pytest.mark.usefixtures("vietnamese")
def test_what_lies_between_two_sides_is_called_chance_where_their_intervals_meet() -> None:
    def between(first: tuple[int, int], second: tuple[int, int]) -> tuple[str, bool | None, bool]:
        sides = (figures(due=whole, on_time=part) for whole, part in (first, second))
        made = line(ON_TIME, "", *sides)
        return made.difference.text, made.difference.better, made.difference.unsure

    assert between((30, 28), (30, 27)) == ("cao hơn 3,3 điểm phần trăm", True, True)
    assert between((300, 150), (300, 270)) == ("thấp hơn 40,0 điểm phần trăm", False, False)
    assert between((300, 150), (300, 150)) == ("bằng nhau", None, False)
    assert between((29, 28), (300, 150)) == ("chưa đủ hồ sơ để so sánh", None, False)


@pytest.mark.usefixtures("vietnamese")
def test_a_part_that_outgrows_its_whole_is_compared_without_an_interval() -> None:
    """An office that works off what had piled up answers more than it receives."""
    slow, quick = figures(received=40, answered=30), figures(received=40, answered=90)
    moved = change(MEASURES["flow"], quick, slow)
    assert (moved.text, moved.better, moved.unsure) == ("tăng 150,0 điểm phần trăm", True, False)
