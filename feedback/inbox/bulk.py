"""One act on several cases: what will happen to each, and why not, before and after. Each case is a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.acting import as_system
from feedback.audit.services import record
from feedback.cases import extending, handling
from feedback.cases.access import Actor, may, visible_cases
from feedback.cases.clock_models import Ground
from feedback.cases.extending import possible_extensions
from feedback.cases.models import Case
from feedback.cases.workflow import OPEN_STATES, STOPPED_STATES, Move, Who
from feedback.cases.writing import lock_visible
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, OfficeError
from feedback.localtime import CITY_TIME, local_day
from feedback.notices.models import Notice, NoticeKind
from feedback.notices.services import notify_officer


class BulkAct(StrEnum):
    """What can be done to several cases at once."""

    ASSIGN = "phan-cong"
    EXTEND = "gia-han"
    REMIND = "nhac"


@dataclass(frozen=True)
class Order:
    """The act with what it needs."""

    act: BulkAct
    handler_id: int | None = None
    ground: Ground | None = None
    reason: str = ""


@dataclass(frozen=True)
class Outlook:
    """What will happen, or has happened, to one case; `why_not` is empty when the act goes through."""

    case: Case
    why_not: str


def cases(actor: Actor, public_ids: Sequence[str]) -> list[Case]:
    """The chosen cases the actor sees, in the order chosen."""
    found = {case.public_id: case for case in db.session.scalars(visible_cases(actor).where(Case.public_id.in_(public_ids)))}
    return [found[public_id] for public_id in dict.fromkeys(public_ids) if public_id in found]


def outlook(actor: Actor, act: BulkAct, chosen: Sequence[Case], at: datetime) -> list[Outlook]:
    """Each case and why the act would be refused there."""
    return [Outlook(case, _why_not(actor, act, case, at)) for case in chosen]


def _why_not(actor: Actor, act: BulkAct, case: Case, at: datetime) -> str:
    match act:
        case BulkAct.ASSIGN:
            return "" if may(actor, Move.ASSIGN, case) else str(_("Cơ quan không xử lý hồ sơ này vào lúc này."))
        case BulkAct.EXTEND:
            return _why_not_extend(actor, case, at)
        case _:
            return _why_not_remind(actor, case, at)


def _why_not_extend(actor: Actor, case: Case, at: datetime) -> str:
    if not may(actor, Move.EXTEND, case):
        return str(_("Chỉ người đứng đầu cơ quan đang xử lý được gia hạn."))
    if at > case.due_at:
        return str(_("Hạn trả lời đã qua."))
    if extending.open_request(case.id) is not None:
        return str(_("Đã có một đề nghị gia hạn đang chờ duyệt."))
    return "" if possible_extensions(case) else str(_("Quy định không cho gia hạn thêm."))


def _why_not_remind(actor: Actor, case: Case, at: datetime) -> str:
    if case.agency_id != actor.agency_id or case.at_desk or case.state not in OPEN_STATES:
        return str(_("Cơ quan không xử lý hồ sơ này vào lúc này."))
    if case.handler_id is None:
        return str(_("Chưa phân công người xử lý."))
    if case.state in STOPPED_STATES:
        return str(_("Thời hạn đang tạm dừng."))
    return str(_("Hôm nay đã nhắc rồi.")) if _reminded(case, at) else ""


def _reminded(case: Case, at: datetime) -> bool:
    morning = datetime.combine(local_day(at), time.min, CITY_TIME)
    kinds = (NoticeKind.DUE_SOON, NoticeKind.OVERDUE)
    same = select(Notice.id).where(
        Notice.user_id == case.handler_id,
        Notice.case_public_id == case.public_id,
        Notice.kind.in_(kinds),
        Notice.created_at >= morning,
    )
    with as_system("letters of a case"):
        return db.session.scalar(same.limit(1)) is not None


def carry_out(actor: Actor, order: Order, chosen: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Do it to each case in the version it was chosen in: public id and why not. A second press finds newer versions and does nothing."""
    return [(public_id, _one(actor, order, public_id, version)) for public_id, version in chosen]


def _one(actor: Actor, order: Order, public_id: str, version: int) -> str:
    try:
        _do(actor, order, public_id, version)
    except OfficeError as error:
        return error.message or str(_("Hồ sơ đã thay đổi nên thao tác chưa được thực hiện."))
    return ""


def _do(actor: Actor, order: Order, public_id: str, version: int) -> None:
    match order.act:
        case BulkAct.ASSIGN:
            handling.assign(actor, public_id, version, order.handler_id or 0)
        case BulkAct.EXTEND:
            _extend(actor, order, public_id, version)
        case _:
            remind(actor, public_id, version)


@atomic
def _extend(actor: Actor, order: Order, public_id: str, version: int) -> None:
    case = lock_visible(actor, public_id, version)
    refused = _why_not_extend(actor, case, now())
    if refused or order.ground is None:
        raise Invalid(refused)
    rule = possible_extensions(case)[0]
    extending.extend(actor, public_id, version, rule.code, order.ground, order.reason)


@atomic
def remind(actor: Actor, public_id: str, version: int) -> None:
    """Nhắc: write to the handler that the case is due; once a day. Raises Conflict when there is no reason to."""
    case = lock_visible(actor, public_id, version)
    at = now()
    refused = _why_not_remind(actor, case, at)
    if refused or case.handler_id is None or actor.who not in (Who.HANDLER, Who.AGENCY_HEAD):
        raise Conflict(refused)
    notify_officer(case.handler_id, NoticeKind.OVERDUE if case.due_at < at else NoticeKind.DUE_SOON, case.public_id)
    record("case.remind", actor=actor, subject_kind="case", subject_id=case.public_id, handler=case.handler_id)
