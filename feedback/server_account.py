"""Which system account the embedded PostgreSQL runs as: our own, or a powerless one when we are root (PostgreSQL refuses root)."""

from __future__ import annotations

import logging
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

#: Accounts tried for a new cluster when we are root; the second exists on every Unix.
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A system account by its numbers."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether no change of account is needed."""
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        """Give a file or folder of ours to the account."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)


def account_for(data: Path) -> Account:
    """The account to run as: ourselves; for root the owner of the existing files, else the first candidate."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in CANDIDATES if name in known)
    return Account(entry.pw_uid, entry.pw_gid)


def let_reach(account: Account, path: Path) -> None:
    """Make every folder above `path` passable (not listable) for the account. PostgreSQL must walk to its own files.

    Said aloud, because it loosens a folder such as /root from 0700 to 0701.
    """
    if account.is_ours:
        return
    for folder in path.resolve().parents:
        if not _may(account, folder, stat.S_IXUSR):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
            log.warning("made %s passable (not readable) for the database server's account", folder)


def let_read(account: Account, tree: Path) -> None:
    """Make the programs in `tree` readable for the account, when they were installed for root alone."""
    let_reach(account, tree)
    if account.is_ours or (
        _may(account, tree, stat.S_IRUSR | stat.S_IXUSR) and _may(account, tree / "bin" / "postgres", stat.S_IRUSR | stat.S_IXUSR)
    ):
        return
    for path in [tree, *tree.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _may(account: Account, path: Path, wanted: int) -> bool:
    entry = path.stat()
    shift = 0 if entry.st_uid == account.uid else 3 if entry.st_gid == account.gid else 6
    return entry.st_mode & (wanted >> shift) == wanted >> shift
