"""A key of another system is proposed by one administrator and approved by another; who ended it is kept.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CHECKS = {
    "two_people": "approved_by_id <> made_by_id",
    "approved": "(approved_by_id IS NULL) = (approved_at IS NULL) OR coalesce(approved_at = made_at, false)",
    "ended_by": "ended_by_id IS NULL OR ended_at IS NOT NULL",
}


def upgrade() -> None:
    """Keys of before work on: they were good from the instant they were made, with nobody who approved them."""
    op.add_column("api_key", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("approved_by_id", "ended_by_id"):
        op.add_column("api_key", sa.Column(name, sa.Integer(), nullable=True))
        op.create_foreign_key(op.f(f"fk_api_key_{name}_staff_user"), "api_key", "staff_user", [name], ["id"])
    op.execute("UPDATE api_key SET approved_at = made_at")
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_api_key_{name}"), "api_key", rule)


def downgrade() -> None:
    """Proposals end: the release before would take them for keys."""
    op.execute("UPDATE api_key SET ended_at = greatest(now(), made_at) WHERE approved_at IS NULL AND ended_at IS NULL")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_api_key_{name}"), "api_key", type_="check")
    for name in ("ended_by_id", "approved_by_id", "approved_at"):
        op.drop_column("api_key", name)
