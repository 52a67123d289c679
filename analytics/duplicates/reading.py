"""A report as a row of words to compare: numerals as figures, synonyms as one word, what the lexicon knows about it. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analytics.duplicates.lexicon import EXCLUSIVE
from analytics.duplicates.topics import SYNONYMS, TOPICS
from analytics.redact.cues import Cues
from analytics.redact.name_words import words as words_of
from analytics.redact.numbers import find_numbers
from analytics.redact.plates import find_plates
from analytics.redact.view import View, view
from feedback.text import clean, cut_long_tokens, fold

#: No more of a text is compared; the form refuses longer ones anyway (security, control 21).
CAP = 5_000
#: Figures with what is glued to them (12/5, 17h30, 3A2, 500k), or letters with the figures behind them (Q7, B2).
_WORD = re.compile(r"\d+(?:[.,/:-]\d+)*(?:[^\W\d_]{1,3}\d*)?|[^\W\d_]+\d*")
_SENTENCE = re.compile(r"[.!?\n]")
#: A code of a file or a parcel: letters, then figures in groups.
_CODE = re.compile(r"(?<![a-z0-9])[a-z]{1,6}\d{0,2}(?:[.-]\d{1,8}){2,6}(?![a-z0-9])")
_ONES = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_TENS = {"mười": 10, "mươi": 10, "chục": 10, "trăm": 100}
#: Without tone marks these are mostly other words (từ, sau, tâm, bay).
_DOUBTFUL = frozenset({"tu", "sau", "tam", "bay"})
_ONES_F = {fold(word): value for word, value in _ONES.items() if fold(word) not in _DOUBTFUL}
_TENS_F = {fold(word): value for word, value in _TENS.items()}
#: What makes numerals of the words before: "ba ngày", "hai nhóm".
_COUNTED = words_of(
    "gio ruoi ngay thang tuan nguoi em con chau tuoi ngan nghin trieu ty tieng lan ho xe chiec cai nhom bang tac met phan ca "
    "ban bo tang lau phut buoi dua thanh cong hai tran cay can phong quay giay nha cu nhan hoc"
)
#: What makes a numeral of the word behind: "thứ hai", "tháng tư", "tầng bảy".
_NUMBERING = frozenset({"thu", "thang", "lop", "tang", "lau", "mung", "quay", "so", "to", "cong"})


@dataclass(frozen=True)
class Word:
    """One word: with tone marks, without, as the writer wrote it, and whether a sentence begins with it."""

    lower: str
    plain: str
    written: str
    first: bool


@dataclass(frozen=True)
class Reading:
    """The words of a report. `labels` are "group:member" of exclusive groups, `topics` what it is about, `bag` the words to weigh."""

    seen: View
    words: tuple[Word, ...]
    plain: tuple[str, ...]
    bag: tuple[str, ...]
    labels: frozenset[str]
    topics: frozenset[str]
    #: Plates, telephone and other long numbers, codes of files, without the signs between.
    ids: frozenset[str]


class Phrases:
    """Phrases found in rows of words, the longest at each place."""

    def __init__(self, phrases: Iterable[tuple[str, str]], *, toned: bool) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        gathered: dict[tuple[str, ...], set[str]] = {}
        for phrase, label in phrases:
            parts = tuple((phrase if toned else fold(phrase)).split())
            # A single syllable without its tone mark means too many things.
            if toned or len(parts) > 1 or len(parts[0]) > 4:
                gathered.setdefault(parts, set()).add(label)
        for parts in sorted(gathered, key=lambda parts: (-len(parts), parts)):
            labels = sorted(gathered[parts])
            groups = [label.partition(":")[0] for label in labels]
            # Without tone marks "ba toi" is father and grandmother: that says nothing.
            certain = tuple(label for label, group in zip(labels, groups, strict=True) if ":" not in label or groups.count(group) == 1)
            self._by_first.setdefault(parts[0], []).append((parts, certain))

    def find(self, words: tuple[str, ...]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Place, length and labels of each phrase."""
        for index, word in enumerate(words):
            for parts, labels in self._by_first.get(word, ()):
                if words[index : index + len(parts)] == parts:
                    yield index, len(parts), labels
                    break


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.split(",")]


@functools.cache
def _phrases(kind: str, *, toned: bool) -> Phrases:
    if kind == "labels":
        pairs = [(p, f"{group}:{member}") for group, members in EXCLUSIVE.items() for member, line in members.items() for p in _split(line)]
    elif kind == "topics":
        pairs = [(phrase, topic) for topic, line in TOPICS.items() for phrase in _split(line)]
    else:
        pairs = [(phrase, fold(_split(line)[0]).replace(" ", "_")) for line in SYNONYMS for phrase in _split(line)]
    return Phrases(pairs, toned=toned)


