"""Access tokens: an officer lets a program work for him, with less than he may himself, for a year at most.

A token is known by a keyed hash. It ends with its row's end, with its day, with the account's epoch (password, second factor, role, lock),
and with the account's right to come in at all.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import joinedload

from feedback.accounts.doers import note
from feedback.accounts.models import Role, User
from feedback.accounts.second_factor import is_owed
from feedback.api.models import NAME_LIMIT, AccessToken, Scope
from feedback.codes import code_hmac, new_code, read_code
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotAllowed, NotFound, OfficeError
from feedback.text import clean

#: Written before the secret, so that programs which look for lost secrets know one when they see it.
PREFIX = "lct_"
#: Whose work the API does. The inspectorate's is sealed, and no sealed case leaves the house by a program.
HOLDERS = frozenset({Role.HANDLER, Role.AGENCY_HEAD})
LIVES = (30, 90, 180, 365)
#: The last use is written down so often, not at every request.
NOTED_EVERY = timedelta(minutes=1)
#: Living tokens of one officer at most.
MOST = 10


class NoToken(OfficeError):
    """No token was shown, or none that is good; which of the two is not said."""

    status = 401


class TooNarrow(NotAllowed):
    """The token is good, but not for this."""


def _hmac(secret: str) -> bytes:
    """Under the pepper of the tracking codes, which outlives a change of SECRET_KEY; no code has a blank in it."""
    return code_hmac(f"access {secret}", current_app.extensions["keys"].pepper)


def _living() -> ColumnElement[bool]:
    alive = AccessToken.ended_at.is_(None) & (AccessToken.expires_at > now())
    return alive & (AccessToken.epoch == User.session_epoch) & User.active


def officer_by_token(shown: str | None, scope: str) -> User:
    """The officer a token works for. One query. Raises NoToken, and TooNarrow when the token was made for less.

    Once a minute the use is written down, on a connection of its own: the act is not to see its session commit.
    """
    secret = read_code(shown.removeprefix(PREFIX)) if shown and shown.startswith(PREFIX) else None
    query = select(AccessToken.id, AccessToken.scopes, AccessToken.used_at, User).join(User, AccessToken.user_id == User.id)
    query = query.where(AccessToken.token_hmac == _hmac(secret or ""), _living())
    found = db.session.execute(query.options(joinedload(User.second_factor))).first()
    if found is None or found.User.must_change_password or is_owed(found.User):
        raise NoToken(_("Cần một mã truy cập còn hiệu lực trong tiêu đề Authorization (Bearer)."))
    if scope not in found.scopes:
        raise TooNarrow(_("Mã truy cập này không có quyền %(scope)s.", scope=scope))
    moment = now()
    if found.used_at is None or moment - found.used_at >= NOTED_EVERY:
        with db.engine.begin() as connection:
            connection.execute(update(AccessToken).where(AccessToken.id == found.id).values(used_at=moment))
    user: User = found.User
    return user


@atomic
def make(user: User, name: str, scopes: Collection[Scope], days: int) -> str:
    """A token for a program of this officer; it is shown now and never again. Raises Invalid, or NotFound for a role that has no API."""
    name = clean(name)
    if user.role not in HOLDERS:
        raise NotFound
    if not name or len(name) > NAME_LIMIT:
        raise Invalid(_("Xin ghi mã này dùng để làm gì, tối đa 80 ký tự."))
    if len(of_officer(user)) >= MOST:
        raise Invalid(_("Đã có %(most)s mã đang dùng. Xin ngừng một mã không cần nữa trước.", most=MOST))
    secret, moment = new_code(), now()
    token = AccessToken(
        user_id=user.id,
        name=name,
        token_hmac=_hmac(secret),
        scopes=sorted(scopes),
        epoch=user.session_epoch,
        made_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    db.session.add(token)
    db.session.flush()
    note("account.token_made", user, user, token=token.id, scopes=list(token.scopes), days=days)
    return PREFIX + secret


def of_officer(user: User) -> list[AccessToken]:
    """The officer's tokens that are good for something, the newest first. One query."""
    mine = select(AccessToken).join(User, AccessToken.user_id == User.id).where(AccessToken.user_id == user.id, _living())
    return list(db.session.scalars(mine.order_by(AccessToken.id.desc())))


def of_everybody(after: int = 0, size: int = 50) -> list[AccessToken]:
    """Every token that is good for something, with its officer and his agency, by officer. One query."""
    shown = joinedload(AccessToken.user).joinedload(User.agency)
    found = select(AccessToken).join(User, AccessToken.user_id == User.id).where(_living(), AccessToken.id > after)
    return list(db.session.scalars(found.options(shown).order_by(AccessToken.id).limit(size)))


@atomic
def end(by: User, token_id: int) -> str:
    """End one of the officer's own tokens, or as an administrator anybody's; gives its name. A second click changes nothing.

    Raises NotFound for every other.
    """
    query = select(AccessToken).where(AccessToken.id == token_id).options(joinedload(AccessToken.user))
    token = db.session.scalar(query.with_for_update(of=AccessToken))
    if token is None or (token.user_id != by.id and by.role is not Role.ADMINISTRATOR):
        raise NotFound
    if token.ended_at is None:
        token.ended_at = max(now(), token.made_at)  # also when the clock was set back
        note("account.token_ended", by, token.user, token=token.id)
    return token.name
