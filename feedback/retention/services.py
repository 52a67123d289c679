"""Changing periods, holding cases, asking for deletion and answering that. One transaction each, with its audit row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.accounts.models import Role
from feedback.audit.services import Doer, record
from feedback.cases import contacts
from feedback.cases.access import CITIZEN, Actor
from feedback.cases.models import Case
from feedback.cases.writing import REASON_LIMIT, lock_by_id, lock_visible
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_role
from feedback.retention import queries
from feedback.retention.access import may_decide, may_hold
from feedback.retention.models import Deletion, DeletionState, Hold, RetentionPeriod
from feedback.retention.periods import Kind
from feedback.text import clean


@atomic
def change_period(actor: Doer, code: str, months: int, reason: str) -> None:
    """Another period for a kind of case, with its reason. Nothing is anonymised by this: the next night warns first.

    Raises NotFound for a kind there is none of.
    """
    period = db.session.scalar(select(RetentionPeriod).where(RetentionPeriod.code == kind_of(code)).with_for_update())
    if period is None:
        raise NotFound
    record("retention.changed", actor=actor, subject_kind="retention", subject_id=code, before=period.months, after=months)
    period.months, period.reason = months, reason


def kind_of(code: str) -> Kind:
    """The kind behind a code in an address. Raises NotFound."""
    try:
        return Kind(code)
    except ValueError as error:
        raise NotFound from error


@atomic
def place_hold(actor: Actor, public_id: str, reason: str) -> None:
    """Giữ hồ sơ: keep the case whole until the hold is lifted. Raises NotFound, NotAllowed, Invalid without a reason."""
    case = lock_visible(actor, public_id)
    if not may_hold(actor, case):
        raise NotAllowed(_("Chỉ thủ trưởng cơ quan đang giữ hồ sơ hoặc thanh tra được giữ hồ sơ này."))
    words = clean(reason, REASON_LIMIT)
    if not words:
        raise Invalid(_("Xin ghi lý do giữ hồ sơ."))
    if queries.open_hold(case.id) is not None:
        raise Conflict(_("Hồ sơ này đang được giữ rồi."))
    db.session.add(Hold(case_id=case.id, reason=words, placed_at=now(), placed_by_id=actor.user_id))
    _note("retention.held", actor, case)


@atomic
def lift_hold(actor: Actor, public_id: str) -> None:
    """Thôi giữ: the period counts again. Lifting twice is no error. Raises NotFound, NotAllowed."""
    case = lock_visible(actor, public_id)
    if not may_hold(actor, case):
        raise NotAllowed(_("Chỉ thủ trưởng cơ quan đang giữ hồ sơ hoặc thanh tra được thôi giữ hồ sơ này."))
    hold = queries.open_hold(case.id)
    if hold is not None:
        hold.lifted_at, hold.lifted_by_id = now(), actor.user_id
        _note("retention.released", actor, case)


@atomic
def ask_deletion(case_ids: Sequence[int], words: str) -> None:
    """The sender asks that his data go, from his report and from every matter split off it; each office that holds one is told.

    Asking twice is asking once.
    """
    for case_id in sorted(case_ids):
        case = lock_by_id(case_id)
        newest = queries.newest_request(case.id)
        if newest is None or newest.state is DeletionState.DECLINED:
            db.session.add(Deletion(case_id=case.id, asked_on=local_day(now()), plea=clean(words, REASON_LIMIT)))
            _note("retention.deletion_asked", CITIZEN, case)
            tell_responsible(case.agency_id, at_desk=case.at_desk, sealed=case.sealed, kind=NoticeKind.DELETION_ASKED)


@atomic
def decide_deletion(actor: Actor, public_id: str, *, granted: bool, answer: str) -> None:
    """Grant a request, or decline it with words for the sender. What is granted goes the night after the case has ended.

    Raises NotFound, NotAllowed, Conflict when nothing is asked, Invalid without words or while a hold stands.
    """
    case = lock_visible(actor, public_id)
    if not may_decide(actor, case):
        raise NotAllowed(_("Chỉ cơ quan đang giữ hồ sơ được trả lời yêu cầu này."))
    request = queries.newest_request(case.id)
    if request is None or request.state is not DeletionState.ASKED:
        raise Conflict(_("Yêu cầu này đã được trả lời."))
    words = clean(answer, REASON_LIMIT)
    if not granted and not words:
        raise Invalid(_("Xin ghi lý do để người gửi biết vì sao chưa xóa được."))
    if granted and queries.open_hold(case.id) is not None:
        raise Invalid(_("Hồ sơ đang được giữ. Xin thôi giữ trước, hoặc từ chối và ghi lý do."))
    request.state = DeletionState.GRANTED if granted else DeletionState.DECLINED
    request.answer, request.decided_at, request.decided_by_id = words, now(), actor.user_id
    _note("retention.deletion_decided", actor, case, granted=granted)


@atomic
def note_own_data_read(case_id: int) -> None:
    """Leave a row that the sender has had his own data shown, before they are unsealed."""
    _note("case.own_data_read", CITIZEN, lock_by_id(case_id))


def own_contact(case_id: int) -> dict[str, str]:
    """The sender's contact data for himself, after the row that says so."""
    note_own_data_read(case_id)
    return contacts.opened(case_id)


def tell_responsible(agency_id: int, *, at_desk: bool, sealed: bool, kind: NoticeKind) -> None:
    """Tell those who may decide about a case that something waits on the page of kept cases. Part of the caller's transaction."""
    roles = (Role.INSPECTORATE,) if sealed else (Role.FRONT_DESK,) if at_desk else (Role.AGENCY_HEAD,)
    for role in roles:
        notify_role(agency_id, role, kind, "")


def _note(action: str, actor: Actor, case: Case, **facts: Any) -> None:
    record(action, actor=actor, subject_kind="case", subject_id=case.public_id, **facts)
