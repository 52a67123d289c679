"""Keeps facts and sums equal to the cases: takes up what has changed, a batch in a transaction; counts everything anew."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY, insert

from analytics.rollup.cells import SUMS, cells_of, columns_of_cells
from analytics.rollup.days import keep_days
from analytics.rollup.facts import facts
from analytics.rollup.models import Cell, Fact, Touched
from feedback import jobs
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.db import atomic, db, now
from feedback.localtime import local_day

#: Rows of the queue, or cases, that one transaction takes.
BATCH = 4_000
#: One at a time: two that count the same case would both take its old part out of the sums. Any number, held until the commit.
COUNTING = 2_015_073_100
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_FACTS: Any = Fact.__table__
_CELLS: Any = Cell.__table__
#: The keys of the cases a statement is about.
_WANTED: Any = func.any(bindparam("ids", type_=ARRAY(BigInteger)))


@jobs.task("measures.take_up", cron="* * * * * */2")
def take_up() -> None:
    """Count anew what has changed since, until nothing waits. Every two seconds, so that figures are at most five seconds old."""
    while take_up_some():
        pass


@atomic
def take_up_some() -> int:
    """Take a batch from the queue and bring the sums up to date with it; how many rows of the queue that were.

    A case changed meanwhile leaves a new row, so nothing is missed; one counted twice changes nothing the second time.
    """
    db.session.execute(_LOCK, {"key": COUNTING})
    oldest = select(Touched.id).order_by(Touched.id).limit(BATCH)
    taken = list(db.session.scalars(delete(Touched).where(Touched.id.in_(oldest)).returning(Touched.case_id)))
    if taken:
        keep_days(city.calendar(), local_day(now()))
        _count(sorted(set(taken)))
    return len(taken)


@atomic
def rebuild(watch: Callable[[Sequence[Sequence[int]]], Iterable[Sequence[int]]] = lambda batches: batches) -> int:
    """Count every case anew, from nothing; how many there were. Readers see the old figures until it is done.

    `watch` passes the batches through and shows how far the work has come.
    """
    db.session.execute(_LOCK, {"key": COUNTING})
    db.session.execute(delete(Cell))
    db.session.execute(delete(Fact))
    keep_days(city.calendar(), local_day(now()))
    every = db.session.scalars(select(Case.id).order_by(Case.id)).all()
    fresh = insert(_FACTS).from_select([column.name for column in _FACTS.c], facts(_WANTED))
    for ids in watch([every[at : at + BATCH] for at in range(0, len(every), BATCH)]):
        db.session.execute(fresh, {"ids": list(ids)})
    signed = select(literal(1).label("sign"), *_FACTS.c).subquery("signed")
    db.session.execute(insert(_CELLS).from_select(columns_of_cells(), cells_of(signed.c)))
    return len(every)


def _count(ids: Sequence[int]) -> None:
    """Put the present facts of some cases in place of the old ones, and add the difference to the sums."""
    db.session.execute(_difference(), {"ids": list(ids)})


@functools.cache
def _difference() -> Any:
    """The one statement that does it, of the cases whose keys are the parameter `ids`."""
    before = select(literal(-1).label("sign"), *_FACTS.c).where(_FACTS.c.case_id == _WANTED)
    fresh = insert(_FACTS).from_select([column.name for column in _FACTS.c], facts(_WANTED))
    changed = {column.name: fresh.excluded[column.name] for column in _FACTS.c if column.name != "case_id"}
    after = fresh.on_conflict_do_update(index_elements=["case_id"], set_=changed).returning(*_FACTS.c).cte("after")
    there = select(Case.id).where(Case.id == _FACTS.c.case_id).exists()
    gone = delete(_FACTS).where(_FACTS.c.case_id == _WANTED, ~there).returning(_FACTS.c.case_id).cte("gone")
    signed = union_all(before, select(literal(1).label("sign"), *after.c)).subquery("signed")
    more = insert(_CELLS).from_select(columns_of_cells(), cells_of(signed.c))
    added = {name: _CELLS.c[name] + more.excluded[name] for name in SUMS}
    keys = [column.name for column in _CELLS.primary_key]
    return more.on_conflict_do_update(index_elements=keys, set_=added).add_cte(gone)
