"""Cases of every kind at instants of their own, and an oracle that counts them in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from analytics.dashboard.periods import Span
from analytics.dashboard.scope import Group, Scope
from analytics.measures import Count
from feedback.cases import desk, handling, rating, transfers
from feedback.cases.models import Case, Outcome, Rating, Solved
from feedback.city import queries as city
from feedback.city.models import AreaKind
from feedback.db import db
from feedback.localtime import local_day
from tests.feedback.citizen import BRIBE
from tests.feedback.officers import ANSWER, Office, case_of, version_of

#: Midday in the city on an ordinary Wednesday.
NOON = datetime(2026, 10, 14, 5, tzinfo=UTC)
ACTS = ("forward", "accept", "submit", "approve", "rate")


class Town:
    """Two districts with wards, cases without a place, two agencies; the clock goes where a case needs it and comes back to noon."""

    def __init__(self, office: Office, clock: Callable[[datetime], None]) -> None:
        self.office, self.clock = office, clock
        districts = city.districts()
        self.here, self.there = districts[0], districts[1]
        wards = [city.wards(district.id)[0].id for district in (self.here, self.there)]
        self.ward, self.other_ward = wards
        #: A report may name a ward, a district only, or no place at all.
        self.places = (*wards, wards[0], self.there.id, None)

    def live(
        self,
        received: datetime,
        steps: Iterable[tuple[str, timedelta]] = (),
        *,
        area_id: int | None = None,
        other: bool = False,
        category: str = "urban_environment",
        solved: Solved = Solved.YES,
    ) -> str:
        """A case that came in at an instant and went through acts, each so long after the one before; gives its public id."""
        office, at = self.office, received
        handler, head = (office.stranger, office.strange_head) if other else (office.handler, office.head)
        self.clock(at)
        public_id = office.report(area_id=area_id)
        for act, later in steps:
            at += later
            self.clock(at)
            version = version_of(public_id)
            match act:
                case "forward":
                    desk.forward(office.desk.actor, public_id, version, desk.Decision(category, office.other if other else office.agency))
                case "accept":
                    transfers.accept(handler.actor, public_id, version)
                case "submit":
                    handling.submit_answer(handler.actor, public_id, version, Outcome.SOLVED, ANSWER)
                case "approve":
                    handling.approve(head.actor, public_id, version)
                case "rate":
                    rating.rate(case_of(public_id).id, solved, None, "")
        self.clock(NOON)
        return public_id

    def answered(self, received: datetime, after: timedelta, **more: object) -> str:
        """A case answered so long after it came in."""
        steps = [*((act, timedelta(minutes=5)) for act in ACTS[:3]), ("approve", after - timedelta(minutes=15))]
        return self.live(received, steps, **more)  # type: ignore[arg-type]

    def sealed(self, received: datetime, area_id: int | None = None) -> None:
        """Three reports about officials: unread by the inspectorate, taken up, and answered and rated."""
        office, inspector = self.office, self.office.inspector.actor
        for stage in range(3):
            self.clock(received)
            public_id = office.report(BRIBE, area_id=area_id)
            if stage:
                desk.take_up(inspector, public_id, version_of(public_id))
            if stage == 2:
                handling.submit_answer(inspector, public_id, version_of(public_id), Outcome.SOLVED, ANSWER)
                handling.approve(inspector, public_id, version_of(public_id))
                rating.rate(case_of(public_id).id, Solved.YES, 5, "")
        self.clock(NOON)

    def fill(self, number: int, seed: int) -> None:
        """Random cases over the last 100 days, each as far as time allows; some about officials."""
        rng = Random(seed)
        for _ in range(number):
            received = NOON - timedelta(days=rng.uniform(0, 100))
            if rng.random() < 0.1:
                self.sealed(received, rng.choice(self.places))
                continue
            steps, at = [], received
            for act in ACTS[: rng.choice((0, 1, 2, 3, 4, 4, 4, 5, 5, 5))]:
                later = timedelta(hours=rng.expovariate(1 / 60))
                if at + later > NOON:
                    break
                steps.append((act, later))
                at += later
            self.live(
                received,
                steps,
                area_id=rng.choice(self.places),
                other=rng.random() < 0.4,
                category=rng.choice(("urban_environment", "civil_status")),
                solved=rng.choice(list(Solved)),
            )


@dataclass(frozen=True)
class Seen:
    """What the oracle knows of one open case."""

    public_id: str
    district: int
    agency: int
    received: datetime
    due: datetime
    answered: datetime | None
    rated: bool
    solved: bool


def seen() -> list[Seen]:
    """Every case that is not sealed, read row by row."""
    rows = db.session.scalars(select(Case).options(joinedload(Case.area))).all()
    words = {row.case_id: row.solved for row in db.session.scalars(select(Rating))}
    found = []
    for row in rows:
        if row.sealed:
            continue
        area = row.area
        district = 0 if area is None else area.id if area.kind is AreaKind.DISTRICT else area.district_area_id or 0
        solved = words.get(row.id) is Solved.YES
        found.append(Seen(row.public_id, district, row.agency_id, row.received_at, row.due_at, row.answered_at, row.id in words, solved))
    return found


def key_of(case: Seen, group: Group) -> int:
    return case.district if group is Group.DISTRICT else case.agency


def within(cases: list[Seen], scope: Scope) -> list[Seen]:
    """The cases of a scope."""
    return [
        case
        for case in cases
        if scope.district_id in (None, case.district) and scope.agency_id in (None, case.agency)
    ]  # fmt: skip


def counted_by_hand(cases: list[Seen], span: Span) -> dict[Count, set[str]]:
    """Public ids behind every count, decided by days of the city's calendar and by instants, one case at a time."""
    found: dict[Count, set[str]] = {count: set() for count in Count}
    for case in cases:
        for count in _counts_of(case, span):
            found[count].add(case.public_id)
    return found


def _counts_of(case: Seen, span: Span) -> Iterable[Count]:
    def inside(instant: datetime | None) -> bool:
        return instant is not None and span.first <= local_day(instant) <= span.last

    running = span.last >= local_day(NOON)
    waiting = local_day(case.received) <= span.last and (case.answered is None or local_day(case.answered) > span.last)
    past_due = case.due < NOON if running else local_day(case.due) <= span.last
    if inside(case.received):
        yield Count.RECEIVED
    if inside(case.answered):
        yield Count.ANSWERED
        if case.rated:
            yield Count.RATED
        if case.solved:
            yield Count.SOLVED
    if inside(case.due) and past_due:
        yield Count.DUE
        yield Count.ON_TIME if case.answered is not None and case.answered <= case.due else Count.LATE
    if waiting:
        yield Count.OPEN
        if past_due:
            yield Count.OPEN_PAST_DUE


def median_by_hand(cases: list[Seen], span: Span) -> float | None:
    """The middle of the working days from receipt to answer."""
    calendar = city.calendar()
    days = [
        calendar.working_days_between(local_day(case.received), local_day(case.answered))
        for case in cases
        if case.answered is not None and span.first <= local_day(case.answered) <= span.last
    ]
    return float(median(days)) if days else None
