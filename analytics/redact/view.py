"""One text in the plain letters all patterns are written in, each letter tied to its place in the original. Pure.

"Số ĐT：０９０３" and "so dt:0903" look alike here: no tone marks, no capitals, nothing invisible, every digit one of 0-9, every dash "-".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: A letter that is not English, or a tone mark typed by itself.
_TONED = re.compile("[^\\W\\d_A-Za-z]|[\u0300-\u036f]")
_STRANGE = {"đ": "d", "’": "'", "。": "."}


@dataclass(frozen=True)
class View:
    """`plain` is what is searched; character `i` of it stands for the original from `places[i]` up to `places[i + 1]`."""

    text: str
    plain: str
    places: Sequence[int]
    #: Whether somebody typed tone marks; without any, "ba" may be "bà", "ba" or "bá".
    toned: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of `plain` stands in the original, with the marks that sit on its last letter."""
        last = self.places[end - 1] + 1
        while last < self.places[end] and unicodedata.category(self.text[last]) in {"Mn", "Me"}:
            last += 1
        return self.places[start], last

    def written(self, start: int, end: int) -> str:
        """A piece of `plain` as its writer wrote it."""
        first, last = self.span(start, end)
        return self.text[first:last]


class _Letters(dict[int, str]):
    """What each character becomes, remembered: one plain character, or nothing for what cannot be seen or only sits on another letter."""

    def __missing__(self, code: int) -> str:
        plain = _plain(chr(code))
        if len(self) < 20_000:
            self[code] = plain
        return plain


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Mn", "Me", "Cf", "Cs"}:
        return ""
    if category == "Zs" or letter in "\t\r":
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.digit(letter))
    base = unicodedata.normalize("NFKD", letter)[:1].lower()
    return _STRANGE.get(base, base) if len(base) == 1 else letter


_LETTERS = _Letters()


def view(text: str) -> View:
    """Fold a text letter by letter; linear in its length."""
    plain = text.translate(_LETTERS)
    places: Sequence[int] = range(len(text) + 1)
    if len(plain) != len(text):
        places = [*(place for place, letter in enumerate(text) if _LETTERS[ord(letter)]), len(text)]
    return View(text, plain, places, toned=_TONED.search(text) is not None)
