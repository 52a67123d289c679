"""Draw cases for a blind check and keep what people decided against the machine.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from feedback.cases.learning_models import INSERT_ONLY, NO_LONGER_INSERT_ONLY

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; corrections are never changed."""
    op.create_table(
        "check_draw",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Enum("random", "corrected", name="why", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_check_draw_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_check_draw")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "way",
            sa.Enum("forward", "seal", "release", "check", name="way", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("text_mark", sa.LargeBinary(), nullable=False),
        sa.Column("suggested_category_code", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("suggested_misconduct", sa.Boolean(), nullable=False),
        sa.Column("suggested_urgent", sa.Boolean(), nullable=False),
        sa.Column("suggested_spam", sa.Boolean(), nullable=False),
        sa.Column("suggested_insult", sa.Boolean(), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("misconduct", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=True),
        sa.Column("spam", sa.Boolean(), nullable=True),
        sa.Column("insult", sa.Boolean(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(way = 'check') = (urgent IS NOT NULL AND spam IS NOT NULL AND insult IS NOT NULL)", name=op.f("ck_correction_check_says_all")
        ),
        sa.CheckConstraint("category_code <> 'staff_conduct' OR misconduct", name=op.f("ck_correction_conduct_is_misconduct")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_correction_case_id_cases")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_correction_category_code_category")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_user.id"], name=op.f("fk_correction_decided_by_id_staff_user")),
        sa.ForeignKeyConstraint(
            ["suggested_category_code"], ["category.code"], name=op.f("fk_correction_suggested_category_code_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_case_id"), "correction", ["case_id"])
    op.create_index("uq_correction_one_check", "correction", ["case_id"], unique=True, postgresql_where="way = 'check'")
    for statement in INSERT_ONLY:
        op.execute(statement)


def downgrade() -> None:
    """Forget what was corrected."""
    for statement in NO_LONGER_INSERT_ONLY:
        op.execute(statement)
    op.drop_table("correction")
    op.drop_table("check_draw")
