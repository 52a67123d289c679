"""The facts of all open cases as columns in memory: what every figure is added up from, whatever it is narrowed to or broken down by.

The database says which cases changed since (`measure_batch`), so a process that has read all of them once reads the changed ones only.
Conditions are not said again here: the database works out which counts a case stands for and sends the answers as bits.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, Integer, String, bindparam, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from analytics.counts import SUMMED, Amount
from analytics.rollup.days import FIRST_DAY
from analytics.rollup.models import Batch, Fact
from analytics.rollup.once import once
from analytics.rollup.scope import COLUMNS, Key, Scope
from feedback.acting import as_system
from feedback.db import db

Array = npt.NDArray[Any]
#: Stands for a day, or an instant, that has not come.
NEVER, NEVER_AT = 32_000, 1 << 62
#: Keys that are words; they are sent as their place in a list.
WORDS = ("category_code", "level", "track", "channel")
DAYS = ("received_on", "due_on", "answered_on", "ended_on")
LENGTHS = ("working_days", "calendar_days")
#: What is kept of each column, in bytes as few as it needs: 58 for a case.
KINDS: Mapping[str, str] = {
    "case_id": "i8", **dict.fromkeys(COLUMNS.values(), "i2"), **dict.fromkeys(DAYS, "i2"), "due_at": "i8", "flags": "i4",
    **dict.fromkeys(LENGTHS, "i2"), **dict.fromkeys(Amount, "i4"),
}  # fmt: skip
#: A part with fewer than one case in so many is copied out; of a larger one it is remembered which cases belong to it.
COPIED = 8
PARTS_KEPT, PERIODS_KEPT = 3, 24
#: A binary copy begins with a header of so many bytes and ends with a mark of so many.
HEADER, TRAILER = 19, 2
CHUNK = 8_000_000


def number_of(day: date) -> int:
    """A day as the columns hold it."""
    return min((day - FIRST_DAY).days, NEVER - 1)


def instant_of(moment: datetime) -> int:
    """An instant as the columns hold it: microseconds."""
    return round(moment.timestamp() * 1_000_000)


class Part:
    """The cases of one scope. Rows are places in its columns."""

    def __init__(self, columns: Mapping[str, Array], mask: Array | None) -> None:
        self._columns, self._mask, self._kept = columns, mask, None
        if mask is not None and np.count_nonzero(mask) * COPIED < len(mask):
            self._mask, self._kept = None, np.flatnonzero(mask)
        self._copied: dict[str, Array] = {}
        self._between: dict[tuple[str, int, int], Array] = {}

    def __getitem__(self, name: str) -> Array:
        """One column."""
        if self._kept is None:
            return self._columns[name]
        if name not in self._copied:
            self._copied[name] = self._columns[name][self._kept]
        return self._copied[name]

    def between(self, name: str, first: int, last: int) -> Array:
        """The rows whose day lies between two, both included; remembered, because several figures of a page ask for the same."""
        wanted = name, first, last
        found = self._between.get(wanted)
        if found is None:
            if len(self._between) >= PERIODS_KEPT:
                self._between.clear()
            day = self[name]
            found = self._between[wanted] = self.rows((day >= first) & (day <= last)).astype(np.int32)
        return found

    def rows(self, condition: Array) -> Array:
        """The rows for which a condition over whole columns holds."""
        return np.flatnonzero(condition if self._mask is None else condition & self._mask)


@dataclass(frozen=True)
class Columns:
    """All open cases as they stood after one batch. Never changed: a later state is another one."""

    batch: int
    data: Mapping[str, Array]
    #: Of each key column what its codes stand for.
    keys: Mapping[str, tuple[Key, ...]]
    _parts: dict[Any, Part] = field(default_factory=dict)

    def part(self, scope: Scope) -> Part:
        """The cases of a scope."""
        name = tuple((column, tuple(value) if column == "agencies" else value) for column, value in scope.values.items())
        found = self._parts.get(name)
        if found is None:
            if len(self._parts) >= PARTS_KEPT:
                self._parts.clear()
            found = self._parts[name] = Part(self.data, self._mask(scope))
        return found

    def _mask(self, scope: Scope) -> Array | None:
        mask: Array | None = None
        wanted = {column: (value,) for column, value in scope.values.items() if column in self.keys}
        found = [self._equal(column, values) for column, values in wanted.items()]
        if scope.size is not None:
            found.append(self._equal("agency_id", scope.agencies))
        for one in found:
            mask = one if mask is None else mask & one
        return mask

    def _equal(self, column: str, values: Sequence[Key]) -> Array:
        chosen = np.zeros(len(self.keys[column]) + 1, bool)
        chosen[[self.keys[column].index(value) for value in values if value in self.keys[column]]] = True
        answer: Array = chosen[self.data[column]]
        return answer

    def renewed(self, batch: int, rows: Mapping[str, Array], keys: Mapping[str, tuple[Key, ...]]) -> Columns:
        """The same with some cases as they are now; those that are sealed now are left out."""
        ids, mine = rows["case_id"], self.data["case_id"]
        places = np.searchsorted(mine, ids)
        known = places < len(mine)
        known[known] = mine[places[known]] == ids[known]
        stays = known & ~rows["sealed"]
        away, fresh = places[known & rows["sealed"]], ~known & ~rows["sealed"]
        data = {}
        for name in KINDS:
            column = self.data[name].copy()
            column[places[stays]] = rows[name][stays]
            if fresh.any():
                column = np.insert(column, places[fresh], rows[name][fresh])
            data[name] = column
        if len(away):
            kept = ~np.isin(data["case_id"], ids[rows["sealed"]])
            data = {name: column[kept] for name, column in data.items()}
        return Columns(batch, data, keys)


_kept: WeakKeyDictionary[Any, Columns] = WeakKeyDictionary()
_turn = threading.Lock()


def current() -> Columns:
    """The facts as the last batch left them; the same ones until the transaction ends, so that the figures of a page agree."""
    return once("columns", _latest)


def _latest() -> Columns:
    with _turn:
        # Of each server its own: a replica may be some batches behind.
        server = db.session.get_bind()
        kept = _kept.get(server)
        batches = _batches_since(kept)
        # Where the batch we know is gone, or one says that everything was counted anew, nothing known can be built upon.
        if kept is not None and (not batches or batches[0].id != kept.batch or any(row.anew for row in batches[1:])):
            kept = None
        if kept is None or len(batches) > 1:
            kept = _kept[server] = _read(batches[-1].id if batches else 0, kept)
        return kept


def _batches_since(kept: Columns | None) -> Sequence[Any]:
    """The batch that is known and the later ones; of a process that knows nothing the last one."""
    known = select(func.max(Batch.id)).scalar_subquery() if kept is None else kept.batch
    return db.session.execute(select(Batch.id, Batch.anew).where(Batch.id >= known).order_by(Batch.id)).all()


def _read(batch: int, known: Columns | None) -> Columns:
    """All open cases, or those known with what changed since."""
    with as_system("figures"):
        since = -1 if known is None else known.batch
        words = {name: list(known.keys[name]) if known else [] for name in WORDS}
        for row in db.session.execute(select(*(getattr(Fact, name) for name in WORDS)).where(Fact.batch > since).distinct()):
            for name in WORDS:
                if getattr(row, name) not in words[name]:
                    words[name].append(getattr(row, name))
        values: dict[str, Any] = {"since": since}
        rows = _copied(values | {f"{name}_words": words[name] for name in WORDS})
    keys: dict[str, tuple[Key, ...]] = {name: tuple(words[name]) for name in WORDS}
    for name in COLUMNS.values():
        if name not in WORDS:
            rows[name], keys[name] = _coded(rows[name], known.keys[name] if known else ())
    rows = {name: column if name == "sealed" else column.astype(KINDS[name]) for name, column in rows.items()}
    nothing = Columns(0, {name: np.empty(0, kind) for name, kind in KINDS.items()}, {})
    return (known or nothing).renewed(batch, rows, keys)


def _coded(values: Array, known: Sequence[Key]) -> tuple[Array, tuple[Key, ...]]:
    """Numbers as places in a list of them; those not yet in the list are added to its end."""
    keys = np.array([*known, *np.setdiff1d(values, np.array(known, int))], int)
    table = np.zeros(keys.max(initial=0) + 1, "i4")
    table[keys] = np.arange(len(keys))
    return table[values], tuple(keys.tolist())


def _copied(values: Mapping[str, Any]) -> dict[str, Array]:
    """Facts in the order of their cases, column by column: a binary copy has the same length for every row, so it is read as a whole."""
    sql, usual, kinds = _statement()
    row = np.dtype([("fields", ">i2"), *(part for name, kind in kinds.items() for part in ((f"{name}_", ">i4"), (name, kind)))])
    parts = [np.frombuffer(chunk, row) for chunk in _chunks(sql, {**usual, **values}, row.itemsize)]
    columns: dict[str, Array] = {
        name: np.concatenate([np.empty(0, kind[1:]), *(part[name] for part in parts)]) for name, kind in kinds.items()
    }
    columns["sealed"] = columns["sealed"] > 0
    order = np.argsort(columns["case_id"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _chunks(sql: str, values: Mapping[str, Any], length: int) -> Iterator[bytes]:
    connection: Any = db.session.connection().connection.driver_connection
    waiting, header = bytearray(), HEADER
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)", values) as copy:
        for block in copy:
            waiting += block
            if len(waiting) > CHUNK:
                whole = (len(waiting) - header - TRAILER) // length * length
                yield bytes(waiting[header : header + whole])
                del waiting[: header + whole]
                header = 0
    yield bytes(waiting[header:-TRAILER])


@functools.cache
def _statement() -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
    """What is copied, with its parameters, and how wide each of its columns comes."""
    wide = {"case_id", "due_at"}
    columns: dict[str, Any] = {
        "case_id": Fact.case_id,
        "sealed": cast(Fact.sealed, Integer),
        **{name: _key(name) for name in COLUMNS.values()},
        **{name: func.coalesce(getattr(Fact, name) - literal(FIRST_DAY), NEVER) for name in DAYS},
        "due_at": func.coalesce(func.extract("epoch", Fact.due_at) * 1_000_000, NEVER_AT),
        "flags": sum((case((one.test(Fact), 1 << place), else_=0) for place, one in enumerate(SUMMED)), literal(0)),
        **{name: func.coalesce(getattr(Fact, name), 0) for name in LENGTHS},
        **{name: getattr(Fact, name) for name in Amount},
    }
    found = select(*(cast(value, BigInteger if name in wide else Integer).label(name) for name, value in columns.items()))
    # Who reads everything needs no sealed ones; who reads what changed must learn which are sealed now.
    since = bindparam("since", type_=BigInteger)
    found = found.where(Fact.batch > since, (since >= 0) | Fact.sealed.is_(False))
    dialect: Any = PGDialect_psycopg
    compiled = found.compile(dialect=dialect())
    return str(compiled), compiled.params, {name: ">i8" if name in wide else ">i4" for name in columns}


def _key(name: str) -> Any:
    column = getattr(Fact, name)
    return func.array_position(bindparam(f"{name}_words", type_=ARRAY(String)), cast(column, String)) - 1 if name in WORDS else column
