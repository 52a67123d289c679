"""Reads of the city's reference data. Lists are in Vietnamese order and hold what is in force in the unit set in force.

An edit by the administrator counts from the next request on: what is kept between transactions (`holding.kept`) is kept for one edition.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from feedback.city.holding import kept, once
from feedback.city.kinds import AgencyKind, AreaKind, Level, Track, UnitSet
from feedback.city.models import Agency, Area, Category, CitySetting, DeadlineRule, Holiday, Procedure, RoutingRule
from feedback.city.order import vietnamese
from feedback.city.rules import Place, Route, Rule, UnknownRule, calendar_of, rule_on
from feedback.db import db, now
from feedback.errors import NotFound
from feedback.localtime import local_day
from feedback.workdays import Calendar

S = TypeVar("S")
V = TypeVar("V", int, str)
T = TypeVar("T", Area, Agency, Procedure)
#: The map of 2017 is shown as it was in the year of the city's programme, whatever day it is.
DAY_OF_2017 = date(2017, 12, 31)
COMMITTEES = (AgencyKind.DISTRICT_COMMITTEE, AgencyKind.WARD_COMMITTEE)


class CityNotLoaded(RuntimeError):
    """The database holds no city yet."""

    def __init__(self) -> None:
        super().__init__("The city's reference data is not loaded. Load it with: flask --app wsgi city load --units 2025")


@kept
def current_units() -> UnitSet:
    """The unit set in force. Raises CityNotLoaded on an empty database."""
    units: UnitSet | None = db.session.scalar(select(CitySetting.unit_set))
    if units is None:
        raise CityNotLoaded
    return units


def is_loaded() -> bool:
    """Whether there is a city: without one no report can be taken in."""
    return db.session.scalar(select(CitySetting.unit_set)) is not None


def day_in_force() -> date:
    """The day that what is in force is valid on: today, or the last day of the map of 2017."""
    return _day(current_units())


@once
def wards(district_area_id: int | None = None) -> Sequence[Area]:
    """Wards in force, of one district area or of all, each with its district area."""
    query = select(Area).where(Area.kind == AreaKind.WARD).options(joinedload(Area.district_area))
    if district_area_id is not None:
        query = query.where(Area.district_area_id == district_area_id)
    return _all(_in_force(query, Area))


@kept
def ward_ids() -> dict[str, int]:
    """Keys of the wards in force by their codes."""
    return {ward.code: ward.id for ward in wards()}


@kept
def ward_groups() -> list[tuple[str, list[tuple[int, str]]]]:
    """Key and name of the wards in force under the names of their district areas."""
    under: dict[str, list[tuple[int, str]]] = {}
    for ward in wards():
        under.setdefault(ward.district_area.name if ward.district_area else "", []).append((ward.id, ward.name))
    return sorted(under.items(), key=lambda group: vietnamese(group[0]))


@kept
def ward_names() -> list[tuple[int, str]]:
    """Key and name of the wards in force, for lists to choose from."""
    return _named_wards(Area.id)


@kept
def ward_codes() -> list[tuple[str, str]]:
    """GSO code and name of the wards in force, for other systems to choose from."""
    return _named_wards(Area.code)


def _named_wards(by: InstrumentedAttribute[V]) -> list[tuple[V, str]]:
    names: Any = select(by, Area.name).where(Area.kind == AreaKind.WARD)
    rows = db.session.execute(_in_force(names, Area)).all()
    return sorted(((known, name) for known, name in rows), key=lambda row: vietnamese(row[1]))


def districts() -> Sequence[Area]:
    """District areas in force: quận and huyện, or the former ones."""
    return _all(_in_force(select(Area).where(Area.kind == AreaKind.DISTRICT), Area))


def area_by_code(code: str) -> Area:
    """The area with a GSO code in the set in force, with its district area. Raises NotFound."""
    return _one(_in_force(select(Area).where(Area.code == code).options(joinedload(Area.district_area)), Area))


@kept
def area_id_by_code(code: str) -> int:
    """The key of the area with a GSO code in the set in force. Raises NotFound."""
    return area_by_code(code).id


@once
def area_by_id(area_id: int) -> Area:
    """An area with its district area, of whatever set: a case keeps the area it was filed in. Raises NotFound."""
    return _one(select(Area).where(Area.id == area_id).options(joinedload(Area.district_area)))


@kept
def place_by_id(area_id: int | None) -> Place:
    """Where a report that was filed in an area lies for routing. Raises NotFound."""
    return place_of(None if area_id is None else area_by_id(area_id))


@once
def place_of(area: Area | None) -> Place:
    """Where a report lies for routing: the area's name and the committees that stand there, today's where areas have been joined."""
    if area is None:
        return Place()
    area = _today(area)
    committees = select(Agency.area_id, Agency.code).where(
        Agency.area_id.in_([area.id, area.district_area_id]),
        Agency.kind.in_(COMMITTEES),
        Agency.unit_set == area.unit_set,
        _valid(Agency, _day(area.unit_set)),
    )
    codes = dict(db.session.execute(committees).all())
    district_id = area.id if area.kind is AreaKind.DISTRICT else area.district_area_id
    district = codes.get(district_id)
    ward = codes.get(area.id) if area.kind is AreaKind.WARD else None
    return Place(_full_name(area, with_district=bool(ward and district)), ward, district)


def _today(area: Area) -> Area:
    """The area itself, or what it is a part of by now."""
    while area.successor_id is not None:
        area = area_by_id(area.successor_id)
    return area


def _full_name(area: Area, *, with_district: bool) -> str:
    """The area's name; where districts are tiers of their own, names of wards repeat and need the district's."""
    if not with_district:
        return area.name
    district = db.session.scalar(select(Area.name).where(Area.id == area.district_area_id))
    return f"{area.name}, {district}"


def agencies() -> Sequence[Agency]:
    """Agencies in force, with their areas."""
    return _all(_in_force(select(Agency).options(joinedload(Agency.area)), Agency))


@kept
def receivers() -> list[tuple[int, str, Level]]:
    """Key, name and level of the agencies in force that open cases may go to: all but the inspectorate."""
    return [(row.id, row.name, row.level) for row in agencies() if not row.is_triage]


def hold_in_force(agency_id: int) -> bool:
    """Whether an agency is in force; if so it stays so until the transaction ends, so that nothing is sent to a body being closed."""
    mine = select(Agency.id).where(Agency.id == agency_id, Agency.is_triage.is_(False))
    return db.session.scalar(_in_force(mine, Agency).with_for_update(read=True)) is not None


@once
def agency_by_code(code: str) -> Agency:
    """The agency with a code in the set in force. Raises NotFound."""
    return _one(_in_force(select(Agency).where(Agency.code == code), Agency))


@kept
def agency_id_of(code: str) -> int:
    """The key of the agency with a code. Raises NotFound."""
    return agency_by_code(code).id


@once
def desk_agency() -> Agency:
    """The front desk that receives every report that is not sealed."""
    return _one(_in_force(select(Agency).where(Agency.is_desk), Agency))


@kept
def desk_id() -> int:
    """The key of the front desk."""
    return desk_agency().id


@once
def triage_agency() -> Agency:
    """The inspectorate, which reads sealed reports first."""
    return _one(_in_force(select(Agency).where(Agency.is_triage), Agency))


@kept
def triage_id() -> int:
    """The key of the inspectorate."""
    return triage_agency().id


def referee_agency() -> Agency:
    """Who decides between agencies that hand a case back and forth: Văn phòng UBND, the office that runs the front desk."""
    return desk_agency()


def categories() -> Sequence[Category]:
    """All categories in the order they are offered."""
    return db.session.scalars(select(Category).order_by(Category.position)).all()


@kept
def category_codes(*, offered: bool = False) -> frozenset[str]:
    """Codes of all categories, or of those that a report may be about now."""
    return frozenset(row.code for row in categories() if row.active or not offered)


@once
def category(code: str) -> Category:
    """One category. Raises NotFound."""
    found = db.session.get(Category, code)
    if found is None:
        raise NotFound
    return found


@kept
def rule_code_of(category_code: str) -> str:
    """The deadline rule of a category. Raises NotFound."""
    return category(category_code).rule_code


@kept
def track_of(category_code: str) -> Track:
    """The track of a category. Raises NotFound."""
    return category(category_code).track


def procedures(category_code: str | None = None) -> Sequence[Procedure]:
    """Procedures in force, of one category or of all."""
    query = select(Procedure)
    if category_code is not None:
        query = query.where(Procedure.category_code == category_code)
    return _all(_in_force(query, Procedure))


@kept
def calendar() -> Calendar:
    """The working calendar as the administrator left it; it knows the years from the first to the last day in the table."""
    return calendar_of(db.session.execute(select(Holiday.day, Holiday.kind)).all())


def rule(code: str, on: date) -> Rule:
    """The version of a deadline rule in force on a day, or the nearest one. Raises UnknownRule."""
    versions = _versions(code)
    if not versions:
        raise UnknownRule(code)
    return rule_on(versions, code, on)


@kept
def _versions(code: str) -> list[Rule]:
    return [_as_rule(row) for row in db.session.scalars(select(DeadlineRule).where(DeadlineRule.code == code))]


def rules() -> tuple[Rule, ...]:
    """Every version of every deadline rule."""
    return tuple(_as_rule(row) for row in db.session.scalars(select(DeadlineRule).order_by(DeadlineRule.code, DeadlineRule.valid_from)))


def _as_rule(row: DeadlineRule) -> Rule:
    return Rule(
        code=row.code,
        name=row.name,
        amount=row.amount,
        unit=row.unit,
        start_event=row.start_event,
        legal_basis=row.legal_basis,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        extensions=tuple(tuple(alternative) for alternative in row.extensions),
        pausable=row.pausable,
        cutoff=row.cutoff,
        confidence=row.confidence,
        note=row.note,
    )


@kept
def routing_rules() -> tuple[Route, ...]:
    """The routing table in force. A row whose agency is not in force is left out, so that nothing is sent to a closed body."""
    units = current_units()
    alive = _in_force(select(Agency.code), Agency, units)
    query = select(RoutingRule).where(
        RoutingRule.unit_set == units,
        _valid(RoutingRule, _day(units)),
        or_(RoutingRule.target.startswith("@"), RoutingRule.target.in_(alive)),
    )
    return tuple(
        Route(row.category_code, row.level, row.target, row.reason_vi, row.position, row.valid_from, row.valid_to)
        for row in db.session.scalars(query.order_by(RoutingRule.position))
    )


def _day(units: UnitSet) -> date:
    """The day the rows of a set must be valid on."""
    return DAY_OF_2017 if units is UnitSet.Y2017 else local_day(now())


def _valid(table: type[Area | Agency | Procedure | RoutingRule], day: date) -> ColumnElement[bool]:
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to >= day))


def _in_force(query: Select[S], table: type[Area | Agency | Procedure], units: UnitSet | None = None) -> Select[S]:
    chosen = units or current_units()
    return query.where(table.unit_set == chosen, _valid(table, _day(chosen)))


def _all(query: Select[T]) -> Sequence[T]:
    return sorted(db.session.scalars(query), key=lambda row: vietnamese(row.name))


def _one(query: Select[T]) -> T:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
