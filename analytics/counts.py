"""Every count once: which cases, on which time axis, in words for the reader. Numbers and lists use the same conditions.

Cases count as they stand now: one that was opened again is not answered, whatever was said before; while its clock stands still it is
not due. `analytics.measures` puts one count over another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, true

from analytics.rollup.models import Fact
from feedback.localtime import local_day


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, as seen at `now`."""

    first: date
    last: date
    now: datetime

    @property
    def today(self) -> date:
        """The day it is seen on."""
        return local_day(self.now)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet: standing cases are then judged by the hour."""
        return self.last >= self.today

    @property
    def week(self) -> date:
        """Seven days before standing cases are counted: the end, or the present while it runs."""
        return min(self.last, self.today) - timedelta(days=7)

    @property
    def month(self) -> date:
        """Thirty days before that."""
        return self.week - timedelta(days=23)

    def before(self) -> Period:
        """The period of the same length directly before, to compare with."""
        length = self.last - self.first + timedelta(days=1)
        return Period(self.first - length, self.last - length, self.now)


class Axis(StrEnum):
    """Which day of a case decides whether it belongs to a period."""

    RECEIVED = "received"
    ANSWERED = "answered"
    DUE = "due"
    ENDED = "ended"
    #: No day: cases that stand open when the period ends.
    STANDING = "standing"


AXIS_WORDS: Mapping[Axis, LazyString] = {
    Axis.RECEIVED: _l("theo ngày nhận"),
    Axis.ANSWERED: _l("theo ngày trả lời"),
    Axis.DUE: _l("theo ngày đến hạn"),
    Axis.ENDED: _l("theo ngày kết thúc"),
    Axis.STANDING: _l("vào cuối kỳ"),
}


class Count(StrEnum):
    """What can be counted, by its name in addresses; each count opens the list of exactly these cases."""

    RECEIVED = "tiep-nhan"
    ONCE_ANSWERED = "tung-tra-loi"
    REOPENED = "mo-lai"
    RECEIVED_SOLVED = "nhan-da-giai-quyet"
    ANSWERED = "da-tra-loi"
    ANSWERED_ON_TIME = "tra-loi-kip"
    RATED = "duoc-danh-gia"
    SOLVED = "da-giai-quyet"
    SCORED = "cham-diem"
    SATISFIED = "hai-long"
    ASKED = "hoi-them"
    EXTENDED = "gia-han"
    ESCALATED = "bao-cap-tren"
    ADDRESSED = "da-giao"
    FIRST_RIGHT = "giao-dung"
    DUE = "den-han"
    ON_TIME = "dung-han"
    LATE = "tre-han"
    ENDED = "ket-thuc"
    REFUSED = "khong-thu-ly"
    OPEN = "chua-tra-loi"
    OPEN_PAST_DUE = "qua-han"
    NOT_DUE = "con-han"
    LATE_WEEK = "qua-han-7-ngay"
    LATE_MONTH = "qua-han-30-ngay"
    LATE_LONG = "qua-han-lau"


class Amount(StrEnum):
    """Sums over the cases answered in the period, by their columns; no list belongs to them but that of these cases."""

    HOPS = "hops"
    UNHELD_MINUTES = "unheld_minutes"
    LIFE_MINUTES = "life_minutes"


@dataclass(frozen=True)
class Counted:
    """A count with its condition besides the day, and its definition in plain language."""

    count: Count
    axis: Axis
    test: Callable[[Any], ColumnElement[bool]]
    label: LazyString
    definition: LazyString

    @property
    def counts(self) -> ColumnElement[bool]:
        """Over `Fact`: whether a case counts on its day of the axis, for counts that have one."""
        return and_(DAYS[self.axis](Fact).is_not(None), self.test(Fact))


#: The day of each axis, of a fact or of anything with the same columns.
DAYS: Mapping[Axis, Callable[[Any], ColumnElement[date]]] = {
    Axis.RECEIVED: lambda f: f.received_on,
    Axis.ANSWERED: lambda f: f.answered_on,
    Axis.DUE: lambda f: f.due_on,
    Axis.ENDED: lambda f: f.ended_on,
}


def _owed(f: Any) -> ColumnElement[bool]:
    """Answered, or still to be answered; what was refused, withdrawn or merged is not judged by its date."""
    return or_(f.answered_on.is_not(None), f.ended_on.is_(None))


def _all(_f: Any) -> ColumnElement[bool]:
    return true()


_RECEIVED = (
    Counted(Count.RECEIVED, Axis.RECEIVED, _all, _l("Tiếp nhận"), _l("Số hồ sơ người dân gửi đến trong kỳ.")),
    Counted(
        Count.ONCE_ANSWERED,
        Axis.RECEIVED,
        lambda f: or_(f.answered_on.is_not(None), f.reopenings > 0),
        _l("Từng được trả lời"),
        _l("Số hồ sơ gửi đến trong kỳ đã được trả lời ít nhất một lần."),
    ),
    Counted(
        Count.REOPENED,
        Axis.RECEIVED,
        lambda f: f.reopenings > 0,
        _l("Người gửi yêu cầu xem xét lại"),
        _l("Số hồ sơ gửi đến trong kỳ được mở lại ít nhất một lần vì người gửi chưa đồng ý với câu trả lời."),
    ),
    Counted(
        Count.RECEIVED_SOLVED,
        Axis.RECEIVED,
        lambda f: f.solved.is_(True),
        _l("Được xác nhận đã giải quyết"),
        _l("Số hồ sơ gửi đến trong kỳ mà người gửi đã xác nhận việc đã giải quyết xong."),
    ),
)
_ANSWERED = (
    Counted(Count.ANSWERED, Axis.ANSWERED, _all, _l("Đã trả lời"), _l("Số hồ sơ được trả lời trong kỳ, dù gửi đến lúc nào.")),
    Counted(
        Count.ANSWERED_ON_TIME,
        Axis.ANSWERED,
        lambda f: f.on_time,
        _l("Trả lời kịp hạn"),
        _l("Số hồ sơ được trả lời trong kỳ, không muộn hơn hạn của hồ sơ."),
    ),
    Counted(
        Count.RATED,
        Axis.ANSWERED,
        lambda f: f.solved.is_not(None),
        _l("Được người dân đánh giá"),
        _l("Số hồ sơ được trả lời trong kỳ mà người gửi đã cho biết việc có được giải quyết hay không."),
    ),
    Counted(
        Count.SOLVED,
        Axis.ANSWERED,
        lambda f: f.solved.is_(True),
        _l("Người dân xác nhận đã giải quyết"),
        _l("Số hồ sơ được trả lời trong kỳ mà người gửi xác nhận việc đã giải quyết xong."),
    ),
    Counted(
        Count.SCORED,
        Axis.ANSWERED,
        lambda f: f.satisfaction.is_not(None),
        _l("Được chấm điểm hài lòng"),
        _l("Số hồ sơ được trả lời trong kỳ mà người gửi đã chấm điểm hài lòng, từ 1 đến 5."),
    ),
    Counted(
        Count.SATISFIED,
        Axis.ANSWERED,
        lambda f: f.satisfaction >= 4,
        _l("Người dân hài lòng"),
        _l("Số hồ sơ được trả lời trong kỳ mà người gửi chấm 4 hoặc 5 điểm trên 5."),
    ),
    Counted(
        Count.ASKED,
        Axis.ANSWERED,
        lambda f: f.questions > 0,
        _l("Phải hỏi thêm người gửi"),
        _l("Số hồ sơ được trả lời trong kỳ mà cơ quan đã phải đề nghị người gửi bổ sung."),
    ),
    Counted(
        Count.EXTENDED,
        Axis.ANSWERED,
        lambda f: f.extensions > 0,
        _l("Đã gia hạn"),
        _l("Số hồ sơ được trả lời trong kỳ mà hạn đã được gia hạn ít nhất một lần."),
    ),
    Counted(
        Count.ESCALATED,
        Axis.ANSWERED,
        lambda f: f.escalations > 0,
        _l("Phải báo lên cấp trên"),
        _l("Số hồ sơ được trả lời trong kỳ mà vì sắp trễ hoặc đã trễ nên phải báo cho thủ trưởng, cấp trên hoặc lãnh đạo Thành phố."),
    ),
    Counted(
        Count.ADDRESSED,
        Axis.ANSWERED,
        lambda f: f.first_right.is_not(None),
        _l("Đã giao cho cơ quan"),
        _l("Số hồ sơ được trả lời trong kỳ đã được giao cho một cơ quan."),
    ),
    Counted(
        Count.FIRST_RIGHT,
        Axis.ANSWERED,
        lambda f: f.first_right.is_(True),
        _l("Giao đúng ngay lần đầu"),
        _l("Số hồ sơ được trả lời trong kỳ mà cơ quan nhận đầu tiên thụ lý và không chuyển đi nữa."),
    ),
)
_DUE = (
    Counted(
        Count.DUE,
        Axis.DUE,
        _owed,
        _l("Đến hạn"),
        _l(
            "Số hồ sơ có hạn trả lời trong kỳ và hạn đó đã qua, đã trả lời hoặc còn phải trả lời; không tính hồ sơ không "
            "thụ lý, đã rút, đã nhập."
        ),
    ),
    Counted(
        Count.ON_TIME,
        Axis.DUE,
        lambda f: f.on_time,
        _l("Trả lời đúng hạn"),
        _l("Số hồ sơ đến hạn trong kỳ và được trả lời không muộn hơn hạn."),
    ),
    Counted(
        Count.LATE,
        Axis.DUE,
        lambda f: and_(_owed(f), ~f.on_time),
        _l("Trễ hạn"),
        _l("Số hồ sơ đến hạn trong kỳ nhưng trả lời sau hạn hoặc chưa trả lời."),
    ),
)
_ENDED = (
    Counted(
        Count.ENDED,
        Axis.ENDED,
        _all,
        _l("Kết thúc"),
        _l("Số hồ sơ trong kỳ đã được trả lời, không được thụ lý, được người gửi rút hoặc nhập vào hồ sơ khác."),
    ),
    Counted(
        Count.REFUSED,
        Axis.ENDED,
        lambda f: f.refusal != "",
        _l("Không thụ lý"),
        _l("Số hồ sơ trong kỳ không được thụ lý, có nêu lý do và hướng dẫn người gửi."),
    ),
)
_STANDING = (
    Counted(Count.OPEN, Axis.STANDING, _all, _l("Chưa trả lời"), _l("Số hồ sơ còn chờ trả lời vào cuối kỳ, dù gửi đến lúc nào.")),
    Counted(
        Count.OPEN_PAST_DUE,
        Axis.STANDING,
        _all,
        _l("Quá hạn chưa trả lời"),
        _l("Số hồ sơ còn chờ trả lời vào cuối kỳ và đã qua hạn, dù hạn vào lúc nào. Hồ sơ đang tạm dừng tính thời gian thì không quá hạn."),
    ),
    Counted(
        Count.NOT_DUE,
        Axis.STANDING,
        _all,
        _l("Chưa đến hạn"),
        _l("Số hồ sơ còn chờ trả lời vào cuối kỳ mà hạn chưa qua hoặc đang tạm dừng."),
    ),
    Counted(Count.LATE_WEEK, Axis.STANDING, _all, _l("Quá hạn đến 7 ngày"), _l("Số hồ sơ còn chờ trả lời, quá hạn không quá 7 ngày.")),
    Counted(Count.LATE_MONTH, Axis.STANDING, _all, _l("Quá hạn 8 đến 30 ngày"), _l("Số hồ sơ còn chờ trả lời, quá hạn từ 8 đến 30 ngày.")),
    Counted(Count.LATE_LONG, Axis.STANDING, _all, _l("Quá hạn trên 30 ngày"), _l("Số hồ sơ còn chờ trả lời, quá hạn hơn 30 ngày.")),
)
COUNTS: Mapping[Count, Counted] = {one.count: one for one in (*_RECEIVED, *_ANSWERED, *_DUE, *_ENDED, *_STANDING)}


@dataclass(frozen=True)
class Flags:
    """Counts of one axis that a case in memory has a number for, each a bit of it; so few of them that few combinations occur."""

    axis: Axis
    counts: tuple[Count, ...]

    @property
    def name(self) -> str:
        """The column that holds the numbers."""
        return f"flags_{self.counts[0].name.lower()}"


def _flags(axis: Axis) -> Iterator[Flags]:
    counts = [one.count for one in COUNTS.values() if one.axis is axis and one.count is not Count.LATE]
    return (Flags(axis, tuple(counts[at : at + TOGETHER])) for at in range(0, len(counts), TOGETHER))


#: So many counts share a number at most.
TOGETHER = 6
#: All counts with a day of their own but late, which is what is due and not on time.
FLAGS = tuple(flags for axis in DAYS for flags in _flags(axis))
#: Standing cases by how long they have been late; together all of them.
AGES = (Count.NOT_DUE, Count.LATE_WEEK, Count.LATE_MONTH, Count.LATE_LONG)
