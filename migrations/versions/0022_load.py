"""Take reports in faster: what waits to be read has an index, counts of tries are not logged, the city has an edition to keep readings by.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback.city.models import NO_LONGER_WATCHING, WATCHING

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The worker looks for what is `received`; a count that a crash forgets is worth no write-ahead log; an edit draws a new edition."""
    op.create_index("ix_cases_unread", "cases", ["id"], postgresql_where=sa.text("state = 'received'"))
    op.execute("ALTER TABLE rate_limit SET UNLOGGED")
    op.create_table(
        "city_edition",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_city_edition_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_edition")),
    )
    op.execute("INSERT INTO city_edition VALUES (1, gen_random_uuid())")
    for statement in WATCHING:
        op.execute(statement)


def downgrade() -> None:
    """What waits to be read gets the jobs that the former release reads it by."""
    for statement in NO_LONGER_WATCHING:
        op.execute(statement)
    op.drop_table("city_edition")
    op.execute("ALTER TABLE rate_limit SET LOGGED")
    op.execute(
        "SELECT procrastinate_defer_jobs_v1(array_agg(ROW('default', 'cases.classify', 0, NULL, NULL, "
        "jsonb_build_object('case_id', id), NULL)::procrastinate_job_to_defer_v1)) FROM cases WHERE state = 'received' HAVING count(*) > 0"
    )
    op.drop_index("ix_cases_unread", table_name="cases")
