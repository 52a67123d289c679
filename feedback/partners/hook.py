"""Noticing moves: whatever changes where a case lies queues the messages about it, in the same transaction, and nobody can forget it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from feedback import jobs
from feedback.cases.models import Case, CaseEvent
from feedback.cases.workflow import Move, State
from feedback.codes import new_public_id
from feedback.db import db, now
from feedback.partners.models import Delivery, PartnerSystem, SystemState
from feedback.partners.rules import Kind, Place, told

#: States in which a system hears of what happens; while it is paused, messages wait for it.
HEARING = (SystemState.ACTIVE, SystemState.PAUSED)


@event.listens_for(db.session, "before_flush")
def _notice(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    """Every move adds its event in the flush that changes its case (`writing.apply`)."""
    moves: dict[int, list[CaseEvent]] = defaultdict(list)
    for row in session.new:
        if isinstance(row, CaseEvent) and row.from_state is not None:
            moves[row.case_id].append(row)
    for case_id, events in moves.items():
        events.sort(key=lambda row: inspect(row).insert_order or 0)
        case = session.get_one(Case, case_id)
        kinds = told(_before(case, events[0]), _after(case), {Move(row.move) for row in events})
        if kinds:
            for system in session.scalars(
                select(PartnerSystem).where(PartnerSystem.agency_id.in_(kinds), PartnerSystem.state.in_(HEARING))
            ):
                if kinds[system.agency_id].value in system.kinds:
                    queue(system, kinds[system.agency_id], events[-1].at, case.id)


def queue(system: PartnerSystem, kind: Kind, at: datetime, case_id: int | None = None) -> None:
    """Add a message to the caller's transaction and wake the worker for it."""
    made = Delivery(message_id=f"msg_{new_public_id()}", system_id=system.id, case_id=case_id, kind=kind, at=at, due_at=now())
    db.session.add(made)
    wake(system)


def wake(system: PartnerSystem, *, seconds: int = 0) -> None:
    """Have the worker look after a system once the caller's transaction has been committed."""
    jobs.defer("partners.deliver", seconds=seconds, system_id=system.id)


def _before(case: Case, first: CaseEvent) -> Place:
    return Place(
        state=State(first.from_state or case.state),
        sealed=_was(case, "sealed"),
        agency_id=first.from_agency_id or case.agency_id,
        to_agency_id=_was(case, "to_agency_id"),
        at_desk=_was(case, "at_desk"),
    )


def _after(case: Case) -> Place:
    return Place(case.state, case.sealed, case.agency_id, case.to_agency_id, case.at_desk)


def _was(case: Case, name: str) -> Any:
    replaced: Sequence[Any] = get_history(case, name, PASSIVE_NO_INITIALIZE).deleted
    return replaced[0] if replaced else getattr(case, name)
