"""Name and address of an account are proposed like its role.

Revision ID: 0024
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a proposal says beside role and agency."""
    op.add_column("role_grant", sa.Column("full_name", sa.String(length=120), nullable=True))
    op.add_column("role_grant", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("role_grant", sa.Column("opens", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    """Proposals of names and addresses go: the release before would take them for proposals of a role."""
    op.execute("DELETE FROM role_grant WHERE NOT opens")
    for name in ("opens", "email", "full_name"):
        op.drop_column("role_grant", name)
