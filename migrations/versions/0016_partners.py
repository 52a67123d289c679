"""Partner systems of agencies, the messages to them, and the ids of those that came from them.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedback.notices.models import NoticeKind

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: Notices that this migration brings, and that its undoing takes away.
NOTICES = ("partner_unreachable",)
KINDS = ("transfer.sent", "transfer.recalled", "case.answered", "case.state_changed", "test")


def upgrade() -> None:
    """Accounts that systems act by, the systems, and what was sent and received."""
    op.add_column("staff_user", sa.Column("is_service", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_staff_user_service_never_opens"), "staff_user", "NOT (is_service AND active)")
    _allow_notices(tuple(kind.value for kind in NoticeKind))
    _create_systems()
    _create_deliveries()
    op.create_table(
        "partner_incoming",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["partner_system.id"], name=op.f("fk_partner_incoming_system_id_partner_system")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_incoming")),
        sa.UniqueConstraint("system_id", "message_id", name=op.f("uq_partner_incoming_system_id_message_id")),
    )


def _create_systems() -> None:
    states = sa.Enum("proposed", "active", "paused", "ended", name="system_state", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "partner_system",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("older_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("older_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> '' AND address <> ''", name=op.f("ck_partner_system_named")),
        sa.CheckConstraint("(older_sealed IS NULL) = (older_until IS NULL)", name=op.f("ck_partner_system_older_has_end")),
        sa.CheckConstraint("state IN ('proposed', 'ended') OR approved_by_id IS NOT NULL", name=op.f("ck_partner_system_approved")),
        sa.CheckConstraint("approved_by_id <> made_by_id", name=op.f("ck_partner_system_two_people")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_partner_system_agency_id_agency")),
        sa.ForeignKeyConstraint(["account_id"], ["staff_user.id"], name=op.f("fk_partner_system_account_id_staff_user")),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_user.id"], name=op.f("fk_partner_system_made_by_id_staff_user")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["staff_user.id"], name=op.f("fk_partner_system_approved_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_system")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partner_system_public_id")),
        sa.UniqueConstraint("account_id", name=op.f("uq_partner_system_account_id")),
    )
    op.create_index(op.f("ix_partner_system_agency_id"), "partner_system", ["agency_id"])


def _create_deliveries() -> None:
    kinds = sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32)
    states = sa.Enum("waiting", "sent", "given_up", name="delivery_state", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "partner_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.String(length=24), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(case_id IS NULL) = (kind = 'test')", name=op.f("ck_partner_delivery_about_a_case")),
        sa.CheckConstraint("(ended_at IS NULL) = (state = 'waiting')", name=op.f("ck_partner_delivery_ended_has_instant")),
        sa.ForeignKeyConstraint(["system_id"], ["partner_system.id"], name=op.f("fk_partner_delivery_system_id_partner_system")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_partner_delivery_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_partner_delivery_message_id")),
    )
    op.create_index(op.f("ix_partner_delivery_case_id"), "partner_delivery", ["case_id"])
    op.create_index("ix_partner_delivery_system", "partner_delivery", ["system_id", "id"])
    waiting = "state = 'waiting'"
    op.create_index("ix_partner_delivery_waiting", "partner_delivery", ["system_id", "case_id", "id"], postgresql_where=waiting)


def _allow_notices(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_notice_notice_kind"), "notice", type_="check")
    op.create_check_constraint(op.f("ck_notice_notice_kind"), "notice", f"kind IN ({allowed})")


def downgrade() -> None:
    """Forget systems and messages. Their accounts stay, locked: histories name them."""
    op.execute(sa.text("DELETE FROM notice WHERE kind IN :gone").bindparams(sa.bindparam("gone", NOTICES, expanding=True)))
    _allow_notices(tuple(kind.value for kind in NoticeKind if kind.value not in NOTICES))
    for table in ("partner_incoming", "partner_delivery", "partner_system"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_staff_user_service_never_opens"), "staff_user", type_="check")
    op.drop_column("staff_user", "is_service")
