"""From facts to sums by day: which columns stand on which axis, and along which cuts they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, Subquery, case, cast, func, literal, select, tuple_, union_all

from analytics.counts import DAYS, SUMMED, Amount, Axis
from analytics.rollup.models import NONE, Cell

#: Columns that a cut keeps apart; each sum is kept along each cut. Narrower ones first: whoever reads takes the first that will do.
CUTS: Mapping[str, frozenset[str]] = {
    "category": frozenset({"category_code"}),
    "district": frozenset({"district_id"}),
    "agency": frozenset({"agency_id"}),
    "place-category": frozenset({"district_id", "category_code"}),
}
KEYS = ("district_id", "agency_id", "category_code")
NO_KEY: Mapping[str, Any] = {"district_id": NONE, "agency_id": NONE, "category_code": ""}
#: Sums that are no counts stand on the day of the answer.
AMOUNTS = tuple(Amount)
SUMS = (*(one.column for one in SUMMED), *AMOUNTS)


def arm(
    facts: Any, axis: Axis, columns: Sequence[Any], conditions: Sequence[ColumnElement[bool]], sums: Sequence[str] = SUMS
) -> Select[*tuple[Any, ...]]:
    """What facts add to the sums on one axis: the day, the wanted columns, and each sum, 0 where it stands on another axis."""
    day = DAYS[axis](facts)
    values = {one.column: case((one.test(facts), 1), else_=0) if one.axis is axis else literal(0) for one in SUMMED}
    values |= {name: getattr(facts, name) if axis is Axis.ANSWERED else literal(0) for name in AMOUNTS}
    return select(day.label("day"), *columns, *(cast(values[name], Integer).label(name) for name in sums)).where(
        facts.sealed.is_(False), day.is_not(None), *conditions
    )


def arms(
    facts: Any, columns: Sequence[Any], conditions: Callable[[Axis], Sequence[ColumnElement[bool]]], sums: Sequence[str] = SUMS
) -> Subquery:
    """The same on all axes, one below the other."""
    return union_all(*(arm(facts, axis, columns, conditions(axis), sums) for axis in DAYS)).subquery("parts")


def cells_of(facts: Any) -> Select[*tuple[Any, ...]]:
    """The cells that facts with a `sign` add to or take from, along every cut; those that change nothing are left out."""
    parts = arms(facts, [facts.sign.label("sign"), *(getattr(facts, key).label(key) for key in KEYS)], lambda _axis: ())
    cuts = {name: [key for key in KEYS if key in apart] for name, apart in CUTS.items()}
    # A key that a cut does not keep apart is "none" there; which cut a row belongs to is told by its keys that were not grouped.
    left_out = func.grouping(*(parts.c[key] for key in KEYS))
    name = case({_mask(kept): cut for cut, kept in cuts.items()}, value=left_out)
    sums = {column: func.sum(parts.c.sign * parts.c[column]) for column in SUMS}
    keys = [func.coalesce(parts.c[key], NO_KEY[key]).label(key) for key in KEYS]
    return (
        select(name.label("cut"), parts.c.day, *keys, *(cast(total, BigInteger).label(column) for column, total in sums.items()))
        .group_by(func.grouping_sets(*(tuple_(parts.c.day, *(parts.c[key] for key in kept)) for kept in cuts.values())))
        .having(func.greatest(*(func.abs(total) for total in sums.values())) > 0)
        # What is read together lies together.
        .order_by(name, parts.c.day)
    )


def _mask(kept: Sequence[str]) -> int:
    """What GROUPING says of a row: a bit for each key that is not kept, the last key's bit the lowest."""
    return sum(1 << at for at, key in enumerate(reversed(KEYS)) if key not in kept)


def columns_of_cells() -> list[str]:
    """Columns of `Cell` in the order of `cells_of`."""
    return [Cell.cut.key, Cell.day.key, *KEYS, *SUMS]
