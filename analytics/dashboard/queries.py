"""Figures by district and by agency, straight from the cases the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, case, cast, func, literal, literal_column, or_, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from analytics.dashboard.periods import Span, months_until
from analytics.dashboard.scope import NO_DISTRICT, Group, Scope, district_key
from analytics.measures import FEWEST_TO_RANK, MEASURES, Count, Period, share, wilson
from feedback.cases.access import Actor, visible_cases
from feedback.cases.models import Case
from feedback.city.models import Agency, Area, AreaKind
from feedback.city.order import vietnamese
from feedback.db import db
from feedback.errors import NotFound
from feedback.localtime import CITY_TIME, local_day
from feedback.workdays import Calendar

#: Every other count is a part of one of these.
WHOLES = (Count.RECEIVED, Count.ANSWERED, Count.DUE, Count.OPEN)


@dataclass(frozen=True)
class Figures:
    """All counts of one group, or of everything in scope."""

    #: Key of the area or agency; NO_DISTRICT for cases without a place; None for everything in scope.
    key: int | None
    name: str
    counts: dict[Count, int]
    #: Working days from receipt to answer, the middle one; None when nothing was answered.
    median_days: float | None
    #: Some of the district's wards were made from parts of several districts, so its figures are approximate.
    approximate: bool = False

    @property
    def rate(self) -> float | None:
        """On-time rate, see `analytics.measures`."""
        return share(self.counts[Count.ON_TIME], self.counts[Count.DUE])

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which bounds the rate lies with 95 % confidence."""
        return wilson(self.counts[Count.ON_TIME], self.counts[Count.DUE])

    @property
    def solved_share(self) -> float | None:
        """Share of the rated answers that really solved the matter, in the senders' own words."""
        return share(self.counts[Count.SOLVED], self.counts[Count.RATED])

    @property
    def ranked(self) -> bool:
        """Whether it is a place or a body with enough cases due to be compared with others."""
        return self.key != NO_DISTRICT and self.counts[Count.DUE] >= FEWEST_TO_RANK


@dataclass(frozen=True)
class Board:
    """The figures of one page: everything in scope in two periods, and the parts of it in the present one."""

    total: Figures
    #: The same in the period before.
    before: Figures
    #: Every group with a case to count: worst on-time rate first, those with too few cases to rank behind, in order of names.
    groups: dict[Group, list[Figures]]


def board(actor: Actor, period: Period, calendar: Calendar, scope: Scope, groups: Collection[Group]) -> Board:
    """Count everything a page shows; each period takes one pass over the cases."""
    past = period.before()
    days = _working_day_numbers(calendar, _first_answered(actor, Period(past.start, period.end, period.now), scope), period)
    found: dict[Group | None, list[Any]] = defaultdict(list)
    for row in db.session.execute(_grouped(_counts(actor, period, days, scope), list(groups))):
        found[Group(row.kind) if row.kind else None].append(row)
    return Board(
        total=_figures(found[None][0], None, ""),
        before=_figures(db.session.execute(_counts(actor, past, days, scope)).one(), None, ""),
        groups={group: _named(group, found[group]) for group in groups},
    )


def _grouped(counts: Select[*tuple[Any, ...]], groups: Sequence[Group]) -> Select[*tuple[Any, ...]]:
    """The counts as a whole and by each group; `kind` names the group of a row, `key` which one it is."""
    areas = select(Area.id, district_key(Area).label("district_id")).subquery("place")
    # Written out and not bound: the database must recognise the same expression in both places.
    keys: dict[Group, Any] = {
        Group.DISTRICT: func.coalesce(areas.c.district_id, literal_column(str(NO_DISTRICT))),
        Group.AGENCY: Case.agency_id,
    }
    used = [keys[group] for group in groups]
    kind = case(*((func.grouping(keys[group]) == 0, group.value) for group in groups), else_=None) if groups else literal(None)
    return (
        counts.outerjoin(areas, areas.c.id == Case.area_id)
        .add_columns(kind.label("kind"), (func.coalesce(*used) if used else literal(None)).label("key"))
        .group_by(func.grouping_sets(tuple_(), *(tuple_(key) for key in used)))
    )


def _named(group: Group, rows: Sequence[Any]) -> list[Figures]:
    names = _names(group, [row.key for row in rows])
    return sorted((_figures(row, row.key, *names.get(row.key, ("", False))) for row in rows), key=_worst_first)


def _worst_first(figures: Figures) -> tuple[Any, ...]:
    return not figures.ranked, figures.rate if figures.ranked else 0.0, vietnamese(figures.name)


