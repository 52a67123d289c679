"""Rows from before the chains are chained by the migration as they stand, and go back without them."""

from __future__ import annotations

import dataclasses

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import text

from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cli import migrate_database
from feedback.config import Config
from feedback.db import db
from tests.databases import fresh_database
from tests.feedback.audit.records import act, checked

BEFORE = "0006"
ROWS = text(
    "INSERT INTO audit_entry (at, actor_role, action, subject_kind, subject_id, facts) SELECT now() - n * interval '1 hour', 'system', "
    "'case.' || n, 'case', 'case ' || n % 7, jsonb_build_object('từ', 'Đã nhận', 'n', n, 'x', NULL) FROM generate_series(1, 40) n"
)


def test_rows_that_are_there_are_chained_by_the_migration(server: Config) -> None:
    from wsgi import create_app

    with fresh_database("template1") as url:
        app = create_app(dataclasses.replace(server, database_url=url))
        with app.app_context():
            alembic: AlembicConfig = app.extensions["migrate"].migrate.get_config()
            command.upgrade(alembic, BEFORE)
            db.session.execute(ROWS)
            db.session.commit()
            migrate_database()
            verdict = verify(record_keys())
            assert (verdict.whole, verdict.rows, verdict.chains) == (True, 40, 7)
            act("case 3")
            assert checked().rows == 41
            numbers = text("SELECT array_agg(number ORDER BY seq) FROM audit_entry WHERE subject_id = 'case 3' AND subject_kind = 'case'")
            assert db.session.scalar(numbers) == [1, 2, 3, 4, 5, 6]
            db.session.remove()
            command.downgrade(alembic, BEFORE)
            migrate_database()
            assert checked().whole
            db.session.remove()
            db.engine.dispose()
