"""The audit table and the heads over it: rows are added and never changed, which triggers in the database see to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, UtcDateTime

#: Statements of the migration that make the table insert-only, and their undoing.
INSERT_ONLY = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME;
    END $$
    """,
    (
        "CREATE TRIGGER audit_entry_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ),
)
NO_LONGER_INSERT_ONLY = ("DROP TRIGGER audit_entry_insert_only ON audit_entry", "DROP FUNCTION refuse_change()")
#: Key of the lock that writers share until they commit, and that is held alone to see how far the record goes.
WRITING = 2_015_071_901
#: Statements of a later migration: the end of a chain, locked until the caller commits, and the place of its next rows.
CHAINED = (
    f"""
    CREATE FUNCTION audit_tip(kind text, id text, wanted integer, OUT number integer, OUT mac bytea, OUT seqs bigint[])
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared({WRITING});
        PERFORM pg_advisory_xact_lock(hashtextextended(kind || ':' || id, {WRITING}));
        SELECT e.number, e.mac INTO number, mac FROM audit_entry e
            WHERE e.subject_kind = kind AND e.subject_id = id ORDER BY e.number DESC LIMIT 1;
        -- A line of this kind starts no query, and the name is looked up once for a connection.
        FOR place IN 1..wanted LOOP
            seqs := seqs || nextval('audit_entry_seq_seq');
        END LOOP;
    END $$
    """,  # noqa: S608 — the number is ours
    (
        "CREATE TRIGGER audit_head_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ),
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_head FROM PUBLIC, CURRENT_USER",
)
NO_LONGER_CHAINED = (
    "GRANT ALL ON audit_entry TO CURRENT_USER",
    "DROP TRIGGER audit_head_insert_only ON audit_head",
    "DROP FUNCTION audit_tip(text, text, integer)",
)


class AuditEntry(Base):
    """Who did what to which thing. Facts hold states, codes and keys, never a name, a contact or a text of a report."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty for a citizen and for the system.
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: Role of the officer, or "citizen", or "system".
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: 1, 2, 3 … among the rows about the same thing; two writers cannot both have the next one.
    number: Mapped[int]
    #: The mac of the row before it in its chain.
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    #: Keyed hash of every other column (feedback/audit/chain.py), set just before the row is written.
    mac: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "number"), CheckConstraint("number > 0", name="number"))


class AuditHead(Base):
    """What the record came to by the end of a day. Published, so that a copy outside the house can be held against it."""

    __tablename__ = "audit_head"

    day: Mapped[date] = mapped_column(primary_key=True)
    #: The head covers every row up to this one that no earlier head covers.
    last_seq: Mapped[int] = mapped_column(BigInteger)
    #: How many rows it covers; inside the hash, never published.
    entries: Mapped[int]
    #: The head before it; unique, so that heads cannot fork.
    previous: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    head: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    key_id: Mapped[str] = mapped_column(String(8))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
