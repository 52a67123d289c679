"""Let administrators change the city's tables from a day on, and say who does the work of a body that has ended.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = ("agency_new", "agency_edit", "agency_merge", "routing", "category", "procedure_new", "procedure_edit", "step", "area", "text")
#: Officers who act on a change: the column's beginning, and whether it may be empty.
PEOPLE = (("asked", False), ("approved", True), ("taken_back", True))


def upgrade() -> None:
    """Changes with their days, successors, and categories that are no longer offered."""
    for table in ("agency", "area"):
        op.add_column(table, sa.Column("successor_id", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_successor_id_{table}"), table, table, ["successor_id"], ["id"])
        op.create_check_constraint(
            op.f(f"ck_{table}_succeeded_has_ended"), table, "successor_id IS NULL OR (valid_to IS NOT NULL AND successor_id <> id)"
        )
    op.add_column("category", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "city_change",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="change_kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("takes_effect", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("takes_two", sa.Boolean(), nullable=False),
        *(sa.Column(f"{act}_by_id", sa.Integer(), nullable=empty) for act, empty in PEOPLE),
        *(sa.Column(f"{act}_at", sa.DateTime(timezone=True), nullable=empty) for act, empty in PEOPLE),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("cardinality(subjects) > 0 AND reason <> ''", name=op.f("ck_city_change_about_something")),
        sa.CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name=op.f("ck_city_change_approved_by_somebody")),
        sa.CheckConstraint("(taken_back_by_id IS NULL) = (taken_back_at IS NULL)", name=op.f("ck_city_change_taken_back_by_somebody")),
        sa.CheckConstraint("approved_by_id <> asked_by_id", name=op.f("ck_city_change_two_people")),
        sa.CheckConstraint("done_at IS NULL OR NOT takes_two OR approved_at IS NOT NULL", name=op.f("ck_city_change_done_after_approval")),
        sa.CheckConstraint("done_at IS NULL OR taken_back_at IS NULL", name=op.f("ck_city_change_one_end")),
        *(
            sa.ForeignKeyConstraint([f"{act}_by_id"], ["staff_user.id"], name=op.f(f"fk_city_change_{act}_by_id_staff_user"))
            for act, _empty in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_change")),
    )
    waiting = "done_at IS NULL AND taken_back_at IS NULL"
    op.create_index("ix_city_change_waiting", "city_change", ["takes_effect"], postgresql_where=waiting)
    op.create_index("ix_city_change_subjects", "city_change", ["subjects"], postgresql_using="gin")


def downgrade() -> None:
    """Forget changes and successors: what was joined stays ended, and its cases stay where they went.

    Every category is offered again; the older code knows no other kind.
    """
    op.execute("UPDATE case_event SET move = 'assign' WHERE move = 'succeed'")
    op.drop_table("city_change")
    op.drop_column("category", "active")
    for table in ("area", "agency"):
        op.drop_constraint(op.f(f"ck_{table}_succeeded_has_ended"), table, type_="check")
        op.drop_constraint(op.f(f"fk_{table}_successor_id_{table}"), table, type_="foreignkey")
        op.drop_column(table, "successor_id")
