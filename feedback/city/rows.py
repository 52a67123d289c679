"""One row of each CSV file as a checked value. Pure: no file, no database; a bad cell raises BadCell with what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from feedback.city.cells import BadCell, Cells
from feedback.city.kinds import AgencyKind, AreaKind, HolidayKind, Level, RuleUnit, Track
from feedback.city.rules import Route, Rule

SATURDAY = 5
DAYS = (RuleUnit.DAY, RuleUnit.WORKING_DAY)
ONLINE_LEVELS = ("1", "2", "3", "4", "TP", "MP")
CODE = re.compile(r"[0-9A-Z][0-9A-Z.-]*")
CATEGORY = re.compile(r"[a-z]+(_[a-z]+)*")
TARGET = re.compile(r"@ward|@district|[0-9A-Z][0-9A-Z-]*")


@dataclass(frozen=True)
class AreaRow:
    """An area as the file gives it, with codes for the areas above it."""

    code: str
    name: str
    kind: AreaKind
    kind_label: str
    parent: str
    district: str
    approximate: bool
    tile_row: int | None
    tile_col: int | None
    population: int | None
    area_km2: float | None
    latitude: float | None
    longitude: float | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class AgencyRow:
    """An agency as the file gives it, with codes for its superior and its area."""

    code: str
    name: str
    short_name: str
    kind: AgencyKind
    level: Level
    superior: str
    area: str
    field: tuple[str, ...]
    is_desk: bool
    is_triage: bool
    email: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class CategoryRow:
    """A category in both languages, with its track and the rule of its answer."""

    code: str
    name_vi: str
    name_en: str
    hint_vi: str
    hint_en: str
    track: Track
    rule_code: str
    position: int


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure, where and how fast it is done, and its online level."""

    code: str | None
    name: str
    category: str
    level: Level
    limit_text: str
    online_level: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class HolidayRow:
    """A weekday off, or a weekend day worked in exchange."""

    day: date
    kind: HolidayKind
    name: str
    source: str


