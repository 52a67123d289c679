"""Report texts for the demo city: our own corpus, dealt out so that the same text does not come twice in a row. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from analytics.classify.corpus import Example
from feedback.cases.sorting import CONDUCT
from feedback.text import clean, fold

#: A ward or district by name, as people write it.
_NAMED_PLACE = re.compile(r"(?:[Pp]hường|[Xx]ã|[Qq]uận|[Hh]uyện|[Tt]hị trấn|P\.|Q\.)\s*(?:\d|[A-ZĐÀ-Ỹ])")
#: A text that says where in the ward it happens needs no invented address beside it.
_STREET = re.compile(r"\b(duong|hem|pho|nga tu|nga ba|cau|cho|chung cu|so \d+|to \d+|khu pho)\b")
_OLD = " (cu)"
_TIER = re.compile(r"^(quan|huyen|thanh pho) ")
#: The corpus holds many insults and emergencies, because they are hard to learn; a city sees this share of them.
INSULTS_KEPT, URGENT_KEPT = 0.1, 0.2


@dataclass(frozen=True)
class Spot:
    """A ward and the district it is counted under, by id and folded name."""

    ward_id: int
    ward: str
    district_id: int
    district: str


@dataclass(frozen=True)
class Text:
    """One text and what it is about. `district_id` and `ward_id` name the place it speaks of; None where it could be anywhere."""

    text: str
    category_code: str
    #: How often the text is dealt when it lies on top, 0 to 1.
    share: float
    has_address: bool
    district_id: int | None = None
    ward_id: int | None = None


class Gazetteer:
    """Finds the wards and districts that texts speak of."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._wards: dict[str, list[Spot]] = defaultdict(list)
        self._districts: dict[str, int] = {}
        for spot in spots:
            self._wards[spot.ward].append(spot)
            full = spot.district.removesuffix(_OLD)
            bare = _TIER.sub("", full)
            self._districts |= {name: spot.district_id for name in (full, bare) if not name.isdigit()}
        self._ward_names, self._district_names = _any_of(self._wards), _any_of(self._districts)

    def find(self, text: str, folded: str) -> tuple[int | None, int | None] | None:
        """District and ward a text, also given folded, speaks of; None when it names a place that this map does not have, or two."""
        districts = {self._districts[name] for name in self._district_names.findall(folded)}
        spots = [spot for name in self._ward_names.findall(folded) for spot in self._wards[name]]
        if districts:
            spots = [spot for spot in spots if spot.district_id in districts]
        if len(spots) == 1:
            return spots[0].district_id, spots[0].ward_id
        if not spots and len(districts) == 1:
            return next(iter(districts)), None
        return None if spots or districts or _NAMED_PLACE.search(text) else (None, None)


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b")


class Shelf:
    """Texts by field and place, each pile dealt to its end before it is shuffled again."""

    def __init__(self, examples: Sequence[Example], gazetteer: Gazetteer) -> None:
        self._piles: dict[tuple[str, int | None], list[Text]] = defaultdict(list)
        self._left: dict[tuple[str, int | None], list[Text]] = {}
        for example in examples:
            folded = fold(example.text)
            place = gazetteer.find(example.text, folded)
            if example.spam or place is None:
                continue
            category = CONDUCT if example.misconduct else example.category
            text = clean(example.text)
            share = (INSULTS_KEPT if example.insult else 1.0) * (URGENT_KEPT if example.urgency else 1.0)
            self._piles[category, place[0]].append(Text(text, category, share, bool(_STREET.search(folded)), *place))

    def deal(self, rng: Random, category_code: str, district_id: int | None) -> Text:
        """A text of a field for a report from a district, or from nobody knows where (None)."""
        at_home = self._piles.get((category_code, district_id), []) if district_id is not None else []
        anywhere = self._piles[category_code, None]
        home = district_id if rng.random() * (len(at_home) + len(anywhere)) < len(at_home) else None
        while True:
            text = self._next(rng, (category_code, home))
            if rng.random() < text.share:
                return text

    def _next(self, rng: Random, key: tuple[str, int | None]) -> Text:
        if not self._left.get(key):
            self._left[key] = rng.sample(self._piles[key], len(self._piles[key]))
        return self._left[key].pop()
