"""Published figures, frozen when a month is closed (docs/adr/0012-open-data.md).

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from analytics.opendata.models import FROZEN, TABLES

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables whose rows nobody changes."""
    op.create_table(
        "open_data_release",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(edition = 1) = (reason = '')", name=op.f("ck_open_data_release_correction_has_a_reason")),
        sa.CheckConstraint("edition > 0", name=op.f("ck_open_data_release_edition")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_open_data_release_whole_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_data_release")),
        sa.UniqueConstraint("month", "edition", name=op.f("uq_open_data_release_month_edition")),
    )
    op.create_table(
        "open_data_table",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["open_data_release.id"], name=op.f("fk_open_data_table_release_id_open_data_release")),
        sa.PrimaryKeyConstraint("release_id", "name", name=op.f("pk_open_data_table")),
    )
    for statement in FROZEN:
        op.execute(statement)


def downgrade() -> None:
    """What was published is lost here; copies outside stay, and with them the hashes in the record."""
    for table in reversed(TABLES):
        op.drop_table(table)
