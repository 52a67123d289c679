"""Keep what people wrote for a time with a reason, and no longer.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback.notices.models import NoticeKind
from feedback.retention.periods import first_periods

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = ("spam", "withdrawn", "refused", "denunciation", "complaint", "conduct", "feedback")
#: Notices that this migration brings, and that its undoing takes away.
NOTICES = ("retention_soon", "deletion_asked")


def upgrade() -> None:
    """Periods with their reasons, and what becomes of each case's keeping."""
    period = op.create_table(
        "retention_period",
        sa.Column("code", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 600", name=op.f("ck_retention_period_months")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_retention_period_reason")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_retention_period")),
    )
    op.bulk_insert(period, first_periods())
    op.create_table(
        "case_keeping",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("first_warned_on", sa.Date(), nullable=True),
        sa.Column("last_warned_on", sa.Date(), nullable=True),
        sa.Column("anonymised_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_keeping_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_keeping")),
    )
    _create_holds()
    _create_requests()
    _allow_notices(tuple(kind.value for kind in NoticeKind))


def _create_holds() -> None:
    op.create_table(
        "case_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_case_hold_reason")),
        sa.CheckConstraint("(lifted_at IS NOT NULL) = (lifted_by_id IS NOT NULL)", name=op.f("ck_case_hold_lifted_by_somebody")),
        sa.CheckConstraint("lifted_at >= placed_at", name=op.f("ck_case_hold_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_hold_case_id_cases")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["staff_user.id"], name=op.f("fk_case_hold_placed_by_id_staff_user")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["staff_user.id"], name=op.f("fk_case_hold_lifted_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_hold")),
    )
    op.create_index("uq_case_hold_one_open", "case_hold", ["case_id"], unique=True, postgresql_where="lifted_at IS NULL")


def _create_requests() -> None:
    states = sa.Enum("asked", "granted", "declined", name="deletion_state", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "deletion_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("plea", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_deletion_request_decided_has_instant")),
        sa.CheckConstraint("state <> 'declined' OR answer <> ''", name=op.f("ck_deletion_request_declined_has_words")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deletion_request_case_id_cases")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_user.id"], name=op.f("fk_deletion_request_decided_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_request")),
    )
    op.create_index(op.f("ix_deletion_request_case_id"), "deletion_request", ["case_id"])
    op.create_index("uq_deletion_request_one_asked", "deletion_request", ["case_id"], unique=True, postgresql_where="state = 'asked'")


def _allow_notices(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_notice_notice_kind"), "notice", type_="check")
    op.create_check_constraint(op.f("ck_notice_notice_kind"), "notice", f"kind IN ({allowed})")


def downgrade() -> None:
    """Forget periods, warnings, holds and requests; cases anonymised stay so, for nothing is left to bring back."""
    op.execute(sa.text("DELETE FROM notice WHERE kind IN :gone").bindparams(sa.bindparam("gone", NOTICES, expanding=True)))
    _allow_notices(tuple(kind.value for kind in NoticeKind if kind.value not in NOTICES))
    for table in ("deletion_request", "case_hold", "case_keeping", "retention_period"):
        op.drop_table(table)
