"""Every measure of a period as plain rows: for the command line and for whoever reads files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from analytics.counts import COUNTS, Count, Period
from analytics.measures import FEWEST_TO_RANK, MEASURES, Measure, wilson
from analytics.rollup.models import Fact
from analytics.rollup.names import names
from analytics.rollup.queries import Figures, figures
from analytics.rollup.scope import COLUMNS, Group, Keys, Scope
from analytics.rollup.transit import Transit, transit_by
from feedback.db import db

NO_HOPS = Transit("", "", 0, 0, 0, 0, None, None, None)


def rows(period: Period, group: Group | None) -> Iterator[dict[str, Any]]:
    """One row for the city, or one for each of a group in the order of their names; sealed cases are in none."""
    found = figures(period, Scope(), [group] if group else [])
    reasons, hops, sent = _refusals(period, group), transit_by(period, group), transit_by(period, group, sent=True)
    named = names(group) if group else {}
    keys = found.keys() | (hops.keys() | sent.keys() if group else {()})
    for key in sorted(keys, key=lambda key: (named.get(key[0], ""), str(key)) if key else ("", "")):
        one = found.get(key, Figures({}))
        yield {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "by": group.name.lower() if group else "city",
            "key": key[0] if key else None,
            "name": named.get(key[0], "") if key else None,
            "cases": {count.name.lower(): one.of(count) for count in Count},
            "refusals": reasons.get(key, {}),
            "measures": {code: _measure(measure, one) for code, measure in MEASURES.items()}
            | _transit(hops.get(key, NO_HOPS), sent.get(key, NO_HOPS)),
        }


def _measure(measure: Measure, one: Figures) -> dict[str, Any]:
    part, whole, value = measure.part(one), measure.whole(one), measure.value(one)
    if measure.is_rate and part is not None:
        return _rate(part, whole)
    return {"value": _round(value), "numerator": part, "denominator": whole}


def _rate(part: int, whole: int) -> dict[str, Any]:
    """A share of cases or hops, with the interval it lies in and whether there are enough to rank."""
    interval = wilson(part, whole)
    return {
        "value": _round(part / whole) if whole else None,
        "numerator": part,
        "denominator": whole,
        "interval": interval and [_round(bound) for bound in interval],
        "ranked": whole >= FEWEST_TO_RANK,
    }


def _transit(hops: Transit, sent: Transit) -> dict[str, Any]:
    """Measures of hops: minutes of office time from sent to accepted, and what the sender addressed wrongly."""
    return {
        "transit_median_minutes": {"value": _round(hops.median), "numerator": None, "denominator": hops.accepted},
        "transit_p90_minutes": {"value": _round(hops.p90), "numerator": None, "denominator": hops.accepted},
        "transit_within_hour": _rate(hops.within_hour, hops.accepted),
        "transit_cut": {"value": _round(hops.cut), "numerator": None, "denominator": hops.accepted},
        "wrong_address": _rate(sent.returned, sent.accepted + sent.returned),
    }


def _refusals(period: Period, group: Group | None) -> dict[Keys, dict[str, int]]:
    """Refused cases by reason."""
    keys = [getattr(Fact, COLUMNS[group])] if group else []
    counted = select(*keys, Fact.refusal, func.count()).where(COUNTS[Count.REFUSED].condition(period))
    found: dict[Keys, dict[str, int]] = defaultdict(dict)
    for *key, reason, number in db.session.execute(counted.group_by(*keys, Fact.refusal).order_by(Fact.refusal)):
        found[tuple(key)][reason] = number
    return found


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
