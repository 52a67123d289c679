"""From words to a sparse row: words, pairs without tone marks, lexicon families, weighed by tf-idf. Pure; the same code trains and runs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.classify.danger import danger_words
from analytics.classify.lexicon import phrases, stands
from analytics.classify.words import Reading

#: First and last character in the cleaned text.
Span = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One text: the columns it fills with their tf-idf weights (unit length), and where each feature first stands."""

    columns: NDArray[np.int64]
    weights: NDArray[np.float64]
    places: tuple[Span, ...]


def grams(reading: Reading) -> dict[str, list[Span]]:
    """Every feature of a text with its places. `n:` as written, `f:` without tone marks, `x:` a family of the lexicon."""
    found = defaultdict[str, list[Span]](list)
    before = None
    for word in reading.words:
        here = (word.start, word.end)
        found["n:" + word.normal].append(here)
        found["f:" + word.folded].append(here)
        if before is not None:
            both = (before.start, word.end)
            found[f"f:{before.folded} {word.folded}"].append(both)
        before = word
    _families(reading, found)
    if reading.words and danger_words(reading):
        found["x:danger now"] = [(0, 0)]  # of the whole text: no place to point at
    return found


def _families(reading: Reading, found: defaultdict[str, list[Span]]) -> None:
    words, known = reading.words, phrases()
    for at, (first, second) in enumerate(pairwise([*(word.folded for word in words), ""])):
        for phrase, families in (*known.get(first, ()), *known.get(f"{first} {second}", ())):
            written = words[at : at + len(phrase)]
            if stands(phrase, written):
                for family in families:
                    found["x:" + family].append((written[0].start, written[-1].end))


def weigh(found: Mapping[str, list[Span]], vocabulary: Mapping[str, int], idf: NDArray[np.floating[Any]]) -> Row:
    """Sublinear tf times idf over the known features, scaled to unit length; an empty row when nothing is known."""
    known = [(column, places) for name, places in found.items() if (column := vocabulary.get(name)) is not None]
    columns = np.array([column for column, _ in known], dtype=np.int64)
    counts = np.array([len(places) for _, places in known], dtype=np.float64)
    weights = (1.0 + np.log(counts)) * idf[columns]
    length = math.sqrt(float(weights @ weights))
    return Row(columns, weights / length if length else weights, tuple(places[0] for _, places in known))
