"""Reads of what belongs to one case: its transfers, co-agencies, messages, pauses and dates. Never change anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from feedback.accounts.models import User
from feedback.cases.access import Actor, visible_cases
from feedback.cases.clock import due_of, extensions_of, spans
from feedback.cases.clock_models import DueChange, Extension, Pause
from feedback.cases.deadlines import Deadline
from feedback.cases.handover_models import Partner, Transfer
from feedback.cases.message_models import Message
from feedback.cases.models import Case, CaseEvent
from feedback.cases.story import STOPPING, had
from feedback.cases.workflow import Move
from feedback.db import db


def transfers(case_id: int) -> Sequence[Transfer]:
    """Every hop of a case with its two agencies, oldest first."""
    both = joinedload(Transfer.from_agency), joinedload(Transfer.to_agency)
    return db.session.scalars(select(Transfer).where(Transfer.case_id == case_id).order_by(Transfer.hop).options(*both)).all()


def partners(case_id: int) -> Sequence[Partner]:
    """Every co-agency that was asked, oldest first."""
    found = select(Partner).where(Partner.case_id == case_id).order_by(Partner.id).options(joinedload(Partner.agency))
    return db.session.scalars(found).all()


def messages(case_id: int) -> Sequence[Message]:
    """What office and citizen said to each other, oldest first."""
    return db.session.scalars(select(Message).where(Message.case_id == case_id).order_by(Message.id)).all()


def pauses(case_id: int) -> Sequence[Pause]:
    """Every time the clock of a case stood still, oldest first; in the last one it may stand still now."""
    return db.session.scalars(select(Pause).where(Pause.case_id == case_id).order_by(Pause.id)).all()


def open_pause(stops: Sequence[Pause]) -> Pause | None:
    """The one of these in which the clock stands still now; None while it runs."""
    return next((pause for pause in reversed(stops) if pause.ended_at is None), None)


def clock_of(case: Case, story: Sequence[CaseEvent], at: datetime) -> tuple[Deadline, Sequence[Pause]]:
    """The promised date with every step of the sum, and the times the clock stood still: read where the story tells of them."""
    stops = pauses(case.id) if had(story, *STOPPING) else []
    granted = extensions_of(case) if had(story, Move.EXTEND) else []
    return due_of(case.rule_code, case.clock_from, spans(stops, case.clock_from, at), granted), stops


def due_changes(case_id: int) -> Sequence[DueChange]:
    """How the promised date moved, oldest first."""
    return db.session.scalars(select(DueChange).where(DueChange.case_id == case_id).order_by(DueChange.id)).all()


def extensions(case_id: int) -> Sequence[tuple[Extension, str]]:
    """Every extension that was asked for and who asked, oldest first."""
    found = select(Extension, User.full_name).join(User, User.id == Extension.asked_by_id).where(Extension.case_id == case_id)
    return [(extension, name) for extension, name in db.session.execute(found.order_by(Extension.id))]


def by_reference(actor: Actor, reference: str) -> Case | None:
    """The case with this reference, when the actor sees it."""
    return db.session.scalar(visible_cases(actor).where(Case.reference == reference.strip().upper()))


def kin(actor: Actor, case: Case) -> tuple[Case | None, Sequence[Case]]:
    """The lead this case follows and the cases that follow it, as far as the actor sees them."""
    lead = None if case.lead_case_id is None else db.session.scalar(visible_cases(actor).where(Case.id == case.lead_case_id))
    return lead, db.session.scalars(visible_cases(actor).where(Case.lead_case_id == case.id).order_by(Case.id)).all()
