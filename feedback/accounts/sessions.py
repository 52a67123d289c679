"""Where officers are signed in: one row a browser, found by the random key in its cookie (security, controls 13 and 14).

A session ends with its row, with the account's epoch, after half an hour without use and after eight hours whatever happens.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import joinedload

from feedback.accounts.doers import note
from feedback.accounts.models import Device, StaffSession, User, new_epoch
from feedback.db import atomic, db, now, on_replica
from feedback.errors import NotFound

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
#: The last use is written down so often, not at every request.
NOTED_EVERY = timedelta(minutes=1)


def hash_of(key: str) -> bytes:
    """What the table keeps instead of a session's key."""
    return hashlib.sha256(key.encode()).digest()


def _over(moment: datetime) -> ColumnElement[bool]:
    return or_(StaffSession.seen_at < moment - IDLE, StaffSession.began_at < moment - ABSOLUTE)


def user_by_session(key: str) -> User | None:
    """The officer a session's key belongs to; None once the session has ended or the account is locked. One query.

    Once a minute the use is written down, on a connection of its own: the page is not to see its session commit. Looked up on the
    replica, because the primary does not answer, nothing can be.
    """
    moment = now()
    found = db.session.execute(
        select(User, StaffSession.id, StaffSession.seen_at)
        .join(StaffSession, StaffSession.user_id == User.id)
        .where(StaffSession.key_hash == hash_of(key), StaffSession.epoch == User.session_epoch, User.active, ~_over(moment))
        .options(joinedload(User.agency), joinedload(User.second_factor))
    ).first()
    if found is None:
        return None
    if moment - found.seen_at >= NOTED_EVERY and not on_replica():
        with db.engine.begin() as connection:
            connection.execute(update(StaffSession).where(StaffSession.id == found.id).values(seen_at=moment))
    user: User = found.User
    return user


@atomic
def enter(user: User, device: Device) -> str:
    """Begin a session for an officer who has proved who he is; gives the key for the cookie. Sessions that are over are swept away."""
    db.session.execute(delete(StaffSession).where(_over(now())))
    note("account.signed_in", user, user)
    return _open(user, device, now())


def _open(user: User, device: Device, began_at: datetime) -> str:
    key = secrets.token_urlsafe(24)
    db.session.add(
        StaffSession(user_id=user.id, key_hash=hash_of(key), epoch=user.session_epoch, device=device, began_at=began_at, seen_at=now())
    )
    return key


@atomic
def sign_out(user: User, key: str) -> None:
    """End this session: copies of its cookie stop working too."""
    db.session.execute(delete(StaffSession).where(StaffSession.key_hash == hash_of(key)))
    note("account.signed_out", user, user)


def end_all(user: User) -> None:
    """End every session of an account, those just being begun included. Part of the caller's transaction."""
    user.session_epoch = new_epoch()
    db.session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))


def start_over(user: User, key: str) -> str:
    """End every session and begin this one anew under another key, with the time it had. Part of the caller's transaction.

    Raises NotFound when this session has ended meanwhile.
    """
    mine = db.session.execute(
        select(StaffSession.device, StaffSession.began_at).where(StaffSession.key_hash == hash_of(key), StaffSession.user_id == user.id)
    ).one_or_none()
    if mine is None:
        raise NotFound
    end_all(user)
    return _open(user, mine.device, mine.began_at)


def sessions_of(user: User) -> list[StaffSession]:
    """Where the officer is signed in, the session used last first. One query."""
    mine = select(StaffSession).where(StaffSession.user_id == user.id, StaffSession.epoch == user.session_epoch, ~_over(now()))
    return list(db.session.scalars(mine.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())))


@atomic
def end_one(user: User, public_id: str) -> None:
    """End one of the officer's own sessions. Raises NotFound for anybody else's."""
    mine = delete(StaffSession).where(StaffSession.user_id == user.id, StaffSession.public_id == public_id)
    if not db.session.execute(mine.returning(StaffSession.id)).all():
        raise NotFound
    note("account.session_ended", user, user)


@atomic
def end_others(user: User, key: str) -> None:
    """End all of the officer's own sessions but this one."""
    others = delete(StaffSession).where(StaffSession.user_id == user.id, StaffSession.key_hash != hash_of(key))
    db.session.execute(others)
    note("account.other_sessions_ended", user, user)
