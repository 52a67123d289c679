"""What is anonymised soon is found among what was warned of.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every case that was anonymised keeps its row for good; the index holds those whose time is near. Only the night's work writes here."""
    near = sa.text("first_warned_on IS NOT NULL AND anonymised_on IS NULL")
    op.create_index("ix_case_keeping_warned", "case_keeping", ["case_id"], postgresql_where=near)


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_case_keeping_warned", "case_keeping")
