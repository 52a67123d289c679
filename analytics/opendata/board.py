"""Published rows as a page shows them: rates with what they are rates of, none from too few. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.measures import FEWEST_TO_RANK, MEASURES, Measure, share

Row = Mapping[str, Any]
#: Rates by the columns of their numerator and denominator.
RATES: Mapping[str, tuple[str, str]] = {"on_time": ("on_time", "due"), "satisfaction": ("satisfied", "scored")}


@dataclass(frozen=True)
class Rate:
    """A part of a whole; nothing of it is known when it is hidden."""

    part: int | None
    whole: int | None

    @property
    def share(self) -> float | None:
        """The part of one; None when it is hidden or there is no whole."""
        return None if self.part is None or self.whole is None else share(self.part, self.whole)

    @property
    def few(self) -> bool:
        """Whether there are too few to compare with others."""
        return bool(self.whole) and (self.whole or 0) < FEWEST_TO_RANK


@dataclass(frozen=True)
class Line:
    """One row of a page's table."""

    row: Row
    on_time: Rate
    satisfaction: Rate

    @property
    def hidden(self) -> bool:
        """Whether any of its numbers is hidden."""
        return bool(self.row["hidden"])


def line(row: Row) -> Line:
    """A published row with its rates."""
    return Line(row, *(Rate(row.get(part), row.get(whole)) for part, whole in RATES.values()))


def lines(rows: Sequence[Row]) -> list[Line]:
    """Rows in the order they are given in: they are never put in order of their figures."""
    return [line(row) for row in rows]


def meanings() -> list[Measure]:
    """What the page defines beside its figures, in their order."""
    return [MEASURES[code] for code in ("received", "on_time", "median_days", "satisfaction")]
