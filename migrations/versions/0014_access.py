"""The application works as a role of its own, which policies bind (docs/adr/0007-access.md).

The policies themselves follow from the code and are put up after every migration (feedback/cases/walls.py).

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from alembic import op

from feedback.cases import walls

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the role now, so that a server that does not let us is noticed before anything else changes."""
    walls.ensure_role(op.get_bind())


def downgrade() -> None:
    """Without policies, transactions work as the owner again."""
    walls.fell_walls(op.get_bind())
