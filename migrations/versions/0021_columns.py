"""Figures are added up from the facts in memory: batches tell what changed, sums by day are no longer kept.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEYS = ("cut", "day", "district_id", "agency_id", "category_code")
SUMS = (
    "received", "once_answered", "reopened", "received_solved", "answered", "answered_on_time", "rated", "solved", "scored", "satisfied", "asked",
    "extended", "escalated", "addressed", "first_right", "hops",
)  # fmt: skip
LONG_SUMS, MORE_SUMS = ("unheld_minutes", "life_minutes"), ("due", "on_time", "ended", "refused")


def upgrade() -> None:
    """The facts stay as they are; the first batch stands for all of them."""
    op.create_table(
        "measure_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_batch")),
    )
    op.execute("INSERT INTO measure_batch (anew) VALUES (true)")
    op.add_column("measure_case", sa.Column("batch", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_measure_case_batch", "measure_case", ["batch"], unique=False)
    op.drop_table("measure_cell")


def downgrade() -> None:
    """The sums by day are made from nothing: every case goes into the queue and is counted anew."""
    op.create_table(
        "measure_cell",
        sa.Column("cut", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("district_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in SUMS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in LONG_SUMS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in MORE_SUMS),
        sa.PrimaryKeyConstraint(*KEYS, name=op.f("pk_measure_cell")),
    )
    op.execute("DELETE FROM measure_case")
    op.execute("INSERT INTO measure_touched (case_id) SELECT id FROM cases ORDER BY id")
    op.drop_index("ix_measure_case_batch", table_name="measure_case")
    op.drop_column("measure_case", "batch")
    op.drop_table("measure_batch")
