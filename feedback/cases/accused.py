"""Who may handle a report, given whom it accuses (Luật Tố cáo 2018 Art 12-13, Luật PCTN 2018 Art 23; security D7). Pure.

An accused body is excluded with everything beneath it: whoever takes its orders examines nothing against it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Competent(StrEnum):
    """Who examines a report."""

    INSPECTORATE = "inspectorate"  # Thanh tra Thành phố
    LEADERSHIP = "leadership"  # the inspectorate itself is accused
    HIGHER = "higher"  # leadership is accused: the inspectorate hands a sealed file to the authority above the city, and does no more
    NOBODY = "nobody"  # inspectorate and leadership both: nobody in this house


@dataclass(frozen=True)
class Way:
    """Where a report goes, and the bodies that must not learn of it."""

    competent: Competent
    excluded: frozenset[int]


def beneath(body: int, superiors: Mapping[int, int | None]) -> frozenset[int]:
    """A body and everything that takes its orders, however many steps down."""
    found = {body}
    while more := {below for below, above in superiors.items() if above in found} - found:
        found |= more
    return frozenset(found)


def way(accused: Collection[int], superiors: Mapping[int, int | None], inspectorate: int, leadership: int) -> Way:
    """The way of a report that accuses these bodies; `leadership` is the office where the city's leaders read.

    The inspectorate stands under the city's leaders. When they are accused it remains the keeper of the sealed file until that is
    handed up; it is excluded only when it is accused itself.
    """
    excluded = frozenset[int]().union(*(beneath(body, superiors) for body in accused))
    itself = inspectorate in accused
    above = inspectorate in excluded and any(inspectorate in beneath(body, superiors) for body in accused if body != inspectorate)
    kept = excluded if itself else excluded - {inspectorate}
    if not itself:
        return Way(Competent.HIGHER if above else Competent.INSPECTORATE, kept)
    return Way(Competent.NOBODY if leadership in excluded else Competent.LEADERSHIP, kept)
