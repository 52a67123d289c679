"""When a monthly figure has left its usual range: limits of an individuals chart. Pure.

W. A. Shewhart's chart for single values, as D. J. Wheeler gives it: the mean, plus and minus 2.66 times the mean step from one value to
the next. It can be worked out by hand and assumes nothing about how counts scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

#: 3 standard deviations, which are the mean step over 1.128.
STEPS = 2.66
#: Fewer months before say too little about what is usual.
FEWEST_MONTHS = 6
#: Digits of a share that are shown.
SHOWN = 3


@dataclass(frozen=True)
class Range:
    """What was usual: the mean of the months before and the limits around it, as shares of one."""

    mean: float
    low: float
    high: float


def usual(values: Sequence[float]) -> Range | None:
    """The usual range of shares, one a month in order; None from too few months."""
    if len(values) < FEWEST_MONTHS:
        return None
    mean = fmean(values)
    reach = STEPS * fmean(abs(after - before) for before, after in pairwise(values))
    return Range(mean, max(0.0, mean - reach), min(1.0, mean + reach))


@dataclass(frozen=True)
class Watched:
    """A monthly figure: its last value against what was usual before."""

    last: float | None
    range: Range | None

    @property
    def outside(self) -> bool | None:
        """Whether the last month lies outside the limits; None where that cannot be said."""
        if self.last is None or self.range is None:
            return None
        # Judged as it is shown, to a tenth of a percent.
        return not round(self.range.low, SHOWN) <= round(self.last, SHOWN) <= round(self.range.high, SHOWN)


def watch(values: Sequence[float | None]) -> Watched:
    """Judge the last of the monthly values by those before it; months without a value are passed over."""
    if not values:
        return Watched(None, None)
    return Watched(values[-1], usual([value for value in values[:-1] if value is not None]))
