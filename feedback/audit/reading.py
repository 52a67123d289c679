"""Reading every chain of the record, on as many processors as there are: each process takes the chains whose names fall to it.

Memory does not grow with the rows. A row costs some microseconds, so columns come as tuples from the driver and not as objects.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from multiprocessing import get_context
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, text

from feedback.audit.chain import SEALED, START, is_mac_of

#: Rows that the database sends at a time.
STREAMED = 2_000
#: Below so many rows a process of its own takes longer to begin than to read.
WORTH_A_PROCESS = 100_000
#: An instant as `chain.moment_of` writes it, so that none is made of what the database sends only to be written down again.
_MOMENT = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
_CHAINS = f"""
    SELECT {", ".join(_MOMENT if name == "at" else name for name in SEALED)}, mac
    FROM audit_entry WHERE abs(hashtext(subject_id)::bigint) %% %s = %s
    ORDER BY subject_kind, subject_id, number, seq
"""  # noqa: S608 — names of columns
_PLACE = {name: place for place, name in enumerate(SEALED)}
_SEQ, _AT, _KIND, _ID, _NUMBER, _PREVIOUS = (_PLACE[name] for name in ("seq", "at", "subject_kind", "subject_id", "number", "previous"))
_Row = tuple[Any, ...]


@dataclass(frozen=True)
class BadRow:
    """A row that cannot stand as it is, and why in words."""

    seq: int
    subject: str
    number: int
    at: str
    why: str


@dataclass(frozen=True)
class Read:
    """How many rows and chains were read, and of all rows that cannot stand the one with the lowest `seq`."""

    rows: int = 0
    chains: int = 0
    bad: BadRow | None = None

    def __add__(self, other: Read) -> Read:
        found = [bad for bad in (self.bad, other.bad) if bad is not None]
        return Read(self.rows + other.rows, self.chains + other.chains, min(found, key=lambda bad: bad.seq) if found else None)


@dataclass(frozen=True)
class Reading:
    """One part of the record to be read by one process, as it stands in a snapshot."""

    address: str
    snapshot: str
    keys: tuple[bytes, ...]
    part: int
    parts: int


def address_of(engine: Engine) -> str:
    """The database's address as the driver takes it, with the password."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def reading_chains(connection: Connection, keys: Sequence[bytes]) -> Iterator[Callable[[], Read]]:
    """Have every chain read as it stands for this connection. Many rows are read by other processes while the block goes on.

    Yields what gives the result, and waits for it.
    """
    rows = connection.scalar(text("SELECT count(*) FROM audit_entry")) or 0
    snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
    parts = (os.cpu_count() or 1) if rows >= WORTH_A_PROCESS else 1
    readings = [Reading(address_of(connection.engine), snapshot, tuple(keys), part, parts) for part in range(parts)]
    if parts == 1:
        yield lambda: read_part(readings[0])
        return
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as pool:
        reads = [pool.submit(read_part, reading) for reading in readings]
        yield lambda: reduce(Read.__add__, [read.result() for read in reads])


def read_part(reading: Reading) -> Read:
    """Read one part, row by row in the order of its chains."""
    with psycopg.connect(reading.address) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(reading.snapshot))
        with connection.cursor(name="chains", binary=True) as cursor:
            cursor.itersize = STREAMED
            cursor.execute(_CHAINS, [reading.parts, reading.part])
            return _follow(cursor, reading.keys)


def _follow(rows: Iterator[_Row], keys: Sequence[bytes]) -> Read:
    count = chains = 0
    subject: tuple[str, str] | None = None
    number, previous = 0, START
    worst: BadRow | None = None
    for row in rows:
        count += 1
        if (row[_KIND], row[_ID]) != subject:
            subject, chains = (row[_KIND], row[_ID]), chains + 1
            number, previous = 0, START
        why = _fault(row, keys, number, previous)
        if why and (worst is None or row[_SEQ] < worst.seq):
            worst = BadRow(row[_SEQ], f"{row[_KIND]} {row[_ID]}", row[_NUMBER], row[_AT], why)
        number, previous = row[_NUMBER], row[-1]
    return Read(count, chains, worst)


def _fault(row: _Row, keys: Sequence[bytes], number: int, previous: bytes) -> str:
    """What is wrong with a row that follows the one with this number and mac in its chain; "" when nothing is."""
    if not is_mac_of(keys, row[-1], row[:-1]):
        return "this row was changed after it was written, or was not written by this application"
    found: int = row[_NUMBER]
    if found <= number:
        return f"there are two rows with number {found} in this chain"
    if found > number + 1:
        gone = str(number + 1) if found == number + 2 else f"{number + 1} to {found - 1}"
        return f"number {gone} of this chain, just before this row, is missing"
    if row[_PREVIOUS] != previous:
        return "this row does not join on to the one before it, which was changed or exchanged"
    return ""
