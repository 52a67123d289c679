"""How often somebody may guess a password or a code: counted per account and per source, never for all at once (security, control 15)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from feedback.accounts.models import SignInAttempt
from feedback.crypto import derive
from feedback.db import atomic, db, now
from feedback.errors import Busy

#: Failures from one source, whatever it guesses at, within `SOURCE_WINDOW`.
FAILURES_PER_SOURCE = 20
SOURCE_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Guess:
    """Something to guess at, and how many failures per account are let through in how long a time."""

    kind: str
    failures: int
    window: timedelta


PASSWORD = Guess("account", 5, timedelta(minutes=1))
#: The password asked for once more inside a session.
PASSWORD_AGAIN = Guess("again", 5, timedelta(minutes=1))
#: Three codes in a million are right at a time, and who guesses at them knows the password: at most 10 an hour.
CODE = Guess("code", 10, timedelta(hours=1))
_LONGEST = max(each.window for each in (PASSWORD, PASSWORD_AGAIN, CODE))


class TooManyAttempts(Busy):
    """Too many failures of one account or from one source."""

    status = 429


def _hashed(kind: str, value: str) -> bytes:
    key = derive(current_app.config["SECRET_KEY"], "sign-in-throttle")
    return hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).digest()


@atomic
def admit(guess: Guess, account: str, source: str) -> None:
    """Count a guess before it is looked at, one at a time per account: guesses sent all at once share the same few.

    Raises TooManyAttempts when this account or this source has failed too often; others are not affected.
    """
    account_hash, source_hash = _hashed(guess.kind, account), _hashed("source", source)
    db.session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(account_hash[:8], signed=True))))
    if _failed_too_often(guess, account_hash, source_hash):
        raise TooManyAttempts(_wait(guess))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now() - _LONGEST))
    db.session.add(SignInAttempt(at=now(), account_hash=account_hash, source_hash=source_hash))


def _failed_too_often(guess: Guess, account_hash: bytes, source_hash: bytes) -> bool:
    moment, attempt = now(), SignInAttempt
    by_account = select(func.count()).where(attempt.account_hash == account_hash, attempt.at > moment - guess.window)
    by_source = select(func.count()).where(attempt.source_hash == source_hash, attempt.at > moment - SOURCE_WINDOW)
    row = db.session.execute(select(by_account.scalar_subquery(), by_source.scalar_subquery())).one()
    return bool(row[0] >= guess.failures or row[1] >= FAILURES_PER_SOURCE)


def _wait(guess: Guess) -> str:
    if guess is CODE:
        return str(_("Đã có nhiều lần nhập mã không đúng. Xin đợi một giờ rồi đăng nhập lại, hoặc liên hệ quản trị viên."))
    return str(_("Đã có nhiều lần đăng nhập không thành công. Xin đợi một phút rồi thử lại."))


def forget(guess: Guess, account: str) -> None:
    """A right guess ends the count of its account."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.account_hash == _hashed(guess.kind, account)))
