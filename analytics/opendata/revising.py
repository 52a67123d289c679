"""What a correction may change: no number by so little that the difference of two editions would tell of a few cases. Pure.

A case that the inspectorate pulls out of the open ones leaves every figure; one number that is lower by one would tell its agency.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from analytics.opendata.disclosure import small

Cell = TypeVar("Cell", bound=Hashable)


def kept(
    before: Mapping[Cell, int], after: Mapping[Cell, int], sums: Iterable[tuple[Cell, Sequence[Cell]]], also: Collection[Cell] = ()
) -> set[Cell]:
    """The cells, shown in both editions, that keep their former number.

    Then every number changes by nothing or by FEWEST at least, and so does what is left of a sum when the changes of its parts that are
    shown are taken away. `sums`: every cell that is the sum of others, with those. `also`: cells that keep theirs in any case.
    """
    change = {cell: after[cell] - before[cell] for cell in before.keys() & after.keys()}
    found = {cell for cell, difference in change.items() if cell in also or small(abs(difference))}
    for cell in found:
        change[cell] = 0
    lines = [(whole, [part for part in parts if part in change]) for whole, parts in sums if whole in change]
    unsettled = True
    while unsettled:
        unsettled = False
        for whole, parts in lines:
            while small(abs(change[whole] - sum(change[part] for part in parts))):
                # The smallest change of a part goes; with none left, the change of the whole stands alone and is no small one.
                part = min((part for part in parts if change[part]), key=lambda one: abs(change[one]))
                change[part] = 0
                found.add(part)
                unsettled = True
    return found
