"""Open cases whose keys lie beside each other, as columns in memory; what was worked out of a block is kept while the block stands.

Cases change in few blocks at a time. The others, and what is known of them, go over into the next state of the columns as they are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.counts import FLAGS, Amount
from analytics.rollup.scope import COLUMNS, REFUSAL

Array = npt.NDArray[Any]
#: Cases whose keys have the same bits above these lie in one block.
BITS = 17
#: Stands for a day that has not come.
NEVER = 32_000
#: Stands for an instant that never comes; the database sends it so.
NO_INSTANT = 2**63 - 1
DAYS = ("received_on", "due_on", "answered_on", "ended_on")
LENGTHS = ("working_days", "calendar_days")
#: Columns that hold codes: places in a list of what occurs, keys or combinations of flags.
CODED = (*COLUMNS.values(), REFUSAL, *(flags.name for flags in FLAGS))
#: The widest that each column gets; a block keeps it as narrow as its values allow.
KINDS: Mapping[str, str] = {
    "case_id": "i8", **dict.fromkeys(CODED, "i4"), **dict.fromkeys(DAYS, "i2"), "due_at": "i8",
    **dict.fromkeys(LENGTHS, "i4"), **dict.fromkeys(Amount, "i4"),
}  # fmt: skip
NARROWED = (*CODED, *LENGTHS, *Amount)
#: So many bytes of what was worked out are kept with each block; what was put there first goes first.
KEPT_BYTES = 2_000_000


class Block:
    """Some cases in the order of their keys. Never changed."""

    def __init__(self, data: Mapping[str, Array]) -> None:
        self.data = {name: _narrow(column) if name in NARROWED else column for name, column in data.items()}
        #: First and last day on each axis, of the cases that have one; of none a last one before the first.
        self.spans = {name: _span(data[name]) for name in DAYS}
        #: Whether every case has been answered.
        self.answered = bool((data["answered_on"] != NEVER).all())
        #: The day by which every case had ended; `NEVER` while one of them stands open.
        self.ended_by = int(data["ended_on"].max(initial=-1))
        #: The instants between which its cases are due.
        self.due = int(data["due_at"].min(initial=NO_INSTANT)), int(data["due_at"].max(initial=-NO_INSTANT))
        self._kept: dict[Hashable, Array] = {}
        #: Bytes of what was worked out and is remembered.
        self.kept_bytes = 0
        self._turn = threading.Lock()

    def __len__(self) -> int:
        return len(self.data["case_id"])

    def once(self, name: Hashable, make: Callable[[], Array]) -> Array:
        """What `make` gives, worked out once and remembered under a name that says everything it depends on. Nobody may change it."""
        found = self._kept.get(name)
        if found is None:
            found = make()
            with self._turn:
                # Another thread may have worked out the same meanwhile.
                if name not in self._kept:
                    self._kept[name] = found
                    self.kept_bytes += found.nbytes
                while self.kept_bytes > KEPT_BYTES:
                    self.kept_bytes -= self._kept.pop(next(iter(self._kept))).nbytes
        return found

    def renewed(self, rows: Mapping[str, Array]) -> Block:
        """The same with some cases as they are now; those that are sealed now are left out."""
        ids, mine = rows["case_id"], self.data["case_id"]
        places = np.searchsorted(mine, ids)
        known = places < len(mine)
        known[known] = mine[places[known]] == ids[known]
        stays = known & ~rows["sealed"]
        away, fresh = places[known & rows["sealed"]], ~known & ~rows["sealed"]
        data = {}
        for name, kind in KINDS.items():
            column = self.data[name].astype(kind)
            column[places[stays]] = rows[name][stays]
            data[name] = np.insert(column, places[fresh], rows[name][fresh]) if fresh.any() else column
        if len(away):
            kept = ~np.isin(data["case_id"], ids[rows["sealed"]])
            data = {name: column[kept] for name, column in data.items()}
        return Block(data)


def _narrow(column: Array) -> Array:
    """The same numbers in as few bytes as hold all of them."""
    kind = np.result_type(np.min_scalar_type(column.min(initial=0)), np.min_scalar_type(column.max(initial=0)))
    return column.astype(kind)


def _span(days: Array) -> tuple[int, int]:
    known = days[days != NEVER]
    return (int(known.min()), int(known.max())) if len(known) else (0, -1)


NO_CASES = Block({name: np.empty(0, kind) for name, kind in KINDS.items()})


def in_blocks(rows: Mapping[str, Array]) -> dict[int, Mapping[str, Array]]:
    """Rows in the order of their cases, by the number of the block they belong to."""
    found, starts = np.unique(rows["case_id"] >> BITS, return_index=True)
    ends = [*starts[1:], len(rows["case_id"])]
    return {
        int(number): {name: column[start:end] for name, column in rows.items()}
        for number, start, end in zip(found, starts, ends, strict=False)
    }
