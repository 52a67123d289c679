"""Rate limits counted in the database, so that all web processes share one budget (security, control 18).

A source (IP address) is known only by a hash: under a key from the environment, without which the database tells nobody who came, and a
random salt that is thrown away daily, without which nobody can tell tomorrow.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import date
from typing import Any, cast

import psycopg
from flask import current_app, request
from limits.storage import Storage
from sqlalchemy import Date, LargeBinary, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from feedback.db import Base, db, now
from feedback.localtime import local_day

SCHEME = "database"


class RateLimit(Base):
    """How often a key was hit in its present window; windows end at `ends`, seconds since 1970.

    Not logged: a count is worth no wait for the disk, and a crash of the server may forget it.
    """

    __tablename__ = "rate_limit"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    hits: Mapped[int]
    ends: Mapped[float]


class LimitSalt(Base):
    """The salt of one day; older ones are deleted, and with them any chance to tell who came yesterday."""

    __tablename__ = "limit_salt"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


#: A window that ends later than one that began now was opened before the clock was set back, and is over too.
_OVER = "kept.ends <= %(moment)s OR kept.ends > %(ends)s"
_HIT = f"""INSERT INTO rate_limit AS kept (key, hits, ends) VALUES (%(key)s, %(amount)s, %(ends)s) ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN {_OVER} THEN 0 ELSE kept.hits END + excluded.hits,
    ends = CASE WHEN {_OVER} THEN excluded.ends ELSE kept.ends END RETURNING hits, ends"""  # noqa: S608 — nothing but the text above
_HITS = "SELECT hits FROM rate_limit WHERE key = %(key)s AND ends > %(moment)s"
_ENDS = "SELECT ends FROM rate_limit WHERE key = %(key)s"
_SWEEP = "DELETE FROM rate_limit WHERE ends <= %(moment)s"
_FORGET = "DELETE FROM rate_limit WHERE key = %(key)s"
_FORGET_ALL = "DELETE FROM rate_limit"


class DatabaseStorage(Storage):
    """Fixed-window counters for Flask-Limiter, kept in PostgreSQL. Its own connections: a count outlives a rolled-back request."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 — the library's own declaration

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """What the database may raise."""
        return SQLAlchemyError, psycopg.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit; the first one after a window's end opens a new window of `expiry` seconds."""
        moment = time.time()
        ((hits, _ends),) = _do(_HIT, key=key, amount=amount, moment=moment, ends=moment + expiry)
        if secrets.randbelow(500) == 0:
            _do(_SWEEP, moment=moment)
        return int(hits)

    def get(self, key: str) -> int:
        """Hits in the present window."""
        return next((hits for (hits,) in _do(_HITS, key=key, moment=time.time())), 0)

    def get_expiry(self, key: str) -> float:
        """When the present window ends, seconds since 1970."""
        return next((ends for (ends,) in _do(_ENDS, key=key)), time.time())

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            self.get("health")
        except self.base_exceptions:
            return False
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        return _do(_FORGET_ALL).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        _do(_FORGET, key=key)


def hit_along(key: str, expiry: int) -> tuple[int, float]:
    """Count a hit in the caller's transaction: it stands if what is done there stands. Gives the hits in this window, and its end."""
    moment = time.time()
    values = {"key": key, "amount": 1, "moment": moment, "ends": moment + expiry}
    hits, ends = db.session.connection().exec_driver_sql(_HIT, values).one()
    return hits, ends


def _do(statement: str, **values: str | float) -> psycopg.Cursor[Any]:
    """One statement with no transaction around it: one round trip, past SQLAlchemy's layers. Raises SQLAlchemyError, psycopg.Error."""
    held = db.engine.raw_connection()
    try:
        connection = cast("psycopg.Connection[Any]", held.driver_connection)
        connection.autocommit = True
        found = connection.execute(statement, values)
        connection.autocommit = False
    except BaseException:
        held.invalidate()  # whatever it was left in, nobody gets it from the pool
        raise
    finally:
        held.close()
    return found


_salts: dict[date, bytes] = {}
#: For counts of this process alone, while the database does not answer and the day's salt is not known.
_own_salt = secrets.token_bytes(32)


def _salt(day: date) -> bytes:
    """The day's salt, the same in every process; the first to need it makes it."""
    if day not in _salts:
        try:
            salt = _common_salt(day)
        except SQLAlchemyError:
            return _own_salt
        _salts.clear()
        _salts[day] = salt
    return _salts[day]


def _common_salt(day: date) -> bytes:
    with db.engine.begin() as connection:
        connection.execute(insert(LimitSalt).values(day=day, salt=secrets.token_bytes(32)).on_conflict_do_nothing())
        connection.execute(delete(LimitSalt).where(LimitSalt.day < day))
        salt = connection.scalar(select(LimitSalt.salt).where(LimitSalt.day == day))
    assert salt is not None
    return salt


def source_key() -> str:
    """Where the request comes from, as a hash that means nothing tomorrow."""
    address = request.remote_addr or "unknown"
    key = current_app.extensions["keys"].pepper + _salt(local_day(now()))
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:32]
