"""How Alembic reaches the database: through the running application, so that there is one address and one set of tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from feedback import postgres
from feedback.cases import walls
from feedback.db import Base, db

#: A migration that cannot get its lock gives up instead of queueing every visitor behind it.
LOCK_TIMEOUT = "10s"
#: Any number, the same for every process: two servers that start together migrate one after the other.
MIGRATION_LOCK = 2_015_071_900


def ours(_thing: object, name: str | None, kind: str, reflected: bool, _compared: object) -> bool:
    """Leave out what the job queue keeps in the same database; its own SQL makes and changes it."""
    return not (kind == "table" and reflected and (name or "").startswith("procrastinate_"))


def head() -> str | None:
    """The newest revision there is."""
    return ScriptDirectory.from_config(context.config).get_current_head()


def number(_context: MigrationContext, _revision: str | Iterable[str | None], scripts: list[MigrationScript]) -> None:
    """Name revisions 0001, 0002, … instead of by chance, so that the folder reads in order."""
    scripts[0].rev_id = f"{int(head() or 0) + 1:04d}"


def run(**options: Any) -> None:
    """Run what was asked for inside one transaction."""
    context.configure(
        target_metadata=Base.metadata,
        include_object=ours,
        process_revision_directives=number,
        compare_type=True,
        transaction_per_migration=False,
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    """Migrate the application's own database."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        try:
            run(connection=connection)
            if MigrationContext.configure(connection).get_current_revision() == head() and not walls.stand(connection):
                walls.raise_walls(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.execute(text("RESET lock_timeout"))
            connection.commit()


if context.is_offline_mode():
    run(url=db.engine.url.render_as_string(hide_password=False), literal_binds=True)
else:
    with postgres.running(current_app.extensions["config"]):
        online()
