"""Taking back what one file has written, as long as nothing has been built on it: old cases and accounts go wholly, rows of the city's
tables go, or are again what they were before the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Select, Table, delete, func, select, union_all, update
from sqlalchemy.exc import IntegrityError

from feedback.accounts import grants
from feedback.accounts.doers import note as note_account
from feedback.accounts.models import RoleGrant, StaffSession, User
from feedback.acting import as_system
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.cases.imported_models import ImportedCase
from feedback.cases.models import Case, CaseEvent
from feedback.cases.steps import N_
from feedback.cases.workflow import Who
from feedback.city.cells import Cells
from feedback.city.checks import check
from feedback.city.reading import Reader
from feedback.db import Base, db, transaction
from feedback.errors import Conflict
from feedback.imports import files
from feedback.imports.city_data import CityImporter, city_now, key_of, note
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome, Verdict
from feedback.imports.models import DataImport, FirstPassword, ImportLine
from feedback.imports.reading import Line
from feedback.imports.specs import SPECS, remove_plainly
from feedback.notices.models import Notice

WORKED_ON = N_("Đã có người làm việc trên hồ sơ này.")
SIGNED_IN = N_("Người này đã đăng nhập và đổi mật khẩu.")
IN_USE = N_("Đã có dữ liệu khác gắn với mục này.")
APPROVED = N_("Một quản trị viên khác đã duyệt thay đổi này.")
CHANGED_SINCE = N_("Mục này đã được sửa sau khi nhập.")
POINTED_AT = N_("Có mục khác đang dựa vào dữ liệu của tệp này, nên chưa rút lại được. Xin sửa những mục đó trước.")

#: What belongs to an old case from its first day, or was added by the city's own clocks; whatever else refers to a case was somebody's act.
GOES_ALONG = (
    "case_event", "case_answer", "case_suggestion", "case_contact", "case_key", "imported_case", "due_change", "escalation",
    "case_keeping", "check_draw",
)  # fmt: skip


@dataclass(frozen=True)
class Staying:
    """A row that cannot be taken back, and why (a msgid)."""

    what: str
    why: str


@dataclass(frozen=True)
class Outlook:
    """How many rows go, and which ones stay. Sealed cases that stay are not named: there is nothing to be learnt here about them."""

    going: int
    staying: Sequence[Staying]


class Undo(Protocol):
    """What knows how rows of one kind are taken back."""

    def outlook(self) -> Outlook:
        """What would become of the rows now. Changes nothing that is kept."""
        ...

    def some(self, after: int) -> tuple[int, int] | None:
        """Take back the next rows behind a place, in the caller's transaction: how many went, and the new place. None: no more."""
        ...


class Cases:
    """Old cases, with their history and their numbers; their facts in the figures follow them by themselves."""

    size = 500

    def __init__(self, found: DataImport, by: User) -> None:
        self.found, self.actor = found, Actor.of(by)

    def outlook(self) -> Outlook:
        """Three queries."""
        mine = select(ImportedCase.case_id).where(ImportedCase.import_id == self.found.id)
        with as_system("import taken back"):
            held = set(db.session.scalars(self._held(mine)))
            every = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
            named = db.session.scalars(select(Case.reference).where(Case.id.in_(held), ~Case.sealed).order_by(Case.id)).all()
        return Outlook(every - len(held), [Staying(reference or "–", WORKED_ON) for reference in named])

    def _held(self, mine: Any) -> Any:
        """Which of these cases somebody has worked on."""
        done = (CaseEvent.who != Who.SYSTEM) & CaseEvent.actor_id.is_distinct_from(self.found.made_by_id)
        acted = select(CaseEvent.case_id).where(CaseEvent.case_id.in_(mine), done)
        handled = select(Case.id).where(Case.id.in_(mine), Case.handler_id.is_not(None))
        others = [select(column).where(column.in_(mine)) for column in _references(Case.__table__) if column.table.name not in GOES_ALONG]
        return union_all(acted, handled, *others)

    def some(self, after: int) -> tuple[int, int] | None:
        """A batch of cases, locked first, so that nobody begins to work on one that is going."""
        found = select(ImportedCase.case_id).where(ImportedCase.import_id == self.found.id, ImportedCase.case_id > after)
        with as_system("import taken back"):
            ids = db.session.scalars(found.order_by(ImportedCase.case_id).limit(self.size)).all()
            if not ids:
                return None
            rows = db.session.execute(select(Case.id, Case.public_id).where(Case.id.in_(ids)).order_by(Case.id).with_for_update()).all()
            held = set(db.session.scalars(self._held(ids)))
            going = {key: public_id for key, public_id in rows if key not in held}
            self._remove(going)
        return len(going), ids[-1]

    def _remove(self, going: Mapping[int, str]) -> None:
        for public_id in going.values():
            subject: dict[str, Any] = {"subject_kind": "case", "subject_id": public_id}
            record("case.import_withdrawn", actor=self.actor, import_id=self.found.public_id, **subject)
        db.session.flush()
        db.session.execute(delete(Notice).where(Notice.case_public_id.in_(going.values())))
        for name in GOES_ALONG:
            table = Base.metadata.tables[name]
            db.session.execute(delete(table).where(table.c.case_id.in_(going)))
        db.session.execute(delete(Case).where(Case.id.in_(going)), execution_options={"synchronize_session": False})


