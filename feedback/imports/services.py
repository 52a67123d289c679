"""Bringing a file in: kept and judged first, written when somebody has looked, stopped and gone on with, forgotten in the end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, or_, select

from feedback import jobs
from feedback.accounts.models import User
from feedback.accounts.services import confirm_password
from feedback.attachments.services import shown_name
from feedback.audit.services import Doer, record
from feedback.cases.access import SYSTEM, Actor
from feedback.codes import new_public_id
from feedback.crypto import open_sealed
from feedback.db import atomic, db, now
from feedback.errors import Conflict, NotFound
from feedback.imports import files
from feedback.imports.access import may_read
from feedback.imports.columns import SOURCE_LIMIT, Kind, names_of, required_of
from feedback.imports.models import DataImport, FirstPassword, Stage
from feedback.imports.reading import read_table
from feedback.text import clean

#: So long a file is kept after its end, so long one is kept that nobody decides about, and so long first passwords wait.
KEPT = timedelta(days=30)
UNDECIDED = timedelta(days=7)
PASSWORDS = timedelta(days=7)


@dataclass(frozen=True)
class Handed:
    """A first password, shown once."""

    full_name: str
    sign_in_name: str
    agency: str
    password: str


@atomic
def bring(by: User, kind: Kind, file_name: str, data: bytes, source: str = "") -> str:
    """Keep a file and have its lines judged; gives its public id. Raises Unreadable for a file of which nothing can be used."""
    lines = read_table(data, names_of(kind), required_of(kind))
    found = DataImport(
        public_id=new_public_id(),
        kind=kind,
        source=clean(source, SOURCE_LIMIT) if kind is Kind.CASES else "",
        file_name=shown_name(file_name),
        made_by_id=by.id,
        sha256=hashlib.sha256(data).digest(),
        lines=len(lines),
    )
    db.session.add(found)
    db.session.flush()
    files.put(found, data)
    _note(found, "import.brought", Actor.of(by), kind=kind.value, lines=len(lines), sha256=found.sha256.hex())
    jobs.defer("imports.work", import_id=found.id)
    return found.public_id


def lock(public_id: str) -> DataImport:
    """A file, locked for the transaction. Raises NotFound."""
    found = db.session.scalar(select(DataImport).where(DataImport.public_id == public_id).with_for_update())
    if found is None:
        raise NotFound
    return found


def _own(by: User, public_id: str) -> DataImport:
    """A file that this officer brought in: nobody else decides about what he may not read."""
    found = lock(public_id)
    if not may_read(by, found):
        raise NotFound
    return found


@atomic
def start(by: User, public_id: str) -> None:
    """Write what was judged, or go on where it was stopped. A second press changes nothing. Raises NotFound, Conflict."""
    found = _own(by, public_id)
    if found.stage is Stage.RUNNING:
        return
    if found.stage not in (Stage.READY, Stage.STOPPED):
        raise Conflict(_("Tệp này không còn chờ nhập. Xin xem lại tình trạng của tệp."))
    if found.stage is Stage.READY:
        found.position = 0
    found.stage, found.stop_asked = Stage.RUNNING, False
    _note(found, "import.started", Actor.of(by), position=found.position)
    jobs.defer("imports.work", import_id=found.id)


@atomic
def stop(by: User, public_id: str) -> None:
    """Ask that writing stops after the lines now being written; any administrator may. Nothing to do when it is over."""
    found = lock(public_id)
    if found.stage is Stage.RUNNING and not found.stop_asked:
        found.stop_asked = True
        _note(found, "import.stop_asked", Actor.of(by))
        jobs.defer("imports.work", import_id=found.id)  # whoever worked on it may have given up


@atomic
def discard(by: User, public_id: str) -> None:
    """Throw a file away before anything of it was written. Raises NotFound, Conflict."""
    found = _own(by, public_id)
    if found.stage not in (Stage.CHECKING, Stage.READY):
        raise Conflict(_("Tệp đã bắt đầu nhập nên không bỏ được nữa; có thể dừng."))
    end(found, Stage.DISCARDED, Actor.of(by))
    files.forget(found)


def end(found: DataImport, stage: Stage, actor: Doer, **facts: int) -> None:
    """Note the end of a locked file."""
    found.stage, found.ended_at = stage, now()
    _note(found, f"import.{stage.value}", actor, **facts)


def hand_over(by: User, public_id: str, password: str) -> list[Handed]:
    """The first passwords of the accounts that a file made, for the one who made them: once, and then they are nowhere any more.

    Raises NotFound when there are none or they are not his to see, WrongPassword when he cannot give his own.
    """
    confirm_password(by, password)
    return _hand_over(by, public_id)


@atomic
def _hand_over(by: User, public_id: str) -> list[Handed]:
    found = _own(by, public_id)
    rows = db.session.execute(
        select(FirstPassword, User).join(User, User.id == FirstPassword.user_id).where(FirstPassword.import_id == found.id)
    ).all()
    if not rows:
        raise NotFound
    key = files.key_of(found)
    handed = [
        Handed(user.full_name, user.sign_in_name, user.agency.name, open_sealed(row.sealed, key, row.place()).decode())
        for row, user in rows
    ]
    db.session.execute(delete(FirstPassword).where(FirstPassword.import_id == found.id))
    _note(found, "import.passwords_shown", Actor.of(by), count=len(handed))
    return sorted(handed, key=lambda one: (one.agency, one.sign_in_name))


def is_unread(found: DataImport) -> bool:
    """Whether old cases would all go to the inspectorate because nothing here can read them."""
    return found.kind is Kind.CASES and found.stage is Stage.READY and current_app.extensions.get("classifier") is None


@atomic
def note_export(by: User, kind: Kind) -> None:
    """Leave a row that somebody took all rows of a kind out."""
    record("export.made", actor=Actor.of(by), subject_kind="export", subject_id=kind.value)


@jobs.task("imports.nightly", cron="10 19 * * *")
@atomic
def nightly() -> None:
    """Forget files some time after their end, files nobody decides about, and first passwords nobody fetched."""
    at = now()
    waiting = DataImport.stage.in_((Stage.READY, Stage.CHECKING, Stage.STOPPED)) & (DataImport.made_at < at - UNDECIDED)
    old = or_(DataImport.ended_at < at - KEPT, waiting)
    for found in db.session.scalars(select(DataImport).where(DataImport.wrapped_key.is_not(None), old).with_for_update()):
        if found.ended_at is None:
            end(found, Stage.DONE if found.stage is Stage.STOPPED else Stage.DISCARDED, SYSTEM)
        files.forget(found)
        _note(found, "import.file_forgotten", SYSTEM)
    stale = select(DataImport.id).where(DataImport.ended_at < at - PASSWORDS)
    db.session.execute(delete(FirstPassword).where(FirstPassword.import_id.in_(stale)))


def _note(found: DataImport, action: str, actor: Doer, **facts: Any) -> None:
    record(action, actor=actor, subject_kind="import", subject_id=found.public_id, **facts)
