"""How many words of a month's texts the training texts do not know: new words come before wrong readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date

from analytics.classify.words import read


def unknown_shares(texts: Iterable[tuple[date, str]], vocabulary: frozenset[str]) -> dict[date, float]:
    """By month, the share of words, without their tone marks, that are no feature of the model: seen less than three times in training."""
    words: dict[date, int] = defaultdict(int)
    strange: dict[date, int] = defaultdict(int)
    for month, text in texts:
        for word in read(text).words:
            words[month] += 1
            strange[month] += f"f:{word.folded}" not in vocabulary
    return {month: strange[month] / count for month, count in words.items()}


class Kept:
    """The last shares that were counted: reading a thousand texts for every look at the page would be most of its time."""

    def __init__(self) -> None:
        self._last: tuple[Hashable, Mapping[date, float]] | None = None

    def shares(self, of: Hashable, count: Callable[[], Mapping[date, float]]) -> Mapping[date, float]:
        """The shares counted for the same thing before, else what is counted now."""
        last = self._last
        if last is None or last[0] != of:
            last = self._last = of, count()
        return last[1]
