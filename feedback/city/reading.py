"""The city's CSV files as checked values. Everything wrong is collected first, then reported with file, line and what to do."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from feedback.city import rows
from feedback.city.cells import BadCell, Cells
from feedback.city.kinds import UnitSet
from feedback.city.rows import AgencyRow, AreaRow, CategoryRow, HolidayRow, ProcedureRow
from feedback.city.rules import Route, Rule

T = TypeVar("T")
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong in a line of a file and what to do about it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CityDataError(Exception):
    """The city's files cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """The good rows of one file with their line numbers."""

    file: str
    lines: tuple[tuple[int, T], ...]

    @property
    def rows(self) -> tuple[T, ...]:
        """The rows alone."""
        return tuple(row for _, row in self.lines)


@dataclass(frozen=True)
class CityData:
    """All files of one unit set."""

    units: UnitSet
    areas: Sheet[AreaRow]
    agencies: Sheet[AgencyRow]
    categories: Sheet[CategoryRow]
    procedures: Sheet[ProcedureRow]
    holidays: Sheet[HolidayRow]
    rules: Sheet[Rule]
    routes: Sheet[Route]


_VALID = ("valid_from", "valid_to")
AREAS = (
    *("code", "name", "kind", "kind_label", "parent_code", "district_code", "approximate", "tile_row", "tile_col"),
    *("population", "area_km2", "latitude", "longitude", *_VALID),
)
AGENCIES = ("code", "name", "short_name", "kind", "level", "superior", "area_code", "field", "role", "email", *_VALID)
CATEGORIES = ("code", "name_vi", "name_en", "hint_vi", "hint_en", "track", "rule_code", "position")
PROCEDURES = ("code", "name", "category_code", "level", "limit_text", "online_level", *_VALID)
HOLIDAYS = ("day", "kind", "name", "source")
RULES = ("code", "name", "amount", "unit", "start_event", "extensions", "pausable", "cutoff", "legal_basis", "confidence", *_VALID, "note")
ROUTES = ("category_code", "level", "target", "reason_vi", "position", *_VALID)


class Reader:
    """Reads the files of a folder and keeps the problems it meets."""

    def __init__(self, folder: Path = DATA) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def city(self, units: UnitSet) -> CityData:
        """All files of a unit set, each row checked by itself."""
        return CityData(
            units=units,
            areas=self.sheet(f"areas_{units}.csv", AREAS, rows.area, lambda row: (row.code, row.valid_from)),
            agencies=self.sheet(f"agencies_{units}.csv", AGENCIES, rows.agency, lambda row: row.code),
            categories=self.sheet("categories.csv", CATEGORIES, rows.category, lambda row: row.code),
            procedures=self.sheet(f"procedures_{units}.csv", PROCEDURES, rows.procedure, lambda row: (row.name, row.valid_from)),
            holidays=self.holidays(),
            rules=self.rules(),
            routes=self.sheet(
                f"routing_{units}.csv", ROUTES, rows.route, lambda row: (row.category, row.level, row.position, row.valid_from)
            ),
        )

    def rules(self) -> Sheet[Rule]:
        """The deadline rules, all versions."""
        return self.sheet("deadline_rules.csv", RULES, rows.rule, lambda row: (row.code, row.valid_from))

    def holidays(self) -> Sheet[HolidayRow]:
        """The frozen table of days off and days made up."""
        return self.sheet("holidays.csv", HOLIDAYS, rows.holiday, lambda row: row.day)

    def sheet(self, file: str, columns: tuple[str, ...], parse: Callable[[Cells], T], key: Callable[[T], Hashable]) -> Sheet[T]:
        """One file: its good rows; bad and repeated ones become problems."""
        good: list[tuple[int, T]] = []
        seen: dict[Hashable, int] = {}
        for line, cells in self._records(file, columns):
            try:
                row = parse(cells)
            except BadCell as bad:
                self.complain(file, line, str(bad))
                continue
            if key(row) in seen:
                self.complain(file, line, f"the same key as line {seen[key(row)]}; remove or correct one of them")
                continue
            seen[key(row)] = line
            good.append((line, row))
        return Sheet(file, tuple(good))

    def complain(self, file: str, line: int, message: str) -> None:
        """Note a problem and go on."""
        self.problems.append(Problem(file, line, message))

    def _records(self, file: str, columns: tuple[str, ...]) -> Iterable[tuple[int, Cells]]:
        try:
            text = (self.folder / file).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.complain(file, 0, f"the file is missing in {self.folder}; put it there")
            return
        except UnicodeDecodeError as bad:
            self.complain(file, 0, f"the file is not UTF-8 (byte {bad.start}); save it as CSV UTF-8")
            return
        reader = csv.reader(text.splitlines(keepends=True), strict=True)
        try:
            if tuple(next(reader, ())) != columns:
                self.complain(file, 1, f"the first line must be: {','.join(columns)}")
                return
            for cells in reader:
                if len(cells) == len(columns):
                    yield reader.line_num, Cells(dict(zip(columns, cells, strict=True)))
                elif cells:
                    self.complain(file, reader.line_num, f"{len(cells)} cells instead of {len(columns)}; check the commas and quotes")
        except csv.Error as bad:
            self.complain(file, reader.line_num, f"not readable as CSV ({bad}); check the quotes")
