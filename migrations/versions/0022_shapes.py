"""Shapes of areas, brought in by administrators, as one more kind of change of the city's tables.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KINDS = ("agency_new", "agency_edit", "agency_merge", "routing", "category", "procedure_new", "procedure_edit", "step", "area", "text")
CHECK = "ck_city_change_change_kind"


def _let_changes_be(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(CHECK), "city_change", type_="check")
    op.create_check_constraint(op.f(CHECK), "city_change", sa.column("kind").in_(kinds))


def upgrade() -> None:
    """Sets of shapes, and the areas on them."""
    _let_changes_be((*KINDS, "shapes"))
    op.create_table(
        "shape_set",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "unit_set", sa.Enum("2017", "2025", name="unit_set", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("frames", postgresql.JSONB(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["brought_by_id"], ["staff_user.id"], name=op.f("fk_shape_set_brought_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shape_set")),
    )
    op.create_index("uq_shape_set_in_force", "shape_set", ["unit_set"], unique=True, postgresql_where="in_force")
    op.create_table(
        "area_shape",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("box", postgresql.JSONB(), nullable=False),
        sa.Column("label_x", sa.Integer(), nullable=False),
        sa.Column("label_y", sa.Integer(), nullable=False),
        sa.Column("radius", sa.Integer(), nullable=False),
        sa.Column("outlines", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(["set_id"], ["shape_set.id"], name=op.f("fk_area_shape_set_id_shape_set"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_shape_area_id_area")),
        sa.PrimaryKeyConstraint("set_id", "area_id", name=op.f("pk_area_shape")),
    )
    op.create_index(op.f("ix_area_shape_area_id"), "area_shape", ["area_id"], unique=False)


def downgrade() -> None:
    """Maps are drawn as tiles again; the changes that said which shapes were used go with them."""
    op.drop_table("area_shape")
    op.drop_table("shape_set")
    op.execute("DELETE FROM city_change WHERE kind = 'shapes'")
    _let_changes_be(KINDS)
