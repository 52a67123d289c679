"""What a sender may learn beside the row of his own case: the transfer under way, answers, messages, and the case his own follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from feedback.accounts.models import User
from feedback.cases.clock_models import Extension, Ground
from feedback.cases.handover_models import Transfer
from feedback.cases.models import Answer, AnswerState, Case, CaseEvent, Outcome, Refusal
from feedback.cases.words import Happening
from feedback.cases.workflow import Move, State
from feedback.city.holding import EDITION
from feedback.city.models import Agency, Area
from feedback.db import db

GIVEN = (AnswerState.PUBLISHED, AnswerState.SUPERSEDED)


@dataclass(frozen=True)
class UnderWay:
    """A transfer nobody has accepted yet; `seen_at` is None while the receiver has not opened it."""

    receiver: str
    sent_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class GivenAnswer:
    """An answer the sender has got; only the last one is current, and none after he asked to look again."""

    case_id: int
    outcome: Outcome
    text: str
    given_at: datetime | None
    agency: str
    current: bool


@dataclass(frozen=True)
class Lead:
    """What somebody whose report follows another case learns of that case: nothing that its own sender wrote."""

    id: int
    reference: str | None
    state: State
    sealed: bool
    agency: str
    ward: str
    due_at: datetime
    answered_at: datetime | None
    refusal: Refusal | None
    guidance: str


@dataclass(frozen=True)
class Granted:
    """An extension of the limit that runs now."""

    rule_code: str
    ground: Ground


@dataclass(frozen=True)
class History:
    """What happened to a case, oldest first, and the edition of the city that was in force when it was read."""

    events: Sequence[Happening]
    edition: UUID | None


_other = aliased(Agency)
_HISTORY = (
    select(
        *(CaseEvent.at, CaseEvent.move, CaseEvent.from_state, CaseEvent.to_state, CaseEvent.who),
        *(Agency.name, Agency.is_triage, func.coalesce(_other.name, "")),
        CaseEvent.from_agency_id.is_distinct_from(CaseEvent.to_agency_id),
        EDITION.scalar_subquery(),
    )
    .join(Agency, Agency.id == CaseEvent.to_agency_id)
    .outerjoin(_other, _other.id == CaseEvent.other_agency_id)
    .where(CaseEvent.case_id == bindparam("case"))
    .order_by(CaseEvent.id)
)


def history(case_id: int) -> History:
    """The story of a case, in one statement with the edition of the city."""
    rows = db.session.connection().execute(_HISTORY, {"case": case_id}).all()  # no objects of the session: it need not hear of it
    return History([Happening(at, Move(move), *rest) for at, move, *rest, _edition in rows], rows[0][-1])


def under_way(case_id: int) -> UnderWay | None:
    """The transfer that is neither accepted nor returned nor recalled."""
    query = (
        select(Agency.name, Transfer.sent_at, Transfer.seen_at)
        .join(Agency, Agency.id == Transfer.to_agency_id)
        .where(Transfer.case_id == case_id, Transfer.ended_at.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else UnderWay(*row)


def given_answers(case_ids: Sequence[int]) -> Sequence[GivenAnswer]:
    """Every answer that reached the sender, newest first. Drafts and answers sent back are no answers."""
    query = (
        select(Answer, Agency.name)
        .join(User, User.id == Answer.author_id)
        .join(Agency, Agency.id == User.agency_id)
        .where(Answer.case_id.in_(case_ids), Answer.state.in_(GIVEN))
        .order_by(Answer.id.desc())
    )
    return [
        GivenAnswer(row.case_id, row.outcome, row.text, row.decided_at, agency, row.state is AnswerState.PUBLISHED)
        for row, agency in db.session.execute(query)
    ]


def granted_extensions(case: Case) -> Sequence[Granted]:
    """The extensions of the limit that runs now, in the order they were granted."""
    query = select(Extension.rule_code, Extension.ground).where(
        Extension.case_id == case.id, Extension.granted.is_(True), Extension.clock_from == case.clock_from
    )
    return [Granted(*row) for row in db.session.execute(query.order_by(Extension.decided_at, Extension.id))]


def lead_of(case: Case) -> Lead | None:
    """The case that a merged one follows. Its text, its place and its sender are not even read."""
    query = (
        select(
            *(Case.id, Case.reference, Case.state, Case.sealed, Agency.name, func.coalesce(Area.name, "")),
            *(Case.due_at, Case.answered_at, Case.refusal, Case.guidance),
        )
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(Area, Area.id == Case.area_id)
        .where(Case.id == case.lead_case_id)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else Lead(*tuple(row))
