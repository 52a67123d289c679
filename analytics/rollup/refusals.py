"""Refused cases by the reason that was given (lý do không thụ lý)."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select

from analytics.counts import COUNTS, Count, Period
from analytics.rollup.models import Fact
from analytics.rollup.scope import COLUMNS, Group, Keys, Scope
from feedback.db import db


def refusals(period: Period, scope: Scope, group: Group | None = None) -> dict[Keys, dict[str, int]]:
    """How many cases of a scope were refused for each reason, by a group or all under an empty key. One query."""
    keys = [getattr(Fact, COLUMNS[group])] if group else []
    counted = select(*keys, Fact.refusal, func.count()).where(COUNTS[Count.REFUSED].condition(period), *scope.conditions(Fact))
    found: dict[Keys, dict[str, int]] = defaultdict(dict)
    for *key, reason, number in db.session.execute(counted.group_by(*keys, Fact.refusal).order_by(Fact.refusal)):
        found[tuple(key)][reason] = number
    return found
