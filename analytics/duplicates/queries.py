"""Reports that may tell of the same incident, read from the database under the reader's own rights. Never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, literal_column, or_, select

from analytics.duplicates.candidates import search_query, terms
from analytics.duplicates.facts import Facts
from analytics.duplicates.scoring import facts, score
from feedback.answers import queries as answers
from feedback.cases.access import Actor, visible_cases
from feedback.cases.matching import by_index
from feedback.cases.message_models import Publication
from feedback.cases.models import Case
from feedback.cases.ports import Likely
from feedback.city.models import Area
from feedback.db import db

#: At most so many are proposed; a person decides (measured: docs and tests/bench/duplicates.py).
SHOWN = 5
#: Less alike than this is not proposed: of 184 tellings of one incident 1 in 100 lies below, of unrelated pairs 99 in 100.
FLOOR = 0.35
#: So many rows, those that share the most with the report first, are read and scored, at a millisecond each. Among a million cases
#: the partner stood 21st at worst within its district, 114th in the whole city (`python -m tests.bench.duplicates 1000000`).
READ_NEAR, READ_FAR = 60, 150
#: Signs between words, blanked before whole words are looked for.
_SIGNS = ".,;:!?()[]\"'/-\n\t"
#: The dictionary without stemming, written as a literal so that the index on the same expression is used.
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")


@dataclass(frozen=True)
class Around:
    """Where and when the other reports may lie: same district area (or none told), so long before and after."""

    area_id: int | None
    at: datetime
    window: timedelta = timedelta(days=30)


@dataclass(frozen=True)
class Source:
    """Which reports are compared, by which columns: what the reader may read of a case, and how its index is asked for words."""

    among: Select[Any]
    text: Any
    folded: Any
    by_index: Callable[[ColumnElement[Any], datetime, datetime], ColumnElement[bool]]

    def shares(self, wanted: Mapping[str, float], since: datetime, until: datetime) -> ColumnElement[bool]:
        """Whether a report that came within a time holds any of the terms, in the words of the index."""
        return self.by_index(func.to_tsquery(_SIMPLE, search_query(wanted)), since, until)


#: A public case has been answered; a citizen is shown what came in since the last season.
PUBLIC_WINDOW = timedelta(days=90)


def likely(actor: Actor, subject: Case) -> list[Likely]:
    """Cases this actor sees that may be about the incident of his case; what he may not see is never looked at."""
    return _alike(seen_by(actor, subject.id), subject.text, Around(subject.area_id, subject.received_at))


def likely_public(text: str, area_id: int | None, at: datetime) -> list[Likely]:
    """Public cases that may be about the incident of a text not yet sent; only what everybody may read is compared."""
    return _alike(everybody(), text, Around(area_id, at, PUBLIC_WINDOW))


def seen_by(actor: Actor, but: int) -> Source:
    """The cases an actor may know of, without one."""
    return Source(visible_cases(actor).where(Case.id != but), Case.text, Case.text_folded, by_index)


def everybody() -> Source:
    """The masked texts of the public cases."""
    return Source(answers.public_cases(), Publication.text, Publication.text_folded, lambda query, _since, _until: answers.by_index(query))


def _alike(source: Source, subject: str, around: Around) -> list[Likely]:
    """The reports most alike, best first."""
    read = facts(subject)
    wanted = terms(read)
    if not wanted:
        return []
    rows = db.session.execute(candidate_rows(source, wanted, around)).all()
    found = [(_score(read, row.text), row) for row in rows]
    found.sort(key=lambda pair: (-pair[0], abs(pair[1].received_at - around.at), pair[1].public_id))
    return [Likely(row.public_id, likeness) for likeness, row in found[:SHOWN] if likeness >= FLOOR]


def _score(read: Facts, other: str) -> float:
    return score(read, facts(other)).score


def candidate_rows(source: Source, wanted: Mapping[str, float], around: Around) -> Select[str, str, datetime]:
    """Public id, text and receipt of what shares a term, lies near and came within the window; what shares most first.

    The index finds them; how much they share is then looked up in the plain text, which is many times cheaper than ranking by the index.
    """
    since, until = around.at - around.window, around.at + around.window
    found = source.among.where(source.shares(wanted, since, until), Case.received_at.between(since, until))
    if around.area_id is not None:
        found = found.where(or_(Case.area_id.is_(None), Case.area_id.in_(_same_district(around.area_id))))
    words = literal(" ").concat(func.translate(source.folded, _SIGNS, " " * len(_SIGNS))).concat(" ")
    columns = (Case.id, Case.public_id, Case.received_at, source.text.label("text"), words.label("words"))
    # The offset keeps the database from blanking the signs anew for each term.
    near = found.with_only_columns(*columns).offset(0).subquery()
    shared = sum((case((func.strpos(near.c.words, f" {term} ") > 0, weight), else_=0.0) for term, weight in wanted.items()), literal(0.0))
    nearest = func.abs(func.extract("epoch", near.c.received_at - around.at))
    return (
        select(near.c.public_id, near.c.text, near.c.received_at)
        .order_by(shared.desc(), nearest, near.c.id)
        .limit(READ_FAR if around.area_id is None else READ_NEAR)
    )


def _same_district(area_id: int) -> Select[int]:
    """Every area of the district an area belongs to; the district itself belongs to itself."""
    district = func.coalesce(Area.district_area_id, Area.id)
    return select(Area.id).where(district == select(district).where(Area.id == area_id).scalar_subquery())