def _references(table: Any) -> Iterator[Any]:
    """Every column of the database that refers to a table's key."""
    for other in Base.metadata.tables.values():
        yield from (key.parent for key in other.foreign_keys if isinstance(table, Table) and key.column is table.c.id)


class Officers:
    """Accounts that nobody has got into yet, and proposals that nobody has decided."""

    size = 25

    def __init__(self, found: DataImport, by: User) -> None:
        self.found, self.by = found, by

    def outlook(self) -> Outlook:
        """Five queries."""
        judged = list(self._judged(self._lines(0)))
        staying = [Staying(user.sign_in_name, why) for _line, user, why in judged if why]
        return Outlook(len(judged) - len(staying), staying)

    def some(self, after: int) -> tuple[int, int] | None:
        """A batch of lines."""
        lines = db.session.scalars(self._lines(after).limit(self.size)).all()
        if not lines:
            return None
        numbers = [line.line for line in lines]
        judged = self._judged(self._lines(after).where(ImportLine.line.in_(numbers)))
        return sum(self._take_back(line, user) for line, user, why in judged if not why), numbers[-1]

    def _lines(self, after: int) -> Select[ImportLine]:
        written = ImportLine.user_id.is_not(None), ImportLine.done, ImportLine.outcome.in_((Outcome.NEW, Outcome.CHANGED))
        mine = ImportLine.import_id == self.found.id, ImportLine.line > after
        return select(ImportLine).where(*mine, *written).order_by(ImportLine.line)

    def _judged(self, lines: Select[ImportLine]) -> Iterator[tuple[ImportLine, User, str]]:
        """Each line with its account and why it stays; lines whose proposal was refused or has expired have left nothing."""
        found = db.session.scalars(lines).all()
        keys = [line.user_id for line in found]
        users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(keys)).with_for_update())}
        inside = set(db.session.scalars(select(StaffSession.user_id).where(StaffSession.user_id.in_(keys))))
        with as_system("import taken back"):
            inside |= set(db.session.scalars(select(Case.handler_id).where(Case.handler_id.in_(keys))))
        asked = select(RoleGrant).where(RoleGrant.user_id.in_(keys), RoleGrant.asked_by_id == self.by.id)
        since: dict[int, RoleGrant] = {
            grant.user_id: grant
            for grant in db.session.scalars(asked.where(RoleGrant.asked_at >= self.found.made_at).order_by(RoleGrant.id))
        }
        for line in found:
            user = users[line.user_id or 0]
            if line.outcome is Outcome.NEW:
                yield line, user, SIGNED_IN if user.id in inside or not user.must_change_password else ""
            elif user.id in since and since[user.id].approved is not False:
                yield line, user, APPROVED if since[user.id].approved else ""

    def _take_back(self, line: ImportLine, user: User) -> int:
        if line.outcome is Outcome.CHANGED:
            grants.withdraw(self.by, user)
            return 1
        note_account("account.withdrawn", self.by, user, import_id=self.found.public_id)
        db.session.flush()
        try:
            with db.session.begin_nested():
                for table, column in ((RoleGrant, RoleGrant.user_id), (FirstPassword, FirstPassword.user_id), (Notice, Notice.user_id)):
                    db.session.execute(delete(table).where(column == user.id))
                db.session.execute(update(ImportLine).where(ImportLine.user_id == user.id).values(user_id=None))
                db.session.execute(delete(User).where(User.id == user.id))
        except IntegrityError:
            return 0
        return 1


