"""The worker's part: messages go out one after the other, are tried again at growing pauses, and given up in the end.

The queue only wakes the worker for a system; what is to be sent stands in `partner_delivery`. A message may be sent twice after a
crash, with the same id: the other side drops the second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, text

from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.acting import acting_for
from feedback.audit.services import record
from feedback.cases.access import SYSTEM
from feedback.cases.models import Case
from feedback.config import Config
from feedback.db import atomic, db, now
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_officer
from feedback.partners import transport, webhooks
from feedback.partners.access import actor_of
from feedback.partners.hook import wake
from feedback.partners.models import Delivery, DeliveryState, PartnerSystem, SystemState
from feedback.partners.queries import body_of, next_due
from feedback.partners.rules import pause_after
from feedback.partners.secret import secrets_of
from feedback.partners.transport import Answer

#: Messages that one job sends before it lets other work through.
BATCH = 20
#: How long a system that does not answer is left alone, whatever else waits for it.
REST = timedelta(minutes=1)
WARN_AGAIN = timedelta(days=1)
GONE = 410
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('partners.deliver'), :system)")


@dataclass(frozen=True)
class _Call:
    """A message on its way."""

    delivery_id: int
    message_id: str
    address: str
    body: bytes
    secrets: tuple[bytes, ...] = field(repr=False)


@jobs.task("partners.deliver")
def deliver(system_id: int) -> None:
    """Send what is due to one system. While another worker is at it this one leaves: a slow system holds up one worker, not all."""
    sent = 0
    # Asked once more after the lock is gone: a job that found it taken has left, trusting that its message is seen here.
    while sent < BATCH and _is_due(system_id):
        with _alone(system_id) as mine:
            if not mine:
                return
            while sent < BATCH and (call := _next(system_id)) is not None:
                signed = webhooks.headers(call.secrets, call.message_id, now(), call.body)
                _settle(call.delivery_id, transport.post(call.address, signed, call.body, reach()))
                sent += 1
    if sent == BATCH:
        _go_on(system_id)


def reach() -> transport.Reach:
    """Where messages of this installation may go."""
    config: Config = current_app.extensions["config"]
    return transport.Reach(config.partner_networks, this_machine=config.demo or config.testing)


@contextmanager
def _alone(system_id: int) -> Iterator[bool]:
    """Whether no other worker is sending to the system, for as long as the block runs; a connection of its own holds the lock."""
    with db.engine.begin() as connection:
        yield bool(connection.scalar(_ALONE, {"system": system_id}))


@atomic
def _is_due(system_id: int) -> bool:
    return db.session.scalar(next_due(system_id).with_only_columns(Delivery.id)) is not None


@atomic
def _go_on(system_id: int) -> None:
    wake(db.session.get_one(PartnerSystem, system_id))


@atomic
def _next(system_id: int) -> _Call | None:
    """The next message, written now. One about a case that has been sealed meanwhile goes nowhere and leaves nothing behind."""
    while (delivery := db.session.scalar(next_due(system_id).with_for_update(of=Delivery))) is not None:
        about = select(Case.public_id, Case.sealed).where(Case.id == delivery.case_id)
        public_id, sealed = db.session.execute(about).one_or_none() or (None, False)
        if sealed:
            db.session.delete(delivery)
            db.session.flush()
            continue
        system = db.session.get_one(PartnerSystem, system_id)
        actor = actor_of(system)
        with acting_for(actor):
            body = body_of(delivery, public_id, actor)
        return _Call(delivery.id, delivery.message_id, system.address, body, secrets_of(system, now()))
    return None


@atomic
def _settle(delivery_id: int, answer: Answer) -> None:
    """Keep what came of a try. A success is written into the record of its case: who was told."""
    system = db.session.scalars(
        select(PartnerSystem).join(Delivery, Delivery.system_id == PartnerSystem.id).where(Delivery.id == delivery_id)
        .with_for_update(of=PartnerSystem).execution_options(populate_existing=True)
    ).one()  # fmt: skip
    delivery = db.session.scalars(
        select(Delivery).where(Delivery.id == delivery_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if delivery.state is not DeliveryState.WAITING:
        return  # ended by an administrator while it was on its way
    delivery.tries += 1
    delivery.outcome = answer.outcome
    if answer.good:
        delivery.state, delivery.ended_at, system.rest_until = DeliveryState.SENT, now(), None
        _note_told(delivery, system)
    elif answer.status == GONE:
        system.state = SystemState.PAUSED
        record("partner_system.gone", actor=SYSTEM, subject_kind="partner_system", subject_id=system.public_id)
        _warn(system)
    else:
        _try_later(delivery, system, answer)


def _note_told(delivery: Delivery, system: PartnerSystem) -> None:
    if delivery.case_id is not None:
        public_id = db.session.scalar(select(Case.public_id).where(Case.id == delivery.case_id)) or ""
        told = delivery.kind.value
        record("case.told_partner", actor=SYSTEM, subject_kind="case", subject_id=public_id, system=system.public_id, kind=told)


def _try_later(delivery: Delivery, system: PartnerSystem, answer: Answer) -> None:
    pause = pause_after(delivery.tries)
    if pause is None:
        delivery.state, delivery.ended_at = DeliveryState.GIVEN_UP, now()
        _warn(system)
    else:
        delivery.due_at = now() + pause
        wake(system, seconds=math.ceil(pause.total_seconds()))
    if answer.fault is not None or answer.status >= 500:
        system.rest_until = now() + REST
        wake(system, seconds=math.ceil(REST.total_seconds()))


def _warn(system: PartnerSystem) -> None:
    """Tell the administrators, once a day at most, that a system cannot be reached."""
    if system.warned_at is not None and system.warned_at > now() - WARN_AGAIN:
        return
    system.warned_at = now()
    for user_id in db.session.scalars(select(User.id).where(User.role == Role.ADMINISTRATOR, User.active, User.email.is_not(None))):
        notify_officer(user_id, NoticeKind.PARTNER_UNREACHABLE, "")
