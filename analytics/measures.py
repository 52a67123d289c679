"""Every measure once: numerator, denominator, time axis, unit, which way is better, what is aimed at, in words for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Protocol

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analytics.counts import COUNTS, Amount, Axis, Count

#: Groups with fewer cases are shown but neither ranked nor coloured: one case would move them too far.
FEWEST_TO_RANK = 30
#: Quantile of the normal distribution for an interval that holds the true share 95 times in 100.
Z95 = 1.959964


class Unit(StrEnum):
    """How a value is read."""

    SHARE = "share"
    CASES = "cases"
    DAYS = "days"
    #: So many for one.
    RATIO = "ratio"


class Days(StrEnum):
    """Quantiles of the days from receipt to answer."""

    MEDIAN_WORKING = "median_working_days"
    P90_WORKING = "p90_working_days"
    MEDIAN_CALENDAR = "median_calendar_days"
    P90_CALENDAR = "p90_calendar_days"


class Numbers(Protocol):
    """What a measure is made from: the counts and sums of one group."""

    def of(self, what: Count | Amount) -> int:
        """A count or a sum."""
        ...

    def days(self, which: Days) -> float | None:
        """A quantile of the days to answer."""
        ...


@dataclass(frozen=True)
class Measure:
    """One figure: a count, a quantile of days, or one count over others."""

    code: str
    label: LazyString
    definition: LazyString
    unit: Unit
    numerator: Count | Amount | Days
    #: Added up; empty: the numerator alone.
    denominator: tuple[Count | Amount, ...] = ()
    #: None where more is neither better nor worse.
    more_is_better: bool | None = None
    #: What the city aims at; a share of one, or days, or cases.
    target: float | None = None
    #: Lower bounds of the map's colours, or upper ones where less is better, from worst to best.
    steps: tuple[float, ...] = ()

    @property
    def axis(self) -> Axis:
        """The time axis of its denominator, or of itself."""
        first = self.denominator[0] if self.denominator else self.numerator
        return COUNTS[first].axis if isinstance(first, Count) else Axis.ANSWERED

    @property
    def counted(self) -> Count:
        """The cases it is about: the list behind it."""
        named = [one for one in (*self.denominator, self.numerator) if isinstance(one, Count)]
        return named[0] if named else Count.ANSWERED

    @property
    def counts(self) -> tuple[Count, ...]:
        """Every list behind it: that of its numerator first, then those it is divided by."""
        named = tuple(one for one in (self.numerator, *self.denominator) if isinstance(one, Count))
        return named or (self.counted,)

    @property
    def is_rate(self) -> bool:
        """Whether it is a part of a whole of cases, which an interval belongs to."""
        return self.unit is Unit.SHARE and isinstance(self.numerator, Count) and self.code != "flow"

    @property
    def made_from(self) -> frozenset[Count | Amount]:
        """The counts and sums it takes; none for a quantile."""
        return frozenset(one for one in (self.numerator, *self.denominator) if not isinstance(one, Days))

    def part(self, numbers: Numbers) -> int | None:
        """The numerator; None for a quantile."""
        return None if isinstance(self.numerator, Days) else numbers.of(self.numerator)

    def whole(self, numbers: Numbers) -> int:
        """The denominator, or how many cases it is about."""
        return sum(numbers.of(one) for one in self.denominator) if self.denominator else numbers.of(self.counted)

    def value(self, numbers: Numbers) -> float | None:
        """The figure; None when there is nothing to divide or to take the middle of."""
        if isinstance(self.numerator, Days):
            return numbers.days(self.numerator)
        part = numbers.of(self.numerator)
        return share(part, self.whole(numbers)) if self.denominator else part

    def step(self, value: float) -> int:
        """The colour of a value, 0 the worst. Judged as it is shown: 89.97 % reads 90.0 % and has the colour of 90."""
        shown = round(value, 3)
        if self.more_is_better:
            return sum(shown >= bound for bound in self.steps) - 1
        return sum(shown <= bound for bound in self.steps) - 1


_HIGH = (0.0, 0.7, 0.8, 0.9, 0.95)
_LOW = (1.0, 0.3, 0.2, 0.1, 0.05)
_S, _C, _A = Unit.SHARE, Count, Amount
_ALL = (
    Measure(
        "on_time",
        _l("Tỷ lệ trả lời đúng hạn"),
        _l("Số hồ sơ trả lời đúng hạn chia cho số hồ sơ đến hạn trong kỳ. Hồ sơ đến hạn mà chưa trả lời tính là trễ."),
        _S, _C.ON_TIME, (_C.DUE,), more_is_better=True, target=0.95, steps=_HIGH,
    ),
    Measure(
        "compliance",
        _l("Tỷ lệ tuân thủ thời hạn"),
        _l(
            "Số hồ sơ trả lời kịp hạn trong kỳ, chia cho số đã trả lời trong kỳ cộng số đang quá hạn vào cuối kỳ. Hồ sơ bỏ quên bị "
            "tính trong mọi kỳ cho đến khi được trả lời."
        ),
        _S, _C.ANSWERED_ON_TIME, (_C.ANSWERED, _C.OPEN_PAST_DUE), more_is_better=True, target=0.9, steps=_HIGH,
    ),
    Measure(
        "overdue", COUNTS[_C.OPEN_PAST_DUE].label, COUNTS[_C.OPEN_PAST_DUE].definition,
        Unit.CASES, _C.OPEN_PAST_DUE, more_is_better=False, target=0,
    ),
    Measure("backlog", COUNTS[_C.OPEN].label, COUNTS[_C.OPEN].definition, Unit.CASES, _C.OPEN, more_is_better=False),
    Measure("received", COUNTS[_C.RECEIVED].label, COUNTS[_C.RECEIVED].definition, Unit.CASES, _C.RECEIVED),
    Measure(
        "flow",
        _l("Trả lời so với tiếp nhận"),
        _l("Số hồ sơ trả lời trong kỳ chia cho số tiếp nhận trong kỳ. Dưới 100% nghĩa là hồ sơ đang dồn lại."),
        _S, _C.ANSWERED, (_C.RECEIVED,), more_is_better=True, target=1.0,
    ),
    Measure(
        "median_days",
        _l("Số ngày làm việc để trả lời"),
        _l("Một nửa số hồ sơ trả lời trong kỳ mất ít ngày làm việc hơn, một nửa mất nhiều hơn, tính từ lúc nhận đến lúc trả lời."),
        Unit.DAYS, Days.MEDIAN_WORKING, more_is_better=False,
    ),
    Measure(
        "p90_days",
        _l("Số ngày làm việc, chín trong mười hồ sơ"),
        _l("Chín trong mười hồ sơ trả lời trong kỳ không mất nhiều ngày làm việc hơn số này."),
        Unit.DAYS, Days.P90_WORKING, more_is_better=False,
    ),
    Measure(
        "median_calendar_days",
        _l("Số ngày theo lịch để trả lời"),
        _l("Như số ngày làm việc, nhưng tính cả ngày nghỉ: thời gian người dân thật sự chờ."),
        Unit.DAYS, Days.MEDIAN_CALENDAR, more_is_better=False,
    ),
    Measure(
        "p90_calendar_days",
        _l("Số ngày theo lịch, chín trong mười hồ sơ"),
        _l("Chín trong mười người dân không phải chờ lâu hơn số ngày này, tính cả ngày nghỉ."),
        Unit.DAYS, Days.P90_CALENDAR, more_is_better=False,
    ),
    Measure(
        "solved",
        _l("Người dân xác nhận đã giải quyết"),
        _l("Trong số hồ sơ trả lời trong kỳ được người gửi đánh giá, phần mà người gửi xác nhận đã giải quyết xong."),
        _S, _C.SOLVED, (_C.RATED,), more_is_better=True, target=0.8, steps=(0.0, 0.5, 0.6, 0.7, 0.8),
    ),
    Measure(
        "response",
        _l("Tỷ lệ người dân đánh giá"),
        _l(
            "Số hồ sơ trả lời trong kỳ được người gửi đánh giá, chia cho số hồ sơ trả lời trong kỳ. Càng thấp thì tỷ lệ hài lòng "
            "càng ít tin cậy."
        ),
        _S, _C.RATED, (_C.ANSWERED,), more_is_better=True,
    ),
    Measure(
        "satisfaction",
        _l("Tỷ lệ hài lòng"),
        _l("Trong số hồ sơ trả lời trong kỳ được chấm điểm, phần được chấm 4 hoặc 5 điểm trên 5."),
        _S, _C.SATISFIED, (_C.SCORED,), more_is_better=True, target=0.9, steps=(0.0, 0.5, 0.6, 0.7, 0.8),
    ),
    Measure(
        "first_right",
        _l("Giao đúng ngay lần đầu"),
        _l("Trong số hồ sơ trả lời trong kỳ đã giao cho cơ quan, phần mà cơ quan nhận đầu tiên thụ lý và không chuyển đi nữa."),
        _S, _C.FIRST_RIGHT, (_C.ADDRESSED,), more_is_better=True, target=0.95, steps=_HIGH,
    ),
    Measure(
        "hops",
        _l("Số lần chuyển mỗi hồ sơ"),
        _l("Số lần chuyển giữa các cơ quan của các hồ sơ trả lời trong kỳ, chia cho số hồ sơ đó."),
        Unit.RATIO, _A.HOPS, (_C.ANSWERED,), more_is_better=False,
    ),
    Measure(
        "unheld",
        _l("Phần thời gian chưa có nơi thụ lý"),
        _l("Trong toàn bộ giờ làm việc từ lúc nhận đến lúc trả lời, phần mà hồ sơ còn chờ phân loại hoặc đang trên đường chuyển."),
        _S, _A.UNHELD_MINUTES, (_A.LIFE_MINUTES,), more_is_better=False,
    ),
    Measure(
        "asked",
        _l("Phải hỏi thêm người gửi"),
        _l("Số hồ sơ trả lời trong kỳ mà người gửi bị đề nghị bổ sung, chia cho số hồ sơ trả lời trong kỳ."),
        _S, _C.ASKED, (_C.ANSWERED,), more_is_better=False, steps=_LOW,
    ),
    Measure(
        "reopened",
        _l("Tỷ lệ mở lại"),
        _l("Trong số hồ sơ gửi đến trong kỳ đã có câu trả lời, phần mà người gửi chưa đồng ý và hồ sơ được mở lại."),
        _S, _C.REOPENED, (_C.ONCE_ANSWERED,), more_is_better=False, target=0.05, steps=_LOW,
    ),
    Measure(
        "extended",
        _l("Tỷ lệ gia hạn"),
        _l("Số hồ sơ trả lời trong kỳ đã được gia hạn, chia cho số hồ sơ trả lời trong kỳ."),
        _S, _C.EXTENDED, (_C.ANSWERED,), more_is_better=False, steps=_LOW,
    ),
    Measure(
        "escalated",
        _l("Tỷ lệ phải báo cấp trên"),
        _l("Số hồ sơ trả lời trong kỳ phải báo cho thủ trưởng, cấp trên hoặc lãnh đạo Thành phố, chia cho số hồ sơ trả lời trong kỳ."),
        _S, _C.ESCALATED, (_C.ANSWERED,), more_is_better=False,
    ),
    Measure(
        "refused",
        _l("Tỷ lệ không thụ lý"),
        _l("Số hồ sơ không được thụ lý trong kỳ, chia cho số hồ sơ kết thúc trong kỳ."),
        _S, _C.REFUSED, (_C.ENDED,), more_is_better=None,
    ),
)  # fmt: skip
MEASURES: Mapping[str, Measure] = {measure.code: measure for measure in _ALL}


def share(part: float, whole: float) -> float | None:
    """Part of a whole as a number; None when there is nothing to divide."""
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


def median_of(counts: Mapping[int, int], quantile: float = 0.5) -> float | None:
    """A quantile of whole numbers by how often each occurs, between two neighbours where it falls between them; exact, None without any."""
    total = sum(counts.values())
    if not total:
        return None
    place = quantile * (total - 1)
    below = int(place)
    found: list[int] = []
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        while len(found) < 2 and seen > below + len(found):
            found.append(value)
        if len(found) == 2:
            break
    low, high = found[0], found[-1]
    return low + (high - low) * (place - below)
