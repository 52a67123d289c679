"""Sealing a stream of any length in pieces, so that neither end needs it in memory (security, control 35). Pure.

Every file has a key of its own, derived from the backup's secret, the file's part and a random salt. A piece is AES-256-GCM with its
number and whether it is the last one as nonce: pieces cannot be changed, left out, moved, or cut off at the end.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from feedback.crypto import derive

MAGIC = b"LCB1"
SALT_BYTES, TAG_BYTES, NONCE_BYTES = 16, 16, 12
#: Bytes of a piece before sealing.
PIECE = 1 << 20


class BackupBroken(Exception):
    """A backup that cannot be used: changed, cut, incomplete, or sealed under another key. The message says which."""


def _cipher(secret: str, part: str, salt: bytes) -> AESGCM:
    return AESGCM(derive(secret, f"backup|{part}|{salt.hex()}"))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1) + bytes([last])


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into `target`; complete only when `finish` was called."""

    def __init__(self, target: BinaryIO, secret: str, part: str) -> None:
        self._target, self._part = target, part.encode()
        self._waiting, self._number = bytearray(), 0
        self._sum, self.size = hashlib.sha256(), 0
        salt = secrets.token_bytes(SALT_BYTES)
        self._cipher = _cipher(secret, part, salt)
        self._put(MAGIC + salt)

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; whole pieces go out sealed, as long as more follows."""
        given = bytes(data)  # type: ignore[call-overload]
        self._waiting += given
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(given)

    def finish(self) -> str:
        """Seal the end; gives the SHA-256 of all sealed bytes, in hex."""
        self._seal(bytes(self._waiting), last=True)
        return self._sum.hexdigest()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last=last), piece, self._part))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._target.write(data)
        self._sum.update(data)
        self.size += len(data)


class SealedReader(io.RawIOBase):
    """What was sealed for this part. Reading raises BackupBroken for anything else, at the latest at its end."""

    def __init__(self, source: BinaryIO, secret: str, part: str) -> None:
        self._source, self._part = source, part.encode()
        head = source.read(len(MAGIC) + SALT_BYTES)
        if len(head) != len(MAGIC) + SALT_BYTES or not head.startswith(MAGIC):
            raise BackupBroken(f"the part «{part}» is no sealed file of ours")
        self._cipher = _cipher(secret, part, head[len(MAGIC) :])
        self._number, self._ready, self._next = 0, b"", source.read(PIECE + TAG_BYTES)
        self._ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Give opened bytes; 0 at the end, and only when the end is the one that was written."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._ready and not self._ended:
            self._open_piece()
        given = self._ready[: len(view)]
        view[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _open_piece(self) -> None:
        sealed, self._next = self._next, self._source.read(PIECE + TAG_BYTES)
        last = not self._next
        try:
            self._ready = self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._part)
        except (InvalidTag, ValueError) as error:
            raise BackupBroken(f"the part «{self._part.decode()}» was changed or cut off, or sealed under another key") from error
        self._number += 1
        self._ended = last
