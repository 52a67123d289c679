"""What the city's files must agree on with each other: codes that point somewhere, one desk, a body for every matter. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from feedback.city.kinds import AreaKind, Level, RuleUnit
from feedback.city.reading import CityData, Problem, Reader, Sheet
from feedback.city.rows import AgencyRow
from feedback.city.rules import Rule

COMMITTEES = frozenset({"@ward", "@district"})
IN_DAYS = frozenset({RuleUnit.DAY, RuleUnit.WORKING_DAY})


def check(data: CityData, reader: Reader) -> None:
    """Add to the reader's problems everything the files of one set disagree on."""
    for found in (_areas(data), _agencies(data), _categories(data), _procedures(data), _rules(data.rules), _routes(data)):
        reader.problems.extend(found)


def _areas(data: CityData) -> Iterable[Problem]:
    kinds = {row.code: row.kind for row in data.areas.rows}
    for line, row in data.areas.lines:
        if row.parent and kinds.get(row.parent, row.kind) is row.kind:
            yield Problem(data.areas.file, line, f"parent_code {row.parent} is not an area above this one; correct it")
        if row.district and kinds.get(row.district) is not AreaKind.DISTRICT:
            yield Problem(data.areas.file, line, f"district_code {row.district} is not a district of this file; correct it")
    tiles: dict[tuple[int, int], str] = {}
    for line, row in data.areas.lines:
        if row.tile_row is None or row.tile_col is None:
            continue
        taken = tiles.setdefault((row.tile_row, row.tile_col), row.code)
        if taken != row.code:
            yield Problem(data.areas.file, line, f"tile {row.tile_row},{row.tile_col} is taken by {taken}; choose another")


def _agencies(data: CityData) -> Iterable[Problem]:
    sheet = data.agencies
    agencies = {row.code: row for row in sheet.rows}
    areas = {row.code for row in data.areas.rows}
    categories = {row.code for row in data.categories.rows}
    for line, row in sheet.lines:
        if row.area and row.area not in areas:
            yield Problem(sheet.file, line, f"area_code {row.area} is not in {data.areas.file}; correct it")
        if unknown := set(row.field) - categories:
            yield Problem(sheet.file, line, f"field names categories that do not exist: {' '.join(sorted(unknown))}")
        if not _reaches_the_top(row, agencies):
            yield Problem(sheet.file, line, f"superior {row.superior} is unknown or leads in a circle; correct it")
    for name, count in (("desk", sum(row.is_desk for row in sheet.rows)), ("triage", sum(row.is_triage for row in sheet.rows))):
        if count != 1:
            yield Problem(sheet.file, 1, f"{count} agencies have the role {name}; give it to exactly one")


def _reaches_the_top(row: AgencyRow, agencies: dict[str, AgencyRow]) -> bool:
    seen = {row.code}
    while row.superior:
        if row.superior in seen or row.superior not in agencies:
            return False
        seen.add(row.superior)
        row = agencies[row.superior]
    return True


def _categories(data: CityData) -> Iterable[Problem]:
    with_period = {row.code for row in data.rules.rows if row.amount}
    for line, row in data.categories.lines:
        if row.rule_code not in with_period:
            yield Problem(
                data.categories.file, line, f"rule_code {row.rule_code} is no rule with a period in {data.rules.file}; correct it"
            )


def _procedures(data: CityData) -> Iterable[Problem]:
    categories = {row.code for row in data.categories.rows}
    for line, row in data.procedures.lines:
        if row.category not in categories:
            yield Problem(data.procedures.file, line, f"category_code {row.category} is not in {data.categories.file}; correct it")


def _rules(sheet: Sheet[Rule]) -> Iterable[Problem]:
    units = {row.code: row.unit for row in sheet.rows}
    for line, row in sheet.lines:
        for code in sorted({code for alternative in row.extensions for code in alternative}):
            if units.get(code) is None or not (units[code] == row.unit or {units[code], row.unit} <= IN_DAYS):
                yield Problem(sheet.file, line, f"extension {code} is no rule whose period can be added to this one; correct it")
        for other in sheet.rows:
            if other.code == row.code and other.valid_from > row.valid_from and (row.valid_to is None or row.valid_to >= other.valid_from):
                yield Problem(
                    sheet.file, line, f"still valid when the next version of {row.code} begins on {other.valid_from}; end it before"
                )


def _routes(data: CityData) -> Iterable[Problem]:
    sheet = data.routes
    known = {row.code for row in data.agencies.rows} | COMMITTEES
    categories = {row.code for row in data.categories.rows}
    for line, row in sheet.lines:
        if row.target not in known:
            yield Problem(sheet.file, line, f"target {row.target} is not in {data.agencies.file}; correct it")
        if row.category not in categories:
            yield Problem(sheet.file, line, f"category_code {row.category} is not in {data.categories.file}; correct it")
    served = {row.category for row in sheet.rows if row.level is Level.CITY and row.target not in COMMITTEES}
    for code in sorted(categories - served):
        yield Problem(sheet.file, 1, f"no city-wide body for {code}; add a row with level city")
