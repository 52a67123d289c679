"""How audit rows hang together: each carries a keyed hash of itself and of the row before it about the same thing. Pure.

Decision and limits: docs/adr/0006-record.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from hmac import compare_digest
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

#: Goes into every hash; a later way of writing rows down gets the next number.
VERSION = 1
#: What the first row of a chain, and the first head, follow.
START = bytes(32)
#: Every column that a row's mac vouches for: all but the mac itself.
SEALED = (
    *("seq", "at", "actor_user_id", "actor_role", "action"),
    *("subject_kind", "subject_id", "number", "previous", "facts"),
)

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")).encode


def check_facts(facts: Any) -> None:
    """Raise TypeError for what would not come back from the database as it went in: a float, an instant, an object."""
    match facts:
        case None | bool() | int() | str():
            return
        case Mapping():
            for name, value in facts.items():
                if not isinstance(name, str):
                    raise TypeError(f"names of facts are text, not {type(name).__name__}")
                check_facts(value)
        case list() | tuple():
            for value in facts:
                check_facts(value)
        case _:
            raise TypeError(f"facts are text, whole numbers, truth values and lists of them, not {type(facts).__name__}")


def moment_of(at: datetime) -> str:
    """The one way to write down an instant: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(
    seq: int,
    at: str,
    actor_user_id: int | None,
    actor_role: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    number: int,
    previous: bytes,
    facts: Mapping[str, Any],
) -> bytes:
    """The one way to write a row down: a JSON array of every sealed column, in the order of SEALED, instants as `moment_of` writes them."""
    return _encode([VERSION, seq, at, actor_user_id, actor_role, action, subject_kind, subject_id, number, previous.hex(), facts]).encode()


def mac_of(key: bytes, columns: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 of a row given as its sealed columns by name."""
    return _mac(key, canonical(**{**columns, "at": moment_of(columns["at"])}))


@lru_cache(maxsize=8)
def _begun(key: bytes) -> HMAC:
    """A mac that has taken in nothing but its key; copying it is less work than beginning anew."""
    return HMAC(key, SHA256())


def _mac(key: bytes, written: bytes) -> bytes:
    mac = _begun(key).copy()
    mac.update(written)
    return mac.finalize()


def is_mac_of(keys: Iterable[bytes], mac: bytes, row: Iterable[Any]) -> bool:
    """Whether a row, given as what `canonical` takes, was written by a holder of one of the keys, the newest first, and is unchanged."""
    written = canonical(*row)
    return any(compare_digest(mac, _mac(key, written)) for key in keys)


def head_of(previous: bytes, day: date, last_seq: int, entries: int, macs: bytes) -> bytes:
    """The head of a day: SHA-256 over the head before it, what it covers, and `macs`, the SHA-256 of the macs of its rows in order."""
    return hashlib.sha256(_encode([VERSION, previous.hex(), day.isoformat(), last_seq, entries, macs.hex()]).encode()).digest()


def head_statement(day: date, head: bytes) -> bytes:
    """What is signed when a head is published."""
    return f"liem-chinh|head|{VERSION}|{day.isoformat()}|{head.hex()}".encode()
