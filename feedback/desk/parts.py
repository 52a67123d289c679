"""A first cut of a report that holds several matters; the officer moves words between the parts. Pure."""

from __future__ import annotations

import re

#: Behind the end of a sentence, before the next one.
_SENTENCE = re.compile(r"(?<=[.!?…;])\s+")


def cut(text: str, number: int | None = None) -> list[str]:
    """The text in at most `number` parts, in its own order and without a word lost; without a number, as it is written.

    A report in lines is cut between lines, one in a single block between sentences, in two parts when no number is given.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = lines if len(lines) > 1 else [part for part in _SENTENCE.split(text.strip()) if part]
    most = number or (len(lines) if len(lines) > 1 else 2)
    while len(found) > max(most, 1):
        shortest = min(range(len(found) - 1), key=lambda at: len(found[at]) + len(found[at + 1]))
        found[shortest : shortest + 2] = [f"{found[shortest]} {found[shortest + 1]}"]
    return found
