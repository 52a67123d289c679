"""The keys of the record: one that chains audit rows, one that signs heads and receipts (Ed25519, RFC 8032). Pure.

Both are derived from the application's secret. Anyone can check a signature with the public key; only the secret's holder can make one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from feedback.codes import letters
from feedback.crypto import derive

#: Letters of a key's id, five bits each: tells keys apart, proves nothing.
ID_LETTERS = 8


@dataclass(frozen=True)
class RecordKeys:
    """The keys in force and, after them, those of older secrets, which only check what was made before."""

    chain: tuple[bytes, ...]
    signers: tuple[Ed25519PrivateKey, ...]

    @classmethod
    def from_secret(cls, secret: str, *older: str) -> Self:
        """Keys derived from the secret in force and from older ones, the oldest last."""
        held = (secret, *older)
        return cls(
            tuple(derive(each, "audit-chain") for each in held),
            tuple(Ed25519PrivateKey.from_private_bytes(derive(each, "record-signature")) for each in held),
        )

    @property
    def key_id(self) -> str:
        """Id of the key that signs now."""
        return _id_of(self.signers[0].public_key())

    def sign(self, statement: bytes) -> bytes:
        """The signature, 64 bytes, under the key that signs now."""
        return self.signers[0].sign(statement)

    def public_keys(self) -> dict[str, bytes]:
        """The public keys, 32 bytes each, by their id; the one that signs now first."""
        return {_id_of(key): key.public_bytes_raw() for key in (signer.public_key() for signer in self.signers)}

    def signed(self, key_id: str, statement: bytes, signature: bytes) -> bool:
        """Whether a holder of the key with this id signed the statement; False for a key that is not ours."""
        public = self.public_keys().get(key_id)
        if public is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, statement)
        except InvalidSignature:
            return False
        return True


def _id_of(key: Ed25519PublicKey) -> str:
    return letters(hashlib.sha256(b"record-key|" + key.public_bytes_raw()).digest())[:ID_LETTERS]
