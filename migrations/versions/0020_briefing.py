"""Alerts for leadership, and who wants the briefing by mail.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from feedback.notices.models import NoticeKind

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

#: The notice that this migration brings, and that its undoing takes away.
NOTICE = "briefing"


def upgrade() -> None:
    """What was found out of the ordinary, on which days it was looked for, and each reader's rhythm."""
    _create_alerts()
    op.create_table(
        "alert_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_alert_day")),
    )
    op.create_table(
        "briefing_wish",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rhythm", sa.Enum("week", "month", name="rhythm", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("told_of", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_briefing_wish_user_id_staff_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_briefing_wish")),
    )
    _allow_notices(tuple(kind.value for kind in NoticeKind))


def _create_alerts() -> None:
    kinds = sa.Enum("rise", "late", "bounce", name="alert_kind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("to_agency_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("limit", sa.Float(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("muted_until", sa.Date(), nullable=True),
        sa.Column("muted_reason", sa.Text(), nullable=False),
        sa.Column("muted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("last_on >= first_on AND seen_on >= opened_on AND closed_on >= opened_on", name=op.f("ck_alert_in_order")),
        sa.CheckConstraint('part >= 0 AND whole >= part AND usual >= 0 AND "limit" >= usual', name=op.f("ck_alert_numbers")),
        sa.CheckConstraint(
            "(muted_until IS NOT NULL) = (muted_reason <> '') AND (muted_until IS NOT NULL) = (muted_by_id IS NOT NULL)",
            name=op.f("ck_alert_muted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["muted_by_id"], ["staff_user.id"], name=op.f("fk_alert_muted_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(
        "uq_alert_one_open",
        "alert",
        ["kind", "district_id", "category_code", "agency_id", "to_agency_id"],
        unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index("ix_alert_closed_on", "alert", ["closed_on"])


def _allow_notices(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_notice_notice_kind"), "notice", type_="check")
    op.create_check_constraint(op.f("ck_notice_notice_kind"), "notice", f"kind IN ({allowed})")


def downgrade() -> None:
    """Forget alerts, with the reasons they were muted for, and who wanted the briefing; mails that wait for it are not sent."""
    op.execute(sa.text("DELETE FROM notice WHERE kind = :gone").bindparams(gone=NOTICE))
    _allow_notices(tuple(kind.value for kind in NoticeKind if kind.value != NOTICE))
    for table in ("briefing_wish", "alert_day", "alert"):
        op.drop_table(table)
