"""Keys of other systems: one administrator proposes one, another approves it, either ends it; those that have ended stay listed."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from feedback.acting import as_system
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.codes import new_code, show_code
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.open311.models import ApiKey, ApiRequest
from feedback.open311.queries import hmac_of
from feedback.open311.spec import NAME_LIMIT
from feedback.text import clean


def check_name(name: str) -> str:
    """The name of a system as it will be kept. Raises Invalid where there is none or it is too long."""
    name = clean(name)
    if not name or len(name) > NAME_LIMIT:
        raise Invalid(_("Xin ghi tên hệ thống, tối đa 120 ký tự."))
    return name


@atomic
def propose(actor: Actor, name: str) -> tuple[ApiKey, str]:
    """A key for a system of this name, as it is written; it is shown now and never again, and opens nothing until another one approves it.

    Raises Invalid as `check_name` does.
    """
    if actor.user_id is None:
        raise NotAllowed
    secret = new_code()
    key = ApiKey(name=check_name(name), key_hmac=hmac_of(secret, "key"), made_at=now(), made_by_id=actor.user_id)
    db.session.add(key)
    db.session.flush()
    _note("proposed", actor, key)
    return key, show_code(secret)


@atomic
def approve(actor: Actor, key_id: int) -> None:
    """The second administrator agrees. Raises NotAllowed for whoever proposed it, Conflict when it is no proposal any more."""
    key = _locked(key_id)
    if key.approved_at is not None or key.ended_at is not None:
        raise Conflict(_("Đề nghị này đã được quyết định."))
    if actor.user_id == key.made_by_id:
        raise NotAllowed(_("Người đề nghị không tự duyệt; xin nhờ một quản trị viên khác."))
    key.approved_at, key.approved_by_id = now(), actor.user_id
    _note("approved", actor, key)


@atomic
def end(actor: Actor, key_id: int) -> str:
    """Let a key open nothing from now on, or refuse a proposal; gives its name. A second click changes nothing. Raises NotFound."""
    key = _locked(key_id)
    if key.ended_at is None:
        key.ended_at, key.ended_by_id = max(now(), key.made_at), actor.user_id  # also when the clock was set back
        _note("ended", actor, key)
    return key.name


def _locked(key_id: int) -> ApiKey:
    key = db.session.scalar(select(ApiKey).where(ApiKey.id == key_id).with_for_update().execution_options(populate_existing=True))
    if key is None:
        raise NotFound
    return key


def _note(act: str, actor: Actor, key: ApiKey) -> None:
    record(f"api_key.{act}", actor=actor, subject_kind="api_key", subject_id=str(key.id))


def _listed() -> Select[ApiKey, int]:
    """Keys with the people who decided about them, and how many reports came in under each."""
    number = select(func.count()).where(ApiRequest.api_key_id == ApiKey.id).scalar_subquery()
    return select(ApiKey, number).options(*map(joinedload, (ApiKey.made_by, ApiKey.approved_by, ApiKey.ended_by)))


@as_system("connections")
def listed() -> Sequence[tuple[ApiKey, int]]:
    """Every key with the number of reports that came in under it: those that wait, those in use, those that ended, the latest first."""
    order = ApiKey.ended_at.desc().nulls_first(), ApiKey.approved_at.is_not(None), ApiKey.name, ApiKey.id
    return [(key, count) for key, count in db.session.execute(_listed().order_by(*order))]


@as_system("connections")
def one(key_id: int) -> tuple[ApiKey, int]:
    """One key, in the same way. Raises NotFound."""
    row = db.session.execute(_listed().where(ApiKey.id == key_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def waiting() -> int:
    """How many keys wait for a second administrator. One query."""
    waits = select(func.count()).select_from(ApiKey).where(ApiKey.approved_at.is_(None), ApiKey.ended_at.is_(None))
    return db.session.scalar(waits) or 0
