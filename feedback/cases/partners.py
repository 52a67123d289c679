"""Co-handling: the lead agency asks others for their part; they report to the lead, and only the lead answers the citizen."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.cases.access import Actor
from feedback.cases.deadlines import LAST_SECOND
from feedback.cases.guards import check_receiver
from feedback.cases.handover_models import Partner, PartnerState
from feedback.cases.models import Case
from feedback.cases.workflow import Move
from feedback.cases.writing import REASON_LIMIT, apply, lock_visible
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid
from feedback.localtime import CITY_TIME, local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency
from feedback.text import clean


@atomic
def ask_partner(actor: Actor, public_id: str, version: int, agency_id: int, request: str, due_on: date) -> None:
    """Đề nghị phối hợp: the lead asks another agency for its part, by a day inside the lead's own limit.

    Raises Invalid for a day in the past or after the lead's due day, Conflict when the agency is at work on it already.
    """
    case = lock_visible(actor, public_id, version)
    at = now()
    if not local_day(at) <= due_on <= max(local_day(case.due_at), local_day(at)):
        raise Invalid(_("Hạn phối hợp phải từ hôm nay đến hạn trả lời của hồ sơ."))
    check_receiver(case, agency_id)
    if _open_of(case.id, agency_id) is not None:
        raise Conflict(_("Cơ quan này đang phối hợp rồi."))
    apply(case, Move.ASK_PARTNER, actor, other_agency_id=agency_id, reason=request, at=at)
    db.session.add(
        Partner(
            case_id=case.id,
            agency_id=agency_id,
            request=clean(request, REASON_LIMIT),
            asked_at=at,
            asked_by_id=actor.user_id,
            due_at=datetime.combine(due_on, LAST_SECOND, CITY_TIME),
        )
    )
    notify_agency(agency_id, NoticeKind.PARTNER_ASKED, case.public_id)


@atomic
def accept_part(actor: Actor, public_id: str, version: int) -> None:
    """Nhận phối hợp: the co-agency takes its part on."""
    case = lock_visible(actor, public_id, version)
    at = now()
    apply(case, Move.PARTNER_ACCEPT, actor, other_agency_id=actor.agency_id, at=at)
    part = _mine(case, actor)
    part.state, part.accepted_at = PartnerState.ACCEPTED, at


@atomic
def return_part(actor: Actor, public_id: str, version: int, reason: str) -> None:
    """Từ chối phối hợp: the co-agency has no part in the matter; the lead reads why."""
    _end_part(actor, public_id, version, Move.PARTNER_RETURN, PartnerState.RETURNED, reason)


@atomic
def report_part(actor: Actor, public_id: str, version: int, report: str) -> None:
    """Báo cáo kết quả phối hợp: what the co-agency did, for the lead's answer."""
    _end_part(actor, public_id, version, Move.PARTNER_REPORT, PartnerState.REPORTED, report)


def _end_part(actor: Actor, public_id: str, version: int, move: Move, state: PartnerState, words: str) -> None:
    case = lock_visible(actor, public_id, version)
    at = now()
    apply(case, move, actor, other_agency_id=actor.agency_id, reason=words, at=at)
    part = _mine(case, actor)
    _end(part, state, actor, at, words)
    notify_agency(case.agency_id, NoticeKind.PARTNER_REPORTED, case.public_id)


@atomic
def cancel_part(actor: Actor, public_id: str, version: int, partner_id: int, reason: str) -> None:
    """Thôi đề nghị phối hợp: the lead no longer needs a co-agency's part, and says so."""
    case = lock_visible(actor, public_id, version)
    at = now()
    part = db.session.scalar(select(Partner).where(Partner.id == partner_id, Partner.case_id == case.id, Partner.ended_at.is_(None)))
    if part is None:
        raise Conflict(_("Cơ quan này đã kết thúc việc phối hợp."))
    apply(case, Move.CANCEL_PARTNER, actor, other_agency_id=part.agency_id, reason=reason, at=at)
    _end(part, PartnerState.CANCELLED, actor, at, reason)


def cancel_all(case: Case, actor: Actor, at: datetime, reason: str) -> None:
    """End every open part of a case that ends otherwise (withdrawn, merged)."""
    for part in db.session.scalars(select(Partner).where(Partner.case_id == case.id, Partner.ended_at.is_(None))):
        _end(part, PartnerState.CANCELLED, actor, at, reason)


def _end(part: Partner, state: PartnerState, actor: Actor, at: datetime, words: str) -> None:
    part.state, part.ended_at, part.ended_by_id, part.report = state, at, actor.user_id, clean(words, REASON_LIMIT)


def _open_of(case_id: int, agency_id: int | None) -> Partner | None:
    wanted = select(Partner).where(Partner.case_id == case_id, Partner.agency_id == agency_id, Partner.ended_at.is_(None))
    return db.session.scalar(wanted)


def _mine(case: Case, actor: Actor) -> Partner:
    part = _open_of(case.id, actor.agency_id)
    if part is None:
        raise Conflict
    return part
