"""Codes of authenticator apps: RFC 6238 over RFC 4226, six digits, a new one every half minute (security, control 17). Pure.

SHA-1 because that is what the apps understand whatever the address says; RFC 6238 uses it as a keyed hash, where it is not broken.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

SECRET_BYTES = 20
DIGITS = 6
#: Seconds one code stands for.
PERIOD = 30
#: Steps by which the clock of a telephone may be wrong, either way.
WINDOW = 1
ISSUER = "Liem Chinh"


def new_secret() -> bytes:
    """A fresh secret, 160 bits."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(moment: datetime) -> int:
    """The half minute an instant belongs to, counted from 1970."""
    return int(moment.timestamp()) // PERIOD


def code_at(secret: bytes, step: int) -> str:
    """The code of one half minute."""
    digest = hmac.new(secret, step.to_bytes(8), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, typed: str, moment: datetime, last_step: int) -> int | None:
    """The half minute a typed code belongs to; None for a wrong code and for one not newer than `last_step`, the last one used.

    Blanks are forgiven. Every code of the window is compared, so that the time taken says nothing.
    """
    code, present = tidy(typed).encode(), step_of(moment)
    steps = range(present - WINDOW, present + WINDOW + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code)]
    return next((step for step in found if step > last_step), None)


def tidy(typed: str) -> str:
    """What a person typed, without the blanks that apps show between the figures."""
    return re.sub(r"\s", "", typed)


def shown(secret: bytes) -> str:
    """The secret as it is typed into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, sign_in_name: str) -> str:
    """What the QR code says: the address by which apps take the secret over."""
    query = urlencode({"secret": base64.b32encode(secret).decode(), "issuer": ISSUER}, quote_via=quote)
    return f"otpauth://totp/{quote(ISSUER)}:{quote(sign_in_name)}?{query}"
