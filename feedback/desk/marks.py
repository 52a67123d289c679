"""A text cut into pieces, those that carried the machine's decision marked. Pure: the page escapes every piece as usual."""

from __future__ import annotations

import re
from collections.abc import Iterable


def pieces(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in order, as (piece, marked); joined, the pieces are the text, character by character."""
    wanted = sorted({word.strip() for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return [(text, False)] if text else []
    pattern = re.compile(r"(?<!\w)(" + "|".join(re.escape(word) for word in wanted) + r")(?!\w)", re.IGNORECASE)
    # `split` with one group gives plain and found pieces in turn.
    return [(piece, index % 2 == 1) for index, piece in enumerate(pattern.split(text)) if piece]
