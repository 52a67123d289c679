"""Each kind of the city's data as one declaration: its table, what tells its lines apart, how a line is read, what a file may not do,
and the door through which it is written. What a page asks of one administrator a file asks of him too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, delete, exists, select

from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.cases.routing import FALLBACK
from feedback.cases.sorting import CONDUCT
from feedback.cases.steps import N_
from feedback.cases.template_models import AnswerTemplate
from feedback.city import loader, rows
from feedback.city import queries as city
from feedback.city.cells import Cells
from feedback.city.checks import COMMITTEES
from feedback.city.kinds import Level
from feedback.city.models import Agency, Area, Category, DeadlineRule, Holiday, Procedure, RoutingRule
from feedback.city.reading import CityData
from feedback.city.rules import Route
from feedback.db import Base, db
from feedback.errors import Conflict
from feedback.escalation.models import EscalationStep
from feedback.imports.columns import Kind
from feedback.imports.judged import UNKNOWN, WRONG, Problem
from feedback.imports.lines import CategoryLine, PeriodLine, TextLine, category_line, period_line, step_line, text_line
from feedback.imports.outgoing import area_codes
from feedback.retention import services as retention
from feedback.retention.models import RetentionPeriod
from feedback.timetable import services as timetable

FIXED_ROLE = N_("Bàn tiếp nhận và thanh tra chỉ có một và luôn có hiệu lực; không đổi được bằng tệp.")
TWO_PEOPLE = N_("Cơ quan cấp trên chỉ đổi được khi có hai quản trị viên: xin đổi ở trang của cơ quan đó.")
OUTSIDE_YEARS = N_("Xin chọn ngày trong các năm mà lịch làm việc đang có, hoặc hai năm tới.")
NO_NEW = N_("Tệp chỉ sửa được mục đang có, không thêm được mục mới ở đây.")
FIXED = N_("Cột này không đổi được bằng tệp.")
ALWAYS = N_("Lĩnh vực này luôn phải có, để phản ánh nào cũng có nơi đến.")
CONDUCT_IS_FIXED = N_("Phản ánh về cán bộ luôn đến thanh tra; không đổi được.")
PAST = N_("Không thể thay đổi quá khứ. Xin chọn hôm nay hoặc một ngày sau đó.")
ENDED = N_("Mục này đã có ngày kết thúc; ngày đó không đổi được bằng tệp.")
LAST_BODY = N_("Lĩnh vực này không còn cơ quan cấp Thành phố nào. Xin giữ ít nhất một dòng cấp city chưa kết thúc.")
TARGET = N_("Xin chọn cơ quan đang hoạt động; @ward chỉ đi với cấp ward, @district với cấp district.")

Before = Mapping[str, str] | None
Numbered = Sequence[tuple[int, Any]]


@dataclass(frozen=True)
class Spec:
    """One kind. `guard` gives what says why a new or changing line may not be so; `together` says it of all lines at once."""

    table: type[Base]
    names: tuple[str, ...]
    parse: Callable[[Cells], Any]
    key: Callable[[Any], Hashable]
    write: Callable[[Actor, CityData, Sequence[Any]], None]
    guard: Callable[[], Callable[[Any, Before], Problem | None]] = lambda: lambda _row, _before: None
    together: Callable[[Numbered], dict[int, Problem]] = lambda _rows: {}
    #: Whether it is one of the city's files, which are checked together, and under which name.
    sheet: str = ""
    #: How a row that a file has brought goes again; raises Conflict when something hangs on it that no key of the database shows.
    remove: Callable[[Actor, Spec, Mapping[str, str]], None] | None = None

    @property
    def ended_stays(self) -> bool:
        """Whether a row whose end is set keeps it (feedback/city/loader.py)."""
        return issubclass(self.table, loader.LASTING)

    def row(self, cells: Mapping[str, str]) -> list[Any]:
        """The conditions that find the row of a line."""
        mine = [cast(getattr(self.table, name), String) == cells[name] for name in self.names]
        return [*mine, self.table.unit_set == city.current_units()] if hasattr(self.table, "unit_set") else mine


def _agency_guard(row: rows.AgencyRow, before: Before) -> Problem | None:
    role = "desk" if row.is_desk else "triage" if row.is_triage else ""
    held = before["role"] if before else ""
    if role != held or (held and row.valid_to is not None):
        return Problem.of("role", FIXED_ROLE)
    # Who stands above whom decides who is kept from a sealed report: the page asks for a second administrator, so does a file.
    if before and row.superior != before["superior"]:
        return Problem.of("superior", TWO_PEOPLE)
    return None


def _holiday_guard() -> Callable[[rows.HolidayRow, Before], Problem | None]:
    years = timetable.years()
    return lambda row, _before: None if row.day.year in years else Problem.of("day", OUTSIDE_YEARS)


def _category_guard(row: CategoryLine, before: Before) -> Problem | None:
    if before is None:
        return Problem.of("code", NO_NEW)
    for name, value in (("track", row.track.value), ("rule_code", row.rule_code)):
        if value != before[name]:
            return Problem.of(name, FIXED)
    if row.code in (FALLBACK, CONDUCT) and not row.active:
        return Problem.of("active", ALWAYS)
    return None


def _past(row: Any, before: Before) -> Problem | None:
    """What has ended, or would have begun before today, is the past."""
    today = city.day_in_force()
    if before is None:
        return Problem.of("valid_from", PAST) if row.valid_from < today else None
    ends = [day for day in (before["valid_to"], row.valid_to and row.valid_to.isoformat()) if day]
    return Problem.of("valid_to", PAST) if any(date.fromisoformat(day) < today for day in ends) else None


def _rule_guard(row: Any, before: Before) -> Problem | None:
    if before and (row.unit.value if row.unit else "") != before["unit"]:
        return Problem.of("unit", FIXED)
    return _past(row, before)


def _route_guard() -> Callable[[Route, Before], Problem | None]:
    codes = {*COMMITTEES, *(agency.code for agency in city.agencies() if not agency.is_triage)}

    def wrong(row: Route, before: Before) -> Problem | None:
        if row.category == CONDUCT:
            return Problem.of("category_code", CONDUCT_IS_FIXED)
        level = {"@ward": Level.WARD, "@district": Level.DISTRICT}.get(row.target, row.level)
        return Problem.of("target", TARGET) if level is not row.level or row.target not in codes else _past(row, before)

    return wrong


def _still_routed(found: Numbered) -> dict[int, Problem]:
    """Every category keeps a body of the city that has not ended: lines that end the last one are wrong."""
    bodies = [(line, row) for line, row in found if row.level is Level.CITY and row.target not in COMMITTEES]
    lasting = {row.category for _line, row in bodies if row.valid_to is None}
    return {line: Problem.of("valid_to", LAST_BODY) for line, row in bodies if line and row.category not in lasting}


def _text_guard() -> Callable[[TextLine, Before], Problem | None]:
    known = {None, *(one.code for one in city.categories())}
    return lambda row, _before: None if row.category_code in known else Problem.of("category_code", UNKNOWN)


def _period_guard(_row: PeriodLine, before: Before) -> Problem | None:
    return None if before else Problem.of("code", WRONG)


def _write_days(actor: Actor, _data: CityData, days: Sequence[rows.HolidayRow]) -> None:
    for row in days:
        timetable.save_day(actor, timetable.DayChange(row.day, row.kind, row.name, row.source))


def _write_periods(actor: Actor, _data: CityData, periods: Sequence[PeriodLine]) -> None:
    for row in periods:
        retention.change_period(actor, row.code, row.months, row.reason)


def _plain(table: type[Base]) -> Callable[[Actor, CityData, Sequence[Any]], None]:
    return lambda _actor, _data, found: loader.upsert(table, ("code",), [vars(row) for row in found])


def remove_plainly(_actor: Actor, spec: Spec, cells: Mapping[str, str]) -> None:
    """Take the row away; the keys of the database refuse it while something hangs on it."""
    db.session.execute(delete(spec.table).where(*spec.row(cells)))


def _remove_agency(actor: Actor, spec: Spec, cells: Mapping[str, str]) -> None:
    if db.session.scalar(select(exists().where(RoutingRule.target == cells["code"]))):
        raise Conflict
    remove_plainly(actor, spec, cells)


def _remove_rule(actor: Actor, _spec: Spec, cells: Mapping[str, str]) -> None:
    others = exists().where(DeadlineRule.code == cells["code"], DeadlineRule.valid_from != date.fromisoformat(cells["valid_from"]))
    used = exists().where(Case.rule_code == cells["code"]) | exists().where(Category.rule_code == cells["code"])
    if db.session.scalar(select(~others & used)):
        raise Conflict
    timetable.drop_rule(actor, cells["code"], date.fromisoformat(cells["valid_from"]))


def _remove_day(actor: Actor, _spec: Spec, cells: Mapping[str, str]) -> None:
    timetable.save_day(actor, timetable.DayChange(date.fromisoformat(cells["day"]), None))


SPECS: Mapping[Kind, Spec] = {
    Kind.AGENCIES: Spec(
        Agency, ("code",), rows.agency, lambda row: row.code,
        lambda _actor, data, _rows: loader.load_agencies(data, dict(area_codes())), lambda: _agency_guard,
        sheet="agencies", remove=_remove_agency,
    ),
    Kind.AREAS: Spec(
        Area, ("code", "valid_from"), rows.area, lambda row: (row.code, row.valid_from),
        lambda _actor, data, _rows: _done(loader.load_areas(data)), sheet="areas",
    ),
    Kind.PROCEDURES: Spec(
        Procedure, ("name", "valid_from"), rows.procedure, lambda row: (row.name, row.valid_from),
        lambda _actor, data, _rows: loader.load_procedures(data), sheet="procedures",
    ),
    Kind.HOLIDAYS: Spec(Holiday, ("day",), rows.holiday, lambda row: row.day, _write_days, _holiday_guard,
        sheet="holidays", remove=_remove_day),
    Kind.CATEGORIES: Spec(
        Category, ("code",), category_line, lambda row: row.code, _plain(Category), lambda: _category_guard, sheet="categories",
    ),
    Kind.ROUTING: Spec(
        RoutingRule, ("category_code", "level", "position", "valid_from"), rows.route,
        lambda row: (row.category, row.level, row.position, row.valid_from),
        lambda _actor, data, _rows: loader.load_routes(data), _route_guard, _still_routed, sheet="routes",
    ),
    Kind.RULES: Spec(
        DeadlineRule, ("code", "valid_from"), rows.rule, lambda row: (row.code, row.valid_from),
        lambda actor, _data, found: _done(timetable.save_rules(actor, found)), lambda: _rule_guard,
        sheet="rules", remove=_remove_rule,
    ),
    Kind.STEPS: Spec(EscalationStep, ("code",), step_line, lambda row: row.code, _plain(EscalationStep)),
    Kind.TEXTS: Spec(AnswerTemplate, ("code",), text_line, lambda row: row.code, _plain(AnswerTemplate), _text_guard),
    Kind.PERIODS: Spec(RetentionPeriod, ("code",), period_line, lambda row: row.code, _write_periods, lambda: _period_guard),
}  # fmt: skip


def _done(_result: object) -> None:
    """What the door gives back is not wanted."""
