"""What administrators do with partner systems: propose, approve, pause, change the secret, try the connection, send again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import joinedload

from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.city import queries as city
from feedback.codes import new_public_id
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.partners import secret
from feedback.partners.delivery import reach
from feedback.partners.hook import HEARING, queue, wake
from feedback.partners.models import ADDRESS_LIMIT, NAME_LIMIT, Delivery, DeliveryState, Incoming, PartnerSystem, SystemState
from feedback.partners.rules import ABOUT_CASES, Kind
from feedback.partners.transport import BadAddress, read_address
from feedback.partners.webhooks import show_secret
from feedback.text import clean

#: How long messages that have ended are listed; what was told of a case stays in the record.
KEPT = timedelta(days=90)
#: Hash of no password: nothing that is typed matches it, and the account never opens anyway.
NO_PASSWORD = "-"  # noqa: S105


@dataclass(frozen=True)
class Wanted:
    """What an administrator fills in for a new system."""

    name: str
    agency_id: int
    address: str
    kinds: Collection[str] = field(default_factory=tuple)


class WrongField(Invalid):
    """One field of the form cannot be used as it is."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field_name = field_name


@atomic
def propose(actor: Actor, wanted: Wanted) -> tuple[PartnerSystem, str]:
    """A new system and its secret, shown now and never again. It is spoken with once another administrator has approved it.

    Raises WrongField. Agency, address and kinds cannot be changed afterwards: what was approved is what is.
    """
    name, kinds = _check(wanted)
    if actor.user_id is None:
        raise NotAllowed
    public_id = new_public_id()
    account = User(
        sign_in_name=f"he-thong.{public_id}",
        full_name=name,
        password_hash=NO_PASSWORD,
        role=Role.HANDLER,
        agency_id=wanted.agency_id,
        active=False,
        is_service=True,
    )
    db.session.add(account)
    db.session.flush()
    system = PartnerSystem(
        public_id=public_id,
        name=name,
        agency_id=wanted.agency_id,
        account_id=account.id,
        address=wanted.address.strip(),
        kinds=kinds,
        made_at=now(),
        made_by_id=actor.user_id,
    )
    shown = show_secret(secret.give_secret(system))
    db.session.add(system)
    _note("proposed", actor, system, agency=system.agency_id, address=system.address, kinds=kinds)
    return system, shown


def _check(wanted: Wanted) -> tuple[str, list[str]]:
    name, address = clean(wanted.name), wanted.address.strip()
    if not name or len(name) > NAME_LIMIT:
        raise WrongField("name", _("Xin ghi tên hệ thống, tối đa 120 ký tự."))
    if wanted.agency_id == city.triage_agency().id or wanted.agency_id not in {agency.id for agency in city.agencies()}:
        raise WrongField("agency", _("Xin chọn một cơ quan đang hoạt động trong danh sách."))
    try:
        read_address(address, reach())
    except BadAddress:
        address = ""
    if not address or len(address) > ADDRESS_LIMIT:
        raise WrongField("address", _("Xin ghi địa chỉ bắt đầu bằng https://, tối đa 500 ký tự, không thuộc mạng nội bộ."))
    kinds = [kind.value for kind in ABOUT_CASES if kind.value in wanted.kinds]
    if not kinds:
        raise WrongField("kinds", _("Xin chọn ít nhất một việc cần báo."))
    return name, kinds


@atomic
def approve(actor: Actor, public_id: str) -> None:
    """The second administrator agrees. Raises NotAllowed for whoever proposed it, Conflict when it is no proposal any more."""
    system = _locked(public_id)
    if system.state is not SystemState.PROPOSED:
        raise Conflict(_("Đề nghị này đã được quyết định."))
    if actor.user_id == system.made_by_id:
        raise NotAllowed(_("Người đề nghị không tự duyệt; xin nhờ một quản trị viên khác."))
    system.approved_by_id, system.state = actor.user_id, SystemState.ACTIVE
    _note("approved", actor, system)


@atomic
def pause(actor: Actor, public_id: str) -> None:
    """Send nothing and take nothing in until it is resumed; what happens meanwhile waits. A second click changes nothing."""
    _turn(actor, public_id, SystemState.ACTIVE, SystemState.PAUSED)


