"""A small record to tamper with, and the hand of somebody who is above every trigger."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from feedback.accounts.doers import NOBODY
from feedback.audit.heads import close_day
from feedback.audit.services import record, record_keys
from feedback.audit.verify import Verdict, verify
from feedback.db import db, transaction

FIRST, SECOND = date(2026, 11, 23), date(2026, 11, 24)
#: Subjects in the order of their acts; the bars are the ends of days. Rows get seq 1, 2, 3 …
ACTS = ("a", "a", "b", "a", "c", "|", "b", "a", "|", "a", "d")
ROWS = sum(act != "|" for act in ACTS)


def act(subject: str, **facts: object) -> None:
    """One act and its row, committed."""
    with transaction():
        record("thing.done", actor=NOBODY, subject_kind="thing", subject_id=subject, **facts)


def write_record() -> None:
    """Nine rows about four things; two days are closed, the last two rows came after."""
    days = iter((FIRST, SECOND))
    for number, subject in enumerate(ACTS):
        if subject == "|":
            assert close_day(next(days)) is not None
        else:
            act(subject, step=number, state="new")


def tamper(*statements: str) -> None:
    """Change what the database says, past its triggers and keys."""
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def without_unique_keys() -> None:
    """Take away the keys that would already refuse some forgeries."""
    tamper(
        "ALTER TABLE audit_entry DROP CONSTRAINT uq_audit_entry_subject_kind_subject_id_number",
        "ALTER TABLE audit_head DROP CONSTRAINT uq_audit_head_previous",
        "ALTER TABLE audit_head DROP CONSTRAINT uq_audit_head_head",
    )


def checked(kept: dict[date, bytes] | None = None) -> Verdict:
    """What verifying says now."""
    return verify(record_keys(), kept)
