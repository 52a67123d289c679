"""Access tokens of officers, and what a POST of the JSON API answered.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; the application's role gets its rights when the walls are put up."""
    op.create_table(
        "access_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("epoch", sa.String(length=24), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_access_token_name")),
        sa.CheckConstraint(
            "expires_at > made_at AND expires_at <= made_at + interval '366 days'", name=op.f("ck_access_token_a_year_at_most")
        ),
        sa.CheckConstraint("ended_at >= made_at", name=op.f("ck_access_token_ended_after")),
        sa.CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ '{cases:read,cases:act}'::varchar[]", name=op.f("ck_access_token_scopes")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_access_token_user_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hmac", name=op.f("uq_access_token_token_hmac")),
    )
    op.create_index(op.f("ix_access_token_user_id"), "access_token", ["user_id"])
    op.create_table(
        "api_answer",
        sa.Column("key_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("body_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(status IS NULL) = (sealed IS NULL)", name=op.f("ck_api_answer_whole")),
        sa.PrimaryKeyConstraint("key_hmac", name=op.f("pk_api_answer")),
    )
    op.create_index(op.f("ix_api_answer_claimed_at"), "api_answer", ["claimed_at"])


def downgrade() -> None:
    """Programs of officers are signed out; what was done through them stays."""
    op.drop_table("api_answer")
    op.drop_table("access_token")
