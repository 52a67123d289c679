"""Figures kept up beside the cases.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from analytics.rollup.models import NO_LONGER_WATCHING, WATCHING

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SUMS = (
    "received", "once_answered", "reopened", "received_solved", "answered", "answered_on_time", "rated", "solved", "scored", "satisfied", "asked",
    "extended", "escalated", "addressed", "first_right", "hops",
)  # fmt: skip
MORE_SUMS = ("due", "on_time", "ended", "refused")


def upgrade() -> None:
    """Every case that is there goes into the queue; the worker counts them as it counts all later ones."""
    op.create_table(
        "measure_touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_touched")),
    )
    op.create_table(
        "measure_day",
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("number", "minutes", "opens")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_measure_day")),
    )
    _create_facts()
    op.create_table(
        "measure_cell",
        sa.Column("cut", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("district_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in SUMS),
        sa.Column("unheld_minutes", sa.BigInteger(), nullable=False),
        sa.Column("life_minutes", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in MORE_SUMS),
        sa.PrimaryKeyConstraint("cut", "day", "district_id", "agency_id", "category_code", name=op.f("pk_measure_cell")),
    )
    for statement in WATCHING:
        op.execute(statement)
    op.execute("INSERT INTO measure_touched (case_id) SELECT id FROM cases ORDER BY id")


def _create_facts() -> None:
    op.create_table(
        "measure_case",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("conduct", sa.Boolean(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("track", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=32), nullable=False),
        sa.Column("on_time", sa.Boolean(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("calendar_days", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("hops", "questions", "reopenings", "extensions", "escalations")),
        sa.Column("first_right", sa.Boolean(), nullable=True),
        sa.Column("life_minutes", sa.Integer(), nullable=False),
        sa.Column("unheld_minutes", sa.Integer(), nullable=False),
        sa.Column("substantiated", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_measure_case")),
    )
    for axis in ("received_on", "answered_on", "due_on", "ended_on"):
        op.create_index(f"ix_measure_case_{axis}", "measure_case", [axis], unique=False)
    op.create_index("ix_measure_case_open", "measure_case", ["due_at"], unique=False, postgresql_where=sa.text("ended_on IS NULL"))
    op.create_index("ix_measure_case_district", "measure_case", ["district_id", "received_on"], unique=False)
    op.create_index("ix_measure_case_agency", "measure_case", ["agency_id", "received_on"], unique=False)
    op.create_index("ix_measure_case_conduct", "measure_case", ["received_on"], unique=False, postgresql_where=sa.text("conduct"))


def downgrade() -> None:
    """The figures are lost; they can be counted again from the cases."""
    for statement in NO_LONGER_WATCHING:
        op.execute(statement)
    for table in ("measure_cell", "measure_case", "measure_day", "measure_touched"):
        op.drop_table(table)
