"""Audit rows: part of the act's transaction, and never changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from feedback.accounts.doers import NOBODY
from feedback.audit.models import AuditEntry
from feedback.audit.services import record
from feedback.db import db, transaction


def write() -> None:
    record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="a1", state="new")


def test_a_row_says_who_what_and_when(app: Flask) -> None:
    at = datetime(2026, 11, 24, 5, tzinfo=UTC)
    with transaction():
        write()
        record("thing.moved", actor=NOBODY, subject_kind="thing", subject_id="a1", at=at)
    first, second = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
    assert (first.action, first.actor_role, first.actor_user_id) == ("thing.done", "system", None)
    assert (first.subject_kind, first.subject_id, first.facts) == ("thing", "a1", {"state": "new"})
    assert second.at == at
    assert first.seq < second.seq


def test_an_act_undone_leaves_no_row(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():  # noqa: PT012 — the act fails after its row
        write()
        _ = 1 / 0
    assert db.session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'other'",
        "UPDATE audit_entry SET at = now() WHERE false",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_rows_are_never_changed(app: Flask, statement: str) -> None:
    with transaction():
        write()
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert [row.action for row in db.session.scalars(select(AuditEntry))] == ["thing.done"]
