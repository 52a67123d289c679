"""Remember by which way a notice went, and index the words of what is public.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything sent so far went by mail."""
    op.add_column("notice", sa.Column("channel", sa.String(length=32), server_default="mail", nullable=False))
    op.alter_column("notice", "channel", server_default=None)
    op.create_check_constraint(op.f("ck_notice_notice_channel"), "notice", "channel IN ('mail', 'sms', 'zalo')")
    op.create_index(
        "ix_case_publication_search", "case_publication", [sa.text("to_tsvector('simple'::regconfig, text_folded)")], postgresql_using="gin"
    )


def downgrade() -> None:
    """Forget the way."""
    op.drop_index("ix_case_publication_search", table_name="case_publication", postgresql_using="gin")
    op.drop_constraint(op.f("ck_notice_notice_channel"), "notice", type_="check")
    op.drop_column("notice", "channel")
