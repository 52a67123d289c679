"""Signatures of messages, as the Standard Webhooks specification has them (symmetric, `v1`). Pure."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

#: Neither older nor further in the future than this.
TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"
SECRET_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class NotSigned(Exception):
    """No signature, a wrong one, or one of another time; which of these is not said."""


def new_secret() -> bytes:
    """A fresh secret."""
    return secrets.token_bytes(SECRET_BYTES)


def show_secret(secret: bytes) -> str:
    """The secret as people carry it over: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, seconds: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def headers(secrets_held: Iterable[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message that goes out now; signed with every secret, so that either opens it."""
    seconds = int(at.timestamp())
    signatures = " ".join(signature(secret, message_id, seconds, body) for secret in secrets_held)
    return {"webhook-id": message_id, "webhook-timestamp": str(seconds), "webhook-signature": signatures}


def check(secrets_held: Iterable[bytes], given: Mapping[str, str], body: bytes, at: datetime) -> str:
    """The id of a message that is signed with one of the secrets and of this time. Raises NotSigned."""
    message_id, seconds = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not _ID.fullmatch(message_id) or not _SECONDS.fullmatch(seconds):
        raise NotSigned
    if abs(int(seconds) - at.timestamp()) > TOLERANCE.total_seconds():
        raise NotSigned
    shown = [one.encode() for one in given.get("webhook-signature", "").split()]
    right = [signature(secret, message_id, int(seconds), body).encode() for secret in secrets_held]
    # All are compared whatever comes first, so that the time taken tells nothing.
    if not any([hmac.compare_digest(one, other) for one in shown for other in right]):  # noqa: C419
        raise NotSigned
    return message_id
