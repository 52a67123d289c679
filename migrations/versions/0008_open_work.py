"""List an agency's open work by its date from an index of the open cases alone.

An index over all cases of an agency made the planner read its answered ones, a hundred thousand at the largest, to find what is still due.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = "'awaiting_approval', 'awaiting_supplement', 'forwarded', 'in_progress', 'received', 'referee', 'sorting', 'suspended', 'triage'"


def upgrade() -> None:
    """Keep open cases in an index of their own."""
    op.create_index("ix_cases_open", "cases", ["agency_id", "due_at", "id"], postgresql_where=sa.text(f"state IN ({OPEN})"))
    op.drop_index("ix_cases_inbox", table_name="cases")


def downgrade() -> None:
    """Go back to one index by agency and state."""
    op.create_index("ix_cases_inbox", "cases", ["agency_id", "state", "due_at", "id"])
    op.drop_index("ix_cases_open", table_name="cases")
