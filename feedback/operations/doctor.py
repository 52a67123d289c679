"""Finding what is wrong with an installation. Reads only; each finding says how it is mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from feedback.attachments.models import Attachment
from feedback.attachments.storage import DISK_FLOOR_BYTES
from feedback.attachments.stores import store_of
from feedback.audit.heads import last_head
from feedback.audit.models import AuditEntry
from feedback.cases.sealed import KEYS
from feedback.city.queries import is_loaded
from feedback.cli import is_behind
from feedback.config import Config
from feedback.crypto import KEY_ID_BYTES, KeyRing, sealed_size
from feedback.db import db, now
from feedback.localtime import local_day
from feedback.operations.backup import BACKUP_MADE, SUBJECT
from feedback.partners.queries import undelivered
from feedback.replica.servers import pair_of

#: A job that could have begun so long ago and has not: nobody is working.
IDLE = timedelta(minutes=15)
#: A report the machine has not read after this time is stuck; the safety net comes after seconds.
UNREAD = timedelta(minutes=15)
#: Two clocks may differ by so much without harm.
DRIFT = timedelta(seconds=30)
BACKUP_AGE = timedelta(hours=26)
LISTED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: `wrong`, or `notice` for what may be meant so."""

    check: str
    level: str
    what: str
    mend: str


Check = Callable[[], Iterable[Finding]]


def examine() -> list[Finding]:
    """Everything that is found, in the order of the checks. The database is up; its schema may be old."""
    try:
        behind = is_behind()
    except SQLAlchemyError as error:
        return [Finding("database", "wrong", f"the database does not answer ({type(error).__name__})", "start it, or correct DATABASE_URL")]
    found = [*disk(), *keys()]
    if behind:
        return [*found, Finding("migrations", "wrong", "the database lacks migrations", "stop the service and run: flask db upgrade")]
    checks: Sequence[Check] = (
        city,
        backups,
        files,
        clocks,
        unread,
        jobs,
        time_goes_on,
        heads,
        sealed_keys,
        partners,
        replica,
        *current_app.extensions.get("doctor", ()),
    )
    for check in checks:
        found += check()
    return found


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def disk() -> Iterator[Finding]:
    """Room on the disk of everything that is kept."""
    free = shutil.disk_usage(_config().var).free
    if free < DISK_FLOOR_BYTES:
        what = f"only {free // 10**6} MB are free; below {DISK_FLOOR_BYTES // 10**6} MB no report is taken in"
        yield Finding("disk", "wrong", what, f"make room on the disk of {_config().var}")


def keys() -> Iterator[Finding]:
    """Keys that should be set."""
    if not _config().backup_key:
        yield Finding("keys", "notice", "BACKUP_KEY is not set, so no backup can be made", "set it to 32 random characters or more")


def city() -> Iterator[Finding]:
    """Wards, agencies and rules, without which nothing can be taken in."""
    if not is_loaded():
        yield Finding("city", "wrong", "no city is loaded, so no report can be taken in", "run: flask city load --units 2025")


def backups() -> Iterator[Finding]:
    """The age of the newest backup, wherever it lies: each one leaves a row in the record."""
    config = _config()
    if config.demo or not config.backup_key:
        return
    made_at = db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.subject_kind == SUBJECT, AuditEntry.action == BACKUP_MADE))
    if made_at is None or now() - made_at > BACKUP_AGE:
        what = f"the newest backup is of {made_at:%Y-%m-%d %H:%M} UTC" if made_at else "no backup was ever made"
        yield Finding("backups", "notice", what, "run: flask backup, every night")


def files() -> Iterator[Finding]:
    """Files without rows, rows without files, files of another size than their row says."""
    store = store_of(_config())
    sizes: dict[str, int] = dict(db.session.execute(select(Attachment.stored_name, Attachment.size_bytes)).all())
    orphans = list(store.orphans(set(sizes)))
    if orphans:
        yield Finding("files", "notice", f"{len(orphans)} files belong to no case", "the worker removes them at night; see that it runs")
    bad = [name for name, size in sizes.items() if store.size(name) != sealed_size(size)]
    if bad:
        yield Finding("files", "wrong", f"{len(bad)} files are gone or changed: {_some(bad)}", "fetch them from a backup: flask restore")


_NO_RULE = text(
    "SELECT c.public_id FROM cases c WHERE NOT EXISTS (SELECT FROM deadline_rule r WHERE r.code = c.rule_code) ORDER BY c.id LIMIT 1000"
)
_NO_PAUSE = text(
    "SELECT c.public_id FROM cases c LEFT JOIN case_pause p ON p.case_id = c.id AND p.ended_at IS NULL "
    "WHERE (c.state IN ('awaiting_supplement', 'suspended')) <> (p.id IS NOT NULL) ORDER BY c.id LIMIT 1000"
)
_NO_BEGINNING = text(
    "SELECT c.public_id FROM cases c WHERE NOT EXISTS "
    "(SELECT FROM case_event e WHERE e.case_id = c.id AND e.move IN ('submit', 'split')) ORDER BY c.id LIMIT 1000"
)


def clocks() -> Iterator[Finding]:
    """Cases whose deadline follows from nothing."""
    for question, what, mend in (
        (_NO_RULE, "have a deadline rule that is not in the table", "load the rules: flask city load"),
        (_NO_PAUSE, "stand still without a pause, or have a pause and run", "open each and let it go on by hand"),
        (_NO_BEGINNING, "have no beginning in their history", "restore the history from a backup; run: flask audit verify"),
    ):
        cases = list(db.session.scalars(question))
        if cases:
            yield Finding("clocks", "wrong", f"{len(cases)} cases {what}: {_some(cases)}", mend)


