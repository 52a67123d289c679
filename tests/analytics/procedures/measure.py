"""How well procedures are recognised: `python -m tests.analytics.procedures.measure [-v]`, on hand-marked texts within their field."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from analytics.places.gazetteer import CITY
from analytics.procedures.matching import read_procedure
from tests.analytics.places.measure import Score

MARKED = Path(__file__).with_name("marked.jsonl")


@dataclass(frozen=True)
class Marked:
    """A text, its field, and the procedure a person reads in it; empty for none."""

    kind: str
    category: str
    text: str
    procedure: str = ""


def marked(kind: str = "") -> list[Marked]:
    """The hand-marked texts: written for it ("own"), drawn from the corpus before or after the last rule ("fresh"), or all."""
    rows = [Marked(**json.loads(line)) for line in MARKED.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if kind in ("", row.kind)]


def names(category: str = "") -> list[str]:
    """Names of today's procedures, of one field or of all."""
    with (CITY / "procedures_2025.csv").open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file) if category in ("", row["category_code"])]


def proposed(one: Marked) -> str:
    """The name proposed; empty for none."""
    own = names(one.category)
    found = read_procedure(one.text, own)
    return own[found.index] if found else ""


def score(kind: str = "") -> Score:
    """How many are marked, proposed and right."""
    rows = marked(kind)
    found = [proposed(row) for row in rows]
    right = sum(bool(row.procedure) and row.procedure == have for row, have in zip(rows, found, strict=True))
    return Score(sum(bool(row.procedure) for row in rows), sum(map(bool, found)), right)


def main() -> None:
    """Print recall and precision; with -v what is read wrongly."""
    for kind in ("own", "corpus", "fresh"):
        print(score(kind).line(f"{kind}, {len(marked(kind))} texts"))
        wanted = [row for row in marked(kind) if (found := read_procedure(row.text, names(row.category))) is not None and found.wanted]
        right = sum(proposed(row) == row.procedure for row in wanted)
        print(f"  chosen beforehand: {right} of {len(wanted)} right")
    if "-v" in sys.argv:
        for row in marked():
            if proposed(row) != row.procedure:
                print(f"{row.text}\n   read {proposed(row)!r}\n   want {row.procedure!r}")


if __name__ == "__main__":
    main()
