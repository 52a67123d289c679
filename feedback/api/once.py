"""Once: a POST under an Idempotency-Key is done one time within a day, however often and however near together it is sent.

The first one to come claims the key on a connection of its own, before anything is done; its answer is kept, sealed, and given again.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from feedback import jobs
from feedback.api.models import ApiAnswer
from feedback.codes import BITS, LENGTH, code_hmac, complete, letters
from feedback.crypto import KeyRing
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid

KEPT = timedelta(hours=24)
#: Whoever has not answered by then has died.
LEASE = timedelta(minutes=2)
SHORTEST, LONGEST = 16, 128


class UnderWay(Conflict):
    """The same request is being worked on."""


class KeyTaken(Invalid):
    """The key was used for another request."""


class BadKey(Invalid):
    """What was sent as a key cannot be one."""


@dataclass(frozen=True)
class Claim:
    """A request that is ours to do; what it is known by."""

    key: bytes
    body: bytes

    def code(self) -> str:
        """A tracking code that the same request makes again: done twice after a crash, it is found to be one report (security D2)."""
        return complete(letters(_hmac("report code", self.key.hex(), self.body.hex())[: LENGTH * BITS // 8]))


@dataclass(frozen=True)
class Kept:
    """What the first one was answered."""

    status: int
    body: bytes


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def _each_by_itself() -> AbstractContextManager[Connection]:
    """A connection of its own on which each statement is a transaction: one round trip instead of three."""
    return db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _hmac(*parts: str) -> bytes:
    return code_hmac("\0".join(("api", *parts)), _keys().pepper)


def _place(key: bytes) -> str:
    return f"api_answer|{key.hex()}|sealed"


def claim(caller: str, key: str, address: str, body: str) -> Claim | Kept:
    """Take a request up, or give what it was answered before. Raises BadKey, KeyTaken, and UnderWay while another one is at it."""
    if not (SHORTEST <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise BadKey(_("Idempotency-Key phải có từ 16 đến 128 ký tự ASCII."))
    mine, moment = Claim(_hmac("key", caller, key), _hmac("body", address, body)), now()
    dead = or_(ApiAnswer.claimed_at < moment - KEPT, ApiAnswer.status.is_(None) & (ApiAnswer.claimed_at < moment - LEASE))
    fresh = insert(ApiAnswer).values(key_hmac=mine.key, body_hmac=mine.body, claimed_at=moment)
    fresh = fresh.on_conflict_do_update(
        index_elements=["key_hmac"], set_={"body_hmac": mine.body, "claimed_at": moment, "status": None, "sealed": None}, where=dead
    )
    with _each_by_itself() as connection:
        if connection.scalar(fresh.returning(ApiAnswer.claimed_at)) is not None:
            return mine
        row = connection.execute(select(ApiAnswer.__table__).where(ApiAnswer.key_hmac == mine.key)).one_or_none()
    if row is not None and row.body_hmac != mine.body:
        raise KeyTaken(_("Idempotency-Key này đã dùng cho một yêu cầu khác."))
    if row is None or row.status is None:
        raise UnderWay(_("Yêu cầu này đang được thực hiện. Xin gửi lại sau giây lát."))
    return Kept(row.status, _keys().unwrap(row.sealed, _place(mine.key)))


def _of(mine: Claim) -> ColumnElement[bool]:
    """Our own row, not one that somebody has made anew because we took too long."""
    return and_(ApiAnswer.key_hmac == mine.key, ApiAnswer.body_hmac == mine.body, ApiAnswer.status.is_(None))


def keep(mine: Claim, status: int, body: bytes) -> None:
    """Keep what the request was answered."""
    sealed = _keys().wrap(body, _place(mine.key))
    with _each_by_itself() as connection:
        connection.execute(update(ApiAnswer).where(_of(mine)).values(status=status, sealed=sealed))


def let_go(mine: Claim) -> None:
    """Nothing came of it: the next one may try."""
    with _each_by_itself() as connection:
        connection.execute(delete(ApiAnswer).where(_of(mine)))


@jobs.task("api.forget_answers", cron="40 18 * * *")
@atomic
def forget() -> None:
    """At night: throw away what is older than a day."""
    db.session.execute(delete(ApiAnswer).where(ApiAnswer.claimed_at < now() - KEPT))
