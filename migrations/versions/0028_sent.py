"""The hops of a period are found by when they were sent.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of its own: the one by sender and receiver is read whole for a period of all of them."""
    op.create_index("ix_case_transfer_sent", "case_transfer", ["sent_at"])


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_case_transfer_sent", "case_transfer")
