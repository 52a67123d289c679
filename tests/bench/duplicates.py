"""Whether the other telling of an incident is found among very many cases, and how fast: `python -m tests.bench.duplicates [cases]`.

The city is full of cases made from the corpus. Into it go the second telling and the near miss of every incident that no weight was
learnt from; then the first telling looks for its partner, with a ward and without, written as it was and without tone marks.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text as sql

from analytics.duplicates import queries
from analytics.duplicates.candidates import terms
from analytics.duplicates.facts import facts
from analytics.duplicates.learning import JUDGED, Incident, incidents
from analytics.measures import wilson
from feedback.accounts.models import User
from feedback.cases.access import SYSTEM
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.db import db, now
from feedback.text import fold
from tests.bench.many_cases import HEAD, actor_of, large_city, row, timed

#: The partner came in at most so many days before or after.
DAYS = 20
#: A copy of one case with another text, place and instant.
COPY = """
INSERT INTO cases (public_id, reference, code_hmac, track, state, sealed, text, text_folded, place, area_id, category_code, agency_id,
    at_desk, guidance, hops, returns, reopenings, questions, channel, language, wants_public, anonymous, urgent, rule_code,
    received_at, due_at, clock_from, version)
SELECT :public_id, :reference, :code_hmac, track, 'in_progress', false, :text, :text_folded, place, :area_id, category_code, agency_id,
    false, '', 1, 0, 0, 0, channel, language, false, true, false, rule_code, now() - make_interval(days => :days), now(), now(), 1
FROM cases ORDER BY id LIMIT 1
"""


def plant(told: list[Incident]) -> dict[str, tuple[str, int]]:
    """Put second tellings and near misses into the city; gives each incident's partner and the ward it lies in."""
    dice, wards = random.Random(3), city.wards()
    partners = {}
    for number, incident in enumerate(told):
        ward = dice.choice(wards)
        for kind, text in (("two", incident.two), ("near", incident.near)):
            key = hashlib.sha256(f"{kind} {incident.id}".encode())
            public_id = key.hexdigest()[:16]
            days = dice.randrange(2 * DAYS)
            values = {"public_id": public_id, "reference": f"PA-1999-{kind[0]}{number}", "code_hmac": key.digest(), "text": text}
            db.session.execute(sql(COPY), {**values, "text_folded": fold(text), "area_id": ward.id, "days": days})
            if kind == "two":
                partners[incident.id] = (public_id, ward.id)
    db.session.commit()
    db.session.execute(sql("ANALYZE cases"))
    db.session.commit()
    return partners


def subject_of(text: str, area_id: int | None) -> Case:
    """A report as the desk asks about it; it stands in no table, the search leaves out case 0."""
    return Case(id=0, text=text, area_id=area_id, received_at=now() - timedelta(days=DAYS))


def measure(user: User, told: list[Incident], partners: dict[str, tuple[str, int]]) -> None:
    """A line each for with and without a ward, with and without tone marks: time, then how often the partner is among the first five."""
    kinds: list[tuple[str, bool, Callable[[str], str]]] = [
        ("ward known", True, str),
        ("ward known, without tone marks", True, fold),
        ("ward not known", False, str),
        ("ward not known, without tone marks", False, fold),
    ]
    actor = actor_of(user)
    print(HEAD)
    for name, with_ward, written in kinds:
        times, hits = [], 0
        for incident in told:
            partner, area_id = partners[incident.id]
            subject = subject_of(written(incident.one), area_id if with_ward else None)
            found: list[str] = []
            times.append(timed(lambda: found.extend(one.public_id for one in queries.likely(actor, subject))))  # noqa: B023
            hits += partner in found
            db.session.rollback()
        low, high = wilson(hits, len(told)) or (0.0, 1.0)
        print(
            row(name, times),
            f"  partner in the first {queries.SHOWN}: {hits} of {len(told)} = {hits / len(told):.3f} ({low:.3f}-{high:.3f})",
        )


def explain(text: str) -> None:
    """How the database goes about it without a ward, the slower of the two."""
    source, around = queries.seen_by(SYSTEM, 0), queries.Around(None, now() - queries.Around.window)
    found = queries.candidate_rows(source, terms(facts(text)), around)
    compiled = found.compile(db.engine, compile_kwargs={"literal_binds": True})
    print("\n".join(db.session.scalars(sql(f"EXPLAIN (ANALYZE, COSTS OFF) {compiled}".replace(":", r"\:")))))


def main() -> None:
    """Fill the scratch city, plant the incidents and look for their partners."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    told = incidents(JUDGED)
    with large_city(many) as (_app, people):
        print(f"PostgreSQL {db.session.scalar(sql('SHOW server_version'))}; milliseconds; {len(told)} incidents and as many near misses")
        partners = plant(told)
        measure(people.leader, told, partners)
        explain(told[0].one)


if __name__ == "__main__":
    main()
