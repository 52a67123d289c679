"""Finding a ward or district by what people call it: its code or its name, with or without marks. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedback.text import fold

#: Old names in brackets ("Quận 1 (cũ)") and short forms that people write for the word before a name.
OLD = " (cu)"
SHORT_FORMS = {"p": "phuong", "q": "quan", "h": "huyen", "x": "xa", "tp": "thanh pho"}


class UnknownPlace(LookupError):
    """No area, or more than one, goes by this name; the message says which."""


@dataclass(frozen=True)
class Named:
    """An area with the names it goes by."""

    id: int
    code: str
    name: str
    kind_label: str
    #: Name of the district it lies in; empty for a district.
    district: str = ""


class Places:
    """An index of areas by code and folded name."""

    def __init__(self, areas: Iterable[Named]) -> None:
        self._codes: dict[str, int] = {}
        names: dict[str, set[int]] = defaultdict(set)
        for area in areas:
            self._codes[area.code] = area.id
            for name in _names(area):
                names[name].add(area.id)
        self._names: Mapping[str, set[int]] = names

    def find(self, typed: str) -> int:
        """Id of the area meant by a code or a name. Raises UnknownPlace."""
        wanted = typed.strip()
        if wanted in self._codes:
            return self._codes[wanted]
        found = self._names.get(_plain(wanted), set())
        if not found:
            raise UnknownPlace(f"no area is called {wanted!r}")
        if len(found) > 1:
            raise UnknownPlace(f"{len(found)} areas are called {wanted!r}; add the district: 'ward, district'")
        return next(iter(found))


def _names(area: Named) -> Iterable[str]:
    full = _plain(area.name)
    short = full.removeprefix(fold(area.kind_label) + " ")
    for name in {full, short} - {""}:
        # "1" alone is no name; "Phường 1" is.
        if not name.isdigit():
            yield name
            yield name.removesuffix(OLD)
        if area.district:
            district = _plain(area.district).removesuffix(OLD)
            yield f"{name} {district}"
            yield f"{name} {district.removeprefix('quan ').removeprefix('huyen ')}"


def _plain(name: str) -> str:
    """Folded, without commas, with short forms written out: "P. Bến Nghé, Q.1" -> "phuong ben nghe quan 1"."""
    words = fold(name).replace(".", ". ").replace(",", " ").split()
    return " ".join(SHORT_FORMS.get(word.rstrip("."), word) if word.endswith(".") else word for word in words)
