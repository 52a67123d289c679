"""The head of a day: made once, after the day, over everything that no head covers yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from feedback import jobs
from feedback.audit.chain import START, head_statement
from feedback.audit.heads import close_day, last_head, newest_heads
from feedback.audit.services import record_keys
from feedback.config import APP_ROLE
from feedback.db import db
from tests.feedback.audit.records import FIRST, SECOND, act, checked, tamper, write_record


def test_heads_follow_each_other_and_are_signed(app: Flask) -> None:
    write_record()
    second, first = newest_heads()
    assert (first.previous, second.previous) == (START, first.head)
    assert (first.entries, first.last_seq, second.entries, second.last_seq) == (5, 5, 2, 7)
    for row in (first, second):
        assert record_keys().signed(row.key_id, head_statement(row.day, row.head), row.signature)
        assert not record_keys().signed(row.key_id, head_statement(date(2026, 1, 1), row.head), row.signature)


@pytest.mark.parametrize("day", [FIRST, SECOND, date(2020, 1, 1)])
def test_a_day_is_closed_once_and_never_afterwards(app: Flask, day: date) -> None:
    write_record()
    assert close_day(day) is None
    assert len(newest_heads()) == 2


def test_a_quiet_day_has_a_head_too(app: Flask) -> None:
    row = close_day(FIRST)
    assert row is not None
    assert (row.entries, row.last_seq) == (0, 0)
    other = close_day(SECOND)
    assert other is not None
    assert other.head != row.head
    assert checked().whole


@pytest.mark.parametrize(
    ("instant", "day"),
    [(datetime(2026, 11, 24, 17, 5, tzinfo=UTC), date(2026, 11, 24)), (datetime(2026, 11, 24, 16, 5, tzinfo=UTC), date(2026, 11, 23))],
)
def test_the_worker_closes_the_day_that_is_over_in_the_city(
    app: Flask, clock: Callable[[datetime], None], instant: datetime, day: date
) -> None:
    clock(instant)
    act("a")
    jobs.run_here("audit.close_day")
    jobs.run_here("audit.close_day")
    (row,) = newest_heads()
    assert (row.day, row.entries) == (day, 1)


def test_after_days_without_a_worker_one_head_covers_them_all(app: Flask) -> None:
    write_record()
    row = close_day(date(2026, 12, 3))
    assert row is not None
    assert row.entries == 2
    assert checked().whole


def test_a_record_cut_short_gets_no_head_that_hides_it(app: Flask) -> None:
    """The next head goes on from where the last one ended, not from where the cut record ends."""
    write_record()
    tamper("DELETE FROM audit_entry WHERE seq > 5")
    row = close_day(date(2026, 11, 25))
    assert row is not None
    assert (row.last_seq, row.entries) == (7, 0)
    verdict = checked()
    assert verdict.bad_day is not None
    assert verdict.bad_day.day == SECOND


def test_two_workers_cannot_make_two_heads_of_a_day(app: Flask) -> None:
    write_record()
    row = last_head()
    assert row is not None
    for change in ("day + 1", "day"):
        with pytest.raises(IntegrityError):
            db.session.execute(
                text(
                    "INSERT INTO audit_head (day, last_seq, entries, previous, head, key_id, signature) "
                    f"SELECT {change}, last_seq, entries, previous, sha256(head), key_id, signature FROM audit_head WHERE day = '{SECOND}'"
                )
            )
        db.session.rollback()


@pytest.mark.parametrize("statement", ["UPDATE audit_head SET entries = 0", "DELETE FROM audit_head", "TRUNCATE audit_head"])
def test_heads_are_never_changed(app: Flask, statement: str) -> None:
    write_record()
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_neither_the_owner_nor_the_application_has_the_right_to_change_the_record(app: Flask, table: str) -> None:
    """Rights stand before triggers for every account but a superuser."""
    rights = text(
        "SELECT grantee::regrole::text, privilege_type FROM pg_class, aclexplode(relacl) WHERE relname = :table AND relkind = 'r'"
    )
    held = {(row[0], row[1]) for row in db.session.execute(rights, {"table": table})}
    owner = db.session.scalar(text("SELECT current_user"))
    assert {right for _who, right in held} >= {"SELECT", "INSERT"}
    assert not {right for _who, right in held} & {"UPDATE", "DELETE", "TRUNCATE"}
    assert {who for who, _right in held} == {owner, APP_ROLE}
