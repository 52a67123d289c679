"""Names behind titles: "ông Trần Văn Bảy", "cán bộ Hoa", "tên tôi là …", in capitals or small letters too. Pure.

A title makes the name; "chợ Bà Chiểu", "đường Cô Giang" and "Ông Chủ tịch" name nobody who could be hurt. Street names stand alone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analytics.redact import name_words as lists
from analytics.redact.view import View
from feedback.text import fold

_WORD = re.compile(r"[^\W\d_]+")
#: Longest name in words.
_NAME_WORDS = 5


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _by_phrase(person: Iterable[str], role: Iterable[str], label: Iterable[str]) -> dict[str, str]:
    """Kind of each title; a label counts before a role, a role before a person."""
    return {**dict.fromkeys(person, "person"), **dict.fromkeys(role, "role"), **dict.fromkeys(label, "label")}


def _lengths(titles: Iterable[str]) -> dict[str, int]:
    """For each first word the words of the longest title it may begin."""
    longest: dict[str, int] = {}
    for title in titles:
        first, size = title.split()[0], title.count(" ") + 1
        longest[first] = max(size, longest.get(first, 0))
    return longest


_TITLES = _by_phrase(lists.PERSON_TITLES, lists.ROLE_TITLES, lists.LABELS)
_TITLES_F = _by_phrase(lists.PLAIN_TITLES, _folded(role for role in lists.ROLE_TITLES if " " in role), _folded(lists.LABELS))
_LONGEST, _LONGEST_F = _lengths(_TITLES), _lengths(_TITLES_F)
_FIRST_ANY = _folded(_LONGEST)
_NOT_NAMES_F = _folded(lists.NOT_NAMES)
_PAIRS_F = _folded(lists.NOT_NAME_PAIRS)
_NAMES_LATER_F = _folded(lists.NAMES_LATER)
_MIDDLES_F = _folded(lists.MIDDLES)
_SURNAMES_F = _folded(lists.SURNAMES)
_NAME_PARTS = lists.SURNAMES | lists.MIDDLES
_NAME_PARTS_F = _SURNAMES_F | _MIDDLES_F
_PLACES_F = _folded(lists.PLACE_NAMES)
_PLACE_BEFORE_F = _folded(lists.PLACE_BEFORE)
#: Written without tone marks these begin a name more often than they mean "not a name".
_FOLDED_GIVEN = lists.words("mai thao son phuong quan trung bao tien thu thanh linh dung hanh an binh nhan hieu hai cuc")


@dataclass(frozen=True)
class Token:
    """A word: as compared (`lower`, with tone marks; `plain`, without) and how it is capitalised."""

    lower: str
    plain: str
    start: int
    end: int
    capital: bool
    upper: bool


class Tokens:
    """The words of a text, read closely only where somebody asks: few stand near a title."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._spans = [match.span() for match in _WORD.finditer(view.plain)]
        self._read: dict[int, Token] = {}

    def __len__(self) -> int:
        return len(self._spans)

    def __getitem__(self, index: int) -> Token:
        if index not in self._read:
            start, end = self._spans[index]
            written = self._view.written(start, end)
            lower = unicodedata.normalize("NFC", written.lower())
            plain = self._view.plain[start:end]
            self._read[index] = Token(lower, plain, start, end, written[:1].isupper(), len(written) > 1 and written.isupper())
        return self._read[index]

    def part(self, start: int, end: int) -> list[Token]:
        """A few of them in a row."""
        return [self[index] for index in range(max(0, start), min(end, len(self)))]

    def titles(self) -> Iterator[int]:
        """Where a title may begin."""
        plain = self._view.plain
        return (index for index, (start, end) in enumerate(self._spans) if plain[start:end] in _FIRST_ANY)


