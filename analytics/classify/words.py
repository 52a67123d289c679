"""A text as two parallel rows of words, as written and without tone marks, each tied to its place in the writer's text. Pure."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

from analytics.classify.abbreviations import ABBREVIATIONS
from feedback.text import clean, cut_long_tokens, fold

#: No more of a text is read; the form refuses longer ones anyway (security, control 21).
CAP = 5_000
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
#: "hoà" and "hòa" are one word: the newer placing of the mark is turned into the older, which most people type.
_PLACING = {new + mark: old for new, marks in {
    "o": (("à", "òa"), ("á", "óa"), ("ả", "ỏa"), ("ã", "õa"), ("ạ", "ọa"), ("è", "òe"), ("é", "óe"), ("ẻ", "ỏe"), ("ẽ", "õe"), ("ẹ", "ọe")),
    "u": (("ỳ", "ùy"), ("ý", "úy"), ("ỷ", "ủy"), ("ỹ", "ũy"), ("ỵ", "ụy")),
}.items() for mark, old in marks}  # fmt: skip


class Word(NamedTuple):
    """One syllable as it is compared (`normal`, `folded`) and where it stands in the text (`start`, `end`)."""

    normal: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What is left of a text after cleaning, and its words in order."""

    text: str
    words: tuple[Word, ...]

    @property
    def folded(self) -> str:
        """All words without tone marks, one space between them."""
        return " ".join(word.folded for word in self.words)


def read(text: str) -> Reading:
    """Clean (NFC, nothing invisible), cap, cut monstrous tokens, and split into words with abbreviations written out."""
    # Cut before cleaning: a hundred thousand characters are not worth a walk. Twice the cap leaves room for what cleaning removes.
    tidy = cut_long_tokens(clean(text[: 2 * CAP], CAP))
    words: list[Word] = []
    for found in _WORD.finditer(tidy):
        start, end = found.span()
        for normal, folded in _syllables(found.group()):
            words.append(Word(normal, folded, start, end))
    return Reading(tidy, tuple(words))


@functools.lru_cache(maxsize=20_000)
def _syllables(token: str) -> tuple[tuple[str, str], ...]:
    """The syllables one written token stands for; figures become their shape, so that no house number is learnt by heart."""
    lower = _DIGIT.sub("0", token.lower())
    full = ABBREVIATIONS.get(lower, lower)
    return tuple((_placed(part), fold(part)) for part in full.split())


def _placed(syllable: str) -> str:
    tail = syllable[-2:]
    return syllable[:-2] + _PLACING[tail] if tail in _PLACING and not syllable.startswith("qu") else syllable