def _names(group: Group, keys: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Name of each key, and whether its figures are approximate."""
    if group is Group.AGENCY:
        return {key: (name, False) for key, name in db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(keys)))}
    loose = select(Area.district_area_id).where(Area.approximate).distinct()
    rows = db.session.execute(select(Area.id, Area.name, Area.id.in_(loose)).where(Area.id.in_(keys)))
    return {key: (name, fuzzy) for key, name, fuzzy in rows}


def scope_names(scope: Scope) -> list[str]:
    """Names of the agency and the district in scope, "" for the cases without a district. Raises NotFound for keys of nothing."""
    found = []
    if scope.agency_id is not None:
        found.append(db.session.scalar(select(Agency.name).where(Agency.id == scope.agency_id)))
    if scope.district_id == NO_DISTRICT:
        found.append("")
    elif scope.district_id is not None:
        found.append(db.session.scalar(select(Area.name).where(Area.id == scope.district_id, Area.kind == AreaKind.DISTRICT)))
    if None in found:
        raise NotFound
    return [name for name in found if name is not None]


def _counts(actor: Actor, period: Period, days: Any, scope: Scope) -> Select[*tuple[Any, ...]]:
    """All counts of the period and the median of the days to answer."""
    received, answered = days.alias("received_day"), days.alias("answered_day")
    spent = case((MEASURES[Count.ANSWERED].condition(period), answered.c.number - received.c.number))
    return (
        visible_cases(actor)
        .outerjoin(received, received.c.day == _local_day(Case.received_at))
        .outerjoin(answered, answered.c.day == _local_day(Case.answered_at))
        .where(*scope.conditions(), or_(*(MEASURES[count].condition(period) for count in WHOLES)))
        .with_only_columns(
            *(func.count().filter(measure.condition(period)).label(count.name) for count, measure in MEASURES.items()),
            func.percentile_cont(0.5).within_group(spent).label("median_days"),
        )
    )


def _first_answered(actor: Actor, period: Period, scope: Scope) -> datetime:
    """When the oldest case answered in the period came in; the period's start when there is none."""
    answered = visible_cases(actor).where(*scope.conditions(), MEASURES[Count.ANSWERED].condition(period))
    return db.session.scalar(answered.with_only_columns(func.min(Case.received_at))) or period.start


def _working_day_numbers(calendar: Calendar, since: datetime, period: Period) -> Any:
    """Days with the running number of working days, so that two days' numbers differ by the working days between them."""
    first, last = local_day(since), local_day(period.close)
    number, days, numbers = 0, [], []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        number += calendar.is_working_day(day)
        days.append(day)
        numbers.append(number)
    listed = func.unnest(cast(literal(days, ARRAY(Date)), ARRAY(Date)), cast(literal(numbers, ARRAY(Integer)), ARRAY(Integer)))
    return listed.table_valued("day", "number").render_derived()


def _local_day(column: Any) -> ColumnElement[date]:
    return cast(func.timezone(CITY_TIME.key, column), Date)


def _figures(row: Any, key: int | None, name: str, approximate: bool = False) -> Figures:
    median = None if row.median_days is None else float(row.median_days)
    return Figures(key, name, {count: getattr(row, count.name) for count in Count}, median, approximate)


@dataclass(frozen=True)
class Month:
    """One point of the trend: a calendar month by its first day."""

    first: date
    received: int
    answered: int


def trend(actor: Actor, period: Period, scope: Scope, months: int = 13) -> list[Month]:
    """Received and answered by calendar month, the last `months` months up to the period's last day."""
    last = local_day(period.end - timedelta(seconds=1))
    firsts = months_until(last, months)
    whole = Span(firsts[0], last).at(period.now)
    axes = (Count.RECEIVED, Case.received_at), (Count.ANSWERED, Case.answered_at)
    parts = [_by_month(actor, whole, count, column, scope) for count, column in axes]
    found = {(row.axis, row.month): row.n for row in db.session.execute(union_all(*parts))}
    return [Month(first, found.get((Count.RECEIVED, first), 0), found.get((Count.ANSWERED, first), 0)) for first in firsts]


def _by_month(actor: Actor, period: Period, count: Count, column: Any, scope: Scope) -> Select[*tuple[Any, ...]]:
    month = cast(func.date_trunc("month", func.timezone(CITY_TIME.key, column)), Date).label("month")
    found = visible_cases(actor).where(MEASURES[count].condition(period), *scope.conditions())
    return found.with_only_columns(literal(count.value).label("axis"), month, func.count().label("n")).group_by(month)
