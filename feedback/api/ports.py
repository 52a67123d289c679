"""What the API asks of whoever counts: the city's figures that everybody may know. Feedback never imports analytics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class PublicMeasure:
    """One figure of the whole city; None where a number is too small to be shown, or where there is none."""

    code: str
    name: str
    definition: str
    unit: str
    value: float | None
    numerator: int | None
    denominator: int | None
    target: float | None


class PublicMeasures(Protocol):
    """Anything that knows the figures."""

    def public_measures(self, today: date) -> tuple[date, date, Sequence[PublicMeasure]]:
        """First and last day counted, and the figures of those days in the reader's language; open cases only."""
        ...
