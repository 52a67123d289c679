"""Where the bytes lie: a folder of randomly named files, each on disk for good before its row is committed (security, control 34)."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

#: Below this much free space nothing new is taken in.
DISK_FLOOR_BYTES = 500_000_000
#: A file without a row is an orphan only when no request can still be about to write its row.
ORPHAN_AFTER_SECONDS = 3600


class Store:
    """The files under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep bytes and give their random name; they survive a power cut from here on."""
        name = secrets.token_hex(16)
        self.keep(name, data)
        return name

    def keep(self, name: str, data: bytes) -> None:
        """Keep bytes under a name they had before. Raises FileNotFoundError for a name that is none of ours."""
        target = self._path(name)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            settle(self.folder)
        half = target.with_suffix(".half")
        try:
            with half.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            half.rename(target)
        except OSError:  # on a full disk what is there of it is in the way
            half.unlink(missing_ok=True)
            raise
        settle(target.parent)

    def lay(self, name: str, data: bytes) -> None:
        """Write a file of a folder that nobody uses yet; whoever gives the folder its place has all of it on disk before (`os.sync`)."""
        target = self._path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(data)

    def get(self, name: str) -> bytes:
        """The bytes kept under a name. Raises FileNotFoundError."""
        return self._path(name).read_bytes()

    def size(self, name: str) -> int | None:
        """Bytes kept under a name; None when there are none."""
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        """Forget a file; one that is gone already is no error."""
        self._path(name).unlink(missing_ok=True)

    def orphans(self, known: set[str]) -> Iterator[str]:
        """Names of old files that no row knows."""
        limit = time.time() - ORPHAN_AFTER_SECONDS
        for path in self.folder.glob("*/*"):
            if path.stem not in known and _written(path) < limit:
                yield path.name

    def sweep(self, known: set[str]) -> int:
        """Delete orphans, whole and half-written; gives how many."""
        names = list(self.orphans(known))
        for name in names:
            (self.folder / name[:2] / name).unlink(missing_ok=True)
        return len(names)

    def has_room(self) -> bool:
        """Whether there is space above the floor."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self.folder).free >= DISK_FLOOR_BYTES

    def _path(self, name: str) -> Path:
        return self.folder / check_name(name)[:2] / name


def check_name(name: str) -> str:
    """A name as we make them. Raises FileNotFoundError for any other: it may be a path to somewhere else."""
    if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
        raise FileNotFoundError(name)
    return name


def settle(folder: Path) -> None:
    """Have the names in a folder on disk for good."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _written(path: Path) -> float:
    """When a file was written, in seconds of the system's clock; one that is gone meanwhile counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
