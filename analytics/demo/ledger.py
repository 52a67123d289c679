"""The demo city's days closed with a head each, as the worker closes them (`feedback.audit.heads`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import Row, select

from feedback.audit.chain import START
from feedback.audit.heads import STREAMED, made_head
from feedback.audit.models import AuditEntry
from feedback.db import db, now
from feedback.localtime import local_day


def close_days() -> None:
    """A head for every day up to yesterday, in the caller's transaction; the rows are numbered in the order of their instants."""
    previous, last_seq, expected = START, 0, None
    for day, seqs, macs in _days():
        if day >= local_day(now()):
            break
        for quiet in _between(expected or day, day):
            previous = _add(quiet, last_seq, [], previous)
        last_seq, expected = seqs[-1], day + timedelta(days=1)
        previous = _add(day, last_seq, macs, previous)
    for quiet in _between(expected, local_day(now())) if expected else ():
        previous = _add(quiet, last_seq, [], previous)


def _days() -> Iterator[tuple[date, list[int], list[bytes]]]:
    found = select(AuditEntry.seq, AuditEntry.at, AuditEntry.mac).order_by(AuditEntry.seq)
    rows = db.session.execute(found.execution_options(yield_per=STREAMED))
    for day, own in groupby(rows, _Newest()):
        seqs, _instants, macs = zip(*own, strict=True)
        yield day, list(seqs), list(macs)


class _Newest:
    """The day a row was written on: its own, or that of a row before it that is newer."""

    def __init__(self) -> None:
        self.day = date.min

    def __call__(self, row: Row[int, datetime, bytes]) -> date:
        self.day = max(self.day, local_day(row.at))
        return self.day


def _between(first: date, end: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((end - first).days))


def _add(day: date, last_seq: int, macs: list[bytes], previous: bytes) -> bytes:
    row = made_head(day, last_seq, macs, previous)
    db.session.add(row)
    return row.head
