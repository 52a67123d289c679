"""Charts as plain figure dictionaries in Plotly's form, and the tile map as plain squares. No HTML here.

Dictionaries instead of `plotly.graph_objects`: 22-65 times quicker to make; a test loads each into a real Figure, which checks every name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from analytics.counts import Count
from analytics.measures import FEWEST_TO_RANK, Measure
from analytics.rollup.queries import Figures, Month
from feedback.city.models import Area

BLUE, GREEN, INK, GRID = "#0b5cab", "#14632c", "#17212e", "#d5dce5"
OLD = " (cũ)"
#: A sparkline is so wide and high, in its own units.
SPARK = (100, 24)


#: Lines are told apart by dash and marker as well as colour.
LOOKS = ((BLUE, "solid", "circle"), (GREEN, "dot", "diamond"))


def trend_figure(months: Sequence[Month]) -> dict[str, Any]:
    """Received and answered by month."""
    lines = (
        (_("Tiếp nhận"), [month.figures.of(Count.RECEIVED) for month in months]),
        (
            _("Đã trả lời"),
            [month.figures.of(Count.ANSWERED) for month in months],
        ),
    )
    return lines_by_month([month.first for month in months], lines, form=",d", ticks=",d", height=360, every=3)


def lines_by_month(
    firsts: Sequence[date], lines: Sequence[tuple[str, Sequence[float | None]]], *, form: str, ticks: str, height: int, every: int
) -> dict[str, Any]:
    """At most two lines by month, with a tick on every so many months back from the last; a month without a value is a gap.

    `form` and `ticks` are how values are written beside the finger and along the axis, in d3's terms.
    """
    x = [first.isoformat() for first in firsts]
    shown = {"tickvals": x[::-every], "ticks": "outside", "tickformat": "%m/%Y", "hoverformat": "%m/%Y", "tickangle": 0}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": x,
                "y": list(values),
                "line": {"color": colour, "dash": dash, "width": 2.5},
                "marker": {"symbol": symbol, "size": 8},
                "hovertemplate": f"%{{y:{form}}}",
            }
            for (name, values), (colour, dash, symbol) in zip(lines, LOOKS, strict=False)
        ],
        "layout": {
            "height": height,
            "margin": {"l": 8, "r": 28, "t": 40, "b": 32},
            "xaxis": {"type": "date", **shown, "fixedrange": True, "showgrid": False},
            "yaxis": {"rangemode": "tozero", "fixedrange": True, "tickformat": ticks, "nticks": 6, "gridcolor": GRID, "automargin": True},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "font": {"family": "Be Vietnam Pro, sans-serif", "size": 13, "color": INK},
            "hovermode": "x unified",
            "showlegend": True,
            # A finger that moves over the chart scrolls the page.
            "dragmode": False,
        },
    }


@dataclass(frozen=True)
class Square:
    """A value with its colour, of a district on the map or of a cell of the heat table."""

    value: float | None
    #: How many cases it is made from.
    whole: int
    #: 0 (worst) to 4 (best); None where there are too few cases to colour.
    step: int | None
    #: How many of them the value counts; 0 where it counts none.
    part: int = 0


def square(figures: Figures | None, measure: Measure) -> Square:
    """What one group's figures say of a measure."""
    if figures is None:
        return Square(None, 0, None)
    value, whole = measure.value(figures), measure.whole(figures)
    return Square(value, whole, None if value is None or whole < FEWEST_TO_RANK else measure.step(value), measure.part(figures) or 0)


@dataclass(frozen=True)
class Tile:
    """One square of the district map."""

    area_id: int
    #: The name that fits the square, and the whole one.
    name: str
    full_name: str
    row: int
    column: int
    square: Square


def tiles(districts: Sequence[Area], figures: Mapping[int, Figures], measure: Measure) -> list[Tile]:
    """The districts that have a place on the grid in reading order, each with its value and colour class."""
    found = [
        Tile(area.id, short_name(area.name), area.name, area.tile_row, area.tile_col, square(figures.get(area.id), measure))
        for area in districts
        if area.tile_row is not None and area.tile_col is not None
    ]
    return sorted(found, key=lambda tile: (tile.row, tile.column))


def sparkline(values: Sequence[float | None]) -> str:
    """Points of a small line, from 0 at the bottom to the largest value; empty with fewer than two values."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    width, height = SPARK
    top = max(value for _place, value in known) or 1
    return " ".join(f"{place * width / (len(values) - 1):.1f},{height - 2 - value / top * (height - 4):.1f}" for place, value in known)


def short_name(name: str) -> str:
    """What fits a square: Huyện Củ Chi (cũ) -> Củ Chi, Quận 1 -> Quận 1, and initials of a double name, Bà Rịa - Vũng Tàu -> BR-VT."""
    name = name.removesuffix(OLD)
    for word in ("Huyện ", "Thành phố ", "Tỉnh ", "Quận ", "Phường ", "Xã ", "Đặc khu "):
        rest = name.removeprefix(word)
        if not rest[:1].isdigit():
            name = rest
    parts = name.split(" - ")
    return name if len(parts) == 1 else "-".join("".join(word[0] for word in part.split()) for part in parts)
