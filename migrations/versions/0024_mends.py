"""Name and address of an account are proposed like its role; files of more kinds; an import can be taken back.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


KINDS = ("officers", "cases", "agencies", "areas", "procedures", "holidays", "categories", "routing")
MORE_KINDS = ("rules", "steps", "texts", "periods")
STAGES = ("checking", "ready", "running", "stopped", "done", "discarded")
MORE_STAGES = ("withdrawing", "withdrawn")


def upgrade() -> None:
    """What a proposal says beside role and agency; why an import was taken back, and when."""
    op.add_column("role_grant", sa.Column("full_name", sa.String(length=120), nullable=True))
    op.add_column("role_grant", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("role_grant", sa.Column("opens", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("data_import", sa.Column("withdraw_reason", sa.String(length=300), server_default="", nullable=False))
    op.add_column("data_import", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    _allow((*KINDS, *MORE_KINDS), (*STAGES, *MORE_STAGES), ("done", "discarded", *MORE_STAGES))


def downgrade() -> None:
    """Proposals of names and addresses go: the release before would take them for proposals of a role. So do files of the new kinds."""
    op.execute("DELETE FROM role_grant WHERE NOT opens")
    for name in ("opens", "email", "full_name"):
        op.drop_column("role_grant", name)
    new = sa.text("SELECT id FROM data_import WHERE kind IN :kinds").bindparams(sa.bindparam("kinds", MORE_KINDS, expanding=True))
    for key in op.get_bind().scalars(new).all():
        for table, column in (("data_import_line", "import_id"), ("data_import_file", "import_id"), ("data_import", "id")):
            op.execute(sa.text(f"DELETE FROM {table} WHERE {column} = :key").bindparams(key=key))  # noqa: S608 — names of ours
    op.execute("UPDATE data_import SET stage = 'done' WHERE stage IN ('withdrawing', 'withdrawn')")
    _allow(KINDS, STAGES, ("done", "discarded"))
    op.drop_column("data_import", "withdrawn_at")
    op.drop_column("data_import", "withdraw_reason")


def _allow(kinds: tuple[str, ...], stages: tuple[str, ...], ended: tuple[str, ...]) -> None:
    for name, values in (("kind", kinds), ("stage", stages)):
        op.drop_constraint(op.f(f"ck_data_import_{name}"), "data_import")
        op.create_check_constraint(op.f(f"ck_data_import_{name}"), "data_import", f"{name} IN ({_quoted(values)})")
    op.drop_constraint(op.f("ck_data_import_ended_has_instant"), "data_import")
    op.create_check_constraint(
        op.f("ck_data_import_ended_has_instant"), "data_import", f"(ended_at IS NOT NULL) = (stage IN ({_quoted(ended)}))"
    )


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
