"""House number and street, alley, hamlet or landmark, as the writer wrote it. Pure.

With capitals a name ends where the capitals end; in a text without any it ends at the next word that no name goes on with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analytics.places.lexicon import ALLEY, COMMON, ENDS, ENDS_OF_STREETS, HOUSE_WORDS, MARKS, NAMES, NUMBERED, STREETS, Phrase
from analytics.places.units import Named, is_home
from analytics.places.words import Text, Word

_LONGEST_SMALL, _LONGEST = 3, 6
#: A house number before a street says more than a street, a street more than a landmark.
_HOUSE, _ALLEY, _STREET, _LANDMARK = 4, 3, 2, 1


@dataclass(frozen=True)
class Found:
    """One place: from which word to which, and how much it says."""

    first: int
    last: int
    weight: int


def find_place(text: Text, units: list[Named]) -> Found | None:
    """The place that says most, the first of several that say as much; neither inside the name of a ward nor where the writer lives."""
    taken = {index for unit in units for index in range(unit.first, unit.last + 1)}
    found = [place for place in _places(text, taken) if place.last not in taken and not is_home(text, place.first)]
    return max(found, key=lambda place: (place.weight, -place.first), default=None)


def _places(text: Text, taken: set[int]) -> Iterator[Found]:
    index = 0
    while index < len(text.words):
        found = list(_places_at(text, index)) if index not in taken else []
        yield from found
        index = max((place.last for place in found), default=index) + 1


def _places_at(text: Text, index: int) -> Iterator[Found]:
    if text.words[index].number:
        yield from _house(text, index)
        return
    phrase = _longest(text, index, _ANYTHING)
    if phrase is None:
        return
    begin = index + len(phrase)
    if phrase in STREETS:
        yield from _street(text, index, phrase)
    elif phrase in NUMBERED:
        last = _number_end(text, begin)
        if last is not None:
            yield Found(index, last, _LANDMARK)
    elif not (text.small and (text.marked or phrase in COMMON)):
        last = _name_end(text, begin)
        if last is not None:
            yield Found(index, last, _LANDMARK)


def _by_first(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    """Phrases by their first word without its marks, the longest first: nearly every word of a text begins none."""
    ordered: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        ordered[phrase[0][1]].append(phrase)
    return dict(ordered)


_ROADS, _ANYTHING = _by_first(STREETS), _by_first((*MARKS, *NUMBERED, *STREETS))


def _longest(text: Text, index: int, phrases: Mapping[str, list[Phrase]]) -> Phrase | None:
    """The longest phrase that stands here, with its tone marks where the text has any."""
    return next((phrase for phrase in phrases.get(text.words[index].plain, ()) if _is(text, index, phrase)), None)


def _is(text: Text, index: int, phrase: Phrase) -> bool:
    row = text.words[index : index + len(phrase)]
    if len(row) < len(phrase):
        return False
    return all((word.toned if text.marked else word.plain) == part[not text.marked] for word, part in zip(row, phrase, strict=True))


def _house(text: Text, index: int) -> Iterator[Found]:
    """A number before a street: "45 Phan Văn Trị", "số 12/3 đường Hoa Sữa", "hẻm 47 Lê Văn Sỹ"."""
    begin, words = index + 1, text.words
    street = _kind(text, begin)
    last = _road_end(text, begin)
    if last is None:
        return
    first = _begin(text, index, HOUSE_WORDS | {"hem"} | ENDS_OF_STREETS)
    told = first < index or street is not None
    if not told and (last == begin or words[begin].gap != " "):
        return
    yield Found(first, last, _HOUSE)


def _street(text: Text, index: int, phrase: Phrase) -> Iterator[Found]:
    """A street or alley by its name, its number, or both: "đường 3 Tháng 2", "hẻm 47 Lê Văn Sỹ"."""
    begin = index + len(phrase)
    begin += begin < len(text.words) and text.words[begin].plain == "so"
    number = _number_end(text, begin)
    last = _name_end(text, begin) if number is None else _behind(text, phrase, number)
    if last is None or (text.small and phrase in COMMON):
        return
    weight = _STREET
    if phrase == ALLEY:
        weight = _HOUSE if number is not None and last > number else _ALLEY
    yield Found(_begin(text, index, ENDS_OF_STREETS), last, weight)


def _kind(text: Text, index: int) -> Phrase | None:
    """The kind of a street that is named here: "đường", "hẻm"."""
    return _longest(text, index, _ROADS) if index < len(text.words) and not _cut(text, index) else None


def _road_end(text: Text, index: int) -> int | None:
    """The last word of a street that is named here, with its kind or by its name alone."""
    phrase = _kind(text, index)
    begin = index + len(phrase or ())
    last = _name_end(text, begin)
    if last is not None or phrase is None:
        return last
    number = _number_end(text, begin + (begin < len(text.words) and text.words[begin].plain == "so"))
    return None if number is None else _behind(text, phrase, number)


def _behind(text: Text, phrase: Phrase, number: int) -> int:
    """Where a street with a number ends: with the name behind it, an alley with the street it leads to; else with its number."""
    begin = number + 1
    leads_to = phrase == ALLEY and _kind(text, begin) not in (None, ALLEY)
    last = _road_end(text, begin) if leads_to else _name_end(text, begin)
    return number if last is None else last


def _begin(text: Text, index: int, belongs: frozenset[str]) -> int:
    """Where a place begins, with the words before it that belong to it."""
    while index and text.words[index - 1].plain in belongs and not _cut(text, index):
        index -= 1
    return index


def _name_end(text: Text, begin: int) -> int | None:
    """The last word of a name that begins here."""
    words = text.words
    if begin >= len(words) or words[begin].number or (begin and _cut(text, begin)):
        return None
    if text.small:
        if words[begin].plain not in NAMES:
            return None
        last = begin
        while last + 1 < min(len(words), begin + _LONGEST_SMALL) and _goes_on(words[last + 1]):
            last += 1
        # Names of one word are rare; words of one syllable that look like one ("đoạn", "đang") are not.
        return last if last > begin else None
    if not words[begin].capital:
        return None
    last = begin
    while last + 1 < min(len(words), begin + _LONGEST) and _joined(words[last + 1]):
        last += 1
    return last


def _goes_on(word: Word) -> bool:
    return word.gap == " " and not word.number and word.plain not in ENDS


def _joined(word: Word) -> bool:
    """Whether a word goes on with the name before it: "Lê Lợi - Pasteur" is one place, "Tháng 8" and "3/2" belong to their names."""
    return (word.capital or (word.number and word.gap == " " and len(word.written) < 3)) and word.gap in (" ", " - ", "-", " – ", "–")


def _number_end(text: Text, begin: int) -> int | None:
    """A number that names a street or hamlet, with the name behind it: "đường 3/2", "hẻm 47", "ấp 3"."""
    if begin >= len(text.words) or not text.words[begin].number or _cut(text, begin):
        return None
    return begin


def _cut(text: Text, index: int) -> bool:
    """Whether a sign before this word ends a sentence or a part of it."""
    gap = text.words[index].gap
    ends = gap.startswith(".") and not text.words[index - 1].short
    return ends or bool(set(gap) & set(",;:!?()\n"))
