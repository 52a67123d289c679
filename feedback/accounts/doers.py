"""Who acts on an account, and on whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.accounts.models import User
from feedback.audit.services import Doer, record
from feedback.db import db
from feedback.errors import NotAllowed, NotFound


@dataclass(frozen=True)
class _Officer:
    who: str
    user_id: int | None


#: Whoever has a command line on the server.
NOBODY: Doer = _Officer("system", None)


def note(action: str, by: User | None, user: User, **facts: Any) -> None:
    """The audit row of an act on an account; `by` is None on the command line."""
    actor: Doer = _Officer(by.role.value, by.id) if by else NOBODY
    record(action, actor=actor, subject_kind="user", subject_id=user.public_id, **facts)


def somebody_else(by: User, public_id: str) -> User:
    """Somebody else's account, locked for the transaction. Raises NotFound, or NotAllowed for an administrator's own."""
    user: User | None = db.session.scalar(select(User).where(User.public_id == public_id, ~User.is_service).with_for_update())
    if user is None:
        raise NotFound
    if user.id == by.id:
        raise NotAllowed(_("Ông/Bà không thể tự thay đổi quyền của tài khoản mình; xin nhờ một quản trị viên khác."))
    return user