def unread() -> Iterator[Finding]:
    """Reports that nobody can see because the machine never read them."""
    question = text("SELECT public_id FROM cases WHERE state = 'received' AND received_at < :limit ORDER BY id")
    cases = list(db.session.scalars(question, {"limit": now() - UNREAD}))
    if cases:
        yield Finding("unread", "wrong", f"{len(cases)} reports wait to be read by the machine: {_some(cases)}", "start the worker")


def jobs() -> Iterator[Finding]:
    """Work that has failed for good, or that nobody takes up."""
    failed = db.session.execute(text("SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"))
    for name, count in failed:
        yield Finding(
            "jobs", "wrong", f"{count} jobs «{name}» failed for good", "read the worker's log, mend the cause, and queue them again"
        )
    waiting = text(
        "SELECT count(*) FROM procrastinate_jobs j WHERE status = 'todo' AND coalesce(scheduled_at, "
        "(SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)) < :limit"
    )
    count = db.session.scalar(waiting, {"limit": now() - IDLE})
    if count:
        yield Finding("jobs", "wrong", f"{count} jobs wait longer than they should", "start the worker: flask worker")


def time_goes_on() -> Iterator[Finding]:
    """A clock that was set back, or two that differ."""
    theirs: datetime = db.session.execute(select(func.now())).scalar_one()
    last: datetime | None = db.session.scalar(select(func.max(AuditEntry.at)))
    if abs(theirs - now()) > DRIFT:
        yield Finding("clock", "wrong", "the clocks of this machine and of the database differ", "let both follow a time server")
    if last is not None and last > now() + DRIFT:
        yield Finding("clock", "wrong", f"the record has a row of {last.isoformat()}, which is still to come", "set the clock right")


def heads() -> Iterator[Finding]:
    """Days that should have been closed in the record."""
    head = last_head()
    first: datetime | None = db.session.scalar(select(func.min(AuditEntry.at)))
    if head is None and first is None:
        return
    since = head.day if head else local_day(first or now()) - timedelta(days=1)
    if since < local_day(now()) - timedelta(days=2):
        yield Finding(
            "record", "notice", f"no head of the record since {since.isoformat()}", "start the worker, which makes one every night"
        )


def sealed_keys() -> Iterator[Finding]:
    """Keys and shared secrets wrapped under a key that nobody holds any more."""
    ring: KeyRing = current_app.extensions["keys"]
    lost = 0
    for _table, column in KEYS:
        wrapped = select(func.substr(column, 1, KEY_ID_BYTES), func.count()).where(column.is_not(None))
        lost += sum(count for key_id, count in db.session.execute(wrapped.group_by(text("1"))) if not ring.holds(bytes(key_id)))
    if lost:
        mend = "put the former SECRET_KEY into OLDER_SECRET_KEYS"
        yield Finding("keys", "wrong", f"{lost} keys are sealed under a key that is not set", mend)


def partners() -> Iterator[Finding]:
    """Partner systems that messages do not reach."""
    for name, count in undelivered():
        mend = "see Hệ thống đối tác for what it answers; resume or end it there, and ask whoever runs it"
        yield Finding("partners", "wrong", f"{count} messages to «{name}» have not arrived for more than a day", mend)


#: Slots that keep the log for whoever is away without a limit, until the primary's disk is full.
_UNBOUNDED = text(
    "SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active "
    "AND current_setting('max_slot_wal_keep_size') = '-1' ORDER BY 1"
)
_GUIDE = "see «A second database server» in docs/PRODUCTION.md"


def replica() -> Iterator[Finding]:
    """The second server, where one is set: it answers, follows the primary, keeps up and cannot fill the primary's disk."""
    for name in db.session.scalars(_UNBOUNDED):
        what = f"nothing takes up the slot «{name}», which keeps all that is written until the primary's disk is full"
        yield Finding("replica", "wrong", what, f"bring the replica back or drop the slot; set max_slot_wal_keep_size: {_GUIDE}")
    if (pair := pair_of(current_app)) is None:
        return
    _place, following = pair.look()
    as_of = pair.as_of()
    if following is None:
        what, mend = "the replica does not answer; everything is read from the primary", "start it, or correct or clear REPLICA_URL"
    elif not pair.is_ours(following):
        what = "REPLICA_URL names a server that does not follow our primary, because it was promoted or is another; it is not read from"
        mend = f"if it was promoted on purpose, let DATABASE_URL name it and make a new replica: {_GUIDE}"
    elif not following.connected:
        what, mend = "the replica is cut off from its primary", f"read its log, look at the network and primary_conninfo: {_GUIDE}"
    elif as_of is None or now() - as_of > pair.limit:
        what = f"the replica is behind by more than {pair.limit.total_seconds():.0f} s; everything is read from the primary"
        mend = "see whether its disk and processor keep up, and whether a long query or pg_wal_replay_pause holds it"
    else:
        return
    yield Finding("replica", "wrong", what, mend)


def _some(names: Sequence[Any]) -> str:
    shown = ", ".join(str(name) for name in names[:LISTED])
    return shown + (", …" if len(names) > LISTED else "")
