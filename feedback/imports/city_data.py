"""Agencies, areas, procedures and days off from a file: each line read as the city's own files are, all of them checked together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from feedback.accounts.models import User
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.cases.steps import N_
from feedback.city import loader, rows
from feedback.city import queries as city
from feedback.city.cells import BadCell, Cells
from feedback.city.checks import check
from feedback.city.reading import CityData, Reader, Sheet
from feedback.imports.columns import Kind, names_of
from feedback.imports.judged import DOUBLE, EMPTY, UNKNOWN, WRONG, Key, Outcome, Problem, Verdict, changed
from feedback.imports.outgoing import area_codes, rows_of
from feedback.imports.reading import Line
from feedback.timetable import services as timetable

FIXED_ROLE = N_("Bàn tiếp nhận và thanh tra chỉ có một và luôn có hiệu lực; không đổi được bằng tệp.")
TWO_PEOPLE = N_("Cơ quan cấp trên chỉ đổi được khi có hai quản trị viên: xin đổi ở trang của cơ quan đó.")
OUTSIDE_YEARS = N_("Xin chọn ngày trong các năm mà lịch làm việc đang có, hoặc hai năm tới.")


@dataclass(frozen=True)
class Spec:
    """How lines of one kind are read, told apart, and where they stand among the city's files."""

    sheet: str
    parse: Callable[[Cells], Any]
    key: Callable[[Any], Hashable]


SPECS: Mapping[Kind, Spec] = {
    Kind.AGENCIES: Spec("agencies", rows.agency, lambda row: row.code),
    Kind.AREAS: Spec("areas", rows.area, lambda row: (row.code, row.valid_from)),
    Kind.PROCEDURES: Spec("procedures", rows.procedure, lambda row: (row.name, row.valid_from)),
    Kind.HOLIDAYS: Spec("holidays", rows.holiday, lambda row: row.day),
}


def key_of(kind: Kind, cells: Mapping[str, str]) -> Key:
    """What tells lines of a kind apart, as it is written."""
    names = {Kind.AREAS: ("code", "valid_from"), Kind.PROCEDURES: ("name", "valid_from"), Kind.HOLIDAYS: ("day",)}.get(kind, ("code",))
    return tuple(cells.get(name, "").strip() for name in names)


