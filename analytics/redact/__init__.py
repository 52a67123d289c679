"""Personal data found in a text and masked before anything becomes public or leaves for training. Pure; linear in the text's length.

Masked: phones, papers (citizen card, old identity card, passport, insurance), bank accounts and cards, e-mail addresses, number plates,
private addresses, names behind titles. Kept: money, dates, laws, codes of files, public hotlines, names of places, and the place of the
incident. A proposal: an officer sees the marks and confirms them before a text is published (Law 91/2025/QH15 on personal data).
"""

from __future__ import annotations

from analytics.redact.addresses import find_addresses
from analytics.redact.cues import Cues
from analytics.redact.emails import find_emails
from analytics.redact.marks import MASKS, Mark, Redacted
from analytics.redact.names import find_names
from analytics.redact.numbers import find_numbers
from analytics.redact.plates import find_plates
from analytics.redact.view import view

__all__ = ["MASKS", "Mark", "Redacted", "find", "redact"]


def redact(text: str) -> Redacted:
    """Find and mask personal data; a text without any comes back unchanged."""
    found = find(text)
    parts: list[str] = []
    at = 0
    for mark in found:
        parts += [text[at : mark.start], MASKS[mark.kind]]
        at = mark.end
    return Redacted("".join([*parts, text[at:]]), found)


def find(text: str) -> tuple[Mark, ...]:
    """Every piece of personal data, in order, none overlapping; the surer kinds win."""
    seen = view(text)
    cues = Cues(seen.plain)
    sure = [*find_emails(seen.plain), *find_plates(seen.plain, cues), *find_numbers(seen.plain, cues)]
    kept = _apart([*sure, *find_names(seen)], len(seen.plain))
    kept = _apart([*kept, *find_addresses(seen, kept)], len(seen.plain))
    return tuple(Mark(kind, *seen.span(start, end)) for kind, start, end in kept)


def _apart(found: list[tuple[str, int, int]], length: int) -> list[tuple[str, int, int]]:
    """Those that do not touch an earlier one, in the order of the text."""
    taken = bytearray(length)
    kept = []
    for kind, start, end in found:
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append((kind, start, end))
    return sorted(kept, key=lambda mark: mark[1])
