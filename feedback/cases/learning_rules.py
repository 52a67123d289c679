"""Which cases are drawn for a blind check, and the mark by which a text is known again. Pure."""

from __future__ import annotations

import hmac

from feedback.crypto import derive

#: One case in twenty.
SHARE = 0.05
_BYTES = 8


def learning_key(pepper: bytes) -> bytes:
    """The key of draws and marks, the same for as long as the installation lives."""
    return derive(pepper, "learning")


def is_drawn(key: bytes, public_id: str, share: float | None = None) -> bool:
    """Whether a case is in the random sample: decided by its random public id and the key alone, so that nobody can choose."""
    digest = hmac.digest(key, b"draw|" + public_id.encode(), "sha256")
    return int.from_bytes(digest[:_BYTES]) < (SHARE if share is None else share) * (1 << 8 * _BYTES)


def text_mark(key: bytes, text: str) -> bytes:
    """Tells later whether a text is still the one that was labelled. Keyed: without the key nobody can try out what a case said."""
    return hmac.digest(key, b"text|" + text.encode(), "sha256")
