"""The city's data from a file: each line read as the city's own files are, all of them checked together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from feedback.accounts.models import User
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.city import queries as city
from feedback.city.cells import BadCell, Cells
from feedback.city.checks import check
from feedback.city.reading import CityData, Reader, Sheet
from feedback.imports.columns import Kind, names_of
from feedback.imports.judged import DOUBLE, EMPTY, UNKNOWN, WRONG, Key, Outcome, Problem, Verdict, changed
from feedback.imports.outgoing import rows_of
from feedback.imports.reading import Line
from feedback.imports.specs import ENDED, SPECS


def key_of(kind: Kind, cells: Mapping[str, str]) -> Key:
    """What tells lines of a kind apart, as it is written."""
    return tuple(cells.get(name, "").strip() for name in SPECS[kind].names)


class CityImporter:
    """Judges and writes lines of one kind. They may point at each other, so that a file is one batch."""

    batch: int | None = None

    def __init__(self, kind: Kind, by: User, import_id: str, firsts: Mapping[Key, int]) -> None:
        self.kind, self.by, self.import_id, self.firsts = kind, by, import_id, firsts
        self.spec = SPECS[kind]
        self.data, self.guard = city_now(), SPECS[kind].guard()
        self.known = {self.spec.key(row): (row, cells) for row, cells in _readable(rows_of(kind), self.spec.parse)}

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
        if there == row:
            return Verdict(line, Outcome.UNCHANGED, row=row)
        if self.spec.ended_stays and there is not None and there.valid_to not in (None, row.valid_to):
            return Verdict.refused(line, Problem.of("valid_to", ENDED))
        if (problem := self.guard(row, before)) is not None:
            return Verdict.refused(line, problem)
        if before is None:
            return Verdict(line, Outcome.NEW, row=row)
        return Verdict(line, Outcome.CHANGED, changes=changed(before, line.cells), row=row)

    def _together(self, verdicts: Sequence[Verdict]) -> dict[int, Problem]:
        """What the lines that are left disagree on with each other and with what is there, by line."""
        good = {verdict.line.number: verdict for verdict in verdicts if verdict.outcome is not Outcome.REFUSED}
        brought = {self.spec.key(verdict.row): (number, verdict.row) for number, verdict in good.items()}
        kept = [(0, row) for key, (row, _cells) in self.known.items() if key not in brought]
        wrong = self.spec.together([*kept, *brought.values()])
        if not self.spec.sheet:
            return wrong
        sheet = Sheet(self.spec.sheet, (*kept, *brought.values()))
        reader = Reader()
        check(self._with(sheet), reader)
        return wrong | {
            problem.line: wrong_cell(self.kind, good[problem.line].line, problem.message, UNKNOWN)
            for problem in reader.problems
            if problem.file == sheet.file and problem.line in good
        }

    def _with(self, sheet: Sheet[Any]) -> CityData:
        """What is in force, with another sheet of this kind."""
        parts: dict[str, Any] = {self.spec.sheet: sheet} if self.spec.sheet else {}
        return replace(self.data, **parts)

    def write(self, verdicts: Sequence[Verdict], act: str = "imported") -> None:
        """Put the rows into the tables, through the same doors as the city's own files and the administrator's pages."""
        if not verdicts:
            return
        chosen = tuple((verdict.line.number, verdict.row) for verdict in verdicts)
        actor = Actor.of(self.by)
        self.spec.write(actor, self._with(Sheet(self.spec.sheet, chosen)), [row for _line, row in chosen])
        for verdict in verdicts:
            note(actor, self.kind, key_of(self.kind, verdict.line.cells), act, self.import_id)


def note(actor: Actor, kind: Kind, key: Key, act: str, import_id: str) -> None:
    """The row of the record about one line of a file."""
    record(f"{kind}.{act}", actor=actor, subject_kind=kind.value, subject_id=" ".join(key)[:64], import_id=import_id)


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


def city_now() -> CityData:
    """What is in force, as if it had been read from files; its lines have no numbers."""

    def sheet(kind: Kind) -> Sheet[Any]:
        return Sheet(SPECS[kind].sheet, tuple((0, row) for row, _cells in _readable(rows_of(kind), SPECS[kind].parse)))

    sheets = {spec.sheet: sheet(kind) for kind, spec in SPECS.items() if spec.sheet}
    return CityData(units=city.current_units(), **sheets)
