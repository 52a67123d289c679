"""The head of each day: what the record came to, signed and published (docs/adr/0006-record.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, text

from feedback import jobs
from feedback.audit.chain import START, head_of, head_statement
from feedback.audit.models import WRITING, AuditEntry, AuditHead
from feedback.audit.services import record_keys
from feedback.db import atomic, db, now
from feedback.localtime import local_day

#: Nobody waits longer than this for a writer to finish so that the record's end can be seen; the job comes again in an hour.
PATIENCE = "3s"
#: Rows read at a time.
STREAMED = 5_000


@jobs.task("audit.close_day", cron="5 * * * *")
def close_yesterday() -> None:
    """Make the head of the day that is over, unless there is one. Hourly, so that a worker that slept at midnight makes it later."""
    close_day(local_day(now()) - timedelta(days=1))


def close_day(day: date) -> AuditHead | None:
    """Make the head of a day over every row written up to now that no head covers; None when that day is closed already.

    After days without a worker one head covers them all. Raises OperationalError when somebody has been writing for too long.
    """
    before = last_head()
    if before is not None and before.day >= day:
        return None
    return _keep(day, _end_of_record())


@atomic
def _end_of_record() -> int:
    """The `seq` up to which every row is committed. The lock ends with this transaction, before anything is computed."""
    db.session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    db.session.execute(select(func.pg_advisory_xact_lock(WRITING)))
    return db.session.scalar(select(func.max(AuditEntry.seq))) or 0


@atomic
def _keep(day: date, last_seq: int) -> AuditHead:
    before = last_head()
    since = 0 if before is None else before.last_seq
    found = select(AuditEntry.mac).where(AuditEntry.seq > since, AuditEntry.seq <= last_seq).order_by(AuditEntry.seq)
    macs = db.session.scalars(found.execution_options(yield_per=STREAMED))
    row = made_head(day, max(since, last_seq), macs, START if before is None else before.head)
    db.session.add(row)
    return row


def made_head(day: date, last_seq: int, macs: Iterable[bytes], previous: bytes) -> AuditHead:
    """The signed head over these macs, in order, after the head before it."""
    entries, all_macs = 0, hashlib.sha256()
    for mac in macs:
        entries += 1
        all_macs.update(mac)
    head = head_of(previous, day, last_seq, entries, all_macs.digest())
    keys = record_keys()
    signature = keys.sign(head_statement(day, head))
    return AuditHead(day=day, last_seq=last_seq, entries=entries, previous=previous, head=head, key_id=keys.key_id, signature=signature)


def last_head() -> AuditHead | None:
    """The newest head; None before the first night."""
    return db.session.scalar(select(AuditHead).order_by(AuditHead.day.desc()).limit(1))


def newest_heads(count: int | None = None) -> Sequence[AuditHead]:
    """So many heads, or all of them, the newest first."""
    return db.session.scalars(select(AuditHead).order_by(AuditHead.day.desc()).limit(count)).all()
