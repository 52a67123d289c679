"""Chain the audit rows, and keep a signed head of each day.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

from feedback.audit.chain import SEALED, START, mac_of
from feedback.audit.models import CHAINED, NO_LONGER_CHAINED

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BATCH = 5_000
LINKS = sa.table("audit_link", sa.column("seq"), sa.column("number"), sa.column("previous"), sa.column("mac"))
EXISTING = sa.text(
    "SELECT seq, at, actor_user_id, actor_role, action, subject_kind, subject_id, facts FROM audit_entry ORDER BY subject_kind, subject_id, seq"
)


def upgrade() -> None:
    """Rows that are there are chained as they stand: what was changed in them before this day cannot be found any more."""
    for name, kind in (("number", sa.Integer()), ("previous", sa.LargeBinary()), ("mac", sa.LargeBinary())):
        op.add_column("audit_entry", sa.Column(name, kind, nullable=True))
    _chain_existing()
    for name in ("number", "previous", "mac"):
        op.alter_column("audit_entry", name, nullable=False)
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.create_unique_constraint(
        op.f("uq_audit_entry_subject_kind_subject_id_number"), "audit_entry", ["subject_kind", "subject_id", "number"]
    )
    op.create_check_constraint(op.f("ck_audit_entry_number"), "audit_entry", "number > 0")
    op.create_table(
        "audit_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_head_previous")),
        sa.UniqueConstraint("head", name=op.f("uq_audit_head_head")),
    )
    for statement in CHAINED:
        op.execute(statement)


def _chain_existing() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text("CREATE TEMPORARY TABLE audit_link (seq bigint PRIMARY KEY, number integer, previous bytea, mac bytea) ON COMMIT DROP")
    )
    links = _links(connection)
    while batch := list(islice(links, BATCH)):
        connection.execute(sa.insert(LINKS), batch)
    op.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_insert_only")
    op.execute(
        "UPDATE audit_entry SET number = link.number, previous = link.previous, mac = link.mac FROM audit_link link "
        "WHERE link.seq = audit_entry.seq"
    )
    op.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_insert_only")


def _links(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """The place of every row in its chain, and its mac."""
    key: bytes = current_app.extensions["record_keys"].chain[0]
    rows = connection.execute(EXISTING, execution_options={"yield_per": BATCH})
    for _subject, chain in groupby(rows, lambda row: (row.subject_kind, row.subject_id)):
        previous = START
        for number, row in enumerate(chain, 1):
            columns = {**row._mapping, "number": number, "previous": previous}
            mac = mac_of(key, {name: columns[name] for name in SEALED})
            yield {"seq": row.seq, "number": number, "previous": previous, "mac": mac}
            previous = mac


def downgrade() -> None:
    """Rows without chains; the heads are lost."""
    for statement in NO_LONGER_CHAINED:
        op.execute(statement)
    op.drop_table("audit_head")
    op.drop_constraint(op.f("ck_audit_entry_number"), "audit_entry", type_="check")
    op.drop_constraint(op.f("uq_audit_entry_subject_kind_subject_id_number"), "audit_entry", type_="unique")
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_kind", "subject_id"], unique=False)
    for name in ("mac", "previous", "number"):
        op.drop_column("audit_entry", name)
