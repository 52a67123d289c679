"""Vietnamese order of names: by the Vietnamese alphabet, then by tone, numbers by their value (Quận 2 before Quận 10). Pure.

Done here and not by a collation of the database, because the embedded server is built without ICU and a list must not change its
order with the server it is read from.
"""

from __future__ import annotations

import functools
import re
import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
#: Combining marks in the order the dictionary gives the tones: none, huyền, hỏi, ngã, sắc, nặng.
TONES = "\u0300\u0309\u0303\u0301\u0323"
WORD = re.compile(r"\d+|[^\W\d_]+", re.UNICODE)

#: A number by its value, or a word by its letters and then its tones; numbers come first.
Part = tuple[int, int, tuple[int, ...], tuple[int, ...]]


@functools.lru_cache(maxsize=4096)  # nearly every page sorts the same two hundred names
def vietnamese(name: str) -> tuple[tuple[Part, ...], str]:
    """Key to sort names by; different names have different keys."""
    return tuple(_part(word) for word in WORD.findall(unicodedata.normalize("NFC", name))), name


def _part(word: str) -> Part:
    if word.isdecimal():
        return (0, int(word), (), ())
    tones: list[int] = []
    plain = ""
    for mark in unicodedata.normalize("NFD", word.lower()):
        if mark in TONES:
            tones.append(TONES.index(mark) + 1)
        else:
            plain += mark
    return (1, 0, tuple(_rank(letter) for letter in unicodedata.normalize("NFC", plain)), tuple(tones))


def _rank(letter: str) -> int:
    found = ALPHABET.find(letter)
    return found if found >= 0 else len(ALPHABET) + ord(letter)
