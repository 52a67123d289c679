"""The few figures on top: value, what it leads to, how it changed against the period before, what is aimed at, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from analytics.counts import Count
from analytics.dashboard.figures import sparkline
from analytics.measures import FEWEST_TO_RANK, MEASURES, Days, Measure, Unit, wilson
from analytics.rollup.queries import Figures, Month
from feedback.language import show_number, show_percent

#: What leadership reads first, with further counts worth a line. Speed never stands without what the citizens say of the result.
CHOSEN: tuple[tuple[str, tuple[Count, ...]], ...] = (
    ("on_time", (Count.ON_TIME, Count.LATE)),
    ("overdue", ()),
    ("backlog", ()),
    ("received", (Count.ANSWERED,)),
    ("median_days", ()),
    ("solved", (Count.SOLVED, Count.RATED)),
)
#: What stands behind "more figures", in the order of the questions people ask.
FURTHER = (
    "compliance", "flow", "p90_days", "median_calendar_days", "p90_calendar_days", "response", "satisfaction", "first_right", "hops",
    "unheld", "asked", "reopened", "extended", "escalated", "refused",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """How a figure moved since the period before, in words, and whether that is better or worse; None where it is neither."""

    text: str
    better: bool | None = None
    #: The intervals of both shares have values in common, so that it may be chance.
    unsure: bool = False


@dataclass(frozen=True)
class Headline:
    """One of the figures on top of the page."""

    measure: Measure
    #: As it is read; None where there is nothing to divide or to take the middle of.
    value: str | None
    change: Change
    #: What is aimed at, as it is read; empty without an aim.
    target: str
    #: Points of the small line of the last months; empty where it would say nothing.
    spark: str
    parts: tuple[tuple[int, Count], ...] = ()
    alarming: bool = False


def headlines(now: Figures, before: Figures, months: Sequence[Month]) -> list[Headline]:
    """The figures on top."""
    return [_headline(MEASURES[code], parts, now, before, months) for code, parts in CHOSEN]


def further(now: Figures, before: Figures) -> list[Headline]:
    """All other measures, each with its definition and the counts it is made of, what it counts first."""
    return [_headline(MEASURES[code], MEASURES[code].counts, now, before, ()) for code in FURTHER]


def _headline(measure: Measure, parts: Sequence[Count], now: Figures, before: Figures, months: Sequence[Month]) -> Headline:
    value = measure.value(now)
    return Headline(
        measure,
        None if value is None else shown(measure, value),
        change(measure, now, before),
        "" if measure.target is None else shown(measure, measure.target),
        "" if isinstance(measure.numerator, Days) or measure.code == "overdue" else sparkline([measure.value(m.figures) for m in months]),
        tuple((now.of(count), count) for count in parts),
        measure.code == "overdue" and bool(value),
    )


def shown(measure: Measure, value: float) -> str:
    """A value as it is read."""
    match measure.unit:
        case Unit.SHARE:
            return show_percent(value)
        case Unit.CASES:
            return show_number(value)
        case Unit.DAYS:
            return show_number(value, 1)
        case _:
            return show_number(value, 2)


def change(measure: Measure, now: Figures, before: Figures, *, beside: bool = False) -> Change:
    """How a measure moved, or with `beside` how it differs from another one's. Shares are compared in percentage points.

    From too few cases a change would be chance.
    """
    value, past = measure.value(now), measure.value(before)
    if measure.unit is Unit.CASES:
        moved = show_number(abs((value or 0) - (past or 0)))
        if past and past >= FEWEST_TO_RANK:
            moved += f" ({show_percent(abs((value or 0) - past) / past)})"
        return _change((value or 0) - (past or 0), moved, measure, beside)
    if value is None or past is None or min(measure.whole(now), measure.whole(before)) < FEWEST_TO_RANK:
        return Change(_("chưa đủ hồ sơ để so sánh"))
    if measure.unit is Unit.SHARE:
        tenths = round(1000 * value) - round(1000 * past)
        by = _change(tenths, _("%(number)s điểm phần trăm", number=show_number(abs(tenths) / 10, 1)), measure, beside)
        return replace(by, unsure=bool(tenths) and _may_be_chance(measure, now, before))
    if measure.unit is Unit.DAYS:
        return _change(value - past, _("%(number)s ngày", number=show_number(abs(value - past), 1)), measure, beside)
    return _change(round(value - past, 2), show_number(abs(value - past), 2), measure, beside)


def _may_be_chance(measure: Measure, *both: Figures) -> bool:
    if not measure.is_rate:  # a part that may be larger than its whole has no bounds
        return False
    parts = [measure.part(one) for one in both]
    low, high = zip(*(wilson(part or 0, measure.whole(one)) for part, one in zip(parts, both, strict=True)), strict=True)
    return bool(max(low) <= min(high))


def _change(difference: float, size: str, measure: Measure, beside: bool) -> Change:
    if not difference:
        return Change(_("bằng nhau") if beside else _("không đổi"))
    if beside:
        text = _("cao hơn %(size)s", size=size) if difference > 0 else _("thấp hơn %(size)s", size=size)
    else:
        text = _("tăng %(size)s", size=size) if difference > 0 else _("giảm %(size)s", size=size)
    return Change(text, None if measure.more_is_better is None else (difference > 0) is measure.more_is_better)
