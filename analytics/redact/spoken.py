"""Phone numbers said in words, wholly or in part: "không chín không ba 123 bốn năm sáu". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.redact.digits import PHONE, Found

_SPOKEN = {
    "khong": "0", "ko": "0", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5", "lam": "5", "sau": "6", "bay": "7",
    "tam": "8", "chin": "9",
}  # fmt: skip
_SAID = re.compile(rf"(?<![a-z0-9])(?:(?:{'|'.join(_SPOKEN)}|\d{{1,4}})(?:[ ,.-]{{1,3}}|(?![a-z0-9]))){{5,24}}")
_SAID_WORD = re.compile(r"[a-z]+|\d+")


def find_spoken(plain: str) -> Iterator[Found]:
    """Kind, start and end of every phone number in words, positions in `plain`."""
    for match in _SAID.finditer(plain):
        words = list(_SAID_WORD.finditer(match.group()))
        if sum(word.group() in _SPOKEN for word in words) < 2:
            continue
        for first in range(len(words)):
            last = _end_of_spoken(words, first)
            if last:
                yield "phone", match.start() + words[first].start(), match.start() + words[last].end()
                break


def _end_of_spoken(words: list[re.Match[str]], first: int) -> int:
    """Index of the last word of a phone number that begins with this word; 0 when none does."""
    digits = ""
    for index in range(first, len(words)):
        digits += _SPOKEN.get(words[index].group(), words[index].group())
        if len(digits) >= 10 and PHONE.fullmatch(digits):
            return index
        if digits[0] != "0" or len(digits) > 11:
            return 0
    return 0