class CityImporter:
    """Judges and writes lines of one kind. They may point at each other, so that a file is one batch."""

    batch: int | None = None

    def __init__(self, kind: Kind, by: User, import_id: str, firsts: Mapping[Key, int]) -> None:
        self.kind, self.by, self.import_id, self.firsts = kind, by, import_id, firsts
        self.spec = SPECS[kind]
        self.data = _city_now()
        self.known = {self.spec.key(row): (row, cells) for row, cells in _readable(rows_of(kind), self.spec.parse)}
        self.years = timetable.years() if kind is Kind.HOLIDAYS else range(0)

    def judge(self, lines: Sequence[Line]) -> list[Verdict]:
        """What each line does. What a refused line would have brought is missed by those that point at it: they are refused too."""
        verdicts = [self._alone(line) for line in lines]
        while wrong := self._together(verdicts):
            for verdict in verdicts:
                if verdict.line.number in wrong:
                    verdict.outcome, verdict.problems = Outcome.REFUSED, [wrong[verdict.line.number]]
        return verdicts

    def _alone(self, line: Line) -> Verdict:
        first = self.firsts.get(key_of(self.kind, line.cells), line.number)
        if first != line.number:
            return Verdict.refused(line, Problem.of(names_of(self.kind)[0], DOUBLE, line=first))
        try:
            row = self.spec.parse(Cells(line.cells))
        except BadCell as bad:
            return Verdict.refused(line, wrong_cell(self.kind, line, str(bad)))
        there, before = self.known.get(self.spec.key(row), (None, None))
        if (problem := self._not_allowed(row, before)) is not None:
            return Verdict.refused(line, problem)
        if before is None:
            return Verdict(line, Outcome.NEW, row=row)
        if there == row:
            return Verdict(line, Outcome.UNCHANGED, row=row)
        return Verdict(line, Outcome.CHANGED, changes=changed(before, line.cells), row=row)

    def _not_allowed(self, row: Any, before: Mapping[str, str] | None) -> Problem | None:
        if self.kind is Kind.HOLIDAYS and row.day.year not in self.years:
            return Problem.of("day", OUTSIDE_YEARS)
        if self.kind is Kind.AGENCIES:
            role = "desk" if row.is_desk else "triage" if row.is_triage else ""
            held = before["role"] if before else ""
            if role != held or (held and row.valid_to is not None):
                return Problem.of("role", FIXED_ROLE)
            # Who stands above whom decides who is kept from a sealed report: the page asks for a second administrator, so does a file.
            if before and row.superior != before["superior"]:
                return Problem.of("superior", TWO_PEOPLE)
        return None

    def _together(self, verdicts: Sequence[Verdict]) -> dict[int, Problem]:
        """What the lines that are left disagree on with each other and with what is there, by line."""
        good = {verdict.line.number: verdict for verdict in verdicts if verdict.outcome is not Outcome.REFUSED}
        brought = {self.spec.key(verdict.row): (number, verdict.row) for number, verdict in good.items()}
        kept = [(0, row) for row in getattr(self.data, self.spec.sheet).rows if self.spec.key(row) not in brought]
        sheet = Sheet(self.spec.sheet, (*kept, *brought.values()))
        reader = Reader()
        check(self._with(sheet), reader)
        return {
            problem.line: wrong_cell(self.kind, good[problem.line].line, problem.message, UNKNOWN)
            for problem in reader.problems
            if problem.file == sheet.file and problem.line in good
        }

    def _with(self, sheet: Sheet[Any]) -> CityData:
        """What is in force, with another sheet of this kind."""
        parts: dict[str, Any] = {self.spec.sheet: sheet}
        return replace(self.data, **parts)

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Put the rows into the tables, through the same doors as the city's own files and the administrator's calendar."""
        chosen = tuple((verdict.line.number, verdict.row) for verdict in verdicts)
        data = self._with(Sheet(self.spec.sheet, chosen))
        actor = Actor.of(self.by)
        match self.kind:
            case Kind.AREAS:
                loader.load_areas(data)
            case Kind.AGENCIES:
                loader.load_agencies(data, dict(area_codes()))
            case Kind.PROCEDURES:
                loader.load_procedures(data)
            case _:
                for _line, row in chosen:
                    timetable.save_day(actor, timetable.DayChange(row.day, row.kind, row.name, row.source))
        for _line, row in chosen:
            name = row.day.isoformat() if isinstance(getattr(row, "day", None), date) else row.code or row.name
            record(f"{self.spec.sheet}.imported", actor=actor, subject_kind=self.spec.sheet, subject_id=name[:64], import_id=self.import_id)


def wrong_cell(kind: Kind, line: Line, message: str, sentence: str = WRONG) -> Problem:
    """The problem of a message that names its column first, as those of the city's files do."""
    names = names_of(kind)
    column = next((word for word in message.replace(",", " ").split() if word in names), names[0])
    return Problem.of(column, sentence if line.cells.get(column, "").strip() else EMPTY)


def _readable(found: Sequence[Mapping[str, str]], parse: Callable[[Cells], Any]) -> list[tuple[Any, Mapping[str, str]]]:
    """Rows of the database as the files' reader has them; one that it would not take is left to whoever wrote it."""
    read = []
    for cells in found:
        with suppress(BadCell):
            read.append((parse(Cells(cells)), cells))
    return read


def _city_now() -> CityData:
    """What is in force, as if it had been read from files; its lines have no numbers."""

    def sheet(kind: Kind, parse: Callable[[Cells], Any]) -> Sheet[Any]:
        name = SPECS[kind].sheet if kind in SPECS else kind.value
        return Sheet(name, tuple((0, row) for row, _cells in _readable(rows_of(kind), parse)))

    return CityData(
        units=city.current_units(),
        areas=sheet(Kind.AREAS, rows.area),
        agencies=sheet(Kind.AGENCIES, rows.agency),
        categories=sheet(Kind.CATEGORIES, rows.category),
        procedures=sheet(Kind.PROCEDURES, rows.procedure),
        holidays=sheet(Kind.HOLIDAYS, rows.holiday),
        rules=Sheet("deadline_rules", tuple((0, rule) for rule in city.rules())),
        routes=sheet(Kind.ROUTING, rows.route),
    )
