"""Gia hạn: asked for with a ground the law knows, granted by the head, never once the date has passed."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.audit.services import record
from feedback.cases.access import AGENCY, Actor
from feedback.cases.clock import extensions_of, recompute
from feedback.cases.clock_models import DueCause, Extension, Ground
from feedback.cases.models import Case
from feedback.cases.workflow import Move, State, Who
from feedback.cases.writing import REASON_LIMIT, apply, lock_visible
from feedback.city import queries as city
from feedback.city.rules import Rule, UnknownRule
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency, notify_citizen
from feedback.text import clean


def possible_extensions(case: Case) -> list[Rule]:
    """The extensions the law still allows for the limit that runs; empty when there is none."""
    used = extensions_of(case)
    day = local_day(case.clock_from)
    rule = city.rule(case.rule_code, day)
    codes = dict.fromkeys(code for alternative in rule.extensions for code in alternative)
    return [city.rule(code, day) for code in codes if rule.may_extend_by([*used, code])]


@atomic
def ask_extension(actor: Actor, public_id: str, version: int, rule_code: str, ground: Ground, reason: str) -> None:
    """Đề nghị gia hạn: a handler asks his head. Raises Invalid when the law knows no such extension or the date has passed."""
    case = lock_visible(actor, public_id, version)
    if case.state not in (State.IN_PROGRESS, State.AWAITING_APPROVAL):
        raise Conflict
    if actor.who not in (*AGENCY, Who.INSPECTORATE) or case.agency_id != actor.agency_id:
        raise NotAllowed
    at = now()
    _check(case, rule_code, reason, at)
    if open_request(case.id) is not None:
        raise Conflict(_("Đã có một đề nghị gia hạn đang chờ duyệt."))
    db.session.add(_request(case, actor, rule_code, ground, reason, at))
    record("case.ask_extension", actor=actor, subject_kind="case", subject_id=case.public_id, rule=rule_code, ground=ground.value)
    notify_agency(case.agency_id, NoticeKind.EXTENSION_ASKED, case.public_id)


@atomic
def decide_extension(actor: Actor, public_id: str, version: int, *, granted: bool, reason: str) -> None:
    """The head grants or declines what was asked for; the citizen is told of a new date and why."""
    case = lock_visible(actor, public_id, version)
    at = now()
    asked = open_request(case.id)
    if asked is None:
        raise Conflict
    if granted:
        # Before the word is given: once granted, it would count among those the law has been used up by.
        _check(case, asked.rule_code, asked.reason, at)
    asked.decided_at, asked.decided_by_id, asked.granted = at, actor.user_id, granted
    if granted:
        _grant(case, actor, asked.reason, at)
        return
    if actor.who not in (Who.AGENCY_HEAD, Who.INSPECTORATE) or case.agency_id != actor.agency_id:
        raise NotAllowed
    if not clean(reason):
        raise Invalid(_("Xin ghi lý do."))
    record("case.decline_extension", actor=actor, subject_kind="case", subject_id=case.public_id, rule=asked.rule_code)


@atomic
def extend(actor: Actor, public_id: str, version: int | None, rule_code: str, ground: Ground, reason: str) -> None:
    """Gia hạn at the head's own decision."""
    case = lock_visible(actor, public_id, version)
    at = now()
    _check(case, rule_code, reason, at)
    if open_request(case.id) is not None:
        raise Conflict(_("Đã có một đề nghị gia hạn đang chờ duyệt."))
    request = _request(case, actor, rule_code, ground, reason, at)
    request.decided_at, request.decided_by_id, request.granted = at, actor.user_id, True
    db.session.add(request)
    _grant(case, actor, reason, at)


def open_request(case_id: int) -> Extension | None:
    """The extension that waits for the head's word."""
    return db.session.scalar(select(Extension).where(Extension.case_id == case_id, Extension.decided_at.is_(None)))


def _check(case: Case, rule_code: str, reason: str, at: datetime) -> None:
    if at > case.due_at:
        raise Invalid(_("Hạn trả lời đã qua nên không gia hạn được nữa. Xin báo tiến độ và ngày hẹn cho người dân."))
    if not clean(reason):
        raise Invalid(_("Xin ghi lý do."))
    try:
        allowed = city.rule(case.rule_code, local_day(case.clock_from)).may_extend_by([*extensions_of(case), rule_code])
    except UnknownRule:
        allowed = False
    if not allowed:
        raise Invalid(_("Quy định không cho gia hạn như vậy đối với hồ sơ này."))


def _request(case: Case, actor: Actor, rule_code: str, ground: Ground, reason: str, at: datetime) -> Extension:
    return Extension(
        case_id=case.id,
        rule_code=rule_code,
        ground=ground,
        reason=clean(reason, REASON_LIMIT),
        asked_at=at,
        asked_by_id=actor.user_id,
        clock_from=case.clock_from,
    )


def _grant(case: Case, actor: Actor, reason: str, at: datetime) -> None:
    apply(case, Move.EXTEND, actor, reason=reason, at=at)
    db.session.flush()
    recompute(case, at, DueCause.EXTENSION)
    notify_citizen(case, NoticeKind.EXTENDED)
