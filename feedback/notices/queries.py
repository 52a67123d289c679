"""What became of notices, for the administrator: never to which address, never about which case, and none about a sealed one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select

from feedback.accounts.models import User
from feedback.db import db
from feedback.notices.models import Notice, NoticeKind, NoticeState


def _shown() -> ColumnElement[bool]:
    """A letter about a sealed case would tell that there is one."""
    return ~func.about_sealed_case(Notice.case_id, Notice.case_public_id)


def counts() -> Mapping[NoticeState, int]:
    """How many notices are in each state."""
    found: dict[NoticeState, int] = dict(
        db.session.execute(select(Notice.state, func.count()).where(_shown()).group_by(Notice.state)).all()
    )
    return {state: found.get(state, 0) for state in NoticeState}


def notices(state: NoticeState | None, kind: NoticeKind | None, before: int | None, size: int) -> Sequence[tuple[Notice, str]]:
    """Notices with the name of the officer they are for (empty for the sender of a case), the newest first, older than `before`."""
    query = select(Notice, func.coalesce(User.full_name, "")).outerjoin(User, User.id == Notice.user_id).where(_shown())
    if state is not None:
        query = query.where(Notice.state == state)
    if kind is not None:
        query = query.where(Notice.kind == kind)
    if before is not None:
        query = query.where(Notice.id < before)
    return [(notice, name) for notice, name in db.session.execute(query.order_by(Notice.id.desc()).limit(size))]
