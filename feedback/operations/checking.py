"""Proving a backup by restoring it beside the database in use; and, when that went well, putting it in its place."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import current_app
from sqlalchemy import Connection, Engine, Row, create_engine, select

from feedback.attachments.bucket import Bucket
from feedback.attachments.models import Attachment
from feedback.attachments.storage import Store
from feedback.attachments.stores import store_of
from feedback.audit.services import record_keys
from feedback.audit.verify import Verdict, verify
from feedback.cli import migrate_database
from feedback.config import Config
from feedback.crypto import SealBroken, open_sealed
from feedback.db import db
from feedback.operations import programs
from feedback.operations.backup import backup_key, count_rows, note
from feedback.operations.generations import DATABASE, FILES, Generation
from feedback.operations.sealing import BackupBroken
from feedback.sealing import key_ring

Keep = Callable[[str, bytes], None]


@dataclass(frozen=True)
class Found:
    """What a backup turned out to hold; nothing in `wrong` means that it can be relied upon."""

    generation: Generation
    manifest: dict[str, Any]
    verdict: Verdict | None = None
    wrong: Sequence[str] = ()
    #: Names of what the restored data took the place of; empty for a mere check.
    set_aside: dict[str, str] = field(default_factory=dict)
    #: Seconds by step: sums of the parts, loading the database, verifying its record, counting rows, opening every file.
    steps: dict[str, float] = field(default_factory=dict)


def check(generation: Generation) -> Found:
    """Restore into a scratch database, check record, rows and files, and drop it again. Raises BackupBroken when it cannot be opened."""
    config: Config = current_app.extensions["config"]
    scratch = programs.new_database(config, "check")
    try:
        return _examined(config, generation, scratch, lambda _name, _data: None)
    finally:
        programs.drop_database(config, scratch)


def restore(generation: Generation, *, replace: bool) -> Found:
    """Put the backup in the place of database and files, having checked it; what was there is set aside under another name.

    Raises BackupBroken when the backup is not whole, or when there are cases and `replace` was not said: then nothing has changed.
    """
    config: Config = current_app.extensions["config"]
    with db.engine.connect() as connection:
        cases = count_rows(connection).get("cases", 0)
    if cases and not replace:
        raise BackupBroken(f"the database holds {cases} cases; say --replace to set them aside")
    folder, fresh_files = config.var / "attachments", config.var / "attachments.restored"
    shutil.rmtree(fresh_files, ignore_errors=True)
    scratch = programs.new_database(config, "restored")
    try:
        found = _examined(config, generation, scratch, Store(fresh_files).lay)
        if found.wrong:
            raise BackupBroken("; ".join(found.wrong))
        set_aside = _swap(config, generation, scratch, folder, fresh_files, worth_keeping=cases > 0)
    except BaseException:
        programs.drop_database(config, scratch)
        shutil.rmtree(fresh_files, ignore_errors=True)
        raise
    migrate_database()
    note(generation.path.name, "backup.restored")
    return Found(generation, found.manifest, found.verdict, (), set_aside, found.steps)


def _swap(config: Config, generation: Generation, scratch: str, folder: Path, fresh_files: Path, *, worth_keeping: bool) -> dict[str, str]:
    db.session.remove()
    db.engine.dispose()
    mark = f"before_{generation.made_at:%Y%m%d%H%M%S}_{scratch[-8:]}"
    database = f"{programs.url_of(config).database}_{mark}"
    programs.take_the_place_of(config, scratch, database)
    old_files = folder.with_name(f"attachments.{mark}")
    store = store_of(config)
    if isinstance(store, Store):
        os.sync()  # once, and not for every file
        if folder.exists():
            folder.rename(old_files)
        if fresh_files.exists():
            fresh_files.rename(folder)
    else:
        _take_in(store, fresh_files)
    if worth_keeping:
        return {"database": database, "files": old_files.name if old_files.exists() else ""}
    programs.drop_database(config, database)
    shutil.rmtree(old_files, ignore_errors=True)
    return {}


def _take_in(bucket: Bucket, fresh_files: Path) -> None:
    """Put restored files into the bucket. Names are random and never used twice, so nothing there is overwritten or set aside."""
    for path in sorted(fresh_files.glob("*/*")):
        if bucket.size(path.name) is None:
            bucket.keep(path.name, path.read_bytes())
    shutil.rmtree(fresh_files, ignore_errors=True)


def _examined(config: Config, generation: Generation, database: str, keep: Keep) -> Found:
    """Load the backup into an empty database and compare it with its manifest and with itself."""
    secret, steps = backup_key(config), dict[str, float]()
    manifest = generation.manifest(secret)
    with _timed(steps, "sums"):
        _check_sums(generation, manifest)
    with _timed(steps, "database"), generation.part(DATABASE, secret) as source:
        programs.load(config, database, source)
    engine = create_engine(programs.url_of(config, database))
    try:
        with _timed(steps, "record"):
            verdict = verify(record_keys(), engine=engine)
        with _timed(steps, "rows"):
            wrong = _wrong_rows(engine, manifest)
        with _timed(steps, "files"), generation.part(FILES, secret) as source, engine.connect() as connection:
            wrong += _wrong_files(cast("BinaryIO", source), manifest["files"], connection, keep)
    finally:
        engine.dispose()
    if not verdict.whole:
        wrong.append(
            "the record in it does not verify: it was changed, or SECRET_KEY and OLDER_SECRET_KEYS are not those it was written under"
        )
    return Found(generation, manifest, verdict, wrong, steps=steps)


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    steps[name] = round(time.monotonic() - began, 1)


def _check_sums(generation: Generation, manifest: dict[str, Any]) -> None:
    """Each part must be the one that the manifest was written with, not one of another night."""
    for name in (DATABASE, FILES):
        try:
            with (generation.path / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise BackupBroken(f"the part «{name}» is missing in {generation.path}") from error
        if found != manifest["parts"][name]["sha256"]:
            raise BackupBroken(f"the part «{name}» is not the one this backup was made with")


def _wrong_rows(engine: Engine, manifest: dict[str, Any]) -> list[str]:
    with engine.connect() as connection:
        found = count_rows(connection)
    wanted: dict[str, int] = manifest["tables"]
    names = sorted(wanted.keys() | found.keys())
    return [f"table {name}: {found.get(name)} rows, not {wanted.get(name)}" for name in names if found.get(name) != wanted.get(name)]


def _wrong_files(source: BinaryIO, sums: dict[str, str], connection: Connection, keep: Keep) -> list[str]:
    """Read every file once: against the manifest, and opened against the fingerprint in its row."""
    columns = Attachment.stored_name, Attachment.public_id, Attachment.wrapped_key, Attachment.sha256
    rows = {row.stored_name: row for row in connection.execute(select(*columns))}
    seen, wrong = set(), []
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for entry in archive:
            file = archive.extractfile(entry)
            data = b"" if file is None else file.read()
            if hashlib.sha256(data).hexdigest() != sums.get(entry.name) or not _is_of(rows.get(entry.name), data):
                wrong.append(f"file {entry.name} is not the one its row was written for")
            keep(entry.name, data)
            seen.add(entry.name)
    return wrong + [f"file {name} is missing" for name in sorted((sums.keys() | rows.keys()) - seen)]


def _is_of(row: Row[str, str, bytes | None, bytes] | None, data: bytes) -> bool:
    """Whether sealed bytes are the file a row was written for; nobody can tell once its key is destroyed."""
    if row is None or row.wrapped_key is None:
        return row is not None
    file = Attachment(public_id=row.public_id)
    try:
        opened = open_sealed(data, key_ring().unwrap(row.wrapped_key, file.place()), file.place("file"))
    except SealBroken:
        return False
    return hashlib.sha256(opened).digest() == bytes(row.sha256)
