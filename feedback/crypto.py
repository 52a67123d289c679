"""Sealed values: AES-256-GCM under a data key of their own, which is wrapped by a key from the environment (security D5). Pure.

Protects disk, dump and backup, not the live server. Every sealed value is bound to its place ("table|row|column"), so that a value
copied to another row does not open, and padded, so that its size says little.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
#: What AES-GCM adds to tell a changed value.
TAG_BYTES = 16
KEY_ID_BYTES = 4
#: Values are padded to a power of two between these sizes, and to a multiple of the larger one beyond it.
SMALLEST, LARGEST = 64, 16_384
_LENGTH_BYTES = 4


class SealBroken(Exception):
    """The value was changed, cut, moved to another place, or sealed under another key."""


def derive(secret: str | bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose from a secret; keys for different purposes tell nothing of each other (HKDF, RFC 5869)."""
    material = secret.encode() if isinstance(secret, str) else secret
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"liem-chinh|" + purpose.encode()).derive(material)


def seal(plaintext: str | bytes, key: bytes, context: str) -> bytes:
    """Seal a value under a 32-byte key for the place named by `context`."""
    data = plaintext.encode() if isinstance(plaintext, str) else plaintext
    padded = len(data).to_bytes(_LENGTH_BYTES) + data
    padded = padded.ljust(_bucket(len(padded)), b"\0")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, padded, context.encode())


def sealed_size(size: int) -> int:
    """How many bytes a value of so many takes when it is sealed."""
    return 1 + NONCE_BYTES + _bucket(_LENGTH_BYTES + size) + TAG_BYTES


def open_sealed(sealed: bytes, key: bytes, context: str) -> bytes:
    """The value sealed for this place. Raises SealBroken for anything else."""
    if not sealed or sealed[0] != VERSION:
        raise SealBroken("unknown version of a sealed value")
    nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        padded = AESGCM(key).decrypt(nonce, cipher, context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("a sealed value does not open") from error
    length = int.from_bytes(padded[:_LENGTH_BYTES])
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def _bucket(size: int) -> int:
    """The padded size: few sizes are told apart, at most half of a value is padding past the smallest."""
    if size > LARGEST:
        return -(-size // LARGEST) * LARGEST
    return max(SMALLEST, 1 << (size - 1).bit_length())


def new_data_key() -> bytes:
    """A fresh key for the values of one case."""
    return secrets.token_bytes(KEY_BYTES)


@dataclass(frozen=True)
class KeyRing:
    """The key-encryption keys: the current one seals, older ones still open, so that keys can be rotated by re-wrapping."""

    keys: tuple[bytes, ...]
    pepper: bytes

    @classmethod
    def from_secret(cls, secret: str, *older: str) -> Self:
        """Keys derived from the secret in force and, for values wrapped before, from older ones, the oldest last.

        The pepper of the codes stays that of the oldest secret: nobody but the senders holds the codes, so they cannot be hashed anew.
        """
        secrets_held = (secret, *older)
        return cls(tuple(derive(each, "key-encryption") for each in secrets_held), derive(secrets_held[-1], "code-pepper"))

    def wrap(self, data_key: bytes, context: str) -> bytes:
        """The data key sealed under the current key-encryption key, with the id of that key in front."""
        return self.current_id + seal(data_key, self.keys[0], context)

    @property
    def current_id(self) -> bytes:
        """What stands in front of every key wrapped under the current key-encryption key."""
        return _key_id(self.keys[0])

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """The data key. Raises SealBroken when it was wrapped by a key this ring does not hold."""
        for key in self.keys:
            if wrapped[:KEY_ID_BYTES] == _key_id(key):
                return open_sealed(wrapped[KEY_ID_BYTES:], key, context)
        raise SealBroken("wrapped by a key that is not on the ring")

    def holds(self, key_id: bytes) -> bool:
        """Whether the key with this id is on the ring."""
        return any(key_id == _key_id(key) for key in self.keys)

    def rewrap(self, wrapped: bytes, context: str) -> bytes:
        """The same data key under the current key-encryption key."""
        return self.wrap(self.unwrap(wrapped, context), context)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key-id|" + key).digest()[:KEY_ID_BYTES]
