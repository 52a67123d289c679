"""The city's figures that everybody may know: the whole city, twelve closed months, no number from which one could tell a single case."""

from __future__ import annotations

from datetime import date

from analytics.counts import Period
from analytics.measures import MEASURES, Measure
from analytics.rollup.conduct import closed_months, hidden
from analytics.rollup.queries import Figures, figures
from analytics.rollup.scope import Scope
from feedback.api.ports import PublicMeasure
from feedback.db import now

#: What happened in those months; how much is open now, and quantiles of days, are the office's.
PUBLIC = (
    "received",
    "flow",
    "on_time",
    "first_right",
    "hops",
    "asked",
    "extended",
    "reopened",
    "refused",
    "response",
    "solved",
    "satisfaction",
)


def open_figures(today: date) -> tuple[date, date, list[PublicMeasure]]:
    """First and last day, and the figures. One query."""
    first, last = closed_months(today)
    measures = [MEASURES[code] for code in PUBLIC]
    wanted = frozenset().union(*(measure.made_from for measure in measures))
    found = figures(Period(first, last, now()), Scope(), days=False, only=wanted)
    return first, last, [_shown(measure, found.get((), Figures({}))) for measure in measures]


def _shown(measure: Measure, numbers: Figures) -> PublicMeasure:
    part, whole = measure.part(numbers) or 0, measure.whole(numbers)
    # Of a share, those it does not hold of are a number too.
    counted = (part, whole, whole - part) if measure.is_rate else (part, whole)
    known = not any(hidden(number) for number in counted)
    value = measure.value(numbers) if known else None
    return PublicMeasure(
        code=measure.code,
        name=str(measure.label),
        definition=str(measure.definition),
        unit=measure.unit.value,
        value=None if value is None else round(value, 4),
        numerator=part if known else None,
        denominator=whole if known else None,
        target=measure.target,
    )