def read(text: str) -> Reading:
    """Clean a report, cap it and read its words."""
    # Cut before cleaning: a hundred thousand characters are not worth a walk. Twice the cap leaves room for what cleaning removes.
    tidy = cut_long_tokens(clean(text[: 2 * CAP], CAP))
    seen = view(tidy)
    ids = list(_ids(seen))
    for start, end in ids:
        tidy = tidy[:start] + " " * (end - start) + tidy[end:]
    words = tuple(_numerals(list(_words(tidy)), toned=seen.toned))
    compared = tuple(word.lower if seen.toned else word.plain for word in words)
    named = _named(words)
    outside = tuple("" if named[index] else word for index, word in enumerate(compared))
    labels = (label for _, _, found in _phrases("labels", toned=seen.toned).find(outside) for label in found)
    topics = (topic for _, _, found in _phrases("topics", toned=seen.toned).find(outside) for topic in found)
    plain = tuple(word.plain for word in words)
    return Reading(seen, words, plain, _bag(compared, plain, toned=seen.toned), frozenset(labels), frozenset(topics), _values(seen, ids))


def _ids(seen: View) -> Iterator[tuple[int, int]]:
    """Where plates, personal numbers and codes stand in the cleaned text."""
    cues = Cues(seen.plain)
    yield from (seen.span(start, end) for _, start, end in find_plates(seen.plain, cues))
    yield from (seen.span(start, end) for _, start, end in find_numbers(seen.plain, cues))
    yield from (seen.span(*match.span()) for match in _CODE.finditer(seen.plain))


def _values(seen: View, spans: list[tuple[int, int]]) -> frozenset[str]:
    return frozenset("".join(filter(str.isalnum, fold(seen.text[start:end]))) for start, end in spans)


@functools.lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)


def _words(text: str) -> Iterator[Word]:
    end = 0
    for match in _WORD.finditer(text):
        written = match.group()
        lower = unicodedata.normalize("NFC", written.lower())
        yield Word(lower, _folded(lower), written, end == 0 or _SENTENCE.search(text, end, match.start()) is not None)
        end = match.end()


def _named(words: tuple[Word, ...]) -> list[bool]:
    """Which words belong to a name: capitals with another capital beside them, not at the beginning of a sentence."""
    capital = [word.written[:1].isupper() and not word.written.isupper() and not word.first for word in words]
    return [here and ((index > 0 and capital[index - 1]) or capital[index + 1 : index + 2] == [True]) for index, here in enumerate(capital)]


def _bag(compared: tuple[str, ...], plain: tuple[str, ...], *, toned: bool) -> tuple[str, ...]:
    """The words without their tone marks, each phrase of the synonyms as the first of its kind; figures stay out."""
    bag: list[str] = []
    skip = 0
    found = {index: (length, labels[0]) for index, length, labels in _phrases("synonyms", toned=toned).find(compared)}
    for index, word in enumerate(plain):
        if index < skip:
            continue
        length, name = found.get(index, (1, word))
        skip = index + length
        if not name[0].isdigit():
            bag.append(name)
    return tuple(bag)


def _numerals(words: list[Word], *, toned: bool) -> Iterator[Word]:
    """Number words as figures where they count something or number it: "ba ngày" -> "3 ngày", "thứ hai" -> "thứ 2"."""
    ones, tens = (_ONES, _TENS) if toned else (_ONES_F, _TENS_F)
    index = 0
    while index < len(words):
        here = words[index].lower if toned else words[index].plain
        if here not in ones and here not in tens and not here.isdigit():
            yield words[index]
            index += 1
            continue
        size, value = _numeral([word.lower if toned else word.plain for word in words[index : index + 5]], ones, tens)
        behind = words[index + size].plain if size and index + size < len(words) else ""
        before = words[index - 1].plain if index else ""
        if size and (size > 1 or behind in _COUNTED or before in _NUMBERING):
            yield Word(str(value), str(value), str(value), first=False)
            index += size
        else:
            yield words[index]
            index += 1


def _numeral(words: list[str], ones: dict[str, int], tens: dict[str, int]) -> tuple[int, int]:
    """How many words a numeral takes and its value; "mười lăm" is 15, "tám mươi lăm" 85, "hai trăm" 200, "2 chục" 20."""
    value, size = 0, 0
    last = 0
    for word in words:
        if word in tens:
            value, last = value - last + (last or 1) * tens[word], 0
        elif word in ones and not last:
            value, last = value + ones[word], ones[word]
        elif size == 0 and word.isdigit() and len(word) < 3 and len(words) > 1 and words[1] in tens:
            value, last = int(word), int(word)
        else:
            break
        size += 1
    return size, value
