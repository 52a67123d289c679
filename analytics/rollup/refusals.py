"""Refused cases by the reason that was given (lý do không thụ lý)."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from analytics.counts import FLAGS, Count, Period
from analytics.rollup.counting import Asked
from analytics.rollup.parts import parts_of
from analytics.rollup.scope import COLUMNS, REFUSAL, Group, Keys, Scope


def refusals(period: Period, scope: Scope, group: Group | None = None) -> dict[Keys, dict[str, int]]:
    """How many cases of a scope were refused for each reason, by a group or all under an empty key."""
    asked = Asked(parts_of(scope), [*([COLUMNS[group]] if group else []), REFUSAL])
    flags = next(flags for flags in FLAGS if Count.REFUSED in flags.counts)
    numbers = asked.flows(flags, period)[:, flags.counts.index(Count.REFUSED)]
    found: dict[Keys, dict[str, int]] = defaultdict(dict)
    for place in np.flatnonzero(numbers).tolist():
        *key, reason = asked.keys(place)
        found[tuple(key)][str(reason)] = int(numbers[place])
    return found
