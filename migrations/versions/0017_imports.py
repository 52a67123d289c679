"""Files that bring in officers, old cases and the city's data; where an old case comes from.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = ("officers", "cases", "agencies", "areas", "procedures", "holidays", "categories", "routing")
STAGES = ("checking", "ready", "running", "stopped", "done", "discarded")
OUTCOMES = ("new", "changed", "unchanged", "refused")


def upgrade() -> None:
    """Tables of imports."""
    op.create_table(
        "data_import",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("stage", sa.Enum(*STAGES, name="stage", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND lines", name=op.f("ck_data_import_position")),
        sa.CheckConstraint("(ended_at IS NOT NULL) = (stage IN ('done', 'discarded'))", name=op.f("ck_data_import_ended_has_instant")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_user.id"], name=op.f("fk_data_import_made_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_import_public_id")),
    )
    op.create_table(
        "data_import_file",
        sa.Column("import_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["data_import.id"], name=op.f("fk_data_import_file_import_id_data_import")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_data_import_file")),
    )
    op.create_table(
        "data_import_line",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Enum(*OUTCOMES, name="outcome", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["data_import.id"], name=op.f("fk_data_import_line_import_id_data_import")),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_data_import_line_user_id_staff_user")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_data_import_line")),
    )
    op.create_table(
        "first_password",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_first_password_user_id_staff_user")),
        sa.ForeignKeyConstraint(["import_id"], ["data_import.id"], name=op.f("fk_first_password_import_id_data_import")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_first_password")),
    )
    op.create_index(op.f("ix_first_password_import_id"), "first_password", ["import_id"])
    _create_imported_case()


def _create_imported_case() -> None:
    op.create_table(
        "imported_case",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("origin_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_imported_case_case_id_cases")),
        sa.ForeignKeyConstraint(["import_id"], ["data_import.id"], name=op.f("fk_imported_case_import_id_data_import")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_imported_case")),
        sa.UniqueConstraint("origin_hmac", name=op.f("uq_imported_case_origin_hmac")),
    )
    op.create_index(op.f("ix_imported_case_import_id"), "imported_case", ["import_id"])
    op.create_index("ix_imported_case_number", "imported_case", ["number"], postgresql_where=sa.text("number <> ''"))


def downgrade() -> None:
    """What was brought in stays; where it came from and what became of each line is forgotten."""
    for table in ("imported_case", "first_password", "data_import_line", "data_import_file", "data_import"):
        op.drop_table(table)
