"""Files on disk: whole or not at all, and swept when nobody knows them."""

from __future__ import annotations

import os
import shutil
import stat
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from feedback.attachments.storage import DISK_FLOOR_BYTES, ORPHAN_AFTER_SECONDS, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "attachments")


def aged(store: Store, name: str) -> None:
    long_ago = time.time() - ORPHAN_AFTER_SECONDS - 10
    os.utime(store.folder / name[:2] / name, (long_ago, long_ago))


def test_what_is_put_can_be_got(store: Store) -> None:
    one, two = store.put(b"one"), store.put(b"two")
    assert one != two
    assert (store.get(one), store.get(two)) == (b"one", b"two")


def test_nothing_half_written_is_left_and_nobody_else_may_look(store: Store) -> None:
    name = store.put(b"x" * 100_000)
    assert [path.name for path in store.folder.glob("*/*")] == [name]
    assert stat.S_IMODE((store.folder / name[:2]).stat().st_mode) == 0o700


def test_bytes_and_both_folders_are_on_disk_before_the_name_is_given(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[str] = []
    real = os.fsync

    def noted(opened: int) -> None:
        settled.append(Path(f"/proc/self/fd/{opened}").readlink().name)
        real(opened)

    monkeypatch.setattr(os, "fsync", noted)
    name = store.put(b"x")
    assert settled == ["attachments", f"{name}.half", name[:2]]


def test_a_write_that_breaks_off_gives_no_name_and_is_swept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(opened: int) -> None:
        raise OSError(28, "No space left on device")

    store.put(b"x")
    known = {path.name for path in store.folder.glob("*/*")}
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"y")
    (half,) = [path.name for path in store.folder.glob("*/*.half")] or [""]
    if half:
        aged(store, half)
    store.sweep(known)
    assert {path.name for path in store.folder.glob("*/*")} == known


def test_deleting_twice_is_no_error(store: Store) -> None:
    name = store.put(b"x")
    store.delete(name)
    store.delete(name)
    with pytest.raises(FileNotFoundError):
        store.get(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 31, "A" * 32, "0" * 31 + "/", "0" * 32 + "\0", "..%2f" + "0" * 27])
def test_a_name_that_is_not_ours_is_no_path(store: Store, name: str) -> None:
    store.put(b"x")
    with pytest.raises(FileNotFoundError):
        store.get(name)
    with pytest.raises(FileNotFoundError):
        store.delete(name)


def test_only_old_files_that_no_row_knows_are_swept(store: Store) -> None:
    known, orphan, young = store.put(b"known"), store.put(b"orphan"), store.put(b"young")
    for name in (known, orphan):
        aged(store, name)
    assert list(store.orphans({known})) == [orphan]
    assert store.sweep({known}) == 1
    assert {path.name for path in store.folder.glob("*/*")} == {known, young}


def test_the_disk_floor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, room in ((DISK_FLOOR_BYTES, True), (DISK_FLOOR_BYTES - 1, False)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, free=free: SimpleNamespace(free=free))
        assert store.has_room() is room
