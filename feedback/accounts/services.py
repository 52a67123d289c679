"""Accounts: creating, signing in, changing the password, locking out. Every act leaves an audit row."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import joinedload

from feedback.accounts import passwords
from feedback.accounts.models import Role, SignInAttempt, User, new_epoch
from feedback.audit.models import AuditEntry
from feedback.audit.services import Doer, record
from feedback.crypto import derive
from feedback.db import atomic, db, now
from feedback.errors import Busy, Invalid, NotAllowed, NotFound
from feedback.text import clean

WINDOW = timedelta(minutes=1)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_SOURCE = 20
#: Roles that read what others may not, or hand out roles: it takes two administrators to let one in (security, control 11).
TRUSTED_ROLES = frozenset({Role.INSPECTORATE, Role.LEADERSHIP, Role.ADMINISTRATOR})
#: Acts after which an administrator knows the password of somebody else's account.
PASSWORD_GIVEN = ("account.created", "account.password_reset")


class WrongPassword(Invalid):
    """The present password was typed wrong."""


class WrongSignIn(Invalid):
    """Name or password is wrong; which of the two is not said."""


class TooManyAttempts(Busy):
    """Too many failures of one account or from one source within a minute."""

    status = 429


@dataclass(frozen=True)
class NewUser:
    """What an administrator fills in for a new account."""

    sign_in_name: str
    full_name: str
    role: Role
    agency_id: int
    email: str | None = None
    #: The first password was made by somebody else, so it is changed at the first sign-in.
    handed_over: bool = False


@dataclass(frozen=True)
class _Officer:
    who: str
    user_id: int | None


def _doer(user: User) -> Doer:
    return _Officer(user.role.value, user.id)


NOBODY: Doer = _Officer("system", None)


def normal_name(name: str) -> str:
    """The sign-in name as it is stored: trimmed and in lower case."""
    return clean(name, 60).lower()


def _hashed(kind: str, value: str) -> bytes:
    key = derive(current_app.config["SECRET_KEY"], "sign-in-throttle")
    return hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).digest()


def user_by_session(cookie_id: str) -> User | None:
    """The officer a session belongs to; None once its epoch has passed or the account is locked."""
    public_id, _dot, epoch = cookie_id.partition(".")
    query = select(User).where(User.public_id == public_id, User.active).options(joinedload(User.agency))
    user: User | None = db.session.scalar(query)
    if user is None or not hmac.compare_digest(user.session_epoch.encode(), epoch.encode()):
        return None
    return user


def sign_in(name: str, password: str, source: str) -> User:
    """Check a name and a password and start a new session epoch.

    Raises WrongSignIn, or TooManyAttempts when this account or this source has failed too often; other accounts are not affected.
    """
    name = normal_name(name)
    account, origin = _hashed("account", name), _hashed("source", source)
    _count_attempt(account, origin)
    user: User | None = db.session.scalar(select(User).where(User.sign_in_name == name, User.active).options(joinedload(User.agency)))
    if not passwords.verify(user.password_hash if user else None, password) or user is None:
        raise WrongSignIn(_("Tên đăng nhập hoặc mật khẩu không đúng. Xin kiểm tra và nhập lại."))
    _note_success(user, password, account)
    return user


@atomic
def _count_attempt(account: bytes, origin: bytes) -> None:
    """Count before the password is looked at, one at a time per account: guesses sent all at once share the same five."""
    db.session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(account[:8], signed=True))))
    if _failed_too_often(account, origin):
        raise TooManyAttempts(_("Đã có nhiều lần đăng nhập không thành công. Xin đợi một phút rồi thử lại."))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now() - WINDOW))
    db.session.add(SignInAttempt(at=now(), account_hash=account, source_hash=origin))


def _failed_too_often(account: bytes, origin: bytes) -> bool:
    recent = SignInAttempt.at > now() - WINDOW
    by_account = select(func.count()).where(SignInAttempt.account_hash == account, recent).scalar_subquery()
    by_source = select(func.count()).where(SignInAttempt.source_hash == origin, recent).scalar_subquery()
    row = db.session.execute(select(by_account, by_source)).one()
    return bool(row[0] >= FAILURES_PER_ACCOUNT or row[1] >= FAILURES_PER_SOURCE)


@atomic
def _note_success(user: User, password: str, account: bytes) -> None:
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.account_hash == account))
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    user.session_epoch = new_epoch()
    record("account.signed_in", actor=_doer(user), subject_kind="user", subject_id=user.public_id)


@atomic
def sign_out(user: User) -> None:
    """End every session of the account: a copied cookie stops working too."""
    user.session_epoch = new_epoch()
    record("account.signed_out", actor=_doer(user), subject_kind="user", subject_id=user.public_id)


@atomic
def change_password(user: User, old: str, new: str) -> None:
    """The officer's own change; ends all his other sessions. Raises WrongPassword for the old one, Invalid for an unfit new one."""
    if not passwords.verify(user.password_hash, old):
        raise WrongPassword(_("Mật khẩu hiện tại không đúng."))
    if passwords.verify(user.password_hash, new):
        raise Invalid(_("Mật khẩu mới phải khác mật khẩu hiện tại."))
    _set_password(user, new)
    user.must_change_password = False
    record("account.password_changed", actor=_doer(user), subject_kind="user", subject_id=user.public_id)


