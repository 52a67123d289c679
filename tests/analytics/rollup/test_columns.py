"""The facts in memory: whatever changed in whatever order, they are what a process would read that reads everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from analytics.counts import Count, Period
from analytics.rollup import blocks, columns, services
from analytics.rollup.blocks import BITS, CODED, KINDS, NEVER, Array, Block
from analytics.rollup.columns import WORDS, Columns, _by_block, _usable, current, instant_of, number_of
from analytics.rollup.models import Fact
from analytics.rollup.queries import figures, total
from analytics.rollup.scope import Group, Scope
from feedback.cases.models import Case
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from feedback.web_process import post_worker_init
from tests.feedback.officers import Office, counted


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app)


def this_year() -> Period:
    today = local_day(now())
    return Period(date(today.year - 1, today.month, 1), today, now())


def received(scope: Scope | None = None) -> int:
    return total(this_year(), scope or Scope()).of(Count.RECEIVED)


def rows_of(cases: dict[int, tuple[int, bool]]) -> dict[str, Array]:
    ids = sorted(cases)
    found: dict[str, Array] = {name: np.array([cases[key][0] for key in ids], kind) for name, kind in KINDS.items()}
    return found | {"case_id": np.array(ids, "i8"), "sealed": np.array([cases[key][1] for key in ids], bool)}


changes = st.dictionaries(st.integers(1, 12), st.tuples(st.integers(0, 100), st.booleans()), max_size=6)


def column(kept: Columns, name: str) -> list[int]:
    """A column of all blocks together, codes as what they stand for."""
    found = [value for number in sorted(kept.blocks) for value in kept.blocks[number].data[name].tolist()]
    return [int(kept.keys[name][code]) for code in found] if name in CODED and name not in WORDS else found


@given(st.lists(changes, max_size=4), st.integers(0, BITS))
def test_step_by_step_is_the_same_as_all_at_once(batches: list[dict[int, tuple[int, bool]]], apart: int) -> None:
    """New cases in any order, changed ones, sealed ones, unsealed ones; all in one block or each in its own."""
    kept, expected = Columns(0, {}, dict.fromkeys(CODED, ())), {}
    for batch in batches:
        before, moved = kept, {key << apart: value for key, value in batch.items()}
        shown = {name: column(before, name) for name in KINDS}
        kept, expected = before.renewed(rows_of(moved)), {**expected, **moved}
        assert shown == {name: column(before, name) for name in KINDS}, "who still reads the old ones sees them unchanged"
        touched = {key >> BITS for key in moved}
        assert all(kept.blocks[place] is block for place, block in before.blocks.items() if place not in touched)
    there = {key: value for key, (value, sealed) in expected.items() if not sealed}
    assert column(kept, "case_id") == sorted(there)
    for name in KINDS.keys() - {"case_id"}:
        assert column(kept, name) == [there[key] for key in sorted(there)]


@given(st.lists(st.integers(1, 60), unique=True), st.integers(1, 9), st.integers(0, BITS))
def test_rows_that_come_piece_by_piece_are_cut_where_blocks_end(keys: list[int], piece: int, apart: int) -> None:
    ids = np.array([key << apart for key in sorted(keys)], "i8")
    pieces = [{"case_id": ids[at : at + piece]} for at in range(0, len(ids) + 1, piece)]
    cut = [part["case_id"] for part in _by_block(pieces)]
    assert np.concatenate(cut).tolist() == ids.tolist()
    numbers = [number for part in cut for number in np.unique(part >> BITS).tolist()]
    assert len(numbers) == len(set(numbers)), "no block is in two parts"


def batch(number: int, *, anew: bool = False) -> SimpleNamespace:
    return SimpleNamespace(id=number, anew=anew)


def test_a_server_builds_upon_the_newest_state_of_either_that_it_has_itself() -> None:
    known = {number: Columns(number, {}, {}) for number in (3, 5)}
    for batches, expected in (
        ([batch(3), batch(4), batch(5), batch(6)], 5),
        ([batch(3), batch(4)], 3),  # a replica that is behind
        ([batch(2)], None),  # far behind, or another database
        ([batch(3), batch(4, anew=True), batch(5)], 5),
        ([batch(3), batch(5, anew=True)], 5),
        ([batch(3), batch(4), batch(5), batch(6, anew=True)], None),
        ([], None),
    ):
        found = _usable(known, batches)
        assert (found.batch if found else None) == expected, batches


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_a_block_keeps_numbers_as_narrow_as_they_are(lengths: list[int]) -> None:
    rows = {name: np.array(lengths if name == "working_days" else [0] * len(lengths), kind) for name, kind in KINDS.items()}
    kept = Block(rows).data["working_days"]
    assert kept.tolist() == lengths
    if all(0 <= one < 256 for one in lengths):
        assert kept.itemsize == 1


def test_what_was_worked_out_of_a_block_is_kept_and_makes_room_for_what_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def work_out(name: str) -> Array:
        return block.once(name, lambda: made.append(name) or np.zeros(10, "i1"))

    block = Block({name: np.empty(0, kind) for name, kind in KINDS.items()})
    monkeypatch.setattr(blocks, "KEPT_BYTES", 20)
    for name in ("first", "second", "first", "third", "second", "first"):
        assert len(work_out(name)) == 10
    assert made == ["first", "second", "third", "first"]


def test_days_and_instants_are_kept_without_loss() -> None:
    assert number_of(date(2015, 1, 1)) == 0
    assert number_of(date(2014, 12, 31)) == -1
    assert number_of(date.max) < NEVER
    moment = datetime(2026, 10, 14, 5, 0, 0, 123457, tzinfo=UTC)
    assert instant_of(moment) % 1_000_000 == 123457
    assert instant_of(moment) // 86_400_000_000 == (moment.date() - date(2000, 1, 1)).days


def test_what_changed_is_read_and_nothing_else(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.report()
    services.take_up()
    assert received() == 1
    read: list[int] = []
    copied = columns._copied

    def noted(values: dict[str, object]) -> Iterator[dict[str, Array]]:
        found = list(copied(values))
        read.append(sum(len(part["case_id"]) for part in found))
        return iter(found)

    monkeypatch.setattr(columns, "_copied", noted)
    office.report()
    services.take_up()
    assert received() == 2
    assert read == [1]
    with transaction():
        db.session.execute(text("INSERT INTO measure_touched (case_id) SELECT id FROM cases"))
    services.take_up()
    assert received() == 2
    assert read == [1, 0], "counted again, but as before"


def test_a_word_that_comes_while_facts_are_read_waits_for_the_next_reading(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.report()
    services.take_up()
    copied, others = columns._copied, [1]

    def other() -> None:
        with office.app.app_context(), transaction():
            office.report()
            db.session.execute(update(Case).where(Case.id == select(func.max(Case.id)).scalar_subquery()).values(category_code="health"))
        with office.app.app_context():
            services.take_up()

    def late(values: dict[str, object]) -> Iterator[dict[str, Array]]:
        if others:
            others.clear()
            thread = Thread(target=other)
            thread.start()
            thread.join()
        return copied(values)

    monkeypatch.setattr(columns, "_copied", late)
    assert received() == 1
    db.session.rollback()
    assert received() == 2
    assert received(Scope(category_code="health")) == 1


def test_a_page_sees_one_state_and_the_next_one_the_newest(office: Office) -> None:
    office.report()
    services.take_up()
    assert received() == 1
    before = current()

    def other() -> None:
        with office.app.app_context():
            office.report()
            services.take_up()

    thread = Thread(target=other)
    thread.start()
    thread.join()
    assert current() is before
    db.session.rollback()
    assert received() == 2


def test_a_page_that_comes_while_the_process_warms_up_waits_for_the_same_reading(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.report()
    services.take_up()
    read, begun, may_end, seen = columns._read, Event(), Event(), []

    def slowly(*args: Any) -> Columns:
        seen.append(args)
        begun.set()
        assert may_end.wait(60)
        return read(*args)

    def page() -> None:
        with office.app.app_context():
            answers.append(received())

    monkeypatch.setattr(columns, "_read", slowly)
    answers: list[int] = []
    warming = post_worker_init(SimpleNamespace(wsgi=office.app))
    assert begun.wait(60)
    reader = Thread(target=page)
    reader.start()
    assert not answers
    may_end.set()
    warming.join()
    reader.join()
    assert (answers, len(seen)) == ([1], 1)


def test_a_process_that_cannot_warm_up_serves_all_the_same(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise RuntimeError("no database yet")

    app.extensions["warm_up"] = (fails, lambda: done.append(True))
    done: list[bool] = []
    post_worker_init(SimpleNamespace(wsgi=app)).join()
    assert done == [True], "the others are still done"
    assert "no database yet" in caplog.text


def test_a_case_that_is_sealed_leaves_and_an_unknown_word_comes_in(office: Office) -> None:
    first = office.accepted(office.report())
    office.report()
    services.take_up()
    assert received() == 2
    with transaction():
        last = db.session.scalars(select(func.max(Fact.case_id))).one()
        change = update(Fact).where(Fact.case_id == last).values(channel="carrier-pigeon", batch=Fact.batch + 1)
        db.session.execute(change)
        db.session.execute(text("INSERT INTO measure_batch (anew) VALUES (false)"))
    assert figures(this_year(), Scope(), [Group.CHANNEL]).keys() == {("web",), ("carrier-pigeon",)}
    assert received(Scope(channel="carrier-pigeon")) == 1
    assert received(Scope(channel="no-such")) == 0
    with transaction():
        db.session.execute(
            update(Case)
            .where(Case.public_id == first)
            .values(sealed=True, text="", text_folded="", place="", reference=None, version=Case.version + 1)
        )
    services.take_up()
    assert received() == 1


def test_whoever_has_not_looked_for_long_reads_everything_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCHES", 1)
    office.report()
    services.take_up()
    assert received() == 1
    for _ in range(3):
        office.report()
        services.take_up()
        db.session.rollback()
    assert received() == 4
    assert db.session.scalar(text("SELECT count(*) FROM measure_batch")) == 1


def test_a_page_asks_once_whether_anything_changed(office: Office) -> None:
    office.report()
    services.take_up()
    received()
    db.session.rollback()
    with counted() as statements:
        for group in Group:
            figures(this_year(), Scope(), [group])
    assert len([one for one in statements if "measure_batch" in one]) == 1
    assert len(statements) == 1
