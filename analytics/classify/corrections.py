"""Texts that officers have labelled in a blind check, to be learnt beside the corpus; masked, in the corpus's own form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analytics.classify.corpus import Example, read_file
from analytics.classify.model import CATEGORIES
from analytics.redact import redact
from feedback.text import fold

#: A correction is learnt as so many texts: it is what the city's people write, and there are few.
WEIGHT = 2


def load_corrections(path: Path, corpus: Sequence[Example]) -> list[Example]:
    """The corrections in a file, each `WEIGHT` times. One that is a text of the corpus, masked or not, is left out: else a model would be
    judged on what it has learnt.

    Raises ValueError for a line that is no labelled text.
    """
    known = {form for example in corpus for form in (_form(example.text), _form(redact(example.text).text))}
    try:
        found = [example for example in read_file(path) if _form(example.text) not in known]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name} holds a line that is no labelled text: {error}") from error
    strange = {example.category for example in found} - set(CATEGORIES)
    if strange:
        raise ValueError(f"{path.name} holds fields the model does not know: {', '.join(sorted(strange))}")
    return [example for example in found for _ in range(WEIGHT)]


def _form(text: str) -> str:
    """A text as it is compared: without tone marks, case and spacing."""
    return " ".join(fold(text).split())
