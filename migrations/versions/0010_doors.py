"""Know other systems by their keys, and which case came in under which of them.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = "'web', 'phone', 'paper', 'counter', 'import'"


def upgrade() -> None:
    """Keys, requests, and a channel of their own."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_key_name")),
        sa.CheckConstraint("ended_at >= made_at", name=op.f("ck_api_key_ended_after")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_user.id"], name=op.f("fk_api_key_made_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hmac", name=op.f("uq_api_key_key_hmac")),
    )
    op.create_table(
        "api_request",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("api_key_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hmac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_api_request_api_key_id_api_key")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_api_request_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_api_request")),
        sa.UniqueConstraint("token_hmac", name=op.f("uq_api_request_token_hmac")),
    )
    op.create_index(op.f("ix_api_request_api_key_id"), "api_request", ["api_key_id"])
    _channels(f"{BEFORE}, 'partner'")


def downgrade() -> None:
    """Forget keys and tokens; what came in through them counts as read from a file."""
    op.execute("UPDATE cases SET channel = 'import' WHERE channel = 'partner'")
    _channels(BEFORE)
    op.drop_index(op.f("ix_api_request_api_key_id"), table_name="api_request")
    op.drop_table("api_request")
    op.drop_table("api_key")


def _channels(known: str) -> None:
    op.drop_constraint(op.f("ck_cases_channel"), "cases", type_="check")
    op.create_check_constraint(op.f("ck_cases_channel"), "cases", f"channel IN ({known})")
