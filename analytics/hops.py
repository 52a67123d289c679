"""What is counted of hops between agencies, and the measures made of it, in words for the reader; `rollup.transit` counts them.

A hop is one sending of a case from one agency to another. Its time axis is the day it was sent; only office time counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, true

from feedback.cases.handover_models import Transfer, TransferState

#: What the city's programme promised: transit cut by this share.
PROMISED_CUT = 0.9
AXIS = _l("theo ngày gửi")


class Hops(StrEnum):
    """What can be counted, by its name in addresses; each opens the list of exactly these hops."""

    SENT = "da-gui"
    ACCEPTED = "duoc-thu-ly"
    QUICK = "trong-mot-gio"
    RETURNED = "bi-tra-lai"
    ENDED = "da-co-ket-qua"


@dataclass(frozen=True)
class HopCount:
    """A count with its condition and its definition."""

    label: LazyString
    definition: LazyString
    test: Callable[[Any], ColumnElement[bool]]


def _accepted(hop: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = hop.state == TransferState.ACCEPTED
    return found


HOP_COUNTS: Mapping[Hops, HopCount] = {
    Hops.SENT: HopCount(
        _l("Lượt chuyển"),
        _l("Số lượt chuyển hồ sơ từ cơ quan này sang cơ quan khác gửi đi trong kỳ, không tính lượt do Văn phòng phân định."),
        lambda _hop: true(),
    ),
    Hops.ACCEPTED: HopCount(_l("Lượt được thụ lý"), _l("Số lượt chuyển gửi đi trong kỳ mà nơi nhận đã thụ lý."), _accepted),
    Hops.QUICK: HopCount(
        _l("Lượt thụ lý trong một giờ làm việc"),
        _l("Số lượt chuyển gửi đi trong kỳ mà nơi nhận thụ lý trong vòng một giờ làm việc."),
        lambda hop: and_(_accepted(hop), hop.working_minutes <= 60),
    ),
    Hops.RETURNED: HopCount(
        _l("Lượt bị trả lại"),
        _l("Số lượt chuyển gửi đi trong kỳ mà nơi nhận trả lại vì không thuộc thẩm quyền."),
        lambda hop: hop.state == TransferState.RETURNED,
    ),
    Hops.ENDED: HopCount(
        _l("Lượt đã có kết quả"),
        _l("Số lượt chuyển gửi đi trong kỳ đã được thụ lý hoặc bị trả lại."),
        lambda hop: hop.state.in_((TransferState.ACCEPTED, TransferState.RETURNED)),
    ),
}


def hop_condition(which: Hops) -> ColumnElement[bool]:
    """Over `Transfer`: the hops a count takes, besides their period."""
    return HOP_COUNTS[which].test(Transfer)


@dataclass(frozen=True)
class HopMeasure:
    """One figure of transit: a quantile of minutes, or a share; the hops it is made from open as a list."""

    code: str
    label: LazyString
    definition: LazyString
    #: Empty for a quantile.
    numerator: Hops | None
    denominator: Hops
    more_is_better: bool
    #: A share of one; None where nothing is aimed at.
    target: float | None = None


_ALL = (
    HopMeasure(
        "transit_median_minutes",
        _l("Thời gian chuyển, mức giữa"),
        _l("Một nửa số lượt được thụ lý mất ít thời gian hơn, một nửa mất nhiều hơn; tính giờ làm việc từ lúc gửi đến lúc thụ lý."),
        None,
        Hops.ACCEPTED,
        more_is_better=False,
    ),
    HopMeasure(
        "transit_p90_minutes",
        _l("Thời gian chuyển, chín trong mười lượt"),
        _l("Chín trong mười lượt được thụ lý không mất nhiều giờ làm việc hơn số này."),
        None,
        Hops.ACCEPTED,
        more_is_better=False,
    ),
    HopMeasure(
        "transit_within_hour",
        _l("Thụ lý trong một giờ làm việc"),
        _l("Số lượt được thụ lý trong vòng một giờ làm việc, chia cho số lượt được thụ lý."),
        Hops.QUICK,
        Hops.ACCEPTED,
        more_is_better=True,
    ),
    HopMeasure(
        "transit_cut",
        _l("Rút ngắn so với trước đây"),
        _l("Mức giữa của thời gian chuyển ngắn hơn bao nhiêu phần so với thời gian trước đây của chính cặp cơ quan đó."),
        None,
        Hops.ACCEPTED,
        more_is_better=True,
        target=PROMISED_CUT,
    ),
    HopMeasure(
        "wrong_address",
        _l("Chuyển nhầm, bị trả lại"),
        _l("Số lượt bị trả lại chia cho số lượt đã được thụ lý hoặc bị trả lại; tính cho nơi gửi."),
        Hops.RETURNED,
        Hops.ENDED,
        more_is_better=False,
    ),
)
HOP_MEASURES: Mapping[str, HopMeasure] = {measure.code: measure for measure in _ALL}
