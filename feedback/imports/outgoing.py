"""What stands in the database as rows of a file: columns and words as they come in, so that a file goes out and back unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import select

from feedback.accounts.models import User
from feedback.cases.template_models import AnswerTemplate
from feedback.city import queries as city
from feedback.city.models import Agency, Area, Category, DeadlineRule, Holiday, Procedure, RoutingRule
from feedback.db import db
from feedback.escalation.models import EscalationStep
from feedback.imports.columns import Kind, names_of
from feedback.retention.models import RetentionPeriod

Cells = dict[str, str]


def rows_of(kind: Kind) -> list[Cells]:
    """Every row of a kind as cells by column, in the order of their keys; areas, agencies and what hangs on them of the set in force."""
    found = _READERS[kind]()
    return [{name: _cell(row.get(name)) for name in names_of(kind)} for row in found]


def _cell(value: Any) -> str:
    """As the loader reads it: days as year-month-day, yes and no, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value.isoformat() if isinstance(value, date) else f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _officers() -> Sequence[Mapping[str, Any]]:
    people = select(User, Agency.code).join(Agency, Agency.id == User.agency_id).where(~User.is_service)
    rows = db.session.execute(people.order_by(User.sign_in_name))
    return [{**_columns(user), "agency_code": code} for user, code in rows]


def _agencies() -> Sequence[Mapping[str, Any]]:
    rows = list(db.session.scalars(select(Agency).where(Agency.unit_set == city.current_units()).order_by(Agency.code)))
    codes = {row.id: row.code for row in rows}
    areas = {key: code for code, key in area_codes()}
    return [
        {
            **_columns(row),
            "superior": codes.get(row.superior_id or 0),
            "area_code": areas.get(row.area_id or 0),
            "role": "desk" if row.is_desk else "triage" if row.is_triage else "",
        }
        for row in rows
    ]


def _areas() -> Sequence[Mapping[str, Any]]:
    rows = db.session.scalars(select(Area).where(Area.unit_set == city.current_units()).order_by(Area.code, Area.valid_from))
    codes = {key: code for code, key in area_codes()}
    return [
        {**_columns(row), "parent_code": codes.get(row.parent_id or 0), "district_code": codes.get(row.district_area_id or 0)}
        for row in rows
    ]


def area_codes() -> Sequence[tuple[str, int]]:
    """Code and key of every area of the set in force."""
    found = select(Area.code, Area.id).where(Area.unit_set == city.current_units())
    return [(code, key) for code, key in db.session.execute(found)]


def _procedures() -> Sequence[Mapping[str, Any]]:
    found = select(Procedure).where(Procedure.unit_set == city.current_units()).order_by(Procedure.name, Procedure.valid_from)
    return [_columns(row) for row in db.session.scalars(found)]


def _holidays() -> Sequence[Mapping[str, Any]]:
    return [_columns(row) for row in db.session.scalars(select(Holiday).order_by(Holiday.day))]


def _categories() -> Sequence[Mapping[str, Any]]:
    return [_columns(row) for row in db.session.scalars(select(Category).order_by(Category.position))]


def _routing() -> Sequence[Mapping[str, Any]]:
    order = RoutingRule.category_code, RoutingRule.level, RoutingRule.position
    found = select(RoutingRule).where(RoutingRule.unit_set == city.current_units()).order_by(*order)
    return [_columns(row) for row in db.session.scalars(found)]


def _rules() -> Sequence[Mapping[str, Any]]:
    found = db.session.scalars(select(DeadlineRule).order_by(DeadlineRule.code, DeadlineRule.valid_from))
    return [{**_columns(row), "extensions": ";".join(" ".join(codes) for codes in row.extensions)} for row in found]


def _plain(table: Any) -> Callable[[], Sequence[Mapping[str, Any]]]:
    return lambda: [_columns(row) for row in db.session.scalars(select(table).order_by(table.code))]


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


_READERS: dict[Kind, Callable[[], Sequence[Mapping[str, Any]]]] = {
    Kind.OFFICERS: _officers,
    Kind.AGENCIES: _agencies,
    Kind.AREAS: _areas,
    Kind.PROCEDURES: _procedures,
    Kind.HOLIDAYS: _holidays,
    Kind.CATEGORIES: _categories,
    Kind.ROUTING: _routing,
    Kind.RULES: _rules,
    Kind.STEPS: _plain(EscalationStep),
    Kind.TEXTS: _plain(AnswerTemplate),
    Kind.PERIODS: _plain(RetentionPeriod),
}