def _set_password(user: User, password: str) -> None:
    reason = passwords.complaint(password, user.sign_in_name)
    if reason:
        raise Invalid(reason)
    user.password_hash = passwords.hash_password(password)
    user.session_epoch = new_epoch()


@atomic
def create_user(new: NewUser, password: str, by: User | None = None) -> User:
    """A new account. Raises Invalid when the name is taken or the password is unfit.

    An account in a trusted role stays locked until an administrator other than its maker opens it.
    """
    name = normal_name(new.sign_in_name)
    if not name:
        raise Invalid(_("Xin nhập tên đăng nhập."))
    if db.session.scalar(select(User.id).where(User.sign_in_name == name)) is not None:
        raise Invalid(_("Tên đăng nhập này đã có người dùng."))
    user = User(
        sign_in_name=name,
        full_name=clean(new.full_name, 120),
        email=new.email or None,
        role=new.role,
        agency_id=new.agency_id,
        password_hash="",
        active=by is None or new.role not in TRUSTED_ROLES,
        must_change_password=new.handed_over,
    )
    _set_password(user, password)
    db.session.add(user)
    db.session.flush()
    actor = _doer(by) if by else NOBODY
    record("account.created", actor=actor, subject_kind="user", subject_id=user.public_id, role=user.role.value, agency=user.agency_id)
    return user


@atomic
def reset_password(by: User, public_id: str) -> str:
    """A new one-time password for somebody else, to be handed over in person; he must change it at his next sign-in.

    An account in a trusted role is locked by it until another administrator opens it.
    """
    user = _other(by, public_id)
    password = first_password()
    _set_password(user, password)
    user.must_change_password = True
    user.active = user.active and user.role not in TRUSTED_ROLES
    record("account.password_reset", actor=_doer(by), subject_kind="user", subject_id=user.public_id)
    return password


@atomic
def set_active(by: User, public_id: str, active: bool) -> None:
    """Lock an account or open it again; either ends its sessions.

    Raises NotAllowed when an administrator would let himself into a trusted role: he who last gave out the password does not open it.
    """
    user = _other(by, public_id)
    if active and user.role in TRUSTED_ROLES and _password_giver(user) == by.id:
        raise NotAllowed(_("Tài khoản này cần một quản trị viên khác mở: người cấp mật khẩu không được tự mở."))
    user.active = active
    user.session_epoch = new_epoch()
    record("account.opened" if active else "account.locked", actor=_doer(by), subject_kind="user", subject_id=user.public_id)


def first_password() -> str:
    """A random password to hand over: 72 bits, easy to read out."""
    # One in five thousand has "abc" for its only letters and would be refused as easy to guess.
    drawn = iter(lambda: "-".join(secrets.token_hex(3) for _n in range(3)), "")
    return next(password for password in drawn if passwords.complaint(password) is None)


def _password_giver(user: User) -> int | None:
    """Who last made this account's password, as the audit rows say."""
    given = select(AuditEntry.actor_user_id).where(
        AuditEntry.subject_kind == "user", AuditEntry.subject_id == user.public_id, AuditEntry.action.in_(PASSWORD_GIVEN)
    )
    return db.session.scalar(given.order_by(AuditEntry.seq.desc()).limit(1))


def _other(by: User, public_id: str) -> User:
    user: User | None = db.session.scalar(select(User).where(User.public_id == public_id).with_for_update())
    if user is None:
        raise NotFound
    if user.id == by.id:
        raise NotAllowed(_("Ông/Bà không thể tự thay đổi quyền của tài khoản mình; xin nhờ một quản trị viên khác."))
    return user


def find_users(words: str, role: Role | None, after: str = "", size: int = 50) -> list[User]:
    """Accounts by sign-in name, `after` the last one of the page before."""
    query = select(User).options(joinedload(User.agency)).where(User.sign_in_name > after).order_by(User.sign_in_name).limit(size)
    if role is not None:
        query = query.where(User.role == role)
    if words:
        like = "%" + words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(User.sign_in_name.like(like), func.lower(User.full_name).like(like)))
    return list(db.session.scalars(query))


def user_of(public_id: str) -> User:
    """An account by its public id. Raises NotFound."""
    user: User | None = db.session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFound
    return user
