"""What was changed between two versions of a text, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\s+|[^\s]+")


class Kind(StrEnum):
    """What happened to a piece of text."""

    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True)
class Piece:
    """A run of words that shared one fate."""

    kind: Kind
    text: str


def changes(old: str, new: str) -> list[Piece]:
    """The new text with what was taken away and added marked.

    The pieces kept and deleted give the old text back, those kept and inserted the new one, to the letter.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    pieces: list[Piece] = []
    # Frequent words are left out of the search (autojunk), which keeps long texts of few words from taking seconds.
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Kind.KEPT, "".join(before[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece(Kind.DELETED, "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece(Kind.INSERTED, "".join(after[j1:j2])))
    return pieces
