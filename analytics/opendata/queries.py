"""What has been published: editions and their tables. Reads frozen rows only, never a case and never a figure that still moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from analytics.opendata.files import rows_of
from analytics.opendata.models import FrozenTable, Release
from analytics.opendata.tables import Sheet
from feedback.db import db
from feedback.errors import NotFound

#: The newest edition of every month.
_NEWEST = select(Release.month, func.max(Release.edition).label("edition")).group_by(Release.month).subquery("newest")


def releases() -> Sequence[Release]:
    """Every edition of every month, the newest month first and in it the newest edition."""
    return db.session.scalars(select(Release).order_by(Release.month.desc(), Release.edition.desc())).all()


def newest(month: date) -> Release | None:
    """The newest edition of a month; None when the month has not been published."""
    return db.session.scalar(select(Release).where(Release.month == month).order_by(Release.edition.desc()).limit(1))


def frozen(month: date, sheet: Sheet, edition: int | None = None) -> tuple[Release, FrozenTable]:
    """A table of a month, in its newest edition or in the one that is asked for. Raises NotFound. One query."""
    query = select(Release, FrozenTable).join(FrozenTable).where(Release.month == month, FrozenTable.name == sheet)
    if edition is not None:
        query = query.where(Release.edition == edition)
    row = db.session.execute(query.order_by(Release.edition.desc()).limit(1)).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def tables_of(release: Release) -> dict[Sheet, list[dict[str, Any]]]:
    """The rows of every table of an edition."""
    found = select(FrozenTable.name, FrozenTable.content).where(FrozenTable.release_id == release.id)
    return {Sheet(name): rows_of(content) for name, content in db.session.execute(found)}


def hashes_of(release: Release) -> Sequence[tuple[str, str]]:
    """Name and hash of every table of an edition, in the order of their names."""
    found = select(FrozenTable.name, FrozenTable.sha256).where(FrozenTable.release_id == release.id)
    # Not in the database's order, which differs from server to server.
    return sorted((name, one) for name, one in db.session.execute(found))


def all_months(sheet: Sheet, last: int | None = None) -> list[dict[str, Any]]:
    """The rows of a table over all months, each in its newest edition, the oldest month first; with `last` of so many months. One query."""
    found = (
        select(FrozenTable.content)
        .join(Release)
        .join(_NEWEST, (_NEWEST.c.month == Release.month) & (_NEWEST.c.edition == Release.edition))
        .where(FrozenTable.name == sheet)
        .order_by(Release.month.desc())
        .limit(last)
    )
    return [row for content in reversed(db.session.scalars(found).all()) for row in rows_of(content)]
