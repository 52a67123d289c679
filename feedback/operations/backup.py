"""Making a backup: the database as it stood at one instant, the files its rows name, and a manifest of both, all sealed."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, func, inspect, select, table, text

from feedback.attachments.models import Attachment
from feedback.attachments.stores import FileStore, store_of
from feedback.audit.services import record
from feedback.cases.access import SYSTEM
from feedback.config import Config
from feedback.db import atomic, db, now
from feedback.operations import programs
from feedback.operations.generations import DATABASE, FILES, FORMAT, MANIFEST, being_made, prune, sealed_part
from feedback.operations.sealing import BackupBroken, SealedWriter

#: Generations kept in a folder unless somebody says otherwise: two weeks of nights.
KEPT = 14
#: How the record knows backups, and that one was made.
SUBJECT, BACKUP_MADE = "backup", "backup.made"


@dataclass(frozen=True)
class Made:
    """A published backup."""

    path: Path
    made_at: datetime
    cases: int
    files: int
    bytes: int
    #: Files that a row names and the folder does not have: lost before this backup.
    missing: Sequence[str]
    removed: int


def backup_key(config: Config) -> str:
    """The secret backups are sealed under. Raises BackupBroken when none is set."""
    if not config.backup_key:
        raise BackupBroken("BACKUP_KEY is not set: at least 32 random characters, kept somewhere else than the backups")
    return config.backup_key


def default_folder(config: Config) -> Path:
    """Where backups go when nobody names a place."""
    return config.var / "backups"


def make(folder: Path, keep: int = KEPT) -> Made:
    """Make, publish and note a backup, then remove the oldest ones. Raises BackupBroken or OSError; the last good one then stays."""
    config: Config = current_app.extensions["config"]
    secret, at = backup_key(config), now()
    sums: dict[str, Any] = {}
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, being_made(folder, at) as half:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        with sealed_part(half, DATABASE, secret, sums) as target:
            programs.dump(config, str(snapshot), target)
        manifest = {"format": FORMAT, "made_at": at.isoformat(), **_facts(connection), "parts": sums}
        names = connection.scalars(select(Attachment.stored_name).order_by(Attachment.id)).all()
        with sealed_part(half, FILES, secret, sums) as target:
            manifest["files"] = _copy(store_of(config), names, target)
        with sealed_part(half, MANIFEST, secret, {}) as target:
            target.write(json.dumps(manifest).encode())
    path = folder / half.name.removesuffix(".half")
    missing = _still_known(set(names) - manifest["files"].keys())
    note(path.name, BACKUP_MADE, files=len(manifest["files"]), missing=len(missing))
    size = sum(part["size"] for part in sums.values())
    return Made(path, at, manifest["tables"]["cases"], len(manifest["files"]), size, missing, prune(folder, keep))


@atomic
def note(name: str, action: str, **facts: Any) -> None:
    """Leave an audit row about a backup."""
    record(action, actor=SYSTEM, subject_kind=SUBJECT, subject_id=name, **facts)


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of every table of the schema."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _facts(connection: Connection) -> dict[str, Any]:
    revision = MigrationContext.configure(connection).get_current_revision()
    return {"revision": revision, "tables": count_rows(connection)}


def _copy(store: FileStore, names: Sequence[str], target: SealedWriter) -> dict[str, str]:
    """Put the files into the archive; gives the SHA-256 of each. One that is not there is left out."""
    sums = {}
    with tarfile.open(fileobj=cast("BinaryIO", target), mode="w|") as archive:
        for name in names:
            try:
                data = store.get(name)
            except FileNotFoundError:
                continue
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
            sums[name] = hashlib.sha256(data).hexdigest()
    return sums


def _still_known(missing: set[str]) -> list[str]:
    """Those of the missing files that a row still names: a file may be removed rightly while the backup is being made."""
    if not missing:
        return []
    return sorted(db.session.scalars(select(Attachment.stored_name).where(Attachment.stored_name.in_(missing))))
