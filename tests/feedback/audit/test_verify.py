"""Whatever is done to the record behind the application's back is found and named."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from feedback.audit import reading
from feedback.audit.chain import SEALED, mac_of
from feedback.audit.heads import newest_heads
from feedback.audit.models import AuditEntry
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.db import db
from feedback.signing import RecordKeys
from tests.feedback.audit.records import FIRST, ROWS, SECOND, act, checked, tamper, without_unique_keys, write_record

#: Another value for each column, as SQL.
OTHER = {
    "seq": "seq + 1000",
    "at": "at + interval '1 microsecond'",
    "actor_user_id": "coalesce(actor_user_id, 0) + 1",
    "actor_role": "'leadership'",
    "action": "action || '.'",
    "subject_kind": "'user'",
    "subject_id": "subject_id || 'x'",
    "facts": 'facts || \'{"state": "old"}\'',
    "number": "number + 50",
    "previous": "set_byte(previous, 31, get_byte(previous, 31) # 1)",
    "mac": "set_byte(mac, 0, get_byte(mac, 0) # 128)",
}
COPIED = "at, actor_user_id, actor_role, action, subject_kind, subject_id, facts, previous, mac"


@pytest.fixture(autouse=True)
def _record(app: Flask) -> None:
    write_record()


def test_a_record_that_was_left_alone_is_whole() -> None:
    verdict = checked()
    assert verdict.whole
    assert (verdict.rows, verdict.chains, verdict.heads, verdict.uncovered) == (ROWS, 4, 2, 2)
    assert verdict.last_head == (SECOND, newest_heads(1)[0].head)


def test_every_column_is_looked_at() -> None:
    assert set(OTHER) == {column.name for column in AuditEntry.__table__.columns}


@pytest.mark.parametrize("column", OTHER)
def test_one_changed_column_of_any_row_is_found(column: str) -> None:
    """Each row in turn; the row is named as it now stands."""
    rows = db.session.execute(select(AuditEntry.__table__)).mappings().all()
    for row in rows:
        tamper(f"UPDATE audit_entry SET {column} = {OTHER[column]} WHERE seq = {row['seq']}")
        bad = checked().bad_row
        assert bad is not None, row
        assert bad.seq == row["seq"] + (1000 if column == "seq" else 0), row
        assert "changed after it was written" in bad.why
        db.session.connection().execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(AuditEntry.__table__.delete().where(AuditEntry.seq == bad.seq))  # type: ignore[attr-defined]
        db.session.execute(AuditEntry.__table__.insert(), dict(row))  # type: ignore[attr-defined]
        db.session.commit()
        assert checked().whole


@pytest.mark.parametrize(
    ("seq", "named", "words"), [(2, 4, "number 2 of this chain"), (1, 2, "number 1 of this chain"), (3, 6, "number 1 ")]
)
def test_a_row_removed_inside_a_chain_leaves_a_gap(seq: int, named: int, words: str) -> None:
    tamper(f"DELETE FROM audit_entry WHERE seq = {seq}")
    bad = checked().bad_row
    assert bad is not None
    assert bad.seq == named
    assert words in bad.why
    assert "missing" in bad.why


def test_several_rows_removed_are_named_from_first_to_last() -> None:
    tamper("DELETE FROM audit_entry WHERE seq IN (2, 4)")
    bad = checked().bad_row
    assert bad is not None
    assert (bad.seq, bad.subject) == (7, "thing a")
    assert "number 2 to 3" in bad.why
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        about = reading.address_of(db.engine), str(connection.scalar(text("SELECT pg_export_snapshot()"))), record_keys().chain
        parts = [reading.read_part(reading.Reading(*about, part, 3)) for part in range(3)]
    whole = parts[0] + parts[1] + parts[2]
    assert (whole.rows, whole.chains, whole.bad) == (ROWS - 2, 4, bad), "the same when the chains are shared out to processes"
    assert max(part.rows for part in parts) < ROWS - 2


@pytest.mark.parametrize(("gone", "day", "left"), [("5", FIRST, "5 rows, 4"), ("6", SECOND, "2 rows, 1"), ("3, 6", FIRST, "5 rows, 4")])
def test_the_end_of_a_chain_cut_off_is_found_by_the_day_it_was_sealed_in(gone: str, day: object, left: str) -> None:
    """Rows 5 and 6 are the last of their chains, 3 and 6 a whole chain: no gap shows it, the head does."""
    tamper(f"DELETE FROM audit_entry WHERE seq IN ({gone})")
    verdict = checked()
    assert verdict.bad_row is None
    assert verdict.bad_day is not None
    assert verdict.bad_day.day == day
    assert f"sealed with {left} are there" in verdict.bad_day.why


def test_a_tail_cut_off_with_its_head_is_found_by_a_copy_kept_outside() -> None:
    """Without the copy nothing is left that could tell; this is what publishing the heads is for."""
    kept = {row.day: row.head for row in newest_heads()}
    tamper("DELETE FROM audit_entry WHERE seq >= 6", f"DELETE FROM audit_head WHERE day = '{SECOND}'")
    assert checked().whole
    bad = checked(kept).bad_day
    assert bad is not None
    assert bad.day == SECOND
    assert "cut off" in bad.why


def test_a_record_written_anew_by_somebody_with_the_secret_is_found_by_a_copy_kept_outside() -> None:
    kept = {FIRST: bytes(32), SECOND: newest_heads(1)[0].head}
    bad = checked(kept).bad_day
    assert bad is not None
    assert bad.day == FIRST
    assert "written anew" in bad.why
    assert checked({SECOND: kept[SECOND]}).whole


def test_rows_since_the_last_head_have_only_their_chains() -> None:
    """Told in docs/THREAT_MODEL.md: what was cut off before the night came is in no head."""
    tamper("DELETE FROM audit_entry WHERE seq IN (8, 9)")
    assert checked().whole
    act("a")
    assert checked().whole


def test_two_rows_exchanged_are_found() -> None:
    without_unique_keys()
    tamper(
        "UPDATE audit_entry SET seq = CASE seq WHEN 3 THEN 104 ELSE 103 END WHERE seq IN (3, 4)",
        "UPDATE audit_entry SET seq = seq - 100 WHERE seq > 100",
    )
    bad = checked().bad_row
    assert bad is not None
    assert bad.seq == 3


def test_two_rows_of_a_chain_exchanged_are_found() -> None:
    without_unique_keys()
    tamper("UPDATE audit_entry SET number = 3 - number WHERE subject_id = 'b'")
    bad = checked().bad_row
    assert bad is not None
    assert bad.seq == 3


def test_two_rows_that_give_each_other_their_macs_are_found() -> None:
    tamper("UPDATE audit_entry e SET mac = o.mac FROM audit_entry o WHERE e.seq IN (3, 5) AND o.seq = 8 - e.seq")
    bad = checked().bad_row
    assert bad is not None
    assert bad.seq == 3


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("seq + 100, number", "changed after it was written"),
        ("seq + 100, number + 100", "changed after it was written"),
        ("seq, number", "two rows with number 2"),
    ],
)
def test_a_row_put_in_is_found_although_it_copies_a_true_one(row: str, words: str) -> None:
    without_unique_keys()
    tamper(
        "ALTER TABLE audit_entry DROP CONSTRAINT pk_audit_entry",
        f"INSERT INTO audit_entry (seq, number, {COPIED}) SELECT {row}, {COPIED} FROM audit_entry WHERE seq = 2",
    )
    verdict = checked()
    assert verdict.bad_row is not None
    assert verdict.bad_row.subject == "thing a"
    assert words in verdict.bad_row.why
    assert verdict.rows == ROWS + 1


def rewritten(seq: int, **changes: object) -> None:
    """What somebody with the secret does: change a row and compute its mac anew."""
    row = {**db.session.execute(select(AuditEntry.__table__).where(AuditEntry.seq == seq)).mappings().one(), **changes}
    mac = mac_of(record_keys().chain[0], {name: row[name] for name in SEALED})
    tamper(f"UPDATE audit_entry SET action = '{row['action']}', mac = '\\x{mac.hex()}' WHERE seq = {seq}")


def test_a_row_rewritten_with_the_secret_no_longer_joins_the_next_one() -> None:
    """Its mac is a true one; the row after it still carries the mac it had."""
    rewritten(2, action="thing.never")
    bad = checked().bad_row
    assert bad is not None
    assert (bad.seq, bad.number) == (4, 3)
    assert "does not join on" in bad.why


def test_the_last_row_of_a_chain_rewritten_with_the_secret_no_longer_fits_its_day() -> None:
    rewritten(5, action="thing.never")
    verdict = checked()
    assert verdict.bad_row is None
    assert verdict.bad_day is not None
    assert verdict.bad_day.day == FIRST
    assert "not those that were sealed" in verdict.bad_day.why


def test_nobody_writes_a_row_that_passes_without_the_secret() -> None:
    assert verify(RecordKeys.from_secret("guessed, and forty characters long, really")).bad_row is not None


def test_rows_from_before_a_change_of_the_secret_still_pass_with_the_older_one() -> None:
    old = "a secret for tests, forty characters ok"
    assert verify(RecordKeys.from_secret("the secret of today, forty characters long", old)).whole


HEADS = {
    "removed": (f"DELETE FROM audit_head WHERE day = '{FIRST}'", SECOND, "does not follow"),
    "count": (f"UPDATE audit_head SET entries = entries - 1 WHERE day = '{SECOND}'", SECOND, "sealed with 1 rows, 2"),
    "end": (f"UPDATE audit_head SET last_seq = 8 WHERE day = '{SECOND}'", SECOND, "sealed with 2 rows, 3"),
    "back": (f"UPDATE audit_head SET last_seq = 1 WHERE day = '{SECOND}'", SECOND, "sealed with 2 rows, 0"),
    "gap": (f"UPDATE audit_head SET last_seq = last_seq + 100 WHERE day = '{SECOND}'", SECOND, "sealed with 2 rows, 4"),
    "head": (f"UPDATE audit_head SET head = sha256(head) WHERE day = '{SECOND}'", SECOND, "signature"),
    "signature": (f"UPDATE audit_head SET signature = sha256(head) || sha256(head) WHERE day = '{FIRST}'", FIRST, "signature"),
    "key": ("UPDATE audit_head SET key_id = 'ABCDEFGH'", FIRST, "signature"),
    "day": (f"UPDATE audit_head SET day = '2026-11-25' WHERE day = '{SECOND}'", SECOND, "signature"),
}


@pytest.mark.parametrize("case", HEADS)
def test_a_changed_head_is_found(case: str) -> None:
    statement, _day, words = HEADS[case]
    tamper(statement)
    verdict = checked()
    assert verdict.bad_row is None
    assert verdict.bad_day is not None
    assert words in verdict.bad_day.why


def test_the_earlier_of_two_bad_days_is_named() -> None:
    tamper("DELETE FROM audit_entry WHERE seq = 5")
    bad = checked({SECOND: bytes(32)}).bad_day
    assert bad is not None
    assert bad.day == FIRST
