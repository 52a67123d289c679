"""When a number is out of the ordinary: two control limits that can be worked out with a pencil. Pure.

W. A. Shewhart's control charts (1931) with limits wide enough for some hundred series looked at together; that the spread is taken from
the weeks themselves where it is larger than chance alone, as in C. P. Farrington et al., J. R. Stat. Soc. A 159 (1996), 547-563.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

#: Closed weeks that say what is usual.
WEEKS = 12
#: Fewer reports in a week never raise an alert.
FEWEST = 10
#: So many times the usual spread above the usual number. Four and not three, because every field of every district is looked at each week.
SPREADS = 4
#: A share is compared over so many closed weeks, and only with so many cases on either side.
RECENT_WEEKS, FEWEST_CASES = 4, 30
#: A share must be worse by so much at least, and by so many standard errors of the difference.
LEAST_DIFFERENCE, ERRORS = 0.05, 3


@dataclass(frozen=True)
class Limit:
    """What is usual, and above which value that is no longer so."""

    usual: float
    limit: float


def rise_limit(before: Sequence[int]) -> Limit | None:
    """The limit for the reports of a week, from those of the weeks before; None with fewer than twelve.

    Mean of the weeks + 4 · √(the larger of mean and variance · 13/12). The mean is the variance that chance alone gives counts (Poisson);
    the twelfth more is for the mean, which is itself only known from twelve weeks.
    """
    if len(before) < WEEKS:
        return None
    mean = sum(before) / len(before)
    variance = sum((week - mean) ** 2 for week in before) / (len(before) - 1)
    return Limit(mean, mean + SPREADS * sqrt(max(mean, variance) * (1 + 1 / len(before))))


def rises(count: int, limit: Limit) -> bool:
    """Whether so many reports in a week are out of the ordinary."""
    return count >= FEWEST and count > limit.limit


def worse_limit(part: int, whole: int, usual_part: int, usual_whole: int) -> Limit | None:
    """The limit for a share of what should be small (late, sent back), beside a usual share; None with fewer than 30 cases on either side.

    Usual share + the larger of 5 points and 3 · √(p · (1 - p) · (1/n + 1/m)), p the share of both together: the two-sample test of
    proportions, one-sided, with a difference worth a talk besides.
    """
    if min(whole, usual_whole) < FEWEST_CASES:
        return None
    usual, both = usual_part / usual_whole, (part + usual_part) / (whole + usual_whole)
    error = sqrt(both * (1 - both) * (1 / whole + 1 / usual_whole))
    return Limit(usual, usual + max(LEAST_DIFFERENCE, ERRORS * error))


def is_worse(part: int, whole: int, limit: Limit) -> bool:
    """Whether the share is out of the ordinary."""
    return part / whole > limit.limit
