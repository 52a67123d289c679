"""Every measure once: what is counted, over which time axis, in words for the reader. Numbers and lists use the same conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import sqrt

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select

from feedback.cases.models import Case, Rating, Solved

#: Groups with fewer cases are shown but neither ranked nor coloured: one case would move them too far.
FEWEST_TO_RANK = 30
#: Quantile of the normal distribution for an interval that holds the true share 95 times in 100.
Z95 = 1.959964


@dataclass(frozen=True)
class Period:
    """From `start` up to but not including `end`; while it still runs, `now` decides what is past due."""

    start: datetime
    end: datetime
    now: datetime

    @property
    def close(self) -> datetime:
        """The instant that what stands open is counted at: the end, or the present while the period runs."""
        return min(self.end, self.now)

    def before(self) -> Period:
        """The period of the same length directly before, to compare with."""
        return Period(self.start - (self.end - self.start), self.start, self.now)


class Count(StrEnum):
    """What can be counted, by its name in addresses; each count opens the list of exactly these cases."""

    RECEIVED = "tiep-nhan"
    ANSWERED = "da-tra-loi"
    DUE = "den-han"
    ON_TIME = "dung-han"
    LATE = "tre-han"
    OPEN = "chua-tra-loi"
    OPEN_PAST_DUE = "qua-han"
    RATED = "duoc-danh-gia"
    SOLVED = "da-giai-quyet"


def _received(period: Period) -> ColumnElement[bool]:
    return and_(Case.received_at >= period.start, Case.received_at < period.end)


def _answered(period: Period) -> ColumnElement[bool]:
    return and_(Case.answered_at >= period.start, Case.answered_at < period.end)


def _due(period: Period) -> ColumnElement[bool]:
    """Every case whose last instant lies in the period and has passed. One that is due later is not judged yet, even if it is
    answered: else a running period would count the quick ones only.
    """
    return and_(Case.due_at >= period.start, Case.due_at < period.close)


def _on_time(period: Period) -> ColumnElement[bool]:
    return and_(_due(period), Case.answered_at <= Case.due_at)


def _late(period: Period) -> ColumnElement[bool]:
    return and_(_due(period), or_(Case.answered_at.is_(None), Case.answered_at > Case.due_at))


def _open(period: Period) -> ColumnElement[bool]:
    """Not yet answered when the period ended. Read from the instants, so that an old period stays as it was."""
    return and_(Case.received_at < period.end, or_(Case.answered_at.is_(None), Case.answered_at >= period.end))


def _open_past_due(period: Period) -> ColumnElement[bool]:
    return and_(_open(period), Case.due_at < period.close)


def _rated(period: Period) -> ColumnElement[bool]:
    return and_(_answered(period), Case.id.in_(select(Rating.case_id)))


def _solved(period: Period) -> ColumnElement[bool]:
    return and_(_answered(period), Case.id.in_(select(Rating.case_id).where(Rating.solved == Solved.YES)))


@dataclass(frozen=True)
class Measure:
    """A count with its definition in plain language."""

    count: Count
    condition: Callable[[Period], ColumnElement[bool]]
    label: LazyString
    definition: LazyString


MEASURES: dict[Count, Measure] = {
    measure.count: measure
    for measure in (
        Measure(Count.RECEIVED, _received, _l("Tiếp nhận"), _l("Số hồ sơ người dân gửi đến trong kỳ.")),
        Measure(Count.ANSWERED, _answered, _l("Đã trả lời"), _l("Số hồ sơ được trả lời trong kỳ, dù gửi đến lúc nào.")),
        Measure(
            Count.DUE,
            _due,
            _l("Đến hạn"),
            _l("Số hồ sơ có hạn trả lời trong kỳ và hạn đó đã qua, dù đã được trả lời hay chưa."),
        ),
        Measure(Count.ON_TIME, _on_time, _l("Trả lời đúng hạn"), _l("Số hồ sơ đến hạn trong kỳ và được trả lời không muộn hơn hạn.")),
        Measure(Count.LATE, _late, _l("Trễ hạn"), _l("Số hồ sơ đến hạn trong kỳ nhưng trả lời sau hạn hoặc chưa trả lời.")),
        Measure(Count.OPEN, _open, _l("Chưa trả lời"), _l("Số hồ sơ còn chờ trả lời vào cuối kỳ, dù gửi đến lúc nào.")),
        Measure(
            Count.OPEN_PAST_DUE,
            _open_past_due,
            _l("Quá hạn chưa trả lời"),
            _l("Số hồ sơ còn chờ trả lời vào cuối kỳ và đã qua hạn, dù hạn vào lúc nào."),
        ),
        Measure(
            Count.RATED,
            _rated,
            _l("Được người dân đánh giá"),
            _l("Số hồ sơ được trả lời trong kỳ mà người gửi đã cho biết việc có được giải quyết hay không."),
        ),
        Measure(
            Count.SOLVED,
            _solved,
            _l("Người dân xác nhận đã giải quyết"),
            _l("Số hồ sơ được trả lời trong kỳ mà người gửi xác nhận việc đã giải quyết xong."),
        ),
    )
}

ON_TIME_RATE = _l("Số hồ sơ trả lời đúng hạn chia cho số hồ sơ đến hạn trong kỳ. Hồ sơ đến hạn mà chưa trả lời tính là trễ.")
MEDIAN_DAYS = _l("Một nửa số hồ sơ trả lời trong kỳ mất ít ngày làm việc hơn, một nửa mất nhiều hơn, tính từ lúc nhận đến lúc trả lời.")
SOLVED_SHARE = _l("Trong số hồ sơ trả lời trong kỳ được người gửi đánh giá, phần mà người gửi xác nhận đã giải quyết xong.")


def share(part: int, whole: int) -> float | None:
    """Part of a whole as a number from 0 to 1; None when there is nothing to divide."""
    return part / whole if whole else None


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Bounds between which the true share lies with 95 % confidence; None for an empty whole.

    Score interval of E. B. Wilson (1927), which stays inside 0 to 1 and is honest for small groups and for shares near either end.
    """
    if not whole:
        return None
    p, z2 = part / whole, Z95 * Z95
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z95 / (1 + z2 / whole) * sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    # The share itself lies inside; at 0 and 1 the sums above may miss it by a rounding.
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))