def find_names(view: View) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of every name behind a title, positions in `view.plain`."""
    tokens = Tokens(view)
    done = 0
    for index in tokens.titles():
        title = _title(view, tokens, index) if index >= done else None
        if title is None:
            continue
        first = index + title[1]
        size = _name(view, tokens, first, title[0])
        if size and not _is_place(view, tokens, index, first):
            yield "name", tokens[first].start, tokens[first + size - 1].end
            done = first + size


def _title(view: View, tokens: Tokens, index: int) -> tuple[str, int] | None:
    """Kind and length in words of the title that stands here, the longest first."""
    longest = _LONGEST if view.toned else _LONGEST_F
    for size in range(min(longest.get(_key(view, tokens[index]), 0), len(tokens) - index), 0, -1):
        words = tokens.part(index, index + size)
        if size > 1 and any(two.start - one.end > 1 for one, two in itertools.pairwise(words)):
            continue
        phrase = " ".join(word.lower if view.toned else word.plain for word in words)
        kind = (_TITLES if view.toned else _TITLES_F).get(phrase)
        if kind:
            return kind, size
    return None


def _name(view: View, tokens: Tokens, at: int, kind: str) -> int:
    """How many words from `at` on are the name; 0 when none is."""
    if at >= len(tokens) or not _gap_fits(view.plain[tokens[at - 1].end : tokens[at].start], kind, tokens[at - 1].plain):
        return 0
    told_by_capitals = tokens[at].capital and not (tokens[at].upper and _shouts(tokens, at))
    size = _capital_name(view, tokens, at) if told_by_capitals else _bare_name(view, tokens, at, kind)
    if size and kind == "role" and (size < 2 or _key(view, tokens[at]) not in (lists.SURNAMES if view.toned else _SURNAMES_F)):
        return 0
    return size


def _gap_fits(gap: str, kind: str, title: str) -> bool:
    if gap == " ":
        return True
    if kind == "person":
        return gap in {": ", ":", " : "} or (gap in {". ", "."} and title in lists.SHORT_TITLES)
    return bool(re.fullmatch(r"[ :.,\-\"()\n]{1,4}", gap))


def _shouts(tokens: Tokens, at: int) -> bool:
    """Whether the words around are in capitals too, so that a capital tells nothing."""
    around = [*tokens.part(at - 4, at), *tokens.part(at + 1, at + 4)]
    return sum(word.upper for word in around) * 2 > len(around)


def _key(view: View, token: Token) -> str:
    return token.lower if view.toned else token.plain


def _names_nobody(view: View, tokens: Tokens, at: int) -> bool:
    word = tokens[at]
    if _joined(view, tokens, at + 1):
        pair = f"{_key(view, word)} {_key(view, tokens[at + 1])}"
        if pair in (lists.NOT_NAME_PAIRS if view.toned else _PAIRS_F):
            return True
    if view.toned:
        return word.lower in lists.NOT_NAMES
    followed_by_number = view.plain[word.end : word.end + 2].strip().isdigit()
    return word.plain in _NOT_NAMES_F and (word.plain not in _FOLDED_GIVEN or followed_by_number)


def _capital_name(view: View, tokens: Tokens, at: int) -> int:
    """Capital words side by side; "Anh Ba" and a lone initial are nobody yet."""
    size = 0
    while size < _NAME_WORDS and at + size < len(tokens):
        word = tokens[at + size]
        later = size and (word.lower if view.toned else word.plain) in (lists.NAMES_LATER if view.toned else _NAMES_LATER_F)
        if not word.capital or (_names_nobody(view, tokens, at + size) and not later):
            break
        if size and view.plain[tokens[at + size - 1].end : word.start] not in {" ", "'"}:
            break
        size += 1
    if size == 1 and len(tokens[at].plain) == 1:
        return 0
    if size == 1 and not any(letter in "aeiouy" for letter in tokens[at].plain):
        return 0
    return size


def _bare_name(view: View, tokens: Tokens, at: int, kind: str) -> int:
    """A name whose capitals tell nothing: family name, middle names, one given name; or a given name that is no other word."""
    first, middles = _key(view, tokens[at]), lists.MIDDLES if view.toned else _MIDDLES_F
    if first not in (lists.SMALL_SURNAMES if view.toned else lists.CLEAR_SURNAMES):
        return int(view.toned and kind == "person" and first in lists.CLEAR_GIVEN and not _names_nobody(view, tokens, at))
    size = 1
    while size < _NAME_WORDS - 1 and _joined(view, tokens, at + size) and _key(view, tokens[at + size]) in middles:
        size += 1
    certain = kind == "label" or (size > 1 and tokens[at + 1].plain in {"van", "thi"})
    if not certain and (size == 1 or not view.toned):
        return 0
    if not _joined(view, tokens, at + size):
        return size if size > 1 else 0
    return size if _names_nobody(view, tokens, at + size) else size + 1


def _name_parts(view: View) -> frozenset[str]:
    return _NAME_PARTS if view.toned else _NAME_PARTS_F


def _joined(view: View, tokens: Tokens, at: int) -> bool:
    """Whether the word at `at` follows the one before after a single space."""
    return at < len(tokens) and view.plain[tokens[at - 1].end : tokens[at].start] == " "


def _is_place(view: View, tokens: Tokens, title: int, name: int) -> bool:
    """Whether title and name together are a place, or the title is part of a longer name: "Lê Anh Xuân"."""
    pair = f"{_key(view, tokens[title])} {_key(view, tokens[name])}"
    if pair in (lists.PLACE_NAMES if view.toned else _PLACES_F) and (tokens[title].capital or tokens[title].plain != "anh"):
        return True
    if not title or not _joined(view, tokens, title):
        return False
    before = tokens[title - 1]
    if tokens[title].plain == "ten" and before.lower in lists.NAMED_AFTER:
        return True
    if before.capital and tokens[title].capital and not before.upper and _key(view, before) in _name_parts(view):
        return True
    if view.toned:
        return tokens[title].capital and before.lower in lists.PLACE_BEFORE
    return before.plain in _PLACE_BEFORE_F
