"""The one way the city's tables change: planned for a day, agreed to where it takes two, carried out when the day has come.

What each kind of change does stands where its rules are (`applies`). One change is planned or carried out at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from feedback import jobs
from feedback.acting import as_system
from feedback.administration import succession
from feedback.administration.models import Change, ChangeKind, Stage
from feedback.audit.services import Doer, record
from feedback.cases.access import SYSTEM, Actor
from feedback.city import queries as city
from feedback.city.kinds import UnitSet
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound, OfficeError
from feedback.localtime import local_day
from feedback.text import clean

REASON_LIMIT = 300
#: A change further away than this is a slip of the finger.
FURTHEST_YEARS = 5
_LOCK = 7_003_2026
Apply = Callable[[Change], None]
_apply: dict[ChangeKind, Apply] = {}
WAITING = Change.done_at.is_(None) & Change.taken_back_at.is_(None)


#: How one thing of the city's tables stands, by field.
Values = dict[str, Any]


@dataclass(frozen=True)
class When:
    """What every change carries besides itself: its day, what it rests on, and how its subject stood when the form was made."""

    day: date
    reason: str
    seen: str


@dataclass(frozen=True)
class Draft:
    """A change that has been checked and is not kept yet."""

    kind: ChangeKind
    subjects: tuple[str, ...]
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    takes_two: bool = False


def applies(*kinds: ChangeKind) -> Callable[[Apply], Apply]:
    """Register what a kind of change does when its day has come; it raises OfficeError when that is no longer possible."""

    def register(body: Apply) -> Apply:
        _apply.update(dict.fromkeys(kinds, body))
        return body

    return register


def mark_of(values: Mapping[str, Any]) -> str:
    """Short for how something stands; carried by forms, so that of two administrators at once the second one is told."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def one_at_a_time() -> None:
    """Let nobody else plan or carry out a change until this transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def check_seen(values: Mapping[str, Any], seen: str) -> None:
    """Raises Conflict when something no longer stands as it did when the form was made."""
    if mark_of(values) != seen:
        raise Conflict(
            _("Một quản trị viên khác vừa thay đổi mục này. Nội dung Ông/Bà đã nhập vẫn còn ở dưới; xin xem lại rồi gửi lần nữa.")
        )


def differing(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as it is and as it shall be. Raises Invalid when nothing does."""
    names = [name for name in wanted if before.get(name) != wanted[name]]
    if not names:
        raise Invalid(_("Chưa có gì khác với hiện nay. Xin sửa ít nhất một mục."))
    return {name: before.get(name) for name in names}, {name: wanted[name] for name in names}


def check_day(day: date) -> None:
    """Raises Invalid for a day that is over, or so far away that it must be a slip."""
    today = local_day(now())
    if day < today:
        raise Invalid(_("Không thể thay đổi quá khứ. Xin chọn hôm nay hoặc một ngày sau đó."))
    if day.year > today.year + FURTHEST_YEARS:
        raise Invalid(_("Ngày này quá xa. Xin kiểm tra lại năm."))


def check_map() -> None:
    """Raises Invalid on the map of 2017, which is shown as it was."""
    if city.current_units() is UnitSet.Y2017:
        raise Invalid(_("Đang dùng dữ liệu của năm 2017, là dữ liệu đã khép lại nên không thay đổi được."))


def check(draft: Draft, when: When) -> None:
    """Whether a change could be planned. Raises Invalid, or Conflict when another one about the same thing waits."""
    check_map()
    check_day(when.day)
    if not clean(when.reason, REASON_LIMIT):
        raise Invalid(_("Xin ghi văn bản hoặc lý do của thay đổi."))
    if db.session.scalar(select(Change.id).where(WAITING, Change.subjects.overlap(list(draft.subjects))).limit(1)) is not None:
        raise Conflict(_("Đã có một thay đổi về mục này đang chờ. Xin rút lại thay đổi đó, hoặc đợi đến khi nó có hiệu lực."))


