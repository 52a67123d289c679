"""Every measure of a period as plain rows: for the command line and for whoever reads files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from analytics.counts import Count, Period
from analytics.measures import FEWEST_TO_RANK, MEASURES, Measure, wilson
from analytics.rollup.conduct import signals
from analytics.rollup.names import names
from analytics.rollup.queries import Figures, figures
from analytics.rollup.refusals import refusals
from analytics.rollup.scope import Group, Keys, Scope
from analytics.rollup.transit import Transit, transit_by
from feedback.city import queries as city

NO_HOPS = Transit("", "", 0, 0, 0, 0, None, None, None)


def rows(period: Period, group: Group | None) -> Iterator[dict[str, Any]]:
    """One row for the city, or one for each of a group in the order of their names; sealed cases are in none."""
    found = figures(period, Scope(), [group] if group else [])
    reasons, hops, sent = refusals(period, Scope(), group), transit_by(period, group), transit_by(period, group, sent=True)
    named = names(group) if group else {}
    conduct = _conduct(period, group)
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
        } | conduct(key)


def _conduct(period: Period, group: Group | None) -> Callable[[Keys], dict[str, Any]]:
    """Reports about conduct as the page of the city has them: of its twelve closed months, for the city and its districts only.

    A number is None where it is hidden.
    """
    if group not in (None, Group.DISTRICT):
        return lambda _key: {}
    found = signals(period.today, [area.id for area in city.districts()])
    span = {"from": found.first.isoformat(), "to": found.last.isoformat()}
    if group:
        return lambda key: {"conduct": {**span, "reports": found.districts.get(int(key[0]))}}
    whole = {"reports": found.reports, "cases": found.cases, "per_thousand": _round(found.per_thousand)}
    return lambda _key: {"conduct": {**span, **whole, "answered": found.answered, "substantiated": found.substantiated}}


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


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
