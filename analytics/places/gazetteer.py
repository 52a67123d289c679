"""The names of wards and districts, today's and those of before 1 July 2025, and which ward of today each former one lies in.

Today's come from the city's own tables. The former ones (data/former_wards.csv) are those of 2017 and of June 2025, with the wards of
today by code; where a former ward was split, the one with its larger part stands first.
"""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analytics.places.words import key
from feedback.text import fold

CITY = Path(__file__).parents[2] / "feedback" / "city" / "data"
FORMER = Path(__file__).parent / "data" / "former_wards.csv"
_KINDS = ("Phường", "Xã", "Thị trấn", "Đặc khu", "Quận", "Huyện", "Thành phố", "Thị xã")
_OLD = " (cũ)"
Name = tuple[str, ...]


@dataclass(frozen=True)
class Ward:
    """One name of a ward. `codes`: the ward in force it means, the likeliest first; `districts`: names its district goes by."""

    name: str
    toned: Name
    codes: tuple[str, ...]
    districts: frozenset[Name]
    former: bool


@dataclass(frozen=True)
class District:
    """One name of a district; `code` is empty where it is none of the areas in force (Thành phố Thủ Đức, Thuận An, …)."""

    name: str
    toned: Name
    #: The name wards know it by.
    plain: Name
    code: str


@dataclass(frozen=True)
class Gazetteer:
    """Wards and districts by their names without kind and tone marks."""

    wards: Mapping[Name, tuple[Ward, ...]]
    districts: Mapping[Name, tuple[District, ...]]

    #: No name has more words.
    longest: int = 5

    @functools.cached_property
    def beginnings(self) -> Mapping[bool, frozenset[str]]:
        """The first words of wards' names (True) and of districts' names (False): nearly every word of a text begins none."""
        return {True: frozenset(name[0] for name in self.wards), False: frozenset(name[0] for name in self.districts)}


@functools.cache
def gazetteer(units: str) -> Gazetteer:
    """The names for one unit set, "2017" or "2025". Raises FileNotFoundError for any other."""
    areas = list(_rows(CITY / f"areas_{units}.csv"))
    names = {row["code"]: row["name"].removesuffix(_OLD) for row in areas}
    wards: dict[Name, list[Ward]] = defaultdict(list)
    districts: dict[Name, dict[str, District]] = defaultdict(dict)
    for row in areas:
        short = _short(names[row["code"]])
        if row["kind"] == "district":
            districts[_plain(short)][names[row["code"]]] = District(names[row["code"]], _toned(short), _plain(short), row["code"])
        elif row["kind"] == "ward":
            of = _short(names[row["district_code"] or row["parent_code"]])
            wards[_plain(short)].append(Ward(row["name"], _toned(short), (row["code"],), frozenset({_plain(of)}), former=False))
    for row in _rows(FORMER) if units == "2025" else ():
        short, of = _short(row["ward"]), _short(row["district"])
        wards[_plain(short)].append(Ward(row["ward"], _toned(short), tuple(row["today"].split()), frozenset({_plain(of)}), former=True))
        districts[_plain(of)].setdefault(row["district"], District(row["district"], _toned(of), _plain(of), ""))
    return Gazetteer(
        {name: tuple(found) for name, found in wards.items()}, {name: tuple(found.values()) for name, found in districts.items()}
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _short(name: str) -> str:
    """A name without its kind and without a zero before a number: "Phường 03" -> "3"."""
    for kind in _KINDS:
        if name.startswith(f"{kind} "):
            name = name.removeprefix(f"{kind} ")
            break
    return name.lstrip("0") if name.isdigit() else name


def _toned(short: str) -> Name:
    return tuple(key(word) for word in short.replace("-", " ").split())


def _plain(short: str) -> Name:
    return tuple(fold(word) for word in short.replace("-", " ").split())