def plan(actor: Actor, draft: Draft, when: When) -> Change:
    """Keep a change in the caller's transaction, which holds the lock; what needs nobody else and is for today happens at once."""
    check(draft, when)
    assert actor.user_id is not None
    change = Change(
        kind=draft.kind,
        subjects=list(draft.subjects),
        name=draft.name,
        before=dict(draft.before),
        after=dict(draft.after),
        takes_effect=when.day,
        reason=clean(when.reason, REASON_LIMIT),
        takes_two=draft.takes_two,
        asked_by_id=actor.user_id,
        asked_at=now(),
        problem="",
    )
    db.session.add(change)
    db.session.flush()
    _note("city.change_planned", actor, change, day=when.day.isoformat())
    _carry_out_if_due(change, actor)
    return change


@atomic
def approve(actor: Actor, change_id: int) -> Change:
    """The second administrator agrees; a change whose day has come is carried out at once.

    Raises NotFound, Conflict for one that waits for nobody, NotAllowed for one's own and for one that moves oneself.
    """
    change = _locked(change_id)
    if change.stage is not Stage.TO_APPROVE:
        raise Conflict(_("Thay đổi này không còn chờ duyệt. Xin tải lại trang."))
    if actor.user_id == change.asked_by_id:
        raise NotAllowed(_("Người đề nghị không được tự duyệt; xin nhờ một quản trị viên khác."))
    if f"agency:{actor.agency_id}" in change.subjects:
        raise NotAllowed(_("Thay đổi này chuyển chính tài khoản của Ông/Bà; xin nhờ một quản trị viên của cơ quan khác duyệt."))
    change.approved_by_id, change.approved_at = actor.user_id, now()
    _note("city.change_approved", actor, change)
    _carry_out_if_due(change, actor)
    return change


@atomic
def take_back(actor: Actor, change_id: int) -> Change:
    """Any administrator takes back what has not come into force. Raises NotFound, Conflict for what has."""
    change = _locked(change_id)
    if change.stage not in (Stage.TO_APPROVE, Stage.WAITING):
        raise Conflict(_("Thay đổi này đã có hiệu lực hoặc đã được rút lại. Muốn đổi nữa, xin lập một thay đổi mới."))
    change.taken_back_by_id, change.taken_back_at = actor.user_id, now()
    _note("city.change_taken_back", actor, change)
    return change


def _locked(change_id: int) -> Change:
    one_at_a_time()
    people = joinedload(Change.asked_by)
    change = db.session.scalar(select(Change).where(Change.id == change_id).options(people).with_for_update(of=Change))
    if change is None:
        raise NotFound
    return change


def _carry_out_if_due(change: Change, actor: Doer) -> None:
    if change.stage is Stage.WAITING and change.takes_effect <= local_day(now()):
        _carry_out(change, actor)


def _carry_out(change: Change, actor: Doer) -> None:
    with as_system("city tables"):
        _apply[change.kind](change)
        change.done_at, change.problem = now(), ""
        _note("city.changed", actor, change)
        if change.kind is ChangeKind.AGENCY_MERGE and not succession.follow():
            jobs.defer("administration.follow", seconds=5)


@jobs.task("administration.carry_out", cron="*/15 * * * *")
def carry_out_due() -> None:
    """Carry out every change whose day has come, and let cases follow that stand with a body that has ended."""
    due = select(Change.id).where(WAITING, Change.takes_effect <= local_day(now())).order_by(Change.takes_effect, Change.id)
    ids = db.session.scalars(due).all()
    db.session.rollback()
    for change_id in ids:
        try:
            _carry_out_one(change_id)
        except OfficeError as error:
            _keep_problem(change_id, error.message)
    follow()


@atomic
def _carry_out_one(change_id: int) -> None:
    _carry_out_if_due(_locked(change_id), SYSTEM)


@atomic
def _keep_problem(change_id: int, message: str) -> None:
    _locked(change_id).problem = message


@jobs.task("administration.follow")
def follow() -> None:
    """Let cases follow, a batch a transaction, until none that can be had is left; who has one in hand now is waited for elsewhere."""
    while _follow_some():
        pass


@atomic
def _follow_some() -> int:
    return succession.some()


def _note(action: str, actor: Doer, change: Change, **facts: Any) -> None:
    """The record of a change, one chain for each thing it is about."""
    for subject in change.subjects:
        record(action, actor=actor, subject_kind="city", subject_id=subject, change=change.id, kind=change.kind.value, **facts)
