"""Taking an import back: shown first, with a reason, by the administrator who sent the file, within some days of its end.

Rows of the city's tables go in one transaction; old cases and accounts in batches by the worker, which goes on where it was broken off.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from feedback import jobs
from feedback.accounts.models import User
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotFound
from feedback.imports import queries
from feedback.imports.access import may_read
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome
from feedback.imports.models import DataImport, Stage
from feedback.imports.services import end, lock
from feedback.imports.undo import Outlook, Undo, undo_of
from feedback.text import clean

#: So long after its end an import can be taken back. The file is kept longer (`services.KEPT`).
TIME = timedelta(days=7)
REASON_LIMIT = 300
#: What the worker takes back in batches.
IN_BATCHES = frozenset({Kind.OFFICERS, Kind.CASES})


def until(found: DataImport) -> datetime | None:
    """Until when it can be taken back; None when there is nothing to take back or it is being written."""
    counts = queries.counts(found.id, done=True)
    if not counts[Outcome.NEW] + counts[Outcome.CHANGED] or found.stage not in (Stage.DONE, Stage.STOPPED):
        return None
    return (found.ended_at or now()) + TIME


def outlook(by: User, public_id: str) -> Outlook:
    """What would go and what would stay now. Raises NotFound, Conflict."""
    found = queries.one(public_id)
    _check(found, by)
    return undo_of(found, by).outlook()


def left(by: User, public_id: str) -> Outlook:
    """What of an import that was taken back is still there. Raises NotFound when it was not, or the file is gone."""
    found = queries.one(public_id)
    if not may_read(by, found) or found.stage is not Stage.WITHDRAWN:
        raise NotFound
    return undo_of(found, by).outlook()


def _check(found: DataImport, by: User) -> None:
    if not may_read(by, found):
        raise NotFound
    last = until(found)
    if last is None or now() > last:
        raise Conflict(_("Lần nhập này không rút lại được nữa: chưa ghi gì, đã rút, hoặc đã quá 7 ngày."))


@atomic
def withdraw(by: User, public_id: str, reason: str) -> None:
    """Take back everything that has not been built upon. Raises NotFound, Conflict, Invalid without a reason."""
    found = lock(public_id)
    _check(found, by)
    words = clean(reason, REASON_LIMIT)
    if not words:
        raise Invalid(_("Xin ghi lý do rút lại."))
    if found.stage is Stage.STOPPED:
        end(found, Stage.DONE, Actor.of(by))
    found.stage, found.withdraw_reason, found.position = Stage.WITHDRAWING, words, 0
    _note(found, "import.withdrawing", by, reason=words)
    if found.kind in IN_BATCHES:
        jobs.defer("imports.withdraw", import_id=found.id)
    else:
        taken = undo_of(found, by).some(0)
        assert taken is not None
        _finish(found, by, taken[0])


@jobs.task("imports.withdraw")
def withdraw_rest(import_id: int) -> None:
    """Take rows back, a batch a transaction, until every one has been looked at."""
    after: int | None = 0
    while after is not None:
        after = _some(import_id, after)


@atomic
def _some(import_id: int, after: int) -> int | None:
    found = db.session.scalars(select(DataImport).where(DataImport.id == import_id).with_for_update()).one()
    if found.stage is not Stage.WITHDRAWING:
        return None
    by = db.session.get_one(User, found.made_by_id)
    undo: Undo = undo_of(found, by)
    taken = undo.some(after)
    if taken is None:
        _finish(found, by, found.position)
        return None
    found.position += taken[0]
    return taken[1]


def _finish(found: DataImport, by: User, taken: int) -> None:
    found.stage, found.withdrawn_at, found.position = Stage.WITHDRAWN, now(), taken
    _note(found, "import.withdrawn", by, taken=taken)


def _note(found: DataImport, action: str, by: User, **facts: Any) -> None:
    record(action, actor=Actor.of(by), subject_kind="import", subject_id=found.public_id, **facts)
