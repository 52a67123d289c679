"""Any sequence of moves keeps the promises: one responsible agency, no move outside the table, children before parents, true clocks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from sqlalchemy import select

from feedback.accounts.models import Role
from feedback.audit.models import AuditEntry
from feedback.cases import desk, dialogue, ending, extending, handling, partners, queries, transfers
from feedback.cases.access import Actor
from feedback.cases.clock_models import DueChange, Extension, Ground, Pause
from feedback.cases.handover import LONGEST_CHAIN, RETURNS_TO_REFEREE
from feedback.cases.handover_models import PARTNER_OPEN, Partner, ReturnReason, Transfer, TransferState
from feedback.cases.models import Answer, AnswerState, Case, CaseEvent, Outcome, Refusal, Solved
from feedback.cases.rating import rate
from feedback.cases.workflow import ENDED_STATES, MOVES, OPEN_STATES, STOPPED_STATES, Move, State
from feedback.city import queries as city
from feedback.db import db, now
from feedback.errors import Conflict, OfficeError
from feedback.localtime import CITY_TIME, local_day
from tests.feedback.officers import Office, case_of

BEGINS = datetime(2026, 3, 2, 2, tzinfo=UTC)
HISTORIES, STEPS, TRIES = 26, 30, 16
WORDS = "Xin xem kỹ nội dung này."


class Town:
    """Everybody who may try something; what is tried is drawn by chance, whether it is allowed the services decide."""

    def __init__(self, office: Office, referee: Actor, rng: Random) -> None:
        self.office, self.rng, self.referee = office, rng, referee
        self.public_id = office.report()
        self.lead = office.report()

    @property
    def case(self) -> Case:
        """As the database has it."""
        return case_of(self.public_id)

    def somebody(self) -> Actor:
        """One of those who might act, mostly somebody whose turn it may be."""
        office = self.office
        people = (office.desk, office.handler, office.head, office.stranger, office.strange_head)
        return self.rng.choice([*(person.actor for person in people), self.referee])

    def agency(self) -> int:
        """One of the agencies a case may go to."""
        return self.rng.choice((self.office.agency, self.office.other, city.referee_agency().id))

    def seldom(self, act: Callable[[], object]) -> None:
        """Ends come once in a while only, or no history would go far."""
        if self.rng.random() > 0.15:
            raise Conflict
        act()

    def try_something(self) -> bool:
        """Whether it was allowed."""
        case = self.case
        act = self.rng.choice(ACTS)
        try:
            act(self, self.somebody(), case)
        except OfficeError:
            db.session.rollback()
            return False
        return True


Act = Callable[[Town, Actor, Case], object]
ACTS: tuple[Act, ...] = (
    lambda town, who, case: desk.forward(who, case.public_id, case.version, desk.Decision("health", town.agency())),
    lambda town, who, case: desk.forward(who, case.public_id, case.version, desk.Decision("urban_environment", town.agency())),
    lambda _town, who, case: transfers.accept(who, case.public_id, case.version),
    lambda _town, who, case: transfers.accept(who, case.public_id, case.version),
    lambda _town, who, case: transfers.give_back(who, case.public_id, case.version, ReturnReason.OTHER_AREA, WORDS),
    lambda _town, who, case: transfers.give_back(who, case.public_id, case.version, ReturnReason.OTHER_FIELD, WORDS),
    lambda _town, who, case: transfers.give_back(who, case.public_id, case.version, ReturnReason.OTHER, WORDS),
    lambda town, who, case: town.seldom(lambda: transfers.recall(who, case.public_id, case.version, WORDS)),
    lambda town, who, case: transfers.hand_on(who, case.public_id, case.version, town.agency(), WORDS),
    lambda town, _who, case: transfers.decide(town.referee, case.public_id, case.version, town.agency(), WORDS),
    lambda town, who, case: partners.ask_partner(who, case.public_id, case.version, town.agency(), WORDS, local_day(case.due_at)),
    lambda _town, who, case: partners.accept_part(who, case.public_id, case.version),
    lambda _town, who, case: partners.report_part(who, case.public_id, case.version, WORDS),
    lambda _town, who, case: partners.return_part(who, case.public_id, case.version, WORDS),
    lambda town, who, case: town.seldom(lambda: dialogue.ask(who, case.public_id, case.version, WORDS)),
    lambda _town, _who, case: dialogue.supplement(case.id, WORDS),
    lambda town, _who, case: town.seldom(lambda: dialogue.add(case.id, WORDS)),
    lambda _town, who, case: dialogue.resume(who, case.public_id, case.version, WORDS),
    lambda _town, who, case: extending.extend(who, case.public_id, case.version, f"{case.rule_code}-EXT", Ground.EXPERTISE, WORDS),
    lambda _town, who, case: handling.submit_answer(who, case.public_id, case.version, Outcome.SOLVED, WORDS),
    lambda _town, who, case: handling.submit_answer(who, case.public_id, case.version, Outcome.SOLVED, WORDS),
    lambda _town, who, case: handling.send_back(who, case.public_id, case.version, WORDS),
    lambda _town, who, case: handling.approve(who, case.public_id, case.version),
    lambda _town, who, case: handling.approve(who, case.public_id, case.version),
    lambda _town, _who, case: rate(case.id, Solved.NO, 1, ""),
    lambda _town, _who, case: ending.reopen(case.id, WORDS),
    lambda town, who, case: town.seldom(lambda: ending.refuse(who, case.public_id, case.version, Refusal.PRIVATE, WORDS)),
    lambda town, _who, case: town.seldom(lambda: ending.withdraw(case.id, WORDS)),
    lambda town, who, case: town.seldom(lambda: ending.merge(who, case.public_id, case.version, town.lead)),
    lambda _town, who, case: ending.unmerge(who, case.public_id, case.version, WORDS),
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_any_history_keeps_the_promises(office: Office) -> None:
    referee = office._hire(Role.AGENCY_HEAD, city.referee_agency().id).actor
    made: set[str] = set()
    for seed in range(HISTORIES):
        rng = Random(seed)
        with time_machine.travel(BEGINS + timedelta(days=seed), tick=False) as clock:
            town = Town(office, referee, rng)
            for _step in range(STEPS):
                clock.shift(timedelta(minutes=rng.randrange(1, 60 * 30)))
                if any(town.try_something() for _try in range(TRIES)):
                    check(town.case)
            made |= set(db.session.scalars(select(CaseEvent.move).where(CaseEvent.case_id == town.case.id)))
    wanted = {Move.FORWARD, Move.ACCEPT, Move.RETURN, Move.RECALL, Move.HAND_ON, Move.DECIDE, Move.ASK_PARTNER, Move.PARTNER_REPORT}
    wanted |= {Move.ASK, Move.SUPPLEMENT, Move.RESUME, Move.EXTEND, Move.SUBMIT_ANSWER, Move.APPROVE, Move.RATE, Move.REOPEN, Move.MERGE}
    assert wanted <= made, "the histories are too short to prove anything"


def check(case: Case) -> None:
    """Everything that must hold at every instant."""
    events = queries.events(case.id)
    check_chain(case, events)
    check_transfers(case)
    check_children(case)
    check_clock(case)
    acts = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == case.public_id).order_by(AuditEntry.seq)))
    assert [act for act in acts if act != "case.draft"] == [f"case.{event.move}" for event in events]


def check_chain(case: Case, events: list[CaseEvent]) -> None:
    """The events lead, move by legal move, to where the case stands; somebody has been responsible all the while."""
    state, holder = None, None
    for event in events:
        row = MOVES[Move(event.move)]
        assert (event.from_state, event.from_agency_id) == (state, holder)
        assert event.who in row.who
        assert state in row.sources if state else event.move == Move.SUBMIT
        assert State(event.to_state) in row.targets or (not row.targets and event.to_state == event.from_state)
        assert event.reason or not row.needs_reason
        state, holder = State(event.to_state), event.to_agency_id
        assert holder is not None
    assert (case.state, case.agency_id) == (state, holder)


def check_transfers(case: Case) -> None:
    """Hops are numbered without gaps; at most one is under way, and then the case is on its way to its receiver."""
    hops = list(db.session.scalars(select(Transfer).where(Transfer.case_id == case.id).order_by(Transfer.hop)))
    assert [hop.hop for hop in hops] == list(range(1, case.hops + 1))
    open_hops = [hop for hop in hops if hop.ended_at is None]
    assert len(open_hops) == (case.state is State.FORWARDED)
    if open_hops:
        assert (open_hops[0].from_agency_id, open_hops[0].to_agency_id) == (case.agency_id, case.to_agency_id)
    returned = [hop for hop in hops if hop.state is TransferState.RETURNED]
    assert len(returned) == case.returns
    if case.returns >= RETURNS_TO_REFEREE:
        moves = [event for event in queries.events(case.id) if event.move == Move.RETURN]
        assert [event.to_state == State.REFEREE for event in moves] == [n >= RETURNS_TO_REFEREE for n in range(1, len(moves) + 1)]
    onward = [event for event in queries.events(case.id) if event.move == Move.HAND_ON and event.to_state == State.FORWARDED]
    assert len(onward) <= LONGEST_CHAIN
    calendar = city.calendar()
    for hop in hops:
        if hop.ended_at is not None:
            assert hop.working_minutes == calendar.working_time_between(hop.sent_at, hop.ended_at) // timedelta(minutes=1)


def check_children(case: Case) -> None:
    """Nothing is answered, handed on or ended over the head of a co-agency at work; each part is due inside the lead's limit."""
    parts = list(db.session.scalars(select(Partner).where(Partner.case_id == case.id)))
    at_work = [part for part in parts if part.state in PARTNER_OPEN]
    if case.state in ENDED_STATES | {State.ANSWERED, State.FORWARDED, State.REFEREE, State.SORTING}:
        assert at_work == []
    published = db.session.scalars(select(Answer).where(Answer.case_id == case.id, Answer.state == AnswerState.PUBLISHED)).all()
    assert len(published) == (case.state in (State.ANSWERED, State.CLOSED))


