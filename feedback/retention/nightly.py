"""The night's work: warn of what will go, then anonymise what is due and was warned of. Safe to run twice or to break off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import Row, or_, update
from sqlalchemy.dialects.postgresql import insert

from feedback import jobs
from feedback.attachments.stores import store_of
from feedback.audit.services import record
from feedback.cases.access import SYSTEM
from feedback.cases.models import Case
from feedback.cases.writing import lock_by_id
from feedback.db import atomic, db, now
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.retention import queries
from feedback.retention.erasing import erase
from feedback.retention.models import Keeping
from feedback.retention.periods import FIRST_WARNING, LAST_WARNING
from feedback.retention.services import tell_responsible

#: Cases taken at a time.
BATCH = 200


@jobs.task("retention.nightly", cron="30 18 * * *")
def nightly() -> None:
    """At half past one in the city: the warnings, then what is due. Each case is a transaction of its own."""
    today = local_day(now())
    warn(today)
    while ids := _due(today):
        done = [anonymise(case_id, today) for case_id in ids]
        if not any(done):
            return


@atomic
def warn(today: date) -> None:
    """Tell those responsible, once thirty and once seven days before, that cases will go: one notice each, however many there are."""
    _forget_old_warnings(today)
    told: set[tuple[int, bool, bool]] = set()
    for days, column in ((LAST_WARNING, Keeping.last_warned_on), (FIRST_WARNING, Keeping.first_warned_on)):
        waiting = queries.due_before(today + timedelta(days=days)).where(column.is_(None), ~queries.GRANTED)
        rows = db.session.execute(waiting.add_columns(Case.agency_id, Case.at_desk, Case.sealed)).all()
        _keep_warned(rows, column.key, today)
        told |= {(row.agency_id, row.at_desk, row.sealed) for row in rows}
    for agency_id, at_desk, sealed in sorted(told):
        tell_responsible(agency_id, at_desk=at_desk, sealed=sealed, kind=NoticeKind.RETENTION_SOON)


def _keep_warned(rows: Sequence[Row[int, date]], column: str, today: date) -> None:
    if rows:
        fresh = insert(Keeping).on_conflict_do_update(index_elements=["case_id"], set_={column: today})
        db.session.execute(fresh, [{"case_id": row.id, column: today} for row in rows])


def _forget_old_warnings(today: date) -> None:
    """A case whose day has moved away, because its sender wrote or the period changed, is warned of anew."""
    near = queries.due_before(today + timedelta(days=FIRST_WARNING)).with_only_columns(Case.id).order_by(None)
    warned = or_(Keeping.first_warned_on.is_not(None), Keeping.last_warned_on.is_not(None))
    stale = update(Keeping).where(Keeping.anonymised_on.is_(None), warned, Keeping.case_id.not_in(near))
    db.session.execute(stale.values(first_warned_on=None, last_warned_on=None))


def _due(today: date, case_id: int | None = None) -> Sequence[int]:
    """Cases whose day has come and whose last warning is old enough, however short a period was made in between."""
    found = queries.due_before(today).where(queries.warned_before(today - timedelta(days=LAST_WARNING)))
    found = found.limit(BATCH) if case_id is None else found.where(Case.id == case_id)
    return [row.id for row in db.session.execute(found)]


def anonymise(case_id: int, today: date) -> bool:
    """Anonymise one case if it is due now that it is locked; False when something has come in between."""
    names = _anonymise(case_id, today)
    if names is None:
        return False
    store = store_of(current_app.extensions["config"])
    for name in names:  # after the commit; what a crash leaves here belongs to no row and is swept
        store.delete(name)
    return True


@atomic
def _anonymise(case_id: int, today: date) -> Sequence[str] | None:
    case = lock_by_id(case_id)
    if not _due(today, case_id):
        return None
    kept = queries.day_of(case_id)
    kind = kept[0].value if kept else ""
    asked = queries.is_granted(case_id)
    names = erase(case)
    done = insert(Keeping).values(case_id=case_id, anonymised_on=today)
    db.session.execute(done.on_conflict_do_update(index_elements=["case_id"], set_={"anonymised_on": today}))
    record("case.anonymised", actor=SYSTEM, subject_kind="case", subject_id=case.public_id, kind=kind, files=len(names), asked=asked)
    return names
