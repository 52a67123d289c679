"""Take reports in faster: those that wait to be read have an index of their own, counts of tries are not logged.

Revision ID: 0025
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The worker looks for what is `received`; a count that a crash forgets is worth no write-ahead log."""
    op.create_index("ix_cases_unread", "cases", ["id"], postgresql_where=sa.text("state = 'received'"))
    op.execute("ALTER TABLE rate_limit SET UNLOGGED")


def downgrade() -> None:
    """What waits to be read gets the jobs that the former release reads it by."""
    op.execute("ALTER TABLE rate_limit SET LOGGED")
    op.execute(
        "SELECT procrastinate_defer_jobs_v1(array_agg(ROW('default', 'cases.classify', 0, NULL, NULL, "
        "jsonb_build_object('case_id', id), NULL)::procrastinate_job_to_defer_v1)) FROM cases WHERE state = 'received' HAVING count(*) > 0"
    )
    op.drop_index("ix_cases_unread", table_name="cases")
