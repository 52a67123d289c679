"""Who does the work of a body that has ended: bodies follow each other in lines that end, never in rings. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping


class Ring(ValueError):
    """Somebody would be his own successor."""


def last(key: int, successors: Mapping[int, int]) -> int:
    """Who does the work of a body today: its successor, the successor's successor, …; itself while it has none. Raises Ring."""
    seen = {key}
    while key in successors:
        key = successors[key]
        if key in seen:
            raise Ring(key)
        seen.add(key)
    return key


def joined(old: Collection[int], new: int, successors: Mapping[int, int]) -> dict[int, int]:
    """The successors once some bodies have become part of another. Raises Ring when one of them would follow itself.

    A body that has ended can neither join nor be joined: Ring as well, for that is how rings begin.
    """
    if new in old or new in successors or any(body in successors for body in old):
        raise Ring(new)
    return {**successors, **dict.fromkeys(old, new)}
