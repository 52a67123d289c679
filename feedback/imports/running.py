"""The work on a file, in batches: each is one transaction that also says how far the file is, so that a worker that dies loses nothing
and doubles nothing; the next one goes on behind the last batch that was committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, IntegrityError

from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.cases.access import Actor
from feedback.db import atomic, db
from feedback.errors import NotFound, OfficeError
from feedback.imports import cases, files, officers, old_cases, queries
from feedback.imports.city_data import CityImporter
from feedback.imports.city_data import key_of as city_key
from feedback.imports.columns import Kind
from feedback.imports.judged import FAILED, Key, Outcome, Problem, Verdict, first_lines
from feedback.imports.models import READING, DataImport, ImportLine, Stage
from feedback.imports.reading import Line
from feedback.imports.services import end

#: What one line can be the fault of; everything else breaks the batch off, to be tried again.
OF_A_LINE = (IntegrityError, DataError, OfficeError)
#: Lines judged at a time, where kinds do not need the whole file at once.
JUDGED = 1000
#: No batch of kinds that are written in batches is larger.
CAREFUL = 200


class Importer(Protocol):
    """What knows one kind of line."""

    #: Lines written in one transaction; None: all, because they point at each other.
    batch: int | None

    def judge(self, lines: Sequence[Line]) -> list[Verdict]:
        """What each line does."""
        ...

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Write lines that are new or change something, in the caller's transaction."""
        ...


@jobs.task("imports.work")
def work(import_id: int) -> None:
    """Judge or write a file to its end. Does nothing when that has already happened or somebody has stopped it."""
    file = _File.opened(import_id)
    while file is not None and _some(file):
        pass


class _File:
    """The lines of a file, read once for all its batches."""

    def __init__(self, found: DataImport, lines: Sequence[Line]) -> None:
        self.import_id, self.kind, self.lines = found.id, found.kind, lines
        self.firsts: dict[Key, int] = first_lines(lines, self._key)
        #: Up to this position lines are written one by one, because a batch has broken.
        self.careful_until = 0

    @classmethod
    def opened(cls, import_id: int) -> _File | None:
        """The file, if there is work to do on it and it is still there."""
        found = db.session.get(DataImport, import_id)
        if found is None or found.stage not in READING:
            return None
        try:
            file = cls(found, files.lines_of(found))
        except NotFound:
            return None
        finally:
            db.session.rollback()
        return file

    def _key(self, cells: Mapping[str, str]) -> Key:
        match self.kind:
            case Kind.OFFICERS:
                return officers.key_of(cells)
            case Kind.CASES:
                return old_cases.key_of(cells)
            case _:
                return city_key(self.kind, cells)

    def importer(self, found: DataImport, by: User) -> Importer:
        """What judges and writes its lines."""
        match self.kind:
            case Kind.OFFICERS:
                return officers.OfficerImporter(by, found.public_id, found.id, files.key_of(found), self.firsts)
            case Kind.CASES:
                return cases.CaseImporter(by, found.public_id, found.id, found.source, self.firsts)
            case _:
                return CityImporter(self.kind, by, found.public_id, self.firsts)


def _some(file: _File) -> bool:
    """One batch; when a line of it breaks the writing, its lines one by one, and the broken one is refused. False at the end."""
    try:
        return _batch(file)
    except OF_A_LINE:
        if file.careful_until > (position := _position(file)):
            return _give_up_line(file)
        file.careful_until = position + (CAREFUL if file.kind in (Kind.OFFICERS, Kind.CASES) else len(file.lines))
        return True


@atomic
def _position(file: _File) -> int:
    return _locked(file)[0].position


@atomic
def _batch(file: _File) -> bool:
    """Judge, and when the file is being written write, the next lines; their outcome and the position are part of it."""
    found, by = _locked(file)
    if found.stage not in READING:
        return False
    if found.stage is Stage.RUNNING and (found.stop_asked or not by.active or by.role is not Role.ADMINISTRATOR):
        # Whoever has lost the office cannot go on acting through a file of his.
        found.stage, found.stop_asked = Stage.STOPPED, False
        return False
    if found.position == len(file.lines):
        _finish(found, by)
        return False
    importer = file.importer(found, by)
    part = file.lines[found.position : found.position + _at_once(file, found, importer)]
    verdicts = _judged(importer, part)
    if found.stage is Stage.RUNNING:
        verdicts = _as_shown(found, verdicts)
        importer.write([verdict for verdict in verdicts if verdict.outcome in (Outcome.NEW, Outcome.CHANGED)])
    _keep(found, verdicts)
    found.position += len(part)
    return True


def _at_once(file: _File, found: DataImport, importer: Importer) -> int:
    if found.position < file.careful_until:
        return 1
    if importer.batch is None:
        return len(file.lines)
    return importer.batch if found.stage is Stage.RUNNING else JUDGED


def _locked(file: _File) -> tuple[DataImport, User]:
    found = db.session.scalars(select(DataImport).where(DataImport.id == file.import_id).with_for_update()).one()
    return found, db.session.get_one(User, found.made_by_id)


def _judged(importer: Importer, part: Sequence[Line]) -> list[Verdict]:
    whole = importer.judge([line for line in part if line.broken is None])
    broken = [Verdict.refused(line, Problem("", line.broken)) for line in part if line.broken is not None]
    return sorted([*whole, *broken], key=lambda verdict: verdict.line.number)


def _as_shown(found: DataImport, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """A line that was refused when somebody looked stays refused: nothing goes in that he has not seen going in."""
    shown: dict[int, list[dict[str, object]]] = dict(
        db.session.execute(
            select(ImportLine.line, ImportLine.problems).where(ImportLine.import_id == found.id, ImportLine.outcome == Outcome.REFUSED)
        ).all()
    )
    for verdict in verdicts:
        if verdict.line.number in shown and verdict.outcome is not Outcome.REFUSED:
            verdict.outcome, verdict.problems = Outcome.REFUSED, [_stored(problem) for problem in shown[verdict.line.number]]
    return list(verdicts)


def _stored(problem: dict[str, object]) -> Problem:
    values = problem["values"]
    assert isinstance(values, dict)
    return Problem.of(str(problem["column"]), str(problem["say"]), **values)


def _keep(found: DataImport, verdicts: Sequence[Verdict]) -> None:
    rows = [
        {
            "import_id": found.id,
            "line": verdict.line.number,
            "outcome": verdict.outcome,
            "done": found.stage is Stage.RUNNING,
            "problems": [problem.stored() for problem in verdict.problems],
            "changes": {name: list(pair) for name, pair in verdict.changes.items()},
            "user_id": verdict.user_id if found.stage is Stage.RUNNING else None,
        }
        for verdict in verdicts
    ]
    statement = insert(ImportLine)
    changed = {name: statement.excluded[name] for name in ("outcome", "done", "problems", "changes", "user_id")}
    db.session.execute(statement.on_conflict_do_update(index_elements=["import_id", "line"], set_=changed), rows)


def _finish(found: DataImport, by: User) -> None:
    if found.stage is Stage.CHECKING:
        found.stage = Stage.READY
        return
    db.session.flush()
    end(found, Stage.DONE, Actor.of(by), **{outcome.value: count for outcome, count in queries.counts(found.id).items()})


@atomic
def _give_up_line(file: _File) -> bool:
    """Refuse the line at which writing broke, and go on behind it."""
    found, _by = _locked(file)
    if found.stage is not Stage.RUNNING:
        return False
    line = file.lines[found.position]
    _keep(found, [Verdict.refused(line, Problem.of("", FAILED))])
    found.position += 1
    return True
