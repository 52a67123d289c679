"""Signed receipts: proof, for whoever holds one, of what was handed in and when (security D3). Pure.

A receipt is one run of capitals, digits, dots and plus signs (no hyphens, which are lost at the ends of lines), so that it survives being
printed, scanned, wrapped and copied. It says nothing of the case: not its code, not its reference, not what the office made of it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from feedback.codes import ALPHABET, letters
from feedback.signing import ID_LETTERS, RecordKeys
from feedback.text import clean

VERSION = "LC1"
NUMBER_LETTERS = 12
_HASH, _SIGNATURE = "[A-Z2-7]{52}", "[A-Z2-7]{103}"
_BLOCK = re.compile(
    rf"{VERSION}\.(?P<number>BN[{ALPHABET}]{{{NUMBER_LETTERS}}})\.(?P<day>\d{{8}})\.(?P<text>{_HASH})\.(?P<files>0|{_HASH}(?:\+{_HASH})*)"
    rf"\.(?P<key>[{ALPHABET}]{{{ID_LETTERS}}})\.(?P<signature>{_SIGNATURE})"
)


class Standing(StrEnum):
    """What checking a receipt comes to."""

    #: No receipt can be read in what was given.
    UNREADABLE = "unreadable"
    #: Signed, if at all, with a key that is not ours.
    STRANGE_KEY = "strange_key"
    #: Not what was signed.
    FALSE = "false"
    TRUE = "true"


@dataclass(frozen=True)
class Receipt:
    """What a receipt vouches for."""

    number: str
    received_on: date
    #: SHA-256 of the text as it was taken in (`feedback.text.clean`), in UTF-8.
    text_hash: bytes
    #: SHA-256 of each file as it was sent, in the order they came.
    file_hashes: tuple[bytes, ...] = ()

    def covers(self, text: str) -> bool:
        """Whether this is the text that was handed in; line ends and blanks at the ends make no difference."""
        return hash_of(text) == self.text_hash


@dataclass(frozen=True)
class Checked:
    """A receipt somebody shows, and how it stands; no receipt when none could be read or its signature is not ours."""

    standing: Standing
    receipt: Receipt | None = None
    key_id: str = ""


def number_of(code_hmac: bytes) -> str:
    """The number of the receipt of a case: always the same, and no way back from it to the code or the case."""
    return "BN" + letters(hashlib.sha256(b"receipt-number|" + code_hmac).digest())[:NUMBER_LETTERS]


def show_number(number: str) -> str:
    """The number as people see it: BN-ABCD-EFGH-JKMN."""
    return "-".join((number[:2], number[2:6], number[6:10], number[10:]))


def hash_of(text: str) -> bytes:
    """SHA-256 of a text as it is taken in."""
    return hashlib.sha256(clean(text).encode()).digest()


def sign(receipt: Receipt, keys: RecordKeys) -> str:
    """The receipt as it is handed out, signed with the key in force."""
    files = "+".join(_letters(each) for each in receipt.file_hashes) or "0"
    parts = (VERSION, receipt.number, f"{receipt.received_on:%Y%m%d}", _letters(receipt.text_hash), files, keys.key_id)
    statement = ".".join(parts)
    return f"{statement}.{_letters(keys.sign(_statement(statement)))}"


def check(typed: str, keys: RecordKeys) -> Checked:
    """Find a receipt in what somebody pasted, with whatever stands around it, and say how it stands."""
    found = _BLOCK.search("".join(typed.split()).upper())
    day = _day(found["day"]) if found else None
    if found is None or day is None:
        return Checked(Standing.UNREADABLE)
    if found["key"] not in keys.public_keys():
        return Checked(Standing.STRANGE_KEY, key_id=found["key"])
    statement = found.group().rpartition(".")[0]
    if not keys.signed(found["key"], _statement(statement), _bytes(found["signature"])):
        return Checked(Standing.FALSE, key_id=found["key"])
    files = () if found["files"] == "0" else tuple(_bytes(each) for each in found["files"].split("+"))
    return Checked(Standing.TRUE, Receipt(found["number"], day, _bytes(found["text"]), files), found["key"])


def _statement(block: str) -> bytes:
    return b"liem-chinh|receipt|" + block.encode()


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 — a day has no time zone
    except ValueError:
        return None


def _letters(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _bytes(written: str) -> bytes:
    return base64.b32decode(written + "=" * (-len(written) % 8))
