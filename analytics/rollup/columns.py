"""The facts of all open cases as columns in memory: what every figure is added up from, whatever it is narrowed to or broken down by.

The database says which cases changed since (`measure_batch`), so a process that has read all of them once reads the changed ones only.
Conditions are not said again here: the database works out which counts a case stands for and sends the answers as bits.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import BigInteger, DateTime, Integer, String, and_, bindparam, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from analytics.counts import COUNTS, FLAGS, Amount, Flags
from analytics.rollup.blocks import BITS, CODED, DAYS, KINDS, LENGTHS, NEVER, NO_CASES, Array, Block, in_blocks
from analytics.rollup.days import FIRST_DAY
from analytics.rollup.models import Batch, Fact
from analytics.rollup.once import once
from analytics.rollup.scope import COLUMNS, REFUSAL, Key
from feedback.acting import as_system
from feedback.db import db

#: Keys that are words; they are sent as their place in a list.
WORDS = ("category_code", "level", "track", "channel", REFUSAL)
#: A binary copy begins with a header of so many bytes and ends with a mark of so many.
HEADER, TRAILER = 19, 2
CHUNK = 2_000_000
#: What is kept of a server that has so many batches fewer is let go: its pages come from the other one, or from what that one has.
LAG = 100
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
    #: Of each column with codes what they stand for.
    keys: Mapping[str, tuple[Key, ...]]

    @property
    def nbytes(self) -> int:
        """Bytes the cases take."""
        return sum(column.nbytes for block in self.blocks.values() for column in block.data.values())

    def renewed(self, rows: Mapping[str, Array]) -> Columns:
        """The same with some cases as they are now, in the order of their keys; those that are sealed now are left out."""
        coded, keys = dict(rows), dict(self.keys)
        for name in CODED:
            if name not in WORDS:
                coded[name], keys[name] = _coded(rows[name], keys[name])
        changed = {number: self.blocks.get(number, NO_CASES).renewed(part) for number, part in in_blocks(coded).items()}
        return Columns(self.batch, {**self.blocks, **changed}, keys)


_kept: WeakKeyDictionary[Any, Columns] = WeakKeyDictionary()
_turn = threading.Lock()


def current() -> Columns:
    """The facts as the last batch left them; the same ones until the transaction ends, so that the figures of a page agree."""
    return once("columns", _latest)


def _latest() -> Columns:
    with _turn:
        # A replica may be some batches behind. Where both servers have one, it left the same facts on both, so they share what is kept.
        servers = list(db.engines.values())
        known = {kept.batch: kept for kept in map(_kept.get, servers) if kept is not None}
        batches = _batches_since(known)
        last = batches[-1].id if batches else 0
        kept = _usable(known, batches)
        if kept is None or kept.batch != last:
            kept = _read(last, kept)
        _kept[db.session.get_bind()] = kept
        for server in servers:
            if server in _kept and _kept[server].batch < last - LAG:
                del _kept[server]
        return kept


def _batches_since(known: Iterable[int]) -> Sequence[Any]:
    """The batches from the first one that is known on; the last one of a server that has none of these."""
    since = func.least(select(func.max(Batch.id)).scalar_subquery(), *sorted(known)[:1])
    return db.session.execute(select(Batch.id, Batch.anew).where(Batch.id >= since).order_by(Batch.id)).all()


def _usable(known: Mapping[int, Columns], batches: Sequence[Any]) -> Columns | None:
    """The newest of the states known that can be built upon: its batch is there, and no later one says that all was counted anew."""
    anew = max((row.id for row in batches if row.anew), default=0)
    return max((known[row.id] for row in batches if row.id in known and row.id >= anew), key=lambda kept: kept.batch, default=None)


def _read(batch: int, known: Columns | None) -> Columns:
    """All open cases, or those known with what changed since."""
    with as_system("figures"):
        kept = known or Columns(0, {}, dict.fromkeys(CODED, ()))
        words = {name: list(kept.keys[name]) for name in WORDS}
        since = -1 if known is None else known.batch
        for row in db.session.execute(select(*(getattr(Fact, name) for name in WORDS)).where(Fact.batch > since).distinct()):
            for name in WORDS:
                if getattr(row, name) not in words[name]:
                    words[name].append(getattr(row, name))
        kept = replace(kept, batch=batch, keys={**kept.keys, **{name: tuple(words[name]) for name in WORDS}})
        for rows in _by_block(_copied({"since": since, "batch": batch, **{f"{name}_words": words[name] for name in WORDS}})):
            kept = kept.renewed(rows)
        return kept


def _by_block(parts: Iterable[dict[str, Array]]) -> Iterator[dict[str, Array]]:
    """Rows that come in the order of their cases, so cut that no block is in two parts: nothing but the rows of one block waits."""
    waiting: dict[str, Array] = {}
    for part in parts:
        rows = {name: np.concatenate([waiting[name], column]) for name, column in part.items()} if waiting else part
        begins = np.searchsorted(rows["case_id"], rows["case_id"][-1] >> BITS << BITS) if len(rows["case_id"]) else 0
        if begins:
            yield {name: column[:begins] for name, column in rows.items()}
        waiting = {name: column[begins:] for name, column in rows.items()}
    yield waiting


def _coded(values: Array, known: Any) -> tuple[Array, tuple[Key, ...]]:
    """Numbers as places in a list of them; those not yet in the list are added to its end."""
    there = np.bincount(values, minlength=max(known, default=0) + 1)
    there[list(known)] = 0
    keys = (*known, *np.flatnonzero(there).tolist())
    table = np.zeros(len(there), "i4")
    table[list(keys)] = np.arange(len(keys))
    return table[values], keys


def _copied(values: Mapping[str, Any]) -> Iterator[dict[str, Array]]:
    """Facts in the order of their cases, some after the other as columns: a binary copy has the same length for every row."""
    sql, usual, kinds = _statement()
    row = np.dtype([("fields", ">i2"), *(part for name, kind in kinds.items() for part in ((f"{name}_", ">i4"), (name, kind)))])
    return (_native(np.frombuffer(chunk, row)) for chunk in _chunks(sql, {**usual, **values}, row.itemsize))


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
        **{name: _key(name) for name in (*COLUMNS.values(), REFUSAL)},
        **{name: func.coalesce(getattr(Fact, name) - literal(FIRST_DAY), NEVER) for name in DAYS},
        "due_at": func.coalesce(Fact.due_at, cast("infinity", DateTime(timezone=True))),
        **{flags.name: _bits(flags) for flags in FLAGS},
        **{name: func.coalesce(getattr(Fact, name), 0) for name in LENGTHS},
        # They are summed up over answered cases only.
        **{name: case((Fact.answered_on.is_not(None), getattr(Fact, name)), else_=0) for name in Amount},
    }
    kinds: dict[str, Any] = {"case_id": BigInteger, "due_at": DateTime(timezone=True)}
    found = select(*(cast(value, kinds.get(name, Integer)).label(name) for name, value in columns.items()))
    # Who reads everything needs no sealed ones; who reads what changed must learn which are sealed now.
    since = bindparam("since", type_=BigInteger)
    found = found.where(Fact.batch > since, (since >= 0) | Fact.sealed.is_(False)).order_by(Fact.case_id)
    # A batch that comes while the words were looked up may bring another one. Its case waits for the next reading, which reads that batch.
    known = and_(*(_key(name).is_not(None) for name in WORDS))
    found = found.where((Fact.batch <= bindparam("batch", type_=BigInteger)) | known)
    dialect: Any = PGDialect_psycopg
    compiled = found.compile(dialect=dialect())
    return str(compiled), compiled.params, {name: ">i8" if name in kinds else ">i4" for name in columns}


def _bits(flags: Flags) -> Any:
    return sum((case((COUNTS[count].counts, 1 << place), else_=0) for place, count in enumerate(flags.counts)), literal(0))


def _key(name: str) -> Any:
    column = getattr(Fact, name)
    return func.array_position(bindparam(f"{name}_words", type_=ARRAY(String)), cast(column, String)) - 1 if name in WORDS else column
