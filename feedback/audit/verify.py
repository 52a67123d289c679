"""Checking the record: every row by its chain, every head by the rows it covers. Reads as a stream and changes nothing.

Memory does not grow with the rows: one row and what is known of each day are held at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, text, true

from feedback.audit.chain import START, head_of, head_statement
from feedback.audit.models import AuditEntry, AuditHead
from feedback.audit.reading import BadRow, reading_chains
from feedback.db import db
from feedback.signing import RecordKeys

_ROWS, _HEADS = AuditEntry.__table__, AuditHead.__table__
#: Of each head, by its place among them, the rows it covers: those after the head before. The database adds the macs up, one day at a time,
#: for it gives out the rows as well: whoever could make it lie here could make it lie there.
_DAYS = text(
    """SELECT width_bucket(seq, CAST(:starts AS bigint[])) AS place, count(*) AS entries, sha256(string_agg(mac, '' ORDER BY seq)) AS macs
    FROM audit_entry WHERE seq <= :last GROUP BY place"""
)
NO_MACS = hashlib.sha256().digest()


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


def _check_heads(connection: Connection, keys: RecordKeys, heads: Sequence[Row[Any]]) -> tuple[BadDay | None, int]:
    """The first day that is not as it was sealed, and the number of rows after the last head."""
    ends = list(accumulate((head.last_seq for head in heads), max))
    covered = {row.place: row for row in connection.execute(_DAYS, {"starts": [end + 1 for end in ends], "last": ends[-1]})} if ends else {}
    previous, worst = START, None
    for place, head in enumerate(heads):
        entries, macs = (covered[place].entries, bytes(covered[place].macs)) if place in covered else (0, NO_MACS)
        worst = worst or _fault_of_day(head, keys, previous, entries, macs)
        previous = bytes(head.head)
    after = select(func.count()).select_from(_ROWS).where(_ROWS.c.seq > ends[-1] if ends else true())
    return worst, connection.scalar(after) or 0


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
