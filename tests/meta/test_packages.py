"""What is installed is what was locked, and the lock names no place to download from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from feedback.config import ROOT

LOCKS = sorted(ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-zA-Z0-9._\[\],-]+==[^\s]+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_locks_name_no_place(lock: Path) -> None:
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", lock.read_text())


@pytest.mark.parametrize("source", sorted(ROOT.glob("requirements*.in")), ids=lambda path: path.name)
def test_every_wish_is_locked(source: Path) -> None:
    wishes = re.findall(r"^([a-zA-Z0-9._-]+)", source.read_text(), flags=re.MULTILINE)
    locked = re.findall(r"^([a-zA-Z0-9._-]+)==", source.with_suffix(".txt").read_text(), flags=re.MULTILINE)
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in locked}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in wishes if not name.startswith("-")} <= known


def test_front_end_lock_has_hashes_and_names_no_place() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert name == "" or entry["integrity"].startswith("sha512-"), name


def test_front_end_wishes_are_exact() -> None:
    wishes = json.loads((ROOT / "package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        for name, version in wishes.get(group, {}).items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}: pin it"
