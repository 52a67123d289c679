"""Messages from partner systems: who it is, that it comes for the first time, and the act, by the same services as on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from feedback.acting import acting_for
from feedback.cases import handling, queries, transfers
from feedback.cases.access import Actor
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import AnswerState, Case, Outcome
from feedback.cases.writing import lock_visible
from feedback.db import atomic, db, now
from feedback.errors import Conflict, NotAllowed, OfficeError
from feedback.partners import webhooks
from feedback.partners.access import actor_of
from feedback.partners.models import Incoming, PartnerSystem, SystemState
from feedback.partners.secret import secrets_of

Facts = Mapping[str, str]


class Unknown(OfficeError):
    """No such system, or not its signature; the two look the same."""

    status = 401


class Replayed(Conflict):
    """The message has come before."""


@dataclass(frozen=True)
class Caller:
    """A system that has proved who it is, and the id of its message."""

    system_id: int
    message_id: str
    actor: Actor


def identify(public_id: str, given: Mapping[str, str], body: bytes) -> Caller:
    """Who sent this. Raises Unknown, or NotAllowed for a system that is not spoken with at present."""
    system = db.session.scalar(select(PartnerSystem).where(PartnerSystem.public_id == public_id, PartnerSystem.state != SystemState.ENDED))
    refused = Unknown(_("Chữ ký không đúng hoặc đã quá 5 phút. Xin kiểm tra khóa bí mật và đồng hồ."))
    if system is None:
        raise refused
    try:
        message_id = webhooks.check(secrets_of(system, now()), given, body, now())
    except webhooks.NotSigned:
        raise refused from None
    if system.state is not SystemState.ACTIVE:
        raise NotAllowed(_("Kết nối này đang tạm dừng hoặc chưa được duyệt. Xin liên hệ quản trị viên."))
    return Caller(system.id, message_id, actor_of(system))


def take(caller: Caller, kind: str, facts: Facts) -> None:
    """Do what a message says, once. Raises Replayed for one that has come before, and whatever the act itself raises.

    The id and the act are one transaction; the id of a refused message is kept as well.
    """
    try:
        _take(caller, kind, facts)
    except Replayed:
        raise
    except OfficeError:
        refuse(caller, kind)
        raise


@atomic
def _take(caller: Caller, kind: str, facts: Facts) -> None:
    _keep(caller, kind, done=True)
    with acting_for(caller.actor):
        ACTS[kind](caller.actor, lock_visible(caller.actor, facts["case_id"]), facts)


@atomic
def refuse(caller: Caller, kind: str) -> None:
    """Keep the id of a message that changes nothing. Raises Replayed."""
    _keep(caller, kind, done=False)


def _keep(caller: Caller, kind: str, *, done: bool) -> None:
    row = {"system_id": caller.system_id, "message_id": caller.message_id, "at": now(), "kind": kind if kind in ACTS else "", "done": done}
    kept = insert(Incoming).values(**row).on_conflict_do_nothing().returning(Incoming.id)
    if db.session.scalar(kept) is None:
        raise Replayed(_("Thông điệp này đã nhận trước đó; không có gì thay đổi thêm."))


def _accept(actor: Actor, case: Case, _facts: Facts) -> None:
    transfers.accept(actor, case.public_id, case.version)


def _return(actor: Actor, case: Case, facts: Facts) -> None:
    transfers.give_back(actor, case.public_id, case.version, ReturnReason(facts["code"]), facts["reason"])


def _answer(actor: Actor, case: Case, facts: Facts) -> None:
    """Hand the answer in for approval. A draft that an officer has begun is his: it is not written over."""
    theirs = (row for row in queries.answers(case.id) if row.state is AnswerState.DRAFT and row.author_id != actor.user_id)
    if any(theirs):
        raise Conflict(_("Cán bộ của cơ quan đang soạn câu trả lời cho hồ sơ này. Xin phối hợp với người đang soạn."))
    handling.submit_answer(actor, case.public_id, case.version, Outcome(facts["outcome"]), facts["text"])


#: What a message may say. Nothing here approves an answer or publishes one.
ACTS: Mapping[str, Callable[[Actor, Any, Facts], None]] = {
    "transfer.accepted": _accept,
    "transfer.returned": _return,
    "answer.written": _answer,
}
