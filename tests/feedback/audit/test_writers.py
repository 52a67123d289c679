"""Many people act at once: no chain breaks, nobody's act fails for it, and a head leaves nothing out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from feedback.accounts.doers import NOBODY
from feedback.audit import heads
from feedback.audit.heads import close_day, newest_heads
from feedback.audit.models import AuditEntry
from feedback.audit.services import record
from feedback.db import db, transaction
from tests.feedback.audit.records import FIRST, act, checked

WRITERS, ACTS = 8, 40


def at_once(app: Flask, works: list[Callable[[], None]]) -> None:
    """Do all works at the same time, each on a connection of its own; the first error is raised."""
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        with app.app_context():
            ready.wait()
            work()
            db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(run, work) for work in works]:
            done.result()


def test_eight_writers_at_once_break_no_chain(app: Flask) -> None:
    """Half of their acts are about one thing that nobody locks, some about two at once; heads are made in the middle of it."""

    def write(writer: int) -> None:
        for number in range(ACTS):
            with transaction():
                record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="shared" if number % 2 else f"own {writer}")
                if number % 8 == 0:
                    record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="shared")

    def close() -> None:
        for number in range(20):
            assert close_day(FIRST + timedelta(days=number)) is not None

    at_once(app, [*(lambda writer=writer: write(writer) for writer in range(WRITERS)), close])  # type: ignore[misc]
    close_day(date(2027, 1, 1))
    verdict = checked()
    assert verdict.whole, verdict
    assert (verdict.rows, verdict.chains) == (WRITERS * (ACTS + ACTS // 8), WRITERS + 1)
    assert (verdict.heads, verdict.uncovered) == (21, 0)
    assert sum(row.entries for row in newest_heads()) == verdict.rows
    shared = select(func.count(), func.max(AuditEntry.number)).where(AuditEntry.subject_id == "shared")
    assert db.session.execute(shared).one() == (WRITERS * ACTS * 5 // 8, WRITERS * ACTS * 5 // 8)


def test_a_head_waits_for_whoever_is_writing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that gets its place before the head is made and commits after it would be in no head."""
    monkeypatch.setattr(heads, "PATIENCE", "200ms")
    refused: list[BaseException] = []

    def close() -> None:
        try:
            close_day(FIRST)
        except DBAPIError as error:
            refused.append(error)

    with transaction():
        record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="a")
        db.session.flush()
        at_once(app, [close])
    assert len(refused) == 1
    assert "lock timeout" in str(refused[0])
    made = close_day(FIRST)
    assert made is not None
    assert made.entries == 1


def test_writers_about_different_things_do_not_wait_for_each_other(app: Flask) -> None:
    with transaction():
        record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="a")
        db.session.flush()
        at_once(app, [lambda: act("b")])
    assert checked().whole


def test_rows_of_one_act_follow_each_other_in_the_order_they_were_written(app: Flask) -> None:
    with transaction():
        for step in range(5):
            record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="zab"[step % 3], step=step)
    rows = db.session.execute(select(AuditEntry.facts, AuditEntry.subject_id, AuditEntry.number).order_by(AuditEntry.seq)).all()
    assert [row.facts["step"] for row in rows] == [0, 1, 2, 3, 4]
    assert [(row.subject_id, row.number) for row in rows] == [("z", 1), ("a", 1), ("b", 1), ("z", 2), ("a", 2)]
    assert checked().whole


def test_an_act_undone_leaves_its_chain_as_it_was(app: Flask) -> None:
    act("a")
    with pytest.raises(ZeroDivisionError), transaction():  # noqa: PT012 — the act fails after its row was written
        record("thing.done", actor=NOBODY, subject_kind="thing", subject_id="a")
        db.session.flush()
        _ = 1 / 0
    act("a")
    assert checked().whole
    assert list(db.session.scalars(select(AuditEntry.number).order_by(AuditEntry.seq))) == [1, 2]
