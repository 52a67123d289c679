"""Places of a prepared answer that are still to be filled in, written [[ngày kiểm tra]]. Pure."""

from __future__ import annotations

import re

PLACE = re.compile(r"\[\[\s*([^\[\]]{1,80}?)\s*\]\]")
#: What is left when somebody has torn a place apart: no answer to a citizen carries it.
_TORN = re.compile(r"\[\[|\]\]")


def places(text: str) -> list[str]:
    """The names of the places nobody has filled in, each once, in the order of the text; a torn pair of brackets counts as it stands."""
    found = [name.strip() for name in PLACE.findall(text)]
    return list(dict.fromkeys([*found, *torn(text)]))


def torn(text: str) -> list[str]:
    """Brackets without a partner, each once: a text kept for answers has none."""
    return list(dict.fromkeys(_TORN.findall(PLACE.sub("", text))))


def put_above(prepared: str, typed: str) -> str:
    """A prepared text with what was typed below it; nothing of either is lost."""
    return "\n\n".join(part for part in (prepared.strip(), typed.strip()) if part)