def area(cells: Cells) -> AreaRow:
    """A row of areas_*.csv."""
    kind = cells.choice("kind", AreaKind)
    valid_from, valid_to = _validity(cells)
    tile = cells.maybe("tile_row", cells.whole), cells.maybe("tile_col", cells.whole)
    if (tile[0] is None) != (tile[1] is None):
        raise BadCell("tile_row and tile_col belong together; fill in both or neither")
    district = cells.optional("district_code", 10)
    if (kind is AreaKind.WARD) != bool(district):
        raise BadCell("district_code says under which district a ward is counted; a ward needs it and nothing else has it")
    return AreaRow(
        code=cells.matching("code", CODE, 10),
        name=cells.text("name", 120),
        kind=kind,
        kind_label=cells.text("kind_label", 30),
        parent=cells.optional("parent_code", 10),
        district=district,
        approximate=cells.yes("approximate"),
        tile_row=tile[0],
        tile_col=tile[1],
        population=cells.maybe("population", cells.whole),
        area_km2=cells.maybe("area_km2", cells.number),
        latitude=_within(cells, "latitude", 8, 12),
        longitude=_within(cells, "longitude", 105, 108),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def agency(cells: Cells) -> AgencyRow:
    """A row of agencies_*.csv."""
    kind = cells.choice("kind", AgencyKind)
    place = cells.optional("area_code", 10)
    if kind in (AgencyKind.DISTRICT_COMMITTEE, AgencyKind.WARD_COMMITTEE) and not place:
        raise BadCell("area_code is empty; a committee needs the code of its area")
    role = cells.optional("role", 10)
    if role not in ("", "desk", "triage"):
        raise BadCell(f"role is {role!r}; write desk, triage or nothing")
    email = cells.optional("email", 254)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise BadCell(f"email is {email!r}, which is not an address; correct it or leave it empty")
    valid_from, valid_to = _validity(cells)
    return AgencyRow(
        code=cells.matching("code", CODE, 30),
        name=cells.text("name", 160),
        short_name=cells.text("short_name", 80),
        kind=kind,
        level=cells.choice("level", Level),
        superior=cells.optional("superior", 30),
        area=place,
        field=tuple(cells.optional("field", 400).split()),
        is_desk=role == "desk",
        is_triage=role == "triage",
        email=email or None,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def category(cells: Cells) -> CategoryRow:
    """A row of categories.csv."""
    return CategoryRow(
        code=cells.matching("code", CATEGORY, 40),
        name_vi=cells.text("name_vi", 120),
        name_en=cells.text("name_en", 120),
        hint_vi=cells.text("hint_vi", 300),
        hint_en=cells.text("hint_en", 300),
        track=cells.choice("track", Track),
        rule_code=cells.matching("rule_code", CODE, 30),
        position=cells.whole("position"),
    )


def procedure(cells: Cells) -> ProcedureRow:
    """A row of procedures_*.csv."""
    online = cells.text("online_level", 4)
    if online not in ONLINE_LEVELS:
        raise BadCell(f"online_level is {online!r}; it must be one of: {', '.join(ONLINE_LEVELS)}")
    valid_from, valid_to = _validity(cells)
    return ProcedureRow(
        code=cells.optional("code", 20) or None,
        name=cells.text("name", 200),
        category=cells.text("category_code", 40),
        level=cells.choice("level", Level),
        limit_text=cells.text("limit_text", 200),
        online_level=online,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def holiday(cells: Cells) -> HolidayRow:
    """A row of holidays.csv."""
    day, kind = cells.day("day"), cells.choice("kind", HolidayKind)
    if (day.weekday() >= SATURDAY) != (kind is HolidayKind.MADE_UP):
        raise BadCell(f"{day} is a {day:%A}; off and half are for Monday to Friday, made_up for Saturday and Sunday")
    return HolidayRow(day=day, kind=kind, name=cells.text("name", 120), source=cells.text("source", 200))


def rule(cells: Cells) -> Rule:
    """A row of deadline_rules.csv. `extensions`: alternatives between semicolons, codes used together between blanks."""
    amount, unit = cells.maybe("amount", cells.whole), cells.maybe("unit", lambda column: cells.choice(column, RuleUnit))
    if (amount is None) != (unit is None) or (amount == 0 and unit not in DAYS):
        raise BadCell("amount and unit belong together; 0 (the same day) is for days only; leave both empty for a rule without a period")
    cutoff = cells.maybe("cutoff", cells.clock)
    valid_from, valid_to = _validity(cells)
    return Rule(
        code=cells.matching("code", CODE, 30),
        name=cells.text("name", 200),
        amount=amount,
        unit=unit,
        start_event=cells.text("start_event", 120),
        legal_basis=cells.text("legal_basis", 300),
        valid_from=valid_from,
        valid_to=valid_to,
        extensions=tuple(tuple(part.split()) for part in cells.optional("extensions", 400).split(";") if part.strip()),
        pausable=cells.yes("pausable"),
        cutoff=cutoff,
        confidence=cells.text("confidence", 4),
        note=cells.optional("note", 500),
    )


def route(cells: Cells) -> Route:
    """A row of routing_*.csv."""
    valid_from, valid_to = _validity(cells)
    return Route(
        category=cells.text("category_code", 40),
        level=cells.choice("level", Level),
        target=cells.matching("target", TARGET, 30),
        reason=cells.text("reason_vi", 300),
        position=cells.whole("position"),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _validity(cells: Cells) -> tuple[date, date | None]:
    valid_from, valid_to = cells.day("valid_from"), cells.maybe("valid_to", cells.day)
    if valid_to is not None and valid_to < valid_from:
        raise BadCell(f"valid_to ({valid_to}) is before valid_from ({valid_from}); correct one of them")
    return valid_from, valid_to


def _within(cells: Cells, column: str, low: float, high: float) -> float | None:
    value = cells.maybe(column, cells.number)
    if value is not None and not low <= value <= high:
        raise BadCell(f"{column} is {value}; the city lies between {low} and {high}")
    return value
