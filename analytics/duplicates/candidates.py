"""Which words of a report to look for among all others: names of places and people as phrases, and its rarest words. Pure.

The database finds reports that share any of them (`OR`), the scorer reads only those. Words every second report has ("đường", "phản ánh")
would bring half the city.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping

from analytics.duplicates.facts import Facts
from analytics.duplicates.scoring import model

#: How many names, pairs of neighbours and single words are looked for.
NAMES, PAIRS, WORDS = 6, 5, 6
#: Words more common than this (idf) are not looked for alone, nor in pairs of neighbours; a text that has few such words takes its five
#: rarest, and a report must hold two of those.
_RARE, _RARE_IN_PAIRS, _COMMON = 4.0, 3.0, 2.0
_AT_LEAST = 5
_PLAIN = re.compile(r"[a-z]{2,20}")
_LONGEST = 4


def terms(of: Facts) -> dict[str, float]:
    """The search terms of a report without tone marks, each with how rare its words are; words of a phrase stand side by side.

    Empty for a text of common words only: then nothing identifies it.
    """
    rarity = model().rarity
    unknown = rarity[""]

    def weight(word: str) -> float:
        return rarity.get(word, unknown)

    def strongest(phrases: Iterable[tuple[str, ...]], count: int) -> list[str]:
        usable = {phrase for phrase in phrases if all(_PLAIN.fullmatch(word) for word in phrase)}
        ordered = sorted(usable, key=lambda phrase: (-sum(map(weight, phrase)), phrase))
        return [" ".join(phrase) for phrase in ordered[:count]]

    plain = of.reading.plain
    names = strongest((name[-_LONGEST:] for name in of.names if len(name) > 1), NAMES)
    pairs = strongest((pair for pair in itertools.pairwise(plain) if min(map(weight, pair)) >= _RARE_IN_PAIRS), PAIRS)
    single = strongest(((word,) for word in plain if weight(word) >= _RARE), WORDS)
    if len(names) + len(single) < _AT_LEAST:
        single = strongest(((word,) for word in plain if weight(word) >= _COMMON), _AT_LEAST)
    return {term: sum(map(weight, term.split())) for term in (*names, *pairs, *single)}


def search_query(wanted: Mapping[str, float]) -> str:
    """The terms in PostgreSQL's to_tsquery language: any rare word, two of the more common ones, or a phrase, its words in any order.

    A common word alone would bring every tenth report of the city, and each of them is fetched and read. That the words of a phrase stand
    side by side is left to the ranking: the index does not know, and looking it up in each text costs more than all else. A phrase with a
    word that is looked for alone brings nothing new.
    """
    single = [term for term in wanted if " " not in term]
    alone = [term for term in single if wanted[term] >= _RARE]
    common = sorted(set(single) - set(alone))
    phrases = [sorted(term.split()) for term in wanted if " " in term and not set(alone) & set(term.split())]
    needed = [(word,) for word in alone] + list(itertools.combinations(common, 2)) + [tuple(words) for words in phrases]
    return " | ".join("(" + " & ".join(words) + ")" for words in dict.fromkeys(needed or [(word,) for word in common]))
