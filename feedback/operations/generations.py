"""Generations of backups in a folder: made aside, published by one rename, the oldest removed. No half one is ever taken for a whole."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from feedback.attachments.storage import settle
from feedback.operations.sealing import BackupBroken, SealedReader, SealedWriter

PREFIX, HALF = "liemchinh-", ".half"
DATABASE, FILES, MANIFEST = "database", "files", "manifest"
FORMAT = 1


@dataclass(frozen=True)
class Generation:
    """One whole backup: a folder with three sealed parts."""

    path: Path

    @property
    def made_at(self) -> datetime:
        """When it was begun."""
        return datetime.strptime(self.path.name.removeprefix(PREFIX), "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)

    @contextmanager
    def part(self, name: str, secret: str) -> Iterator[SealedReader]:
        """One part, opened. Raises BackupBroken when it is not there or not ours."""
        try:
            with (self.path / name).open("rb") as file:
                yield SealedReader(file, secret, name)
        except FileNotFoundError as error:
            raise BackupBroken(f"the part «{name}» is missing in {self.path}") from error

    def manifest(self, secret: str) -> dict[str, Any]:
        """What is in it. Raises BackupBroken."""
        with self.part(MANIFEST, secret) as source:
            try:
                found: dict[str, Any] = json.loads(source.read())
            except ValueError as error:
                raise BackupBroken("the manifest cannot be read") from error
        if found.get("format") != FORMAT:
            raise BackupBroken("the backup was made by another version of this application")
        return found


def generations(folder: Path) -> list[Generation]:
    """Whole backups in a folder, the newest first."""
    return [Generation(path) for path in sorted(folder.glob(f"{PREFIX}*Z"), reverse=True)]


def newest(place: Path) -> Generation:
    """The generation at a place, or the newest in a folder of them. Raises BackupBroken when there is none."""
    if place.name.startswith(PREFIX) and (place / MANIFEST).exists():
        return Generation(place)
    found = generations(place)
    if not found:
        raise BackupBroken(f"there is no backup in {place}")
    return found[0]


@contextmanager
def being_made(folder: Path, at: datetime) -> Iterator[Path]:
    """A folder to write a generation into. It gets its name at the end of the block; when the block fails, it goes.

    Raises BackupBroken while another backup is being made in the same place.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupBroken(f"another backup is being made in {folder}") from error
        for left in folder.glob(f"{PREFIX}*{HALF}"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        whole = folder / f"{PREFIX}{at:%Y%m%dT%H%M%S%fZ}"
        half = whole.with_name(whole.name + HALF)
        half.mkdir(mode=0o700)
        try:
            yield half
            settle(half)
            half.rename(whole)
            settle(folder)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise


@contextmanager
def sealed_part(folder: Path, name: str, secret: str, sums: dict[str, Any]) -> Iterator[SealedWriter]:
    """Write one part, readable by our account alone; its fingerprint and size come into `sums`."""
    with _private(folder / name) as file:
        writer = SealedWriter(file, secret, name)
        yield writer
        sums[name] = {"sha256": writer.finish(), "size": writer.size}
        file.flush()
        os.fsync(file.fileno())


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def prune(folder: Path, keep: int) -> int:
    """Remove all but the newest; gives how many went."""
    old = generations(folder)[keep:]
    for each in old:
        shutil.rmtree(each.path, ignore_errors=True)
    return len(old)
