"""The rollup counts what a person would count, whatever happened to the cases and in whatever order it was told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from analytics.counts import Count, Period
from analytics.dashboard.periods import Span
from analytics.measures import Days
from analytics.rollup import services
from analytics.rollup.models import Fact, Touched
from analytics.rollup.parts import parts_of
from analytics.rollup.picking import behind
from analytics.rollup.queries import Figures, Keys, added, figures, total
from analytics.rollup.scope import Group, Scope
from feedback.accounts.models import Role
from feedback.cases import dialogue, ending, extending, handling
from feedback.cases.clock_models import Ground
from feedback.cases.models import Case, CaseEvent, Outcome, Solved
from feedback.cases.rating import rate
from feedback.cases.workflow import Move
from feedback.city import queries as city
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from tests.analytics.rollup.oracle import Seen, counted_by_hand, days_by_hand, minutes_by_hand, seen, spans_around
from tests.feedback.cases.test_histories import Town
from tests.feedback.officers import Office, case_of, version_of

BEGINS = datetime(2026, 3, 2, 2, tzinfo=UTC)
WORDS = "Xin xem kỹ nội dung này."


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with time_machine.travel(BEGINS, tick=False):
        yield Office(app)


def all_facts() -> set[tuple[object, ...]]:
    return {tuple(row) for row in db.session.execute(select(*(column for column in Fact.__table__.c if column.name != "batch"))).all()}


def live(office: Office, seed: int, steps: int, clock: time_machine.Traveller) -> None:
    """One case through a random life; the rollup looks now and then, and somebody corrects a row by hand."""
    rng = Random(seed)
    referee = db.session.info["referee"]
    town = Town(office, referee, rng)
    with transaction():
        wards = [ward.id for ward in city.wards()[:3]]
        db.session.execute(update(Case).where(Case.public_id == town.public_id).values(area_id=rng.choice([*wards, None])))
    for _step in range(steps):
        clock.shift(timedelta(minutes=rng.randrange(1, 60 * 40)))
        any(town.try_something() for _try in range(12))
        if rng.random() < 0.2:
            services.take_up()
    if rng.random() < 0.3:
        with transaction():
            late = datetime(2026, 2, rng.randrange(1, 28), 5, tzinfo=UTC)
            db.session.execute(update(Case).where(Case.public_id == town.public_id).values(received_at=late, version=Case.version + 1))


def told(office: Office, which: int, clock: time_machine.Traveller) -> None:
    """A case through one of the turns that chance seldom takes."""
    public_id = office.report()
    if which == 0:
        ending.withdraw(case_of(public_id).id, WORDS)
        return
    if which == 1:
        ending.merge(office.desk.actor, public_id, version_of(public_id), office.report())
        return
    office.accepted(public_id)
    clock.shift(timedelta(days=1))
    if which in (2, 3):
        dialogue.ask(office.handler.actor, public_id, version_of(public_id), WORDS)
        clock.shift(timedelta(days=3))
    if which == 2:
        dialogue.supplement(case_of(public_id).id, WORDS)
    if which == 4:
        case = case_of(public_id)
        extending.extend(office.head.actor, public_id, case.version, f"{case.rule_code}-EXT", Ground.EXPERTISE, WORDS)
    if which != 3:
        handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, WORDS)
        handling.approve(office.head.actor, public_id, version_of(public_id))
        services.take_up()
        rate(case_of(public_id).id, Solved.NO if which == 5 else Solved.YES, 4, "")
    if which == 5:
        clock.shift(timedelta(days=1))
        ending.reopen(case_of(public_id).id, WORDS)


def check(cases: list[Seen], scope: Scope, mine: list[Seen], group: Group | None, spans: Sequence[Span]) -> None:
    """Every count of every span, in total and by a group."""
    at = now()
    for span in spans:
        found = figures(span.at(at), scope, [group] if group else [])
        by_hand = {count: len(ids) for count, ids in counted_by_hand(mine, span, at).items()}
        whole = added(list(found.values()))
        assert {count: whole.of(count) for count in Count} == by_hand, (span, scope)
        assert whole.days(Days.MEDIAN_WORKING) == days_by_hand(mine, span)
        assert whole.days(Days.MEDIAN_CALENDAR) == days_by_hand(mine, span, working=False)
        for key in {one.key(group) for one in cases} if group else ():
            part = [one for one in mine if group and one.key(group) == key]
            numbers = {count: len(ids) for count, ids in counted_by_hand(part, span, at).items()}
            assert {count: found.get((key,), Figures({})).of(count) for count in Count} == numbers, (span, scope, key)


@pytest.mark.slow
def test_the_rollup_equals_counting_by_hand(office: Office) -> None:
    """Random histories with reopenings, hand-overs, pauses, merges, withdrawals and late corrections; any filter, any breakdown."""
    db.session.info["referee"] = office._hire(Role.AGENCY_HEAD, city.referee_agency().id).actor

    @settings(max_examples=8, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(st.integers(0, 10_000), st.integers(6, 22))
    def holds(seed: int, steps: int) -> None:
        # Later than all before: cases of another example must not lie in the future, where the calendar has no numbers yet.
        with time_machine.travel(BEGINS + timedelta(days=45 * len(examples) + seed % 5), tick=False) as clock:
            told(office, len(examples), clock)
            examples.append(seed)
            live(office, seed, steps, clock)
            services.take_up()
            cases, rng, spans = seen(), Random(seed), spans_around(local_day(now()))
            check(cases, Scope(), cases, None, spans)
            for group in rng.sample(list(Group), 2):
                one, other = rng.choice(cases), rng.choice(list(Group))
                check(cases, Scope(), cases, group, spans[::2])
                narrowed = Scope().narrowed(other, one.key(other))
                check(cases, narrowed, [case for case in cases if case.key(other) == one.key(other)], group, spans[:2])
            before = all_facts()
            services.rebuild()
            assert all_facts() == before, "counted step by step or all at once"

    examples: list[int] = []
    holds()
    made = set(db.session.scalars(select(CaseEvent.move)))
    wanted = {Move.RETURN, Move.ASK, Move.SUPPLEMENT, Move.APPROVE, Move.RATE, Move.REOPEN, Move.EXTEND, Move.WITHDRAW, Move.MERGE}
    assert wanted <= made, "the histories are too short to prove anything"
    calendar = city.calendar()
    for one in seen():
        fact = db.session.get(Fact, one.case.id)
        assert fact is not None
        if one.case.answered_at is not None:
            assert (fact.life_minutes, fact.unheld_minutes) == minutes_by_hand(one, calendar)


def test_an_act_that_is_rolled_back_leaves_nothing_to_count(office: Office) -> None:
    office.report()
    services.take_up()
    db.session.execute(update(Case).values(urgent=True))
    assert len(db.session.scalars(select(Touched)).all()) == 1
    db.session.rollback()
    assert db.session.scalars(select(Touched)).all() == []


def test_counting_twice_changes_nothing(office: Office) -> None:
    office.submitted()
    services.take_up()
    before = all_facts()
    with transaction():
        db.session.execute(text("INSERT INTO measure_touched (case_id) SELECT id FROM cases UNION ALL SELECT id FROM cases"))
    services.take_up()
    assert all_facts() == before


def test_a_case_that_is_removed_leaves_the_figures(office: Office) -> None:
    public_id = office.report()
    services.take_up()
    with transaction():
        case_id = db.session.scalar(select(Case.id).where(Case.public_id == public_id))
        for table in ("case_event", "case_suggestion", "check_draw", "due_change", "case_key"):
            db.session.execute(text(f"DELETE FROM {table} WHERE case_id = {case_id}"))
        db.session.execute(delete(Case).where(Case.id == case_id))
    services.take_up()
    assert all_facts() == set()


def test_a_large_queue_is_taken_in_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    for _ in range(5):
        office.report()
    services.take_up()
    assert len(all_facts()) == 5
    watched: list[int] = []
    assert services.rebuild(lambda batches: noted(batches, watched)) == 5
    assert watched == [2, 2, 1]


def noted(batches: Sequence[Sequence[int]], watched: list[int]) -> Iterator[Sequence[int]]:
    for one in batches:
        watched.append(len(one))
        yield one


def by_everything(period: Period) -> list[dict[Keys, Figures]]:
    """The city, and broken down by each group."""
    return [figures(period, Scope(), groups) for groups in ((), *((group,) for group in Group))]


def test_sealed_cases_are_in_no_figure_and_keep_no_place(office: Office) -> None:
    """Neither before nor after the inspectorate has read them; in the facts they have a district and nothing narrower."""
    ward = city.wards()[0]
    ward_id, district_id = ward.id, ward.district_area_id
    office.report(area_id=ward_id)
    services.take_up()
    period = spans_around(local_day(now()))[0].at(now())
    before = by_everything(period)
    public_id = office.sealed()
    with transaction():
        db.session.execute(update(Case).where(Case.public_id == public_id).values(area_id=ward_id))
    services.take_up()
    assert by_everything(period) == before
    row = db.session.scalars(select(Fact).where(Fact.sealed)).one()
    assert (row.conduct, row.area_id, row.agency_id, row.district_id) == (True, 0, 0, district_id)
    for count in Count:
        assert row.case_id not in {key for _due, key in behind(parts_of(Scope()), count, period, None, 100)}
    assert total(period, Scope(category_code="staff_conduct")).empty
