"""The tables and functions of the job queue, as procrastinate ships them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from feedback.jobs import schema_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Everything the queue's own SQL makes carries its name in front, or behind `idx_`.
LEFTOVERS = text(
    """
    SELECT format('DROP FUNCTION %s CASCADE', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = current_schema() AND p.proname LIKE 'procrastinate%'
    UNION ALL
    SELECT format('DROP TYPE %I CASCADE', t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = current_schema() AND t.typname LIKE 'procrastinate%' AND t.typtype = 'e'
    UNION ALL
    SELECT format('DROP TYPE %I CASCADE', t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_class c ON c.oid = t.typrelid
    WHERE n.nspname = current_schema() AND t.typname LIKE 'procrastinate%' AND c.relkind = 'c'
    """
)
TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")


def upgrade() -> None:
    # Straight through the driver: the text holds many statements and percent signs.
    op.get_bind().connection.cursor().execute(schema_sql())


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
    for statement in op.get_bind().scalars(LEFTOVERS).all():
        op.execute(statement)