class CityRows:
    """Rows of the city's tables, all at once, because they point at each other."""

    def __init__(self, found: DataImport, by: User) -> None:
        self.found, self.spec = found, SPECS[found.kind]
        self.importer = CityImporter(found.kind, by, found.public_id, {})
        self.actor = Actor.of(by)

    def outlook(self) -> Outlook:
        """Done and undone again. Raises NotFound once the file is gone, Conflict when something else rests on what it brought."""
        with _only_tried():
            return self._all()

    def some(self, after: int) -> tuple[int, int] | None:
        """All of them the first time."""
        return None if after else (self._all().going, 1)

    def _all(self) -> Outlook:
        there, before = {line.number: line for line in files.lines_of(self.found)}, _complaints()
        written = ImportLine.import_id == self.found.id, ImportLine.done, ImportLine.outcome.in_((Outcome.NEW, Outcome.CHANGED))
        restored: list[Verdict] = []
        new: list[Mapping[str, str]] = []
        staying = []
        for line in db.session.scalars(select(ImportLine).where(*written).order_by(ImportLine.line)):
            cells = there[line.line].cells
            row = self.spec.parse(Cells(cells))
            known, stands = self.importer.known.get(self.spec.key(row), (None, None))
            if known != row or stands is None:
                staying.append(self._stays(cells, CHANGED_SINCE))
            elif line.outcome is Outcome.NEW:
                new.append(stands)
            else:
                old = {**cells, **{name: pair[0] for name, pair in line.changes.items()}}
                restored.append(Verdict(Line(line.line, old), Outcome.CHANGED, row=self.spec.parse(Cells(old))))
                if stands.get("valid_to") and not old["valid_to"]:  # what has ended stays ended, but for him who ended it by this file
                    db.session.execute(update(self.spec.table).where(*self.spec.row(stands)).values(valid_to=None))
        self.importer.write(restored, "withdrawn")
        db.session.flush()
        left = self._removed(new)
        db.session.expire_all()
        if _complaints() - before:
            raise Conflict(POINTED_AT)
        return Outlook(len(restored) + len(new) - len(left), [*staying, *(self._stays(cells, IN_USE) for cells in left)])

    def _stays(self, cells: Mapping[str, str], why: str) -> Staying:
        return Staying(" ".join(key_of(self.found.kind, cells)), why)

    def _removed(self, new: list[Mapping[str, str]]) -> list[Mapping[str, str]]:
        """Take rows away, those that others hang on after these; gives the ones that something else hangs on."""
        while new:
            left = [cells for cells in new if not self._gone(cells)]
            if len(left) == len(new):
                break
            new = left
        return new

    def _gone(self, cells: Mapping[str, str]) -> bool:
        remove: Callable[..., None] = self.spec.remove or remove_plainly
        try:
            with db.session.begin_nested():
                remove(self.actor, self.spec, cells)
        except (IntegrityError, Conflict):
            return False
        note(self.actor, self.found.kind, key_of(self.found.kind, cells), "withdrawn", self.found.public_id)
        return True


@contextmanager
def _only_tried() -> Iterator[None]:
    """Whatever is done inside is undone at the end; what it found out stays."""
    with transaction():
        point = db.session.begin_nested()
        try:
            yield
        finally:
            if point.is_active:
                point.rollback()
            db.session.expire_all()


def _complaints() -> set[str]:
    """What the city's tables disagree on with each other now."""
    reader = Reader()
    check(city_now(), reader)
    return {f"{problem.file} {problem.message}" for problem in reader.problems}


def undo_of(found: DataImport, by: User) -> Undo:
    """What takes the rows of a file back."""
    kinds: Mapping[Kind, Callable[[DataImport, User], Undo]] = {Kind.OFFICERS: Officers, Kind.CASES: Cases}
    return kinds.get(found.kind, CityRows)(found, by)
