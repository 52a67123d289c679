"""Accounts: creating, checking and changing passwords, locking out. Every act leaves an audit row."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from feedback.accounts import grants, passwords, sessions, throttle
from feedback.accounts.doers import note, somebody_else
from feedback.accounts.models import TRUSTED_ROLES, Role, User
from feedback.db import atomic, db
from feedback.errors import Invalid, NotFound
from feedback.text import clean, fold


class WrongPassword(Invalid):
    """The present password was typed wrong."""


class WrongSignIn(Invalid):
    """Name or password is wrong; which of the two is not said."""


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


def normal_name(name: str) -> str:
    """The sign-in name as it is stored: trimmed and in lower case."""
    return clean(name, 60).lower()


def sign_in(name: str, password: str, source: str) -> User:
    """The first step of a sign-in: check a name and a password. The session begins once there is no second step left.

    Raises WrongSignIn, or TooManyAttempts when this account or this source has failed too often; other accounts are not affected.
    """
    name = normal_name(name)
    throttle.admit(throttle.PASSWORD, name, source)
    user: User | None = db.session.scalar(select(User).where(User.sign_in_name == name, User.active))
    if not passwords.verify(user.password_hash if user else None, password) or user is None:
        raise WrongSignIn(_("Tên đăng nhập hoặc mật khẩu không đúng. Xin kiểm tra và nhập lại."))
    _note_right_password(user, password)
    return user


@atomic
def _note_right_password(user: User, password: str) -> None:
    throttle.forget(throttle.PASSWORD, user.sign_in_name)
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)


def confirm_password(user: User, password: str) -> None:
    """Ask an officer who is signed in for his password once more. Raises WrongPassword, or TooManyAttempts like a sign-in."""
    throttle.admit(throttle.PASSWORD_AGAIN, user.public_id, user.public_id)
    if not passwords.verify(user.password_hash, password):
        raise WrongPassword(_("Mật khẩu hiện tại không đúng."))
    _forget_wrong_passwords(user)


@atomic
def _forget_wrong_passwords(user: User) -> None:
    throttle.forget(throttle.PASSWORD_AGAIN, user.public_id)


def change_password(user: User, old: str, new: str, key: str) -> str:
    """The officer's own change; gives the key of this session, which alone goes on.

    Raises WrongPassword or TooManyAttempts for the old one, Invalid for an unfit new one.
    """
    confirm_password(user, old)
    return _change_password(user, new, key)


@atomic
def _change_password(user: User, new: str, key: str) -> str:
    if passwords.verify(user.password_hash, new):
        raise Invalid(_("Mật khẩu mới phải khác mật khẩu hiện tại."))
    _set_password(user, new)
    user.must_change_password = False
    note("account.password_changed", user, user)
    return sessions.start_over(user, key)


def _set_password(user: User, password: str) -> None:
    reason = passwords.complaint(password, user.sign_in_name)
    if reason:
        raise Invalid(reason)
    user.password_hash = passwords.hash_password(password)


@atomic
def create_user(new: NewUser, password: str, by: User | None = None) -> User:
    """A new account. Raises Invalid when the name is taken or the password is unfit.

    Made by an administrator it stays locked until another one approves its role; the command line (`by` is None) opens it at once.
    """
    name = normal_name(new.sign_in_name)
    if not name:
        raise Invalid(_("Xin nhập tên đăng nhập."))
    if user_named(name) is not None:
        raise Invalid(_("Tên đăng nhập này đã có người dùng."))
    user = User(
        sign_in_name=name,
        full_name=clean(new.full_name, 120),
        email=new.email or None,
        role=new.role,
        agency_id=new.agency_id,
        password_hash="",
        active=by is None,
        must_change_password=new.handed_over,
    )
    _set_password(user, password)
    db.session.add(user)
    db.session.flush()
    note("account.created", by, user, role=user.role.value, agency=user.agency_id)
    if by is not None:
        grants.ask(by, user, user.role, user.agency_id)
    return user


@atomic
def reset_password(by: User, public_id: str) -> str:
    """A new one-time password for somebody else, to be handed over in person; he must change it at his next sign-in.

    An account in a trusted role is locked by it until another administrator approves its role once more.
    """
    user = somebody_else(by, public_id)
    password = first_password()
    _set_password(user, password)
    user.must_change_password = True
    sessions.end_all(user)
    note("account.password_reset", by, user)
    if user.role in TRUSTED_ROLES:
        user.active = False
        grants.ask(by, user, user.role, user.agency_id)
    return password


@atomic
def lock(by: User, public_id: str) -> None:
    """Lock an account: its sessions end, and what was proposed for it is off."""
    user = somebody_else(by, public_id)
    grants.withdraw(by, user)
    user.active = False
    sessions.end_all(user)
    note("account.locked", by, user)


@atomic
def open_again(by: User, public_id: str) -> bool:
    """Open a locked account; where its role still wants a second administrator this proposes it to him and gives False."""
    user = somebody_else(by, public_id)
    if not grants.is_open_to_one(user):
        grants.ask(by, user, user.role, user.agency_id)
        return False
    user.active = True
    note("account.opened", by, user)
    return True


def first_password() -> str:
    """A random password to hand over: 72 bits, easy to read out."""
    # One in five thousand has "abc" for its only letters and would be refused as easy to guess.
    drawn = iter(lambda: "-".join(secrets.token_hex(3) for _n in range(3)), "")
    return next(password for password in drawn if passwords.complaint(password) is None)


def find_users(words: str, role: Role | None, after: str = "", size: int = 50) -> list[User]:
    """Accounts by sign-in name, `after` the last one of the page before."""
    shown = joinedload(User.agency), joinedload(User.second_factor)
    query = select(User).options(*shown).where(User.sign_in_name > after, ~User.is_service).order_by(User.sign_in_name).limit(size)
    if role is not None:
        query = query.where(User.role == role)
    if words:  # with and without tone marks; some thousands of names are folded in a moment
        folded, every = fold(words), select(User.id, User.sign_in_name, User.full_name).where(~User.is_service)
        found = [key for key, name, full_name in db.session.execute(every) if folded in fold(f"{name} {full_name}")]
        query = query.where(User.id.in_(found))
    return list(db.session.scalars(query))


def user_named(name: str) -> User | None:
    """An account by its sign-in name, however it is typed; None when there is none."""
    user: User | None = db.session.scalar(select(User).where(User.sign_in_name == normal_name(name)))
    return user


def user_of(public_id: str) -> User:
    """An account by its public id. Raises NotFound."""
    user: User | None = db.session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFound
    return user
