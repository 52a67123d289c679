"""Tracking codes of demo cases: drawn from the application's secret and the case's id, so that nobody has to keep them. Pure."""

from __future__ import annotations

import functools
import hashlib
import hmac

from feedback.codes import LENGTH, complete, letters
from feedback.crypto import derive

#: As many as `new_public_id` draws.
PUBLIC_ID_BYTES = 10


@functools.cache
def _key(secret: str) -> bytes:
    return derive(secret, "demo-codes")


def demo_public_id(seed: int, place: int) -> str:
    """The id of a demo case, in the form of the random ones: the same city draws the same cases for a blind check."""
    return letters(hashlib.sha256(f"demo-case|{seed}|{place}".encode()).digest()[:PUBLIC_ID_BYTES]).lower()


def demo_code(secret: str, public_id: str) -> str:
    """The code of the demo case with this public id. As good as random to whoever lacks the secret."""
    digest = hmac.new(_key(secret), public_id.encode(), hashlib.sha256).digest()
    return complete(letters(digest)[:LENGTH])
