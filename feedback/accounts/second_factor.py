"""The second factor: a code of an authenticator app, or a recovery code in its place (security, control 17)."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from feedback import codes
from feedback.accounts import sessions, throttle, totp
from feedback.accounts.doers import note, somebody_else
from feedback.accounts.models import TRUSTED_ROLES, RecoveryCode, SecondFactor, User, second_factor_place
from feedback.config import Config
from feedback.crypto import KeyRing
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotAllowed, OfficeError

RECOVERY_CODES = 10


class WrongCode(Invalid):
    """Wrong, used before, or too old; which of these is not said."""


class SignInOver(OfficeError):
    """The password that was checked a moment ago no longer holds: the account has changed meanwhile."""


def is_required(user: User) -> bool:
    """Whether the account's role must have one. In demo mode nobody's: the passwords are public, so that it would protect nothing."""
    config: Config = current_app.extensions["config"]
    return user.role in TRUSTED_ROLES and not config.demo


def is_owed(user: User) -> bool:
    """Whether the officer has to set one up before anything else."""
    return user.second_factor is None and is_required(user)


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def seal(user: User, secret: bytes, place: str = "secret") -> bytes:
    """A secret as it may be kept: it opens for this account and this place only."""
    return _keys().wrap(secret, second_factor_place(user.public_id, place))


def unseal(user: User, sealed: bytes, place: str = "secret") -> bytes:
    """The secret. Raises SealBroken when it was sealed for another account or place."""
    return _keys().unwrap(sealed, second_factor_place(user.public_id, place))


@atomic
def set_up(user: User, secret: bytes, typed: str, key: str) -> tuple[list[str], str]:
    """Take a secret over once the app has shown a code for it, in place of one there may be.

    Gives fresh recovery codes, to be shown once, and the key of this session, which alone goes on. Raises WrongCode.
    """
    step = totp.matching_step(secret, typed, now(), last_step=0)
    if step is None:
        raise WrongCode(_("Mã chưa đúng. Xin nhập mã đang hiện trên ứng dụng; nếu vẫn chưa được, xin chỉnh giờ điện thoại cho đúng."))
    act = "replaced" if user.second_factor else "set_up"
    factor = user.second_factor or SecondFactor(user_id=user.id)
    factor.sealed, factor.last_step, factor.since = seal(user, secret), step, now()
    db.session.add(factor)
    return _new_codes(user), _changed(user, key, act)


@atomic
def renew_codes(user: User, key: str) -> tuple[list[str], str]:
    """Fresh recovery codes in place of the old ones, and the key of this session, which alone goes on."""
    return _new_codes(user), _changed(user, key, "codes_renewed")


@atomic
def switch_off(user: User, key: str) -> str:
    """Go without, where the role may; gives the key of this session, which alone goes on. Raises NotAllowed where it may not."""
    if is_required(user):
        raise NotAllowed(_("Vai trò của Ông/Bà bắt buộc có mã xác thực; chỉ có thể đổi sang điện thoại khác."))
    _remove(user)
    return _changed(user, key, "switched_off")


@atomic
def reset(by: User | None, user: User) -> None:
    """Take a lost second factor away and end the account's sessions; `by` is None on the command line."""
    _remove(user)
    sessions.end_all(user)
    note("account.second_factor_reset", by, user)


@atomic
def reset_for(by: User, public_id: str) -> None:
    """An administrator's reset for somebody else, never for himself."""
    reset(by, somebody_else(by, public_id))


def _remove(user: User) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))


def _changed(user: User, key: str, act: str) -> str:
    note(f"account.second_factor_{act}", user, user)
    return sessions.start_over(user, key)


def _new_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    fresh = [codes.new_code() for _n in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hmac=_hmac(code)) for code in fresh)
    return [codes.show_code(code) for code in fresh]


def _hmac(code: str) -> bytes:
    """Under the pepper of the tracking codes, which outlives a change of SECRET_KEY; no tracking code has a blank in it."""
    return codes.code_hmac(f"recovery {code}", _keys().pepper)


def codes_left(user: User) -> int:
    """How many recovery codes are unused. One query."""
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user.id)) or 0


def prove(public_id: str, epoch: str, typed: str, source: str) -> User:
    """The second step of a sign-in, for the account and the epoch whose password was right.

    Raises WrongCode, SignInOver, or TooManyAttempts when this account or this source has failed too often.
    """
    throttle.admit(throttle.CODE, public_id, source)
    return _use(public_id, epoch, typed)


@atomic
def _use(public_id: str, epoch: str, typed: str) -> User:
    query = select(User, SecondFactor).join(SecondFactor, SecondFactor.user_id == User.id).with_for_update(of=SecondFactor)
    row = db.session.execute(query.where(User.public_id == public_id, User.session_epoch == epoch, User.active)).first()
    if row is None:
        raise SignInOver(_("Phiên đăng nhập này không còn hiệu lực. Xin đăng nhập lại."))
    user, factor = row.User, row.SecondFactor
    step = totp.matching_step(unseal(user, factor.sealed), typed, now(), factor.last_step)
    if step is not None:
        factor.last_step = step
    elif not _spend(user, typed):
        raise WrongCode(_("Mã không đúng hoặc đã dùng rồi. Xin đợi ứng dụng hiện mã mới rồi nhập lại."))
    throttle.forget(throttle.CODE, public_id)
    found: User = user
    return found


def _spend(user: User, typed: str) -> bool:
    """Use a recovery code up; False when there is no such code."""
    code = codes.read_code(typed)
    if code is None:
        return False
    spent = delete(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.code_hmac == _hmac(code))
    if not db.session.execute(spent.returning(RecoveryCode.id)).all():
        return False
    note("account.recovery_code_used", user, user)
    return True
