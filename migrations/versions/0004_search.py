"""Index words with their marks and the agency responsible, and give lists of one agency in the order of their dates.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = "to_tsvector('simple'::regconfig, text_folded)"
AFTER = "to_tsvector('simple'::regconfig, (((text_folded || ' '::text) || lower(text)) || ' agency'::text) || agency_id::text)"


def upgrade() -> None:
    """Replace the index of folded words by one that knows marks and agencies."""
    op.drop_index("ix_cases_search", table_name="cases")
    op.create_index("ix_cases_search", "cases", [sa.text(AFTER)], postgresql_using="gin")
    op.create_index("ix_cases_newest", "cases", ["agency_id", "due_at", "id"])


def downgrade() -> None:
    """Go back to folded words only."""
    op.drop_index("ix_cases_newest", table_name="cases")
    op.drop_index("ix_cases_search", table_name="cases")
    op.create_index("ix_cases_search", "cases", [sa.text(BEFORE)], postgresql_using="gin")
