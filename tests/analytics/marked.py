"""Texts in which personal data is marked by hand as [[kind|value]], one a line, and the measures taken on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analytics.redact import Mark, find

DATA = Path(__file__).parent / "data"
#: The value may itself hold one pair of square brackets: "an[at]example".
_MARKED = re.compile(r"\[\[(\w+)\|((?:[^\[\]|]|\[\w+\])*)\]\]")


@dataclass(frozen=True)
class Marked:
    """One text without the marks, and what was marked in it."""

    text: str
    marks: tuple[Mark, ...]


def marked(line: str) -> Marked:
    """Read one line."""
    text, at, marks = "", 0, []
    for match in _MARKED.finditer(line):
        text += line[at : match.start()]
        marks.append(Mark(match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return Marked(text + line[at:], tuple(marks))


def texts(name: str) -> Iterator[Marked]:
    """The texts of one set: masks_known, masks_unseen, clean_known, …"""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        yield marked(line)


def uncovered(text: Marked, mark: Mark) -> bool:
    """Whether a letter or digit of a marked piece would still be read after masking."""
    covered = {place for found in find(text.text) for place in range(found.start, found.end)}
    return any(text.text[place].isalnum() and place not in covered for place in range(mark.start, mark.end))


@dataclass
class Recall:
    """How many marked pieces there are of each kind and how many were masked wholly; what was left."""

    marked: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)


def recall(name: str) -> Recall:
    """Measure a set of texts with personal data."""
    result = Recall()
    for text in texts(name):
        for mark in text.marks:
            result.marked[mark.kind] += 1
            if uncovered(text, mark):
                result.left.append(f"{mark.kind}: {text.text}")
            else:
                result.masked[mark.kind] += 1
    return result


def changed(name: str) -> list[str]:
    """The texts of a clean set that masking would change."""
    return [text.text for text in texts(name) if find(text.text)]
