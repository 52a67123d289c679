"""The facts of all open cases as columns in memory: what every figure is added up from, whatever it is narrowed to or broken down by.

The database says which cases changed since (`measure_batch`), so a process that has read all of them once reads the changed ones only.
Conditions are not said again here: the database works out which counts a case stands for and sends the answers as bits.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from flask import current_app
from sqlalchemy import BigInteger, DateTime, Integer, String, bindparam, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from analytics.counts import SUMMED, Amount
from analytics.rollup.blocks import DAYS, KINDS, LENGTHS, NEVER, NO_CASES, Array, Block, in_blocks
from analytics.rollup.days import FIRST_DAY
from analytics.rollup.models import Batch, Fact
from analytics.rollup.once import once
from analytics.rollup.scope import COLUMNS, Key, Scope
from feedback.acting import as_system
from feedback.db import db, work_on
from feedback.replica.servers import pair_of

#: Keys that are words; they are sent as their place in a list.
WORDS = ("category_code", "level", "track", "channel")
#: A binary copy begins with a header of so many bytes and ends with a mark of so many.
HEADER, TRAILER = 19, 2
CHUNK = 8_000_000
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def number_of(day: date) -> int:
    """A day as the columns hold it."""
    return min((day - FIRST_DAY).days, NEVER - 1)


def instant_of(moment: datetime) -> int:
    """An instant as the database sends it and the columns hold it: microseconds since 2000; what never comes is later than all."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Columns:
    """All open cases as they stood after one batch. Never changed: a later state is another one."""

    batch: int
    #: By the number that the keys of their cases share.
    blocks: Mapping[int, Block]
    #: Of each key column what its codes stand for; of the flags the bits.
    keys: Mapping[str, tuple[Key, ...]]

    @property
    def nbytes(self) -> int:
        """Bytes the cases take."""
        return sum(column.nbytes for block in self.blocks.values() for column in block.data.values())

    def masks_of(self, scope: Scope) -> list[Callable[[Block], Array]]:
        """Each says which cases of a block one part of a scope holds."""

        def place_of(column: str, key: Key) -> int:
            return self.keys[column].index(key) if key in self.keys[column] else -1

        def equals(column: str, key: Key) -> Callable[[Block], Array]:
            place = place_of(column, key)
            return lambda block: block.data[column] == place

        found = [equals(column, key) for column, key in scope.values.items() if column in COLUMNS.values()]
        if scope.size is not None:
            places = [place_of("agency_id", agency) for agency in scope.agencies]
            name = "agencies", tuple(scope.agencies)
            found.append(lambda block: block.once(name, lambda: np.isin(block.data["agency_id"], places)))
        return found

    def renewed(self, batch: int, rows: Mapping[str, Array], keys: Mapping[str, tuple[Key, ...]]) -> Columns:
        """The same with some cases as they are now, in the order of their keys; those that are sealed now are left out."""
        changed = {number: self.blocks.get(number, NO_CASES).renewed(part) for number, part in in_blocks(rows).items()}
        return Columns(batch, {**self.blocks, **changed}, keys)


_kept: WeakKeyDictionary[Any, Columns] = WeakKeyDictionary()
_turn = threading.Lock()


def current() -> Columns:
    """The facts as the last batch left them; the same ones until the transaction ends, so that the figures of a page agree."""
    return once("columns", _latest)


def warm_up() -> None:
    """Read the facts before somebody asks for them. Whoever asks meanwhile waits for this reading and starts none of his own."""
    pair = pair_of(current_app)
    work_on(replica=pair is not None and pair.serves())  # the server that the pages will ask
    with as_system("figures"):
        current()


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
    for name in (*COLUMNS.values(), "flags"):
        if name not in WORDS:
            rows[name], keys[name] = _coded(rows[name], known.keys[name] if known else ())
    return (known or Columns(0, {}, {})).renewed(batch, rows, keys)


def _coded(values: Array, known: Any) -> tuple[Array, tuple[Key, ...]]:
    """Numbers as places in a list of them; those not yet in the list are added to its end."""
    there = np.bincount(values, minlength=max(known, default=0) + 1)
    there[list(known)] = 0
    keys = (*known, *np.flatnonzero(there).tolist())
    table = np.zeros(len(there), "i4")
    table[list(keys)] = np.arange(len(keys))
    return table[values], keys


def _copied(values: Mapping[str, Any]) -> dict[str, Array]:
    """Facts in the order of their cases, column by column: a binary copy has the same length for every row, so it is read as a whole."""
    sql, usual, kinds = _statement()
    row = np.dtype([("fields", ">i2"), *(part for name, kind in kinds.items() for part in ((f"{name}_", ">i4"), (name, kind)))])
    parts = [_native(np.frombuffer(chunk, row)) for chunk in _chunks(sql, {**usual, **values}, row.itemsize)]
    columns: dict[str, Array] = {name: np.concatenate([part.pop(name) for part in parts]) for name in kinds}
    if (np.diff(columns["case_id"]) > 0).all():
        return columns
    order = np.argsort(columns["case_id"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _native(rows: Array) -> dict[str, Array]:
    """Columns of some rows as this machine reads them fastest; the rows themselves, four times as large, can go."""
    return {name: rows[name].astype(kind) for name, kind in KINDS.items()} | {"sealed": rows["sealed"] > 0}


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
    columns: dict[str, Any] = {
        "case_id": Fact.case_id,
        "sealed": cast(Fact.sealed, Integer),
        **{name: _key(name) for name in COLUMNS.values()},
        **{name: func.coalesce(getattr(Fact, name) - literal(FIRST_DAY), NEVER) for name in DAYS},
        "due_at": func.coalesce(Fact.due_at, cast("infinity", DateTime(timezone=True))),
        "flags": sum((case((one.test(Fact), 1 << place), else_=0) for place, one in enumerate(SUMMED)), literal(0)),
        **{name: func.coalesce(getattr(Fact, name), 0) for name in LENGTHS},
        **{name: getattr(Fact, name) for name in Amount},
    }
    kinds: dict[str, Any] = {"case_id": BigInteger, "due_at": DateTime(timezone=True)}
    found = select(*(cast(value, kinds.get(name, Integer)).label(name) for name, value in columns.items()))
    # Who reads everything needs no sealed ones; who reads what changed must learn which are sealed now.
    since = bindparam("since", type_=BigInteger)
    found = found.where(Fact.batch > since, (since >= 0) | Fact.sealed.is_(False))
    dialect: Any = PGDialect_psycopg
    compiled = found.compile(dialect=dialect())
    return str(compiled), compiled.params, {name: ">i8" if name in kinds else ">i4" for name in columns}


def _key(name: str) -> Any:
    column = getattr(Fact, name)
    return func.array_position(bindparam(f"{name}_words", type_=ARRAY(String)), cast(column, String)) - 1 if name in WORDS else column
