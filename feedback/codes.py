"""Tracking codes: the one secret that lets a sender follow his case (security D1). Pure.

24 random Crockford base32 characters (120 bits) and one check character, shown as five groups of five. 120 bits are enough to store
the code under an ordinary keyed hash (OWASP ASVS 6.5.2): looking one up costs the server nothing and guessing one is hopeless.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 24
#: Each character carries so many bits.
BITS = 5
GROUP = 5
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-–—_.·]+")
#: x^5 + x^2 + 1 generates the field of 32 elements that the check character is computed in.
_FIELD = 0b100101


def _double(value: int) -> int:
    """Multiply by x in GF(32)."""
    value <<= 1
    return value ^ _FIELD if value & 0b100000 else value


def _check(body: str) -> str:
    """Check character: sum of value·x^position over GF(32).

    The powers of x all differ within 31 places, so any single wrong character and any two swapped ones change the sum.
    """
    total = 0
    for character in body:
        total = _double(total ^ _VALUE[character])
    return ALPHABET[total]


def letters(data: bytes) -> str:
    """Bytes in the alphabet of codes, five bits a letter; a rest of less than five bits is left out."""
    number, count = int.from_bytes(data), len(data) * 8 // BITS
    return "".join(ALPHABET[number >> BITS * place & (1 << BITS) - 1] for place in range(count))


def new_code() -> str:
    """A fresh code, 25 characters without separators."""
    return complete(letters(secrets.token_bytes(LENGTH * BITS // 8)))


def complete(body: str) -> str:
    """The code that begins with these 24 characters."""
    return body + _check(body)


def tidy_code(typed: str) -> str:
    """What a person typed, as codes are written: blanks, hyphens, case, O/0 and I/L/1 are forgiven. May still be no code at all."""
    return _SEPARATORS.sub("", typed).upper().translate(_LOOKALIKES)


def read_code(typed: str) -> str | None:
    """The code a person meant, however he typed it; None when it cannot be one."""
    code = tidy_code(typed)
    if len(code) != LENGTH + 1 or not set(code) <= set(ALPHABET):
        return None
    return code if _check(code[:-1]) == code[-1] else None


def show_code(code: str) -> str:
    """The code as people see it: ABCDE-FGHJK-…"""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def code_hmac(code: str, pepper: bytes) -> bytes:
    """What the database keeps instead of the code."""
    return hmac.new(pepper, code.encode(), hashlib.sha256).digest()


def unknown_code_hmac() -> bytes:
    """What the database keeps for a case that no code opens (a matter split off a report): random, and nobody knows of what."""
    return secrets.token_bytes(hashlib.sha256().digest_size)


def new_public_id() -> str:
    """A random id for the address of a page, 16 characters (80 bits)."""
    return letters(secrets.token_bytes(10)).lower()
