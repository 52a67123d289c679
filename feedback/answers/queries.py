"""Reads of prepared answers and of what a case has made public. Never change anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, or_, select, tuple_

from feedback.cases.matching import Words, glance
from feedback.cases.message_models import Message, MessageKind, Publication
from feedback.cases.models import Case, Outcome
from feedback.cases.template_models import AnswerTemplate
from feedback.cases.workflow import RUNNING_STATES, State
from feedback.city.models import Agency, Area, Category
from feedback.db import db
from feedback.documents.facts import ApologyFacts
from feedback.errors import NotFound
from feedback.localtime import local_day
from feedback.text import fold

#: States in which a case may be public.
SHOWN_STATES = frozenset({State.ANSWERED, State.CLOSED})


def templates(category_code: str) -> Mapping[Outcome, Sequence[AnswerTemplate]]:
    """The prepared answers that fit a field, by outcome; those made for the field stand before those made for all."""
    fits = or_(AnswerTemplate.category_code == category_code, AnswerTemplate.category_code.is_(None))
    found = db.session.scalars(
        select(AnswerTemplate)
        .where(AnswerTemplate.active, fits)
        .order_by(AnswerTemplate.category_code.is_(None), AnswerTemplate.position, AnswerTemplate.id)
    ).all()
    return {outcome: rows for outcome in Outcome if (rows := [row for row in found if row.outcome is outcome])}


def template(code: str, category_code: str) -> AnswerTemplate | None:
    """One prepared answer, when it fits the field."""
    return next((row for rows in templates(category_code).values() for row in rows if row.code == code), None)


def late_at(case: Case, at: datetime) -> datetime | None:
    """When the answer came, if that was after the due instant, or `at` if it is still owed past it while the clock runs.

    None when no apology is owed, and always for a sealed case (QĐ 5157/QĐ-UBND 2016, NĐ 61/2018/NĐ-CP Art 19).
    """
    ended = at if case.state in RUNNING_STATES else case.answered_at
    return None if case.sealed or ended is None or ended <= case.due_at else ended


def apology_facts(case: Case, at: datetime) -> ApologyFacts | None:
    """What the letter of apology for a case (its agency loaded) says; None when none is owed."""
    waits, ended = case.state in RUNNING_STATES, late_at(case, at)
    if ended is None or case.reference is None:
        return None
    today, ended_on, due_on = local_day(at), local_day(ended), local_day(case.due_at)
    promised = _promised_on(case) if waits else None
    return ApologyFacts(
        agency=case.agency.name,
        reference=case.reference,
        received_on=local_day(case.received_at),
        due_on=due_on,
        # As the pages count it: the citizen is not told of 75 days here and of 76 there.
        days_late=max((ended - case.due_at).days, 1),
        answered_on=None if waits else ended_on,
        promised_on=promised if promised is not None and promised >= today else None,
        written_on=today,
    )


def _promised_on(case: Case) -> date | None:
    """The day of the last report of progress, whether or not it named one: a newer report without a day takes the older promise back."""
    reports = select(Message.promised_on).where(Message.case_id == case.id, Message.kind == MessageKind.PROGRESS)
    return db.session.scalar(reports.order_by(Message.id.desc()).limit(1))


PAGE_SIZE = 20
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
#: How many of the newest are looked at before the index is asked; each is asked of by two policies.
GLANCE = 500
_PUBLIC = (Case.sealed.is_(False), Case.wants_public, Case.state.in_(SHOWN_STATES), Publication.published_at >= Case.answered_at)
_NEWEST = (Publication.published_at.desc(), Case.public_id.desc())


@dataclass(frozen=True)
class PublicCase:
    """What everybody may know of a case: nothing here leads to its sender, its code or its number."""

    public_id: str
    text: str
    answer: str
    category: Category
    ward: str
    agency: str
    published_at: datetime


def published(words: str = "", category: str = "", district_id: int | None = None, cursor: str = "") -> tuple[list[PublicCase], str | None]:
    """Public cases, the newest first, and the cursor of the next page; words count written with or without tone marks."""
    narrow: list[ColumnElement[bool]] = []
    if category:
        narrow.append(Case.category_code == category)
    if district_id is not None:
        narrow.append(Case.area_id.in_(select(Area.id).where(Area.district_area_id == district_id)))
    after = _position(cursor)
    if after is not None:
        narrow.append(tuple_(Publication.published_at, Case.public_id) < tuple_(literal(after[0]), literal(after[1])))
        narrow.append(Publication.published_at <= after[0])  # no index holds the two; this one leads to where the page begins
    if words.strip():
        narrow = [Publication.case_id.in_(_holding(words, narrow, after[0] if after else None))]
    found = public_cases().where(*narrow).order_by(*_NEWEST).limit(PAGE_SIZE + 1)
    rows = [PublicCase(*row) for row in db.session.execute(found)]
    more = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return rows[:PAGE_SIZE], None if more is None else f"{more.published_at.timestamp():.6f}_{more.public_id}"


def _holding(words: str, narrow: Sequence[ColumnElement[bool]], until: datetime | None) -> Sequence[int]:
    """Keys of the first page of public cases that hold the words: among the newest, and if they do not fill it, by the index.

    A word of every fifth case is found at once among the newest, a rare one at once by the index (as in feedback/cases/search.py).
    """
    query = func.plainto_tsquery(_SIMPLE, fold(words))
    keys = select(Publication.case_id).join(Case, Case.id == Publication.case_id).where(*_PUBLIC, *narrow).order_by(*_NEWEST)
    newest = select(Publication.case_id, Publication.published_at).order_by(Publication.published_at.desc()).limit(GLANCE)
    glanced = (newest if until is None else newest.where(Publication.published_at <= until)).cte()
    likely = glance(Words(words), Publication.text_folded, Publication.text_folded, exact=False)
    holds = func.to_tsvector(_SIMPLE, Publication.text_folded).op("@@")(query)
    # Of those published with the last one in the same instant some may lie behind it.
    whole = glanced.c.published_at > select(func.min(glanced.c.published_at)).scalar_subquery()
    first = keys.join(glanced, glanced.c.case_id == Publication.case_id).where(whole, *likely, holds).limit(PAGE_SIZE + 1)
    found = db.session.scalars(first).all()
    return found if len(found) > PAGE_SIZE else db.session.scalars(keys.where(by_index(query)).limit(PAGE_SIZE + 1)).all()


def by_index(query: ColumnElement[Any]) -> ColumnElement[bool]:
    """Public texts that match by their index, asked by way of a function as in feedback/cases/matching.py."""
    return Publication.case_id.in_(select(func.publications_matching(query).column_valued("match")))


def public_among(public_ids: Sequence[str]) -> list[PublicCase]:
    """Those of the cases that are public, in the order given."""
    rows = {row.public_id: PublicCase(*row) for row in db.session.execute(public_cases().where(Case.public_id.in_(public_ids)))}
    return [rows[public_id] for public_id in public_ids if public_id in rows]


def public_case(public_id: str) -> PublicCase:
    """One public case. Raises NotFound for every other, so that nobody learns that it exists."""
    row = db.session.execute(public_cases().where(Case.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return PublicCase(*row)


def public_cases() -> Select[Any]:
    """Only what is answered, open and agreed to, now: a case that is sealed or opened again later leaves the pages by itself."""
    ward = func.coalesce(Area.name, "")
    found: Any = select(Case.public_id, Publication.text, Publication.answer, Category, ward, Agency.name, Publication.published_at)
    public: Select[Any] = (
        found.join(Case, Case.id == Publication.case_id)
        .join(Category, Category.code == Case.category_code)
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(Area, Area.id == Case.area_id)
        .where(*_PUBLIC)
    )
    return public


def _position(cursor: str) -> tuple[datetime, str] | None:
    """Where the next page starts; a cursor somebody has edited starts from the top."""
    stamp, _sep, key = cursor.partition("_")
    try:
        return (datetime.fromtimestamp(float(stamp), UTC), key[:16]) if key.isalnum() else None
    except (ValueError, OverflowError, OSError):
        return None
