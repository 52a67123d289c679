"""Which of our areas a feature of a file is: by its official code, failing that by its Vietnamese name. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feedback.shapes.reading import Feature, Wrong
from feedback.text import fold

#: Properties that may hold the code or the name, written as `key_of` makes them, the surest first.
CODES = (
    "code", "ma", "maxa", "maphuong", "maphuongxa", "mahuyen", "maquan", "madvhc", "madonvi", "gso", "gsocode", "magso", "matk", "matktk",
    "wardcode", "districtcode", "communecode", "idxa", "id",
)  # fmt: skip
NAMES = (
    "name", "ten", "tenxa", "tenphuong", "tenphuongxa", "tenhuyen", "tenquan", "tendvhc", "tendonvi", "tendaydu", "fullname", "namevi",
    "wardname", "districtname", "communename",
)  # fmt: skip
#: Properties that may hold the kind of unit where the name leaves it out.
KINDS = ("loai", "kieu", "capdvhc", "type", "prefix", "kindlabel")
#: Short forms before a name.
SHORT = {
    "p": "phuong",
    "x": "xa",
    "q": "quan",
    "h": "huyen",
    "tp": "thanh pho",
    "tt": "thi tran",
    "tx": "thi xa",
    "dk": "dac khu",
    "t": "tinh",
}
KIND_WORDS = ("dac khu", "phuong", "xa", "thi tran", "thi xa", "thanh pho", "quan", "huyen", "tinh")
#: How the former districts are marked in our names.
OLD = "(cu)"


@dataclass(frozen=True)
class Known:
    """One of our areas."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Unmatched:
    """A feature that gives no area its shape, and why."""

    number: int
    about: str
    wrong: Wrong


def key_of(name: str) -> str:
    """A property's name without case, marks and signs: MA_XA and "Mã xã" are one."""
    return re.sub(r"[^a-z]", "", fold(name))


def match(features: Sequence[Feature], areas: Iterable[Known]) -> tuple[dict[int, Feature], list[Unmatched]]:
    """Features by the keys of their areas, and those that are none. Two of one area are none: which of them holds is not ours to say."""
    finder = _Finder(areas)
    found: dict[int, list[Feature]] = defaultdict(list)
    unmatched = []
    for feature in features:
        area = finder.of(feature)
        if isinstance(area, Wrong):
            unmatched.append(Unmatched(feature.number, about(feature), area))
        elif feature.wrong is not None:
            unmatched.append(Unmatched(feature.number, about(feature), feature.wrong))
        else:
            found[area].append(feature)
    doubled = [one for several in found.values() if len(several) > 1 for one in several]
    unmatched += [Unmatched(one.number, about(one), Wrong.DOUBLED) for one in doubled]
    return {area: several[0] for area, several in found.items() if len(several) == 1}, sorted(unmatched, key=lambda one: one.number)


def about(feature: Feature) -> str:
    """What a feature is called in its file."""
    values = _by_key(feature.properties)
    return " ".join(
        dict.fromkeys(value for names in (CODES, NAMES) if (value := next((values[one] for one in names if one in values), "")))
    )


def _by_key(properties: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in properties.items():
        values.setdefault(key_of(name), value)
    return values


class _Finder:
    """Areas by code and by every way to write their names that means one of them only."""

    def __init__(self, areas: Iterable[Known]) -> None:
        known = list(areas)
        self._codes = {one.code: one.id for one in known}
        written: dict[str, set[int]] = defaultdict(set)
        for one in known:
            for name in (plain(one.name), _bare(one.name)):
                written[name].add(one.id)
        self._names = written

    def of(self, feature: Feature) -> int | Wrong:
        """The key of its area, or why there is none."""
        values = _by_key(feature.properties)
        for name in CODES:
            key = self._codes.get(values.get(name, "").lstrip("0"))
            if key is not None:
                return key
        kind = next((values[name] for name in KINDS if name in values), "")
        for name in NAMES:
            if not (said := plain(values.get(name, ""))):
                continue
            for written in (plain(f"{kind} {said}") if kind and said == _bare(said) else said, said):
                if keys := self._names.get(written):
                    return next(iter(keys)) if len(keys) == 1 else Wrong.AMBIGUOUS
        return Wrong.UNKNOWN


def plain(name: str) -> str:
    """A name without marks of tone, signs and the note that it is a former one; the kind before it written out."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(name).replace(OLD, " ")).split()
    if words and re.fullmatch(r"[pq]\d+", words[0]):  # Q1, P12
        words[:1] = [SHORT[words[0][0]], words[0][1:]]
    elif len(words) > 1:
        words[0] = SHORT.get(words[0], words[0])
    return " ".join(words)


def _bare(name: str) -> str:
    """A name without its kind; what is a number keeps it."""
    said = plain(name)
    for kind in KIND_WORDS:
        rest = said.removeprefix(f"{kind} ")
        if rest != said and not rest.isdigit():
            return rest
    return said
