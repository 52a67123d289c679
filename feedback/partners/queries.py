"""What a partner system is told, through the eyes of its agency; and what administrators see of systems and messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from feedback.attachments.models import Attachment
from feedback.cases.access import Actor, visible_cases
from feedback.cases.handover_models import Transfer
from feedback.cases.models import Answer, AnswerState, Case
from feedback.config import Config
from feedback.db import db, now
from feedback.localtime import local, local_day
from feedback.partners.models import Delivery, DeliveryState, Incoming, PartnerSystem, SystemState

#: A message that waits longer than this is worth a look.
LATE = timedelta(days=1)
SHOWN = 50


def body_of(delivery: Delivery, public_id: str | None, actor: Actor) -> bytes:
    """The message as JSON: what happened, and the case as the agency may see it now; `case` is null for one that it sees no more.

    To be called for the actor (`acting_for`), so that the database's own rule holds as well. Contact data and files are never in it.
    """
    message: dict[str, Any] = {
        "type": delivery.kind.value,
        "timestamp": local(delivery.at).isoformat(timespec="seconds"),
        "sequence": delivery.id,
        "data": {},
    }
    if delivery.case_id is not None:
        found = _seen(actor, delivery.case_id)
        message["data"] = {"case_id": public_id, "case": None if found is None else _case(actor, found)}
    return json.dumps(message, ensure_ascii=False).encode()


def _seen(actor: Actor, case_id: int) -> Case | None:
    parts = (joinedload(Case.category), joinedload(Case.area), joinedload(Case.agency), joinedload(Case.procedure))
    return db.session.scalar(visible_cases(actor).where(Case.id == case_id).options(*parts).execution_options(populate_existing=True))


def _case(actor: Actor, case: Case) -> dict[str, Any]:
    config: Config = current_app.extensions["config"]
    return {
        "reference": case.reference,
        "state": case.state.value,
        "version": case.version,
        "track": case.track.value,
        "category": {"code": case.category.code, "name": case.category.name()},
        "procedure": None if case.procedure is None else {"code": case.procedure.code, "name": case.procedure.name},
        "ward": None if case.area is None else {"code": case.area.code, "name": case.area.name},
        "place": case.place,
        "text": case.text,
        "urgent": case.urgent,
        # The hour at which somebody writes is nobody's business.
        "received_on": local_day(case.received_at).isoformat(),
        "due_at": local(case.due_at).isoformat(timespec="seconds"),
        "agency": {"code": case.agency.code, "name": case.agency.name},
        "transfer": _transfer(actor, case),
        "answer": _answer(case),
        "files": db.session.scalar(select(func.count()).select_from(Attachment).where(Attachment.case_id == case.id)),
        "url": f"{config.public_url}/can-bo/ho-so/{case.public_id}",
    }


def _transfer(actor: Actor, case: Case) -> dict[str, Any] | None:
    """The newest hop to the agency itself; a co-agency is told none."""
    if actor.agency_id not in (case.agency_id, case.to_agency_id):
        return None
    mine = select(Transfer).where(Transfer.case_id == case.id, Transfer.to_agency_id == actor.agency_id)
    hop = db.session.scalar(mine.order_by(Transfer.hop.desc()).limit(1).options(joinedload(Transfer.from_agency)))
    if hop is None:
        return None
    sender = {"code": hop.from_agency.code, "name": hop.from_agency.name}
    sent_at = local(hop.sent_at).isoformat(timespec="seconds")
    return {"from": sender, "sent_at": sent_at, "state": hop.state.value, "binding": hop.binding, "note": hop.note}


def _answer(case: Case) -> dict[str, Any] | None:
    """What the sender has been told; a draft is nobody's business."""
    given = db.session.scalar(select(Answer).where(Answer.case_id == case.id, Answer.state == AnswerState.PUBLISHED))
    return None if given is None else {"outcome": given.outcome.value, "text": given.text}


def next_due(system_id: int) -> Select[Delivery]:
    """The oldest message that may go out now: of one case only the first that waits, and none while the system rests or is paused."""
    earlier = aliased(Delivery)
    before = exists().where(
        earlier.system_id == Delivery.system_id,
        earlier.case_id == Delivery.case_id,
        earlier.id < Delivery.id,
        earlier.state == DeliveryState.WAITING,
    )
    ready = exists().where(
        PartnerSystem.id == Delivery.system_id,
        PartnerSystem.state == SystemState.ACTIVE,
        or_(PartnerSystem.rest_until.is_(None), PartnerSystem.rest_until <= now()),
    )
    waits = and_(Delivery.system_id == system_id, Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now())
    return select(Delivery).where(waits, ~before, ready).order_by(Delivery.id).limit(1)


def undelivered() -> Sequence[tuple[str, int]]:
    """Names of systems with messages that have waited for more than a day or were given up in the last one, and how many."""
    late = or_(
        and_(Delivery.state == DeliveryState.WAITING, Delivery.at < now() - LATE),
        and_(Delivery.state == DeliveryState.GIVEN_UP, Delivery.ended_at > now() - LATE),
    )
    found = select(PartnerSystem.name, func.count()).join(Delivery, Delivery.system_id == PartnerSystem.id)
    found = found.where(late, PartnerSystem.state != SystemState.ENDED).group_by(PartnerSystem.id).order_by(PartnerSystem.id)
    return [(name, count) for name, count in db.session.execute(found)]


def systems() -> Sequence[PartnerSystem]:
    """Every system with its agency, those that are spoken with first."""
    over = PartnerSystem.state == SystemState.ENDED
    return db.session.scalars(select(PartnerSystem).options(joinedload(PartnerSystem.agency)).order_by(over, PartnerSystem.name)).all()


def to_approve() -> int:
    """How many systems wait for a second administrator. One query."""
    waits = select(func.count()).select_from(PartnerSystem).where(PartnerSystem.state == SystemState.PROPOSED)
    return db.session.scalar(waits) or 0


def counts(state: DeliveryState) -> Mapping[int, int]:
    """How many messages of each system are in a state."""
    rows = select(Delivery.system_id, func.count().label("number")).where(Delivery.state == state).group_by(Delivery.system_id)
    return {row.system_id: row.number for row in db.session.execute(rows)}


def deliveries(system: PartnerSystem) -> Sequence[Delivery]:
    """Its last messages, the newest first; none about a sealed case, which the database leaves out."""
    return db.session.scalars(select(Delivery).where(Delivery.system_id == system.id).order_by(Delivery.id.desc()).limit(SHOWN)).all()


def incoming(system: PartnerSystem) -> Sequence[Incoming]:
    """The last messages that came from it, the newest first."""
    return db.session.scalars(select(Incoming).where(Incoming.system_id == system.id).order_by(Incoming.id.desc()).limit(SHOWN)).all()
