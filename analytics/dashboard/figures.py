"""Charts as plain figure dictionaries in Plotly's form, and the tile map as plain squares. No HTML here.

Dictionaries instead of `plotly.graph_objects`: 22-65 times quicker to make; a test loads each into a real Figure, which checks every name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from analytics.dashboard.queries import Figures, Month
from feedback.city.models import Area

BLUE, GREEN, INK, GRID = "#0b5cab", "#14632c", "#17212e", "#d5dce5"
#: Lower bounds of the map's classes, worst first; five classes stay apart for colour-blind readers.
RATE_STEPS = (0.0, 0.7, 0.8, 0.9, 0.95)
OLD = " (cũ)"


#: Lines are told apart by dash and marker as well as colour.
LOOKS = ((BLUE, "solid", "circle"), (GREEN, "dot", "diamond"))


def trend_figure(months: Sequence[Month]) -> dict[str, Any]:
    """Received and answered by month."""
    lines = ((_("Tiếp nhận"), [month.received for month in months]), (_("Đã trả lời"), [month.answered for month in months]))
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
class Tile:
    """One square of the district map."""

    area_id: int
    #: The name that fits the square, and the whole one.
    name: str
    full_name: str
    row: int
    column: int
    figures: Figures | None
    #: 0 (worst) to 4 (best); None where there are too few cases to colour.
    step: int | None


def tiles(districts: Sequence[Area], figures: Sequence[Figures]) -> list[Tile]:
    """The districts that have a place on the grid in reading order, each with its figures and colour class."""
    by_area = {row.key: row for row in figures}
    found = [
        Tile(area.id, short_name(area.name), area.name, area.tile_row, area.tile_col, by_area.get(area.id), _step(by_area.get(area.id)))
        for area in districts
        if area.tile_row is not None and area.tile_col is not None
    ]
    return sorted(found, key=lambda tile: (tile.row, tile.column))


def _step(figures: Figures | None) -> int | None:
    if figures is None or not figures.ranked or figures.rate is None:
        return None
    # Judged as it is shown: 89.97 % reads 90.0 % and has the colour of 90.
    return sum(round(figures.rate, 3) >= bound for bound in RATE_STEPS) - 1


def short_name(name: str) -> str:
    """What fits a square: Huyện Củ Chi (cũ) -> Củ Chi, Quận 1 -> Quận 1, and initials of a double name, Bà Rịa - Vũng Tàu -> BR-VT."""
    name = name.removesuffix(OLD)
    for word in ("Huyện ", "Thành phố ", "Tỉnh ", "Quận "):
        rest = name.removeprefix(word)
        if not rest[:1].isdigit():
            name = rest
    parts = name.split(" - ")
    return name if len(parts) == 1 else "-".join("".join(word[0] for word in part.split()) for part in parts)
