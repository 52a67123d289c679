"""What changed this week, in sentences: the last seven days against the seven before."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from analytics.counts import Count
from analytics.measures import FEWEST_TO_RANK, share
from analytics.rollup.queries import Figures
from analytics.rollup.scope import Key
from feedback.language import show_number, show_percent

#: A field is named when at least so many reports came in, and at least half as many again as the week before.
FEWEST_TO_NAME, RISE = 10, 1.5


def sentences(
    now: Figures, before: Figures, fields: Mapping[Key, Figures], fields_before: Mapping[Key, Figures], names: Mapping[Key, str]
) -> list[str]:
    """At most four sentences; a week without a case has none."""
    if now.empty and before.empty:
        return []
    found = [_received(now.of(Count.RECEIVED), before.of(Count.RECEIVED)), _on_time(now, before), _overdue(now, before)]
    found.append(_rising(fields, fields_before, names))
    return [sentence for sentence in found if sentence]


def _received(number: int, past: int) -> str:
    words = {"number": show_number(number), "past": show_number(past)}
    if number > past:
        return str(_("Bảy ngày qua người dân gửi đến %(number)s hồ sơ, nhiều hơn bảy ngày trước đó (%(past)s).", **words))
    if number < past:
        return str(_("Bảy ngày qua người dân gửi đến %(number)s hồ sơ, ít hơn bảy ngày trước đó (%(past)s).", **words))
    return str(_("Bảy ngày qua người dân gửi đến %(number)s hồ sơ, bằng bảy ngày trước đó.", **words))


def _on_time(now: Figures, before: Figures) -> str:
    due, past = now.of(Count.DUE), before.of(Count.DUE)
    if not due:
        return str(_("Không có hồ sơ nào đến hạn."))
    words = {"due": show_number(due), "kept": show_number(now.of(Count.ON_TIME))}
    if min(due, past) < FEWEST_TO_RANK:
        return str(_("Có %(due)s hồ sơ đến hạn, %(kept)s được trả lời đúng hạn.", **words))
    rate, rate_before = share(now.of(Count.ON_TIME), due), share(before.of(Count.ON_TIME), past)
    return str(
        _(
            "Có %(due)s hồ sơ đến hạn, %(kept)s được trả lời đúng hạn: %(rate)s, bảy ngày trước đó %(past)s.",
            **words,
            rate=show_percent(rate),
            past=show_percent(rate_before),
        )
    )


def _overdue(now: Figures, before: Figures) -> str:
    number, past = now.of(Count.OPEN_PAST_DUE), before.of(Count.OPEN_PAST_DUE)
    words = {"number": show_number(number), "past": show_number(past)}
    if number > past:
        return str(_("Hồ sơ quá hạn chưa trả lời tăng từ %(past)s lên %(number)s.", **words))
    if number < past:
        return str(_("Hồ sơ quá hạn chưa trả lời giảm từ %(past)s xuống %(number)s.", **words))
    return str(_("Hồ sơ quá hạn chưa trả lời vẫn là %(number)s.", **words))


def _rising(fields: Mapping[Key, Figures], before: Mapping[Key, Figures], names: Mapping[Key, str]) -> str:
    """The field with the steepest rise, when there is one worth naming."""
    rises = []
    for key, one in fields.items():
        number, past = one.of(Count.RECEIVED), before.get(key, Figures({})).of(Count.RECEIVED)
        if number >= FEWEST_TO_NAME and number >= RISE * past:
            rises.append((number - past, str(key), number, past))
    if not rises:
        return ""
    _difference, key_of, number, past = max(rises)
    name = names.get(key_of, "")
    return str(
        _("Tăng nhiều nhất: %(name)s, từ %(past)s lên %(number)s hồ sơ.", name=name, past=show_number(past), number=show_number(number))
    )
