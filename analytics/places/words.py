"""A text as words that know where they stand, with the short forms of addresses written out. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from analytics.classify.abbreviations import ABBREVIATIONS
from feedback.text import fold

#: A text is read up to here; a report has at most 5,000 characters.
LIMIT = 5000
#: Short for the kind of a unit: only before a name or number of that kind, for "h" is an hour as well.
KINDS = {
    "p": "phường", "f": "phường", "ph": "phường", "phg": "phường", "x": "xã", "tt": "thị trấn", "q": "quận", "qu": "quận", "h": "huyện",
    "tx": "thị xã", "tp": "thành phố", "đk": "đặc khu",
}  # fmt: skip
#: Words of the general table that name a place; its everyday words have nothing to do here.
_PLACES = {"khu phố", "tổ dân phố", "chung cư", "khu dân cư", "khu công nghiệp", "bệnh viện", "trung tâm y tế", "đường"}
_LEVELS = {"trung học cơ sở", "trung học phổ thông"}
_LONG = {short: long for short, long in ABBREVIATIONS.items() if long in _PLACES | _LEVELS} | {
    "đ": "đường",
    "th": "tiểu học",
    "mn": "mầm non",
}
_WORD = re.compile(r"\d+[a-zA-Z]?(?:[/.-]\d+[a-zA-Z]?)*|[^\W\d_]+")
_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}


class Word(NamedTuple):
    """One word: as it is compared with its marks, without them, as written, and where; `gap` is what stands before it."""

    toned: str
    plain: str
    written: str
    start: int
    end: int
    gap: str
    #: It is a number, a house number included.
    number: bool
    #: It is written like part of a name.
    capital: bool
    #: Written short ("Đ." for đường), so that a full stop behind it ends nothing.
    short: bool


@dataclass(frozen=True)
class Text:
    """All words of a text; `marked` tells whether its writer typed tone marks, `small` that capitals say nothing: none, or nothing else."""

    written: str
    words: tuple[Word, ...]
    marked: bool
    small: bool

    def between(self, first: int, last: int) -> str:
        """What stands from one word to another, as it was written."""
        return self.written[self.words[first].start : self.words[last].end]


def key(word: str) -> str:
    """A syllable with its letters and its tone, wherever the tone mark sits: "Hoà" and "hòa" are one."""
    letters, tone = [], ""
    for sign in unicodedata.normalize("NFD", word.lower()):
        tone = _TONES.get(sign, tone)
        if sign not in _TONES:
            letters.append(sign)
    return unicodedata.normalize("NFC", "".join(letters)) + tone


def read(text: str) -> Text:
    """Cut a text into words."""
    text = text[:LIMIT]
    words = tuple(_words(text))
    named = [word for word in words if not word.number]
    marked = any(word.toned != word.plain for word in named)
    shouted = sum(word.written.isupper() for word in named) * 2 > len(named)
    return Text(text, words, marked, small=shouted or not any(word.capital for word in named[1:]))


def _words(text: str) -> Iterator[Word]:
    end = 0
    for match in _WORD.finditer(text):
        written = match.group()
        gap = text[end : match.start()]
        end = match.end()
        for toned, plain, short in _parts(written):
            yield Word(toned, plain, written, match.start(), end, gap, written[0].isdigit(), written[0].isupper(), short)
            gap = ""


@functools.lru_cache(maxsize=20_000)
def _parts(written: str) -> tuple[tuple[str, str, bool], ...]:
    """The syllables one written word stands for, with and without their marks, and whether it is short for them."""
    return tuple((key(part), fold(part), part != written) for part in _LONG.get(written.lower(), written).split())
