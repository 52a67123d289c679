"""The statements that read the rollup, written once per shape of question: building them anew costs more than the database takes to answer.

What changes from page to page (days, keys of filters) are parameters.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Date, DateTime, Integer, Select, String, bindparam, case, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from analytics.counts import AGES, COUNTS, DAYS, SUMMED, Axis, Count, standing
from analytics.rollup.cells import CUTS, SUMS, arm, arms
from analytics.rollup.models import Cell, Fact
from analytics.rollup.scope import COLUMNS, Group, Scope

STANDING = (Count.OPEN, Count.OPEN_PAST_DUE, *AGES)
_DUE_COLUMNS = frozenset(one.column for one in SUMMED if one.axis is Axis.DUE)
#: Parts of a period that are parameters, with their types.
PERIOD: Mapping[str, Any] = {"first": Date, "last": Date, "today": Date, "now": DateTime(timezone=True), "week": Date, "month": Date}
_NUMBERED = frozenset({"district_id", "area_id", "agency_id", "procedure_id"})


class Statement(Enum):
    """What is asked."""

    #: Sums of the period.
    TOTALS = auto()
    #: Sums by calendar month.
    BY_MONTH = auto()
    #: Standing cases.
    STANDS = auto()
    #: Answered cases by how many days they took.
    SPREAD = auto()


@dataclass(frozen=True)
class _Parameters:
    """A period whose parts are filled in when the statement runs."""

    running: bool

    def __getattr__(self, name: str) -> Any:
        """The parameter of this name."""
        return bindparam(name, type_=PERIOD[name])


@functools.lru_cache(maxsize=1000)
def written(
    kind: Statement, narrowed: frozenset[str], groups: tuple[Group, ...], running: bool, sums: tuple[str, ...] = SUMS
) -> tuple[str, Mapping[str, Any]]:
    """The statement in the database's language, and its parameters with the values of those that never change."""
    scope, period = _scope(narrowed), _Parameters(running)
    keys = [getattr(Fact, COLUMNS[group]) for group in groups]
    found: Select[Any]
    match kind:
        case Statement.TOTALS:
            source = _source(period, scope, groups, sums)
            names = [source.c[COLUMNS[group]] for group in groups]
            found = select(*names, *_totals(source, sums)).group_by(*names)
        case Statement.BY_MONTH:
            source = _source(period, scope, groups, sums)
            month = cast(func.date_trunc("month", source.c.day), Date).label("month")
            found = select(month, *_totals(source, sums)).group_by(month)
        case Statement.STANDS:
            numbers = [func.count().filter(COUNTS[count].condition(period)) for count in STANDING]
            found = select(*keys, *numbers).where(standing(period), *scope.conditions(Fact)).group_by(*keys)
        case Statement.SPREAD:
            keys += [Fact.working_days, Fact.calendar_days]
            answered = COUNTS[Count.ANSWERED].condition(period)
            found = select(*keys, func.count()).where(answered, *scope.conditions(Fact)).group_by(*keys)
    dialect: Any = PGDialect_psycopg
    compiled = found.compile(dialect=dialect())
    return str(compiled), compiled.params


def _scope(narrowed: frozenset[str]) -> Scope:
    """A scope whose filters are filled in when the statement runs."""
    types: dict[str, Any] = {"agencies": ARRAY(Integer)}
    values: dict[str, Any] = {name: bindparam(name, type_=types.get(name, Integer if name in _NUMBERED else String)) for name in narrowed}
    return Scope(**values)


def _totals(source: Any, sums: Sequence[str]) -> list[Any]:
    return [func.coalesce(func.sum(source.c[name]), 0) for name in sums]


def _source(period: Any, scope: Scope, groups: Sequence[Group], sums: Sequence[str]) -> Any:
    """Rows of a day, the groups' keys and the wanted sums: of the first cut that holds them, or of the facts."""
    names = [COLUMNS[group] for group in groups]
    cut = next((name for name, kept in CUTS.items() if scope.needs | set(names) <= kept), None)

    def conditions(axis: Axis) -> list[Any]:
        day = DAYS[axis](Fact)
        judged = [Fact.due_at < period.now] if axis is Axis.DUE else []
        return [day >= period.first, day <= period.last, *judged, *scope.conditions(Fact)]

    if cut is None:
        return arms(Fact, [getattr(Fact, name) for name in names], conditions, sums)
    # What is due today is judged by the hour, which the sums by day do not know.
    settled = Cell.day < period.today
    parts = (case((settled, getattr(Cell, name)), else_=0).label(name) if name in _DUE_COLUMNS else getattr(Cell, name) for name in sums)
    found = select(Cell.day, *(getattr(Cell, name) for name in names), *parts)
    found = found.where(Cell.cut == cut, Cell.day >= period.first, Cell.day <= period.last, *scope.conditions(Cell))
    if not period.running:
        return found.subquery("parts")
    today = arm(Fact, Axis.DUE, [getattr(Fact, name) for name in names], [*conditions(Axis.DUE), Fact.due_on >= period.today], sums)
    return union_all(found, today).subquery("parts")
