"""The words of procedures' names found in a text, beside one another; how rare they are among the names says how much they tell. Pure.

The most specific name whose words are mostly there is proposed, with the words it stands on; two that are there as much cancel each other.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.places.words import Text, key, read
from analytics.procedures.lexicon import ASKED, BEGINNINGS, DENIED, OTHERS, PAPERS, SAID
from feedback.cases.ports import ProcedureRead
from feedback.text import fold

Pair = tuple[str, str]
#: So much of a name's weight must be found; the name of a paper that somebody has counts half.
ENOUGH, PAPER = 0.6, 0.5
#: So many words before a name tell whether it is wanted.
NEAR = 4


@dataclass(frozen=True)
class _Seen:
    """A pair of words of a name found in the text, and the words of the text that stand for it."""

    first: int
    last: int
    share: float = 1.0


def read_procedure(text: str, names: Sequence[str]) -> ProcedureRead | None:
    """Which of the names a text is about, by its place in the list; None when none is told apart from the others."""
    words = read(text)
    seen = _pairs_in(words)
    pairs = [_pairs_of(name, marked=words.marked) for name in names]
    weights = _weights(pairs)
    found = sorted(((*_found(own, seen, weights), index) for index, own in enumerate(pairs) if own), reverse=True)
    if not found or found[0][0] <= 0 or (len(found) > 1 and found[0][:2] == found[1][:2]):
        return None
    index = found[0][2]
    spots = sorted({(seen[pair].first, seen[pair].last) for pair in pairs[index] if pair in seen})
    if _other_before(words, spots[0][0]):
        return None
    merged = _merged(spots)
    return ProcedureRead(index, tuple(dict.fromkeys(words.between(*spot) for spot in merged)), _is_wanted(words, merged[0][0]))


def _found(own: Sequence[Pair], seen: dict[Pair, _Seen], weights: dict[Pair, float]) -> tuple[float, float]:
    """Weight of a name's words that are there, and their share; nothing when the share is too small."""
    whole = sum(weights[pair] for pair in own)
    there = sum(weights[pair] * seen[pair].share for pair in own if pair in seen)
    return (round(there, 6), round(there / whole, 6)) if there >= ENOUGH * whole else (0.0, 0.0)


def _weights(pairs: Sequence[Sequence[Pair]]) -> dict[Pair, float]:
    """How much each pair of words tells: the fewer names hold it, the more."""
    held = Counter(pair for own in pairs for pair in set(own))
    return {pair: 1.0 + math.log((1 + len(pairs)) / (1 + count)) for pair, count in held.items()}


@functools.cache
def _words_of(name: str) -> tuple[tuple[str, str], ...]:
    """The words of a name with their marks and without, less what every name begins with."""
    parts = [part.strip(",;()") for part in name.split()]
    words = [(key(part), fold(part)) for part in parts if part]
    while len(words) > 2 and words[0][1] in BEGINNINGS:
        words.pop(0)
    return tuple(words)


def _pairs_of(name: str, *, marked: bool) -> list[Pair]:
    return list(itertools.pairwise(word[not marked] for word in _words_of(name)))


def _pairs_in(text: Text) -> dict[Pair, _Seen]:
    """Pairs of neighbours in the text, and those of what people say instead; of several the one that says most."""
    row = _row(text)
    found = [(pair, _Seen(index, index + 1, _share(text, index))) for index, pair in enumerate(itertools.pairwise(row))]
    for said, meant in _said(marked=text.marked).items():
        for index in _places(row, said):
            found += [(pair, _Seen(index, index + len(said) - 1)) for pair in itertools.pairwise(meant)]
    seen: dict[Pair, _Seen] = {}
    for pair, spot in found:
        if pair not in seen or spot.share > seen[pair].share:
            seen[pair] = spot
    return seen


def _row(text: Text) -> list[str]:
    return [word.toned if text.marked else word.plain for word in text.words]


def _places(row: Sequence[str], phrase: tuple[str, ...]) -> list[int]:
    """Where a phrase begins."""
    return [index for index in range(len(row) - len(phrase) + 1) if tuple(row[index : index + len(phrase)]) == phrase]


def _share(text: Text, index: int) -> float:
    """Half for "trong giấy khai sinh", which somebody has; whole for "xin giấy khai sinh", which he wants."""
    before = [word.plain for word in text.words[max(index - 2, 0) : index]]
    return PAPER if before and before[-1] in PAPERS and not set(before[:-1]) & ASKED else 1.0


def _is_wanted(text: Text, first: int) -> bool:
    """Whether somebody asks for it: one of the words for that stands just before, and none that denies it."""
    before = {word.plain for word in text.words[max(first - NEAR, 0) : first + 1]}
    return bool(before & ASKED) and not before & DENIED


def _other_before(text: Text, first: int) -> bool:
    """Whether the text has named a paper of no procedure before it comes to this word."""
    write = key if text.marked else fold
    row = _row(text)[:first]
    return any(_places(row, tuple(map(write, other.split()))) for other in OTHERS)


@functools.cache
def _said(*, marked: bool) -> dict[tuple[str, ...], tuple[str, ...]]:
    write = key if marked else fold
    return {tuple(map(write, said.split())): tuple(map(write, meant.split())) for said, meant in SAID.items()}


def _merged(spots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spots that touch become one."""
    merged: list[tuple[int, int]] = []
    for first, last in spots:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