def check_clock(case: Case) -> None:
    """The due date is what a clerk would count from rule, start, pauses and extensions; the log of changes leads to it."""
    pauses = list(db.session.scalars(select(Pause).where(Pause.case_id == case.id)))
    assert len([pause for pause in pauses if pause.ended_at is None]) == (case.state in STOPPED_STATES)
    changes = list(db.session.scalars(select(DueChange).where(DueChange.case_id == case.id).order_by(DueChange.id)))
    for earlier, later in itertools.pairwise(changes):
        assert earlier.after == later.before
    if changes:
        assert changes[-1].after == case.due_at
    if case.state in OPEN_STATES - STOPPED_STATES:
        assert case.due_at.astimezone(CITY_TIME).date() == counted(case, pauses)


def counted(case: Case, pauses: list[Pause]) -> date:
    """The due day by walking from day to day."""
    granted = db.session.scalars(
        select(Extension.rule_code).where(Extension.case_id == case.id, Extension.granted, Extension.clock_from == case.clock_from)
    )
    start = local_day(case.clock_from)
    limit = [city.rule(code, start).amount or 0 for code in (case.rule_code, *granted)]
    taken = set()
    for pause in pauses:
        if pause.began_at >= case.clock_from:
            first, last = local_day(pause.began_at), local_day(pause.ended_at or now())
            taken |= {first + timedelta(days=n) for n in range(1, (last - first).days + 1)}
    calendar, day, left = city.calendar(), start, sum(limit)
    while left or day in taken or not calendar.is_working_day(day):
        day += timedelta(days=1)
        left -= bool(left) and day not in taken
    return day
