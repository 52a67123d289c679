"""How well places are read: `python -m tests.analytics.places.measure [-v]` prints recall and precision on the hand-marked texts.

A ward counts when it is the marked one. A place counts when it is the marked words or holds them; both without tone marks and signs.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.measures import wilson
from analytics.places.gazetteer import gazetteer
from analytics.places.reading import read_place
from feedback.text import fold

MARKED = Path(__file__).with_name("marked.jsonl")


@dataclass(frozen=True)
class Marked:
    """A text with where a person reads it happened; empty where it does not say."""

    kind: str
    text: str
    ward: str = ""
    place: str = ""
    district: str = ""


@dataclass(frozen=True)
class Score:
    """Of so many marked ones, so many proposed ones and so many right ones."""

    marked: int
    proposed: int
    right: int

    def line(self, name: str) -> str:
        """A row: recall and precision with their 95 % intervals."""
        return f"{name:28} {_share(self.right, self.marked)}   {_share(self.right, self.proposed)}"


def _share(part: int, whole: int) -> str:
    if not whole:
        return f"{'–':>24}"
    low, high = wilson(part, whole) or (0.0, 1.0)
    return f"{part:4}/{whole:<4}{part / whole:.3f} ({low:.2f}-{high:.2f})"


def marked(*kinds: str, but: str = "") -> list[Marked]:
    """The texts of these kinds, or all but one kind."""
    rows = [Marked(**json.loads(line)) for line in MARKED.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if (row.kind in kinds or not kinds) and row.kind != but]


def names(units: str = "2025") -> dict[str, str]:
    """Names of wards and districts in force by their codes."""
    known = gazetteer(units)
    wards = {ward.codes[0]: ward.name for found in known.wards.values() for ward in found if not ward.former}
    return wards | {one.code: one.name for found in known.districts.values() for one in found if one.code}


Proposal = tuple[str, str, str]


def proposal(text: str) -> Proposal:
    """Ward, place and district read, by their names."""
    read, known = read_place(text, "2025"), names()
    return known.get(read.area_code or "", ""), read.place, known.get(read.district_code or "", "")


def score(rows: Sequence[Marked], part: int, propose: Callable[[str], Proposal] = proposal) -> Score:
    """How ward (0), place (1) or district (2) are read."""
    wanted = [(row.ward, row.place, row.district)[part] for row in rows]
    found = [propose(row.text)[part] for row in rows]
    same = _holds if part == 1 else _is_one
    right = sum(bool(want) and same(have, want) for want, have in zip(wanted, found, strict=True))
    return Score(sum(map(bool, wanted)), sum(map(bool, found)), right)


def _is_one(have: str, want: str) -> bool:
    """A former ward that was divided is marked with all its parts."""
    return have in want.split("|")


def _holds(have: str, want: str) -> bool:
    return f" {_plain(want)} " in f" {_plain(have)} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def main() -> None:
    """Print the table; with -v what is read wrongly."""
    everything = marked()
    print(f"{len(everything)} texts; recall, then precision")
    for title, part in (("ward", 0), ("district without a ward", 2), ("place", 1)):
        print(score(everything, part).line(title))
        for kind in dict.fromkeys(row.kind for row in everything):
            print(score(marked(kind), part).line(f"  {kind}"))
    bare = [Marked(row.kind, fold(row.text), row.ward, row.place, row.district) for row in marked(but="no marks")]
    print(score(bare, 0).line("ward, marks taken away"))
    print(score(bare, 1).line("place, marks taken away"))
    started = time.process_time()
    for row in everything:
        read_place(row.text, "2025")
    print(f"{(time.process_time() - started) / len(everything) * 1000:.2f} ms a text")
    if "-v" in sys.argv:
        for row in everything:
            ward, place, district = proposal(row.text)
            right_place = _holds(place, row.place) if row.place else not place
            if not (_is_one(ward, row.ward) and district == row.district and right_place):
                print(f"{row.kind} | {row.text}\n   read {(ward, place, district)}\n   want {(row.ward, row.place, row.district)}")


if __name__ == "__main__":
    main()
