"""Reads of what belongs to one case: its transfers, co-agencies, messages, pauses and dates. Never change anything."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from feedback.accounts.models import User
from feedback.cases.access import Actor, visible_cases
from feedback.cases.clock_models import DueChange, Extension, Pause
from feedback.cases.handover_models import Partner, Transfer
from feedback.cases.message_models import Message
from feedback.cases.models import Case
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


def open_pause(pauses: Sequence[Pause]) -> Pause | None:
    """The pause in which the clock stands still now; None while it runs."""
    return next((pause for pause in reversed(pauses) if pause.ended_at is None), None)


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
