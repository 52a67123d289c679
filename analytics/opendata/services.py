"""Publishing: a month is frozen some days after its end, and changes afterwards only by a correction that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, text

from analytics.counts import Period
from analytics.opendata import counting, queries
from analytics.opendata.files import as_json, hash_of, hash_of_all
from analytics.opendata.models import FrozenTable, Release
from analytics.opendata.publishing import Edition, Rows
from analytics.opendata.tables import Family, Sheet
from analytics.rollup import services as rollup
from feedback import jobs
from feedback.audit.services import record
from feedback.cases.access import SYSTEM
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid
from feedback.localtime import local_day

#: A month is frozen so many days after it has ended: what was received on its last evening is sorted by then.
DAYS_AFTER = 5
#: One at a time. Any number, held until the commit.
FREEZING = 2_015_073_101
LONGEST_REASON = 500
#: Columns that count cases.
COUNTS = frozenset(column for family in Family for column in family.columns)


@jobs.task("opendata.freeze", cron="40 19 * * *")
@jobs.task("opendata.catch_up")
def publish() -> None:
    """Freeze what is closed: at night, and whenever months were filled in that are over."""
    freeze_closed()


def freeze_closed() -> list[date]:
    """Freeze every month that is closed and is not frozen, the oldest first; which they were."""
    rollup.take_up()
    frozen = {release.month for release in queries.releases()}
    first = counting.first_month()
    waiting = [month for month in closed_months(first, local_day(now())) if month not in frozen] if first else []
    return [month for month in waiting if freeze(month)]


def closed_months(first: date, today: date) -> Iterator[date]:
    """First days of the months, from that of `first` on, that ended at least DAYS_AFTER days before today."""
    month = first.replace(day=1)
    while _next(month) + timedelta(days=DAYS_AFTER) <= today:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def period_of(month: date) -> Period:
    """The whole month, as it stands now."""
    return Period(month, _next(month) - timedelta(days=1), now())


@atomic
def freeze(month: date) -> bool:
    """Publish a month for the first time; False when it has been already. The month must be closed."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FREEZING})
    if queries.newest(month) is not None:
        return False
    period, known = period_of(month), counting.codes()
    edition = Edition(month, 1, known.names)
    _keep(edition, edition.first(counting.month_figures(period, known), counting.conduct_reports(period)), "")
    return True


@atomic
def correct(month: date, reason: str) -> int:
    """Publish a further edition of a month, counted as its cases stand now; its number.

    Raises Invalid without a reason, Conflict when the month has not been published or nothing has changed by enough to be told.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Xin nêu lý do đính chính, không quá %(most)s ký tự.", most=LONGEST_REASON))
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FREEZING})
    rollup.take_up()
    before = queries.newest(month)
    if before is None:
        raise Conflict(_("Tháng này chưa được công bố nên không có gì để đính chính."))
    published, known = queries.tables_of(before), counting.codes()
    edition = Edition(month, before.edition + 1, known.names)
    rows = edition.correction(counting.month_figures(period_of(month), known), published)
    if not _differ(rows, published):
        raise Conflict(_("Không có số nào thay đổi từ %(fewest)s hồ sơ trở lên nên không có gì để đính chính.", fewest=5))
    _keep(edition, rows, reason)
    return edition.number


def _differ(rows: Mapping[Sheet, list[dict[str, Any]]], published: Mapping[Sheet, list[dict[str, Any]]]) -> bool:
    """Whether a count is another than before where both editions show it.

    An edition that merely hides more would say nothing but that some case has changed.
    """
    for sheet, ones in rows.items():
        before = _counts(published[sheet])
        if any(before.get(place, number) != number for place, number in _counts(ones).items()):
            return True
    return False


def _counts(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], int]:
    """Every count that is shown, by its row's codes and its column."""
    found: dict[tuple[Any, ...], int] = {}
    for row in rows:
        codes = tuple(value for name, value in sorted(row.items()) if name.endswith("_code"))
        found |= {(*codes, name): value for name, value in row.items() if name in COUNTS and value is not None}
    return found


def _keep(edition: Edition, rows: Rows, reason: str) -> None:
    """Add an edition with its tables, and its hash to the record: who keeps the heads of the record can prove what was published."""
    contents = {sheet: as_json(sheet, rows[sheet]) for sheet in sorted(rows)}
    tables = [FrozenTable(name=sheet, content=content, sha256=hash_of(content)) for sheet, content in contents.items()]
    overall = hash_of_all([table.sha256 for table in tables])
    db.session.add(
        Release(month=edition.month, edition=edition.number, reason=reason, frozen_at=now(), sha256=overall, tables=tables),
    )
    subject = f"{edition.month:%Y-%m}"
    record("opendata.publish", actor=SYSTEM, subject_kind="open_data", subject_id=subject, edition=edition.number, sha256=overall)


@atomic
def verify() -> list[str]:
    """What of the published tables does not have the hash it was published with; empty when all is well."""
    wrong = []
    for release in db.session.scalars(select(Release).order_by(Release.month, Release.edition)):
        found = db.session.scalars(select(FrozenTable).where(FrozenTable.release_id == release.id))
        tables = sorted(found, key=lambda table: table.name)
        good = all(hash_of(table.content) == table.sha256 for table in tables)
        if not good or hash_of_all([table.sha256 for table in tables]) != release.sha256:
            wrong.append(f"{release.month:%Y-%m} edition {release.edition}")
    return wrong
