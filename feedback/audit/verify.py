"""Checking the record: every row by its chain, every head by the rows it covers. Reads as a stream and changes nothing.

Memory does not grow with the rows: one row, one sum and the heads of the days are held at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from feedback.audit.chain import START, head_of, head_statement
from feedback.audit.models import AuditEntry, AuditHead
from feedback.audit.reading import STREAMED, BadRow, reading_chains
from feedback.db import db
from feedback.signing import RecordKeys

_ROWS, _HEADS = AuditEntry.__table__, AuditHead.__table__


@dataclass(frozen=True)
class BadDay:
    """A day whose rows are not those that were sealed in its head, and why in words."""

    day: date
    why: str


@dataclass(frozen=True)
class Verdict:
    """What was read, and the first thing wrong of each kind; None for both when the record is whole."""

    rows: int
    chains: int
    heads: int
    #: Rows that no head covers yet: those written since the last one.
    uncovered: int
    last_head: tuple[date, bytes] | None
    bad_row: BadRow | None
    bad_day: BadDay | None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.bad_row is None and self.bad_day is None


def verify(keys: RecordKeys, kept: Mapping[date, bytes] | None = None, engine: Engine | None = None) -> Verdict:
    """Check the whole record, as it stands at this instant; `kept` are heads from a copy outside, by day.

    `engine` leads to another database than the one in use, such as a restored backup.
    """
    with (
        (engine or db.engine).connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        reading_chains(connection, keys.chain) as chains,
    ):
        heads = connection.execute(select(_HEADS).order_by(_HEADS.c.day)).all()
        bad_day, uncovered = _check_heads(connection, keys, heads)
        read = chains()
    bad_day = _earlier(bad_day, _check_kept({row.day: bytes(row.head) for row in heads}, kept or {}))
    last = (heads[-1].day, bytes(heads[-1].head)) if heads else None
    return Verdict(read.rows, read.chains, len(heads), uncovered, last, read.bad, bad_day)


def _stream(connection: Connection, statement: Any) -> Iterator[Row[Any]]:
    yield from connection.execute(statement, execution_options={"yield_per": STREAMED})


def _check_heads(connection: Connection, keys: RecordKeys, heads: Sequence[Row[Any]]) -> tuple[BadDay | None, int]:
    """The first day that is not as it was sealed, and the number of rows after the last head."""
    macs = _stream(connection, select(_ROWS.c.seq, _ROWS.c.mac).order_by(_ROWS.c.seq))
    row = next(macs, None)
    previous, worst = START, None
    for head in heads:
        entries, all_macs = 0, hashlib.sha256()
        while row is not None and row.seq <= head.last_seq:
            entries += 1
            all_macs.update(row.mac)
            row = next(macs, None)
        worst = worst or _fault_of_day(head, keys, previous, entries, all_macs.digest())
        previous = bytes(head.head)
    return worst, (0 if row is None else 1 + sum(1 for _row in macs))


def _fault_of_day(head: Row[Any], keys: RecordKeys, previous: bytes, entries: int, macs: bytes) -> BadDay | None:
    if not keys.signed(head.key_id, head_statement(head.day, bytes(head.head)), bytes(head.signature)):
        return BadDay(head.day, "the head of this day does not carry this application's signature")
    if bytes(head.previous) != previous:
        return BadDay(head.day, "the head of this day does not follow the one before it: heads were removed or exchanged")
    if head.entries != entries:
        return BadDay(head.day, f"this day was sealed with {head.entries} rows, {entries} are there: rows were removed or put in")
    if bytes(head.head) != head_of(previous, head.day, head.last_seq, entries, macs):
        return BadDay(head.day, "the rows of this day are not those that were sealed")
    return None


def _check_kept(heads: Mapping[date, bytes], kept: Mapping[date, bytes]) -> BadDay | None:
    """The first day whose head is not the one in the copy that was kept outside."""
    for day in sorted(kept):
        if day not in heads:
            return BadDay(day, "the copy that was kept has a head for this day, the record has none: its end was cut off")
        if heads[day] != kept[day]:
            return BadDay(day, "the head of this day is not the one that was published: the record was written anew")
    return None


def _earlier(one: BadDay | None, other: BadDay | None) -> BadDay | None:
    found = [bad for bad in (one, other) if bad is not None]
    return min(found, key=lambda bad: bad.day) if found else None
