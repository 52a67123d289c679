"""Reads of files that were brought in: one, the latest, their lines, what is proposed by them. Never change anything."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from feedback.accounts import grants
from feedback.accounts.models import RoleGrant
from feedback.db import db
from feedback.errors import NotFound
from feedback.imports.judged import Outcome
from feedback.imports.models import DataImport, FirstPassword, ImportLine
from feedback.imports.reading import MOST_LINES

PAGE_SIZE = 50


def latest(size: int = 20) -> Sequence[DataImport]:
    """The files brought in last, the newest first. One query."""
    return db.session.scalars(select(DataImport).order_by(DataImport.id.desc()).limit(size).options(joinedload(DataImport.made_by))).all()


def one(public_id: str) -> DataImport:
    """A file by its public id. Raises NotFound."""
    found = db.session.scalar(select(DataImport).where(DataImport.public_id == public_id).options(joinedload(DataImport.made_by)))
    if found is None:
        raise NotFound
    return found


def counts(import_id: int, *, done: bool | None = None) -> dict[Outcome, int]:
    """How many lines have each outcome; with `done`, of those that are written or refused for good, or of those only judged."""
    found = select(ImportLine.outcome, func.count()).where(ImportLine.import_id == import_id).group_by(ImportLine.outcome)
    if done is not None:
        found = found.where(ImportLine.done.is_(done))
    return {**dict.fromkeys(Outcome, 0), **dict(db.session.execute(found).all())}


def lines(import_id: int, outcome: Outcome, after: int = 0, size: int = PAGE_SIZE) -> Sequence[ImportLine]:
    """Lines with an outcome in the order of the file, behind the line `after`."""
    wanted = select(ImportLine).where(ImportLine.import_id == import_id, ImportLine.outcome == outcome, ImportLine.line > after)
    return db.session.scalars(wanted.order_by(ImportLine.line).limit(size)).all()


def refused(import_id: int) -> Sequence[ImportLine]:
    """Every refused line."""
    return lines(import_id, Outcome.REFUSED, size=MOST_LINES)


def passwords(import_id: int) -> int:
    """How many first passwords wait to be handed over."""
    return db.session.scalar(select(func.count()).select_from(FirstPassword).where(FirstPassword.import_id == import_id)) or 0


def proposals(import_id: int) -> list[RoleGrant]:
    """What the file proposes for accounts and nobody has decided yet. One query."""
    users = select(ImportLine.user_id).where(ImportLine.import_id == import_id, ImportLine.done, ImportLine.user_id.is_not(None))
    return grants.waiting(MOST_LINES, among=users)
