"""Every measure of a period as plain rows: for the command line and for whoever reads files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analytics.counts import Count, Period
from analytics.measures import FEWEST_TO_RANK, MEASURES, Measure, wilson
from analytics.rollup.names import names
from analytics.rollup.queries import Figures, figures
from analytics.rollup.scope import Group, Scope


def rows(period: Period, group: Group | None, scope: Scope | None = None) -> Iterator[dict[str, Any]]:
    """One row for the city or for each of a group, in the order of their names; without any case there is one row of zeros or none."""
    found = figures(period, scope or Scope(), [group] if group else [])
    named = names(group) if group else {}
    if not group and not found:
        found = {(): Figures({})}
    for key, one in sorted(found.items(), key=lambda item: str(named.get(item[0][0], "")) if item[0] else ""):
        yield {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "by": group.name.lower() if group else "city",
            "key": key[0] if key else None,
            "name": named.get(key[0], "") if key else None,
            "cases": {count.name.lower(): one.of(count) for count in Count},
            "measures": {code: _measure(measure, one) for code, measure in MEASURES.items()},
        }


def _measure(measure: Measure, one: Figures) -> dict[str, Any]:
    part, whole, value = measure.part(one), measure.whole(one), measure.value(one)
    row: dict[str, Any] = {"value": None if value is None else round(value, 6), "numerator": part, "denominator": whole}
    if measure.is_rate and part is not None:
        interval = wilson(part, whole)
        row |= {"interval": interval and [round(bound, 6) for bound in interval], "ranked": whole >= FEWEST_TO_RANK}
    return row
