"""Puts the city's CSV files into the database: all of them or, when one row is wrong, none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from feedback.city import reading
from feedback.city.checks import check
from feedback.city.kinds import AreaKind, UnitSet
from feedback.city.models import Agency, Area, Category, CitySetting, DeadlineRule, Holiday, Procedure, RoutingRule
from feedback.city.reading import CityData, CityDataError, Reader
from feedback.city.rows import AgencyRow, AreaRow
from feedback.city.rules import Route, Rule
from feedback.db import Base, atomic, db, now
from feedback.text import fold

Row = Mapping[str, Any]
T = TypeVar("T")
#: Rows that people have changed: the file they stand in, and how they are named there.
Touched = Set[tuple[str, str]]
_NAMED_BY: Mapping[str, Callable[[Any], str]] = {
    "areas": lambda row: f"{row.code} {row.valid_from}",
    "agencies": lambda row: row.code,
    "categories": lambda row: row.code,
    "procedures": lambda row: f"{row.name} {row.valid_from}",
    "holidays": lambda row: row.day.isoformat(),
    "rules": lambda row: row.code,
    "routes": lambda row: row.category,
}
#: Tables whose rows, once their end is set, keep it.
LASTING = (Area, Agency, Procedure, RoutingRule)
#: The order in which areas can point at those above them.
DOWNWARD = (AreaKind.CITY, AreaKind.DISTRICT, AreaKind.WARD)


def read_city(units: UnitSet, folder: Path = reading.DATA) -> CityData:
    """The files of a unit set, checked row by row and against each other. Raises CityDataError with every problem found."""
    reader = Reader(folder)
    data = reader.city(units)
    # Comparing files that could not be read whole would only repeat the same problem in other words.
    if not reader.problems:
        check(data, reader)
    if reader.problems:
        raise CityDataError(reader.problems)
    return data


@atomic
def load_city(units: str, folder: Path = reading.DATA, touched: Touched = frozenset()) -> int:
    """Load a unit set ("2017" or "2025") and put it in force; gives how many rows of the files were left alone.

    Rows are found by their keys, so loading again updates them and changes no id; a row that is no longer in the files stays, and
    what an administrator has ended since (feedback/administration) stays ended. What people have `touched` stays as they left it.
    Raises CityDataError, and changes nothing, when any row is wrong; ValueError for an unknown set.
    """
    whole = read_city(UnitSet(units), folder)
    data = _untouched(whole, touched)
    upsert(Category, ("code",), [vars(row) for row in data.categories.rows])
    upsert(Holiday, ("day",), [vars(row) for row in data.holidays.rows])
    load_rules(data.rules.rows)
    areas = load_areas(data)
    load_agencies(data, areas)
    load_procedures(data)
    load_routes(data)
    upsert(CitySetting, ("id",), [{"id": 1, "unit_set": data.units, "loaded_at": now()}])
    db.session.expire_all()
    return sum(len(getattr(whole, name).lines) - len(getattr(data, name).lines) for name in _NAMED_BY)


def _untouched(data: CityData, touched: Touched) -> CityData:
    """The files without the rows that people have changed since."""
    kept: dict[str, Any] = {
        name: replace(sheet := getattr(data, name), lines=tuple(line for line in sheet.lines if (name, key(line[1])) not in touched))
        for name, key in _NAMED_BY.items()
    }
    return replace(data, **kept)


def load_areas(data: CityData) -> dict[str, int]:
    """The areas alone, in the caller's transaction; gives the key of each code of the set."""
    ids: dict[str, int] = {}
    for kind in DOWNWARD:
        generation = [_area(row, data, ids) for row in data.areas.rows if row.kind is kind]
        upsert(Area, ("unit_set", "code", "valid_from"), generation)
        ids = dict(db.session.execute(select(Area.code, Area.id).where(Area.unit_set == data.units).order_by(Area.valid_from)).all())
    return ids


def _area(row: AreaRow, data: CityData, ids: Mapping[str, int]) -> Row:
    above = {"parent_id": ids.get(row.parent), "district_area_id": ids.get(row.district)}
    return {**_without(row, "parent", "district"), **_named(row.name, data), **above}


def load_agencies(data: CityData, areas: Mapping[str, int]) -> None:
    """The agencies alone, in the caller's transaction; a superior may stand among them or in the database."""
    ids: dict[str, int] = {}
    waiting = list(data.agencies.rows)
    while waiting:
        generation = [row for row in waiting if not row.superior or row.superior in ids]
        upsert(Agency, ("unit_set", "code"), [_agency(row, data, areas, ids) for row in generation])
        ids = dict(db.session.execute(select(Agency.code, Agency.id).where(Agency.unit_set == data.units)).all())
        waiting = [row for row in waiting if row not in generation]


def load_procedures(data: CityData) -> None:
    """The procedures alone, in the caller's transaction."""
    rows = [{**_without(row, "category"), "category_code": row.category, **_named(row.name, data)} for row in data.procedures.rows]
    upsert(Procedure, ("unit_set", "name", "valid_from"), rows)


def load_routes(data: CityData) -> None:
    """The routing table alone, in the caller's transaction."""
    upsert(RoutingRule, ("unit_set", "category_code", "level", "position", "valid_from"), [_route(row, data) for row in data.routes.rows])


def load_rules(rules: Sequence[Rule]) -> None:
    """Deadline rules alone, in the caller's transaction; due dates that follow from them are moved by `timetable.save_rules`."""
    upsert(DeadlineRule, ("code", "valid_from"), [_rule(row) for row in rules])


def _agency(row: AgencyRow, data: CityData, areas: Mapping[str, int], ids: Mapping[str, int]) -> Row:
    above = {"superior_id": ids.get(row.superior), "area_id": areas.get(row.area), "field": " ".join(row.field)}
    return {**_without(row, "superior", "area", "field"), **_named(row.name, data), **above}


def _rule(row: Rule) -> Row:
    return {**_without(row, "extensions"), "extensions": [list(alternative) for alternative in row.extensions]}


def _route(row: Route, data: CityData) -> Row:
    return {**_without(row, "category", "reason"), "category_code": row.category, "reason_vi": row.reason, "unit_set": data.units}


def _named(name: str, data: CityData) -> Row:
    return {"unit_set": data.units, "name_folded": fold(name)}


def _without(row: object, *names: str) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name not in names}


def upsert(table: type[Base], key: Sequence[str], rows: Sequence[Row]) -> None:
    """Rows of a table found by their key: changed, or made. What has ended stays ended, unless the row says on which day."""
    if not rows:
        return
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    ended = None
    if issubclass(table, LASTING):
        ended = or_(table.valid_to.is_(None), table.valid_to == statement.excluded.valid_to)
    db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed, where=ended), rows)
