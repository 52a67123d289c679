"""The few figures on top: value, what it leads to, how it changed against the period before, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from analytics.dashboard.queries import Figures
from analytics.measures import FEWEST_TO_RANK, MEASURES, MEDIAN_DAYS, ON_TIME_RATE, SOLVED_SHARE, Count
from feedback.language import show_number, show_percent


@dataclass(frozen=True)
class Change:
    """How a figure moved since the period before, in words, and whether that is better or worse; None where it is neither."""

    text: str
    better: bool | None = None


@dataclass(frozen=True)
class Headline:
    """One of the figures on top of the page."""

    label: Any
    #: As it is read; None where there is nothing to divide or to take the middle of.
    value: str | None
    #: Which cases the value is about: its list.
    count: Count
    change: Change
    definition: Any
    #: Further counts worth a line: how many, of what.
    parts: tuple[tuple[int, Count], ...] = ()
    alarming: bool = False


def headlines(now: Figures, before: Figures) -> list[Headline]:
    """What leadership reads first. Speed never stands without what the citizens say of the result."""
    return [
        Headline(
            _("Tỷ lệ trả lời đúng hạn"),
            _shown(now.rate, show_percent),
            Count.DUE,
            _share_change(now, before, Count.ON_TIME, Count.DUE),
            ON_TIME_RATE,
            _parts(now, Count.ON_TIME, Count.LATE),
        ),
        _counted(Count.OPEN_PAST_DUE, now, before, more_is_better=False, alarming=now.counts[Count.OPEN_PAST_DUE] > 0),
        _counted(Count.OPEN, now, before, more_is_better=False),
        _counted(Count.RECEIVED, now, before, parts=_parts(now, Count.ANSWERED)),
        Headline(
            _("Số ngày làm việc để trả lời"),
            _shown(now.median_days, lambda days: show_number(days, 1)),
            Count.ANSWERED,
            _days_change(now, before),
            MEDIAN_DAYS,
        ),
        Headline(
            MEASURES[Count.SOLVED].label,
            _shown(now.solved_share, show_percent),
            Count.RATED,
            _share_change(now, before, Count.SOLVED, Count.RATED),
            SOLVED_SHARE,
            _parts(now, Count.SOLVED, Count.RATED),
        ),
    ]


def _shown(value: float | None, show: Callable[[float], str]) -> str | None:
    return None if value is None else show(value)


def _parts(figures: Figures, *counts: Count) -> tuple[tuple[int, Count], ...]:
    return tuple((figures.counts[count], count) for count in counts)


def _counted(
    count: Count,
    now: Figures,
    before: Figures,
    *,
    more_is_better: bool | None = None,
    parts: tuple[tuple[int, Count], ...] = (),
    alarming: bool = False,
) -> Headline:
    measure, number, past = MEASURES[count], now.counts[count], before.counts[count]
    moved = show_number(abs(number - past))
    if past >= FEWEST_TO_RANK:
        moved += f" ({show_percent(abs(number - past) / past)})"
    change = _change(number - past, moved, more_is_better=more_is_better)
    return Headline(measure.label, show_number(number), count, change, measure.definition, parts, alarming)


def _share_change(now: Figures, before: Figures, part: Count, whole: Count) -> Change:
    """Between two shares in percentage points; from too few cases it would be chance."""
    if min(now.counts[whole], before.counts[whole]) < FEWEST_TO_RANK:
        return Change(_("chưa đủ hồ sơ để so sánh"))
    tenths = round(1000 * now.counts[part] / now.counts[whole]) - round(1000 * before.counts[part] / before.counts[whole])
    return _change(tenths, _("%(number)s điểm phần trăm", number=show_number(abs(tenths) / 10, 1)), more_is_better=True)


def _days_change(now: Figures, before: Figures) -> Change:
    if now.median_days is None or before.median_days is None or min(f.counts[Count.ANSWERED] for f in (now, before)) < FEWEST_TO_RANK:
        return Change(_("chưa đủ hồ sơ để so sánh"))
    days = now.median_days - before.median_days
    return _change(days, _("%(number)s ngày", number=show_number(abs(days), 1)), more_is_better=False)


def _change(difference: float, size: str, *, more_is_better: bool | None) -> Change:
    if not difference:
        return Change(_("không đổi"))
    text = _("tăng %(size)s", size=size) if difference > 0 else _("giảm %(size)s", size=size)
    return Change(text, None if more_is_better is None else (difference > 0) is more_is_better)
