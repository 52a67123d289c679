"""Keeps the facts equal to the cases: takes up what has changed, a batch in a transaction; counts everything anew."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import BigInteger, CursorResult, bindparam, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert

from analytics.rollup.days import keep_days
from analytics.rollup.facts import facts
from analytics.rollup.models import Batch, Fact, Touched
from feedback import jobs
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.db import atomic, db, now
from feedback.localtime import local_day

#: Rows of the queue, or cases, that one transaction takes.
BATCH = 4_000
#: So many batches are remembered; who has not looked for longer reads everything again.
BATCHES = 1_000
#: One at a time, so that batches are committed in the order of their numbers. Any number, held until the commit.
COUNTING = 2_015_073_100
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_FACTS: Any = Fact.__table__
#: The keys of the cases a statement is about.
_WANTED: Any = func.any(bindparam("ids", type_=ARRAY(BigInteger)))


@jobs.task("measures.take_up", cron="* * * * * */2")
def take_up() -> None:
    """Count anew what has changed since, until nothing waits. Every two seconds, so that figures are at most five seconds old."""
    while take_up_some():
        pass


@atomic
def take_up_some() -> int:
    """Take a batch from the queue and bring the facts up to date with it; how many rows of the queue that were.

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
    db.session.execute(delete(Fact))
    keep_days(city.calendar(), local_day(now()))
    every = db.session.scalars(select(Case.id).order_by(Case.id)).all()
    batch = _batch(anew=True)
    for ids in watch([every[at : at + BATCH] for at in range(0, len(every), BATCH)]):
        db.session.execute(_counting(), {"ids": list(ids), "batch": batch})
    return len(every)


def _count(ids: Sequence[int]) -> None:
    """Put the present facts of some cases in place of the old ones; those of cases that are gone go as well."""
    there = select(Case.id).where(Case.id == _FACTS.c.case_id).exists()
    gone = db.session.execute(delete(_FACTS).where(_FACTS.c.case_id == _WANTED, ~there), {"ids": list(ids)})
    db.session.execute(_counting(), {"ids": list(ids), "batch": _batch(anew=cast(CursorResult[Any], gone).rowcount > 0)})


def _batch(*, anew: bool) -> int:
    """The number of a new batch; long past ones are forgotten."""
    number = db.session.scalars(insert(Batch).values(anew=anew).returning(Batch.id)).one()
    db.session.execute(delete(Batch).where(Batch.id <= number - BATCHES))
    return number


@functools.cache
def _counting() -> Any:
    """The one statement that counts: the cases whose keys are the parameter `ids`. What is as before keeps its batch."""
    fresh = insert(_FACTS).from_select([column.name for column in _FACTS.c], facts(_WANTED))
    changed = {column.name: fresh.excluded[column.name] for column in _FACTS.c if column.name != "case_id"}
    compared = [name for name in changed if name != "batch"]
    differs = tuple_(*(_FACTS.c[name] for name in compared)).is_distinct_from(tuple_(*(changed[name] for name in compared)))
    return fresh.on_conflict_do_update(index_elements=["case_id"], set_=changed, where=differs)
