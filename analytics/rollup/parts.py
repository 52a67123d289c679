"""The cases of a scope, block by block. They are picked out once in a transaction, and each column of them when it is asked for.

So a filter is looked for in every case once, and whatever is then counted costs as much as the cases it holds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np

from analytics.rollup.blocks import Array, Block
from analytics.rollup.columns import Columns, current
from analytics.rollup.once import once
from analytics.rollup.scope import Scope


class Part:
    """The cases of a block that a scope holds, in the order of their keys."""

    def __init__(self, block: Block, places: Array | None) -> None:
        #: Where they stand in the block; None where it holds no others.
        self._places = places
        self._data, self._found = block.data, dict[str, Array]()

    def __getitem__(self, name: str) -> Array:
        """A column of them."""
        if self._places is None:
            return self._data[name]
        if name not in self._found:
            self._found[name] = self._data[name][self._places]
        return self._found[name]


class Parts:
    """The cases of a scope."""

    def __init__(self, columns: Columns, scope: Scope) -> None:
        self.columns, self.name = columns, scope.name
        self._masks = list(_masks(columns, scope))
        self._found: dict[Block, Part] = {}

    def of(self, block: Block) -> Part:
        """Those of a block."""
        if block not in self._found:
            self._found[block] = Part(block, self._places(block))
        return self._found[block]

    def _places(self, block: Block) -> Array | None:
        if not self._masks:
            return None
        places = np.flatnonzero(functools.reduce(np.logical_and, (mask(block) for mask in self._masks)))
        return places if len(places) < len(block) else None


def _masks(columns: Columns, scope: Scope) -> Iterator[Callable[[Block], Array]]:
    """Each says which cases of a block one part of a scope holds."""
    for name, value in scope.values.items():
        if name == "agencies":
            yield _among(np.isin(columns.keys["agency_id"], value))
        elif name != "size":
            yield _equal(name, columns.keys[name].index(value) if value in columns.keys[name] else -1)


def _equal(name: str, place: int) -> Callable[[Block], Array]:
    return lambda block: block.data[name] == place


def _among(wanted: Array) -> Callable[[Block], Array]:
    return lambda block: wanted[block.data["agency_id"]]


def parts_of(scope: Scope) -> Parts:
    """The cases of a scope, the same ones until the transaction ends."""
    return once(("parts", scope.name), lambda: Parts(current(), scope))