@atomic
def resume(actor: Actor, public_id: str) -> None:
    """Go on, with what has waited first."""
    system = _turn(actor, public_id, SystemState.PAUSED, SystemState.ACTIVE)
    system.rest_until = None
    wake(system)


def _turn(actor: Actor, public_id: str, before: SystemState, after: SystemState) -> PartnerSystem:
    system = _locked(public_id)
    if system.state not in HEARING:
        raise Conflict(_("Hệ thống này chưa được duyệt hoặc đã ngừng hẳn."))
    if system.state is before:
        system.state = after
        _note(after.value, actor, system)
    return system


@atomic
def end(actor: Actor, public_id: str) -> None:
    """Ngừng hẳn: nothing goes out or comes in any more, what waits is given up. Also refuses a proposal. Cannot be undone."""
    system = _locked(public_id)
    if system.state is SystemState.ENDED:
        return
    system.state = SystemState.ENDED
    secret.drop_older(system)
    waiting = update(Delivery).where(Delivery.system_id == system.id, Delivery.state == DeliveryState.WAITING)
    db.session.execute(waiting.values(state=DeliveryState.GIVEN_UP, ended_at=now()))
    _note("ended", actor, system)


@atomic
def change_secret(actor: Actor, public_id: str) -> tuple[PartnerSystem, str]:
    """A new secret, shown now and never again; the former one is good for seven days more. Raises Conflict for a system that has ended."""
    system = _locked(public_id)
    if system.state is SystemState.ENDED:
        raise Conflict(_("Hệ thống này đã ngừng hẳn."))
    shown = show_secret(secret.change_secret(system, now()))
    _note("secret_changed", actor, system)
    return system, shown


@atomic
def drop_older_secret(actor: Actor, public_id: str) -> None:
    """End the former secret before its seven days are over. A second click changes nothing."""
    system = _locked(public_id)
    if system.older_sealed is not None:
        secret.drop_older(system)
        _note("secret_dropped", actor, system)


@atomic
def try_out(actor: Actor, public_id: str) -> None:
    """Queue a message of no content, to see whether the other side answers. Raises Conflict for a system that is not active."""
    system = _locked(public_id)
    if system.state is not SystemState.ACTIVE:
        raise Conflict(_("Chỉ gọi thử được hệ thống đang hoạt động."))
    queue(system, Kind.TEST, now())
    _note("tried", actor, system)


@atomic
def send_again(actor: Actor, public_id: str, delivery_id: int) -> bool:
    """Try a message from the beginning that was given up, or at once one that waits; False when it has arrived meanwhile."""
    system = _locked(public_id)
    found = select(Delivery).where(Delivery.id == delivery_id, Delivery.system_id == system.id)
    delivery = db.session.scalar(found.with_for_update())
    if delivery is None:
        raise NotFound
    if delivery.state is DeliveryState.SENT:
        return False
    if system.state not in HEARING:
        raise Conflict(_("Hệ thống này đã ngừng hẳn."))
    delivery.state, delivery.ended_at, delivery.tries, delivery.due_at = DeliveryState.WAITING, None, 0, now()
    system.rest_until = None
    wake(system)
    _note("sent_again", actor, system, message=delivery.message_id)
    return True


def one(public_id: str) -> PartnerSystem:
    """A system with its agency. Raises NotFound."""
    system = db.session.scalar(_named(public_id).options(joinedload(PartnerSystem.agency)))
    if system is None:
        raise NotFound
    return system


def _named(public_id: str) -> Select[PartnerSystem]:
    return select(PartnerSystem).where(PartnerSystem.public_id == public_id)


def _locked(public_id: str) -> PartnerSystem:
    system: PartnerSystem | None = db.session.scalar(_named(public_id).with_for_update().execution_options(populate_existing=True))
    if system is None:
        raise NotFound
    return system


def _note(act: str, actor: Actor, system: PartnerSystem, **facts: Any) -> None:
    record(f"partner_system.{act}", actor=actor, subject_kind="partner_system", subject_id=system.public_id, **facts)


@jobs.task("partners.forget", cron="40 18 * * *")
@atomic
def forget() -> None:
    """Drop messages that ended long ago, and the ids of those that came: older ones are refused by their time."""
    db.session.execute(delete(Delivery).where(Delivery.ended_at < now() - KEPT))
    db.session.execute(delete(Incoming).where(Incoming.at < now() - KEPT))
