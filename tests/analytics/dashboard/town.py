"""Cases of every kind at instants of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from analytics.rollup import services
from feedback.cases import desk, handling, rating, transfers
from feedback.cases.models import Outcome, Solved
from feedback.city import queries as city
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
        self.filling = False

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
        self.settle()
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
        self.settle()

    def settle(self) -> None:
        """Noon again, and the figures know of everything; once at the end of many cases."""
        self.clock(NOON)
        if not self.filling:
            services.take_up()

    def fill(self, number: int, seed: int) -> None:
        """Random cases over the last 100 days, each as far as time allows; some about officials."""
        rng, self.filling = Random(seed), True
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
        self.filling = False
        self.settle()
