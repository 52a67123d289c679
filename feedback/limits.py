"""Rate limits counted in the database, so that all web processes share one budget (security, control 18).

A source (IP address) is known only by a hash under a random salt that is thrown away daily.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import date

from flask import request
from limits.storage import Storage
from sqlalchemy import Date, Engine, LargeBinary, String, case, delete, or_, select
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


class DatabaseStorage(Storage):
    """Fixed-window counters for Flask-Limiter, kept in PostgreSQL. Its own connections: a count outlives a rolled-back request."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 — the library's own declaration

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database may raise."""
        return SQLAlchemyError

    @property
    def _engine(self) -> Engine:
        # Each count is one statement: without a transaction around it, it is one round trip instead of three.
        return db.engine.execution_options(isolation_level="AUTOCOMMIT")

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit; the first one after a window's end opens a new window of `expiry` seconds.

        A window that ends later than one that began now was opened before the clock was set back, and is over too.
        """
        moment = time.time()
        fresh = insert(RateLimit).values(key=key, hits=amount, ends=moment + expiry)
        over = or_(RateLimit.ends <= moment, RateLimit.ends > moment + expiry)
        counted = fresh.on_conflict_do_update(
            index_elements=[RateLimit.key],
            set_={
                "hits": case((over, 0), else_=RateLimit.hits) + amount,
                "ends": case((over, fresh.excluded.ends), else_=RateLimit.ends),
            },
        ).returning(RateLimit.hits)
        with self._engine.begin() as connection:
            hits = connection.scalar(counted)
            if secrets.randbelow(500) == 0:
                connection.execute(delete(RateLimit).where(RateLimit.ends <= moment))
        return int(hits or 0)

    def get(self, key: str) -> int:
        """Hits in the present window."""
        with self._engine.connect() as connection:
            return connection.scalar(select(RateLimit.hits).where(RateLimit.key == key, RateLimit.ends > time.time())) or 0

    def get_expiry(self, key: str) -> float:
        """When the present window ends, seconds since 1970."""
        with self._engine.connect() as connection:
            return connection.scalar(select(RateLimit.ends).where(RateLimit.key == key)) or time.time()

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            self.get("health")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        with self._engine.begin() as connection:
            return connection.execute(delete(RateLimit)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._engine.begin() as connection:
            connection.execute(delete(RateLimit).where(RateLimit.key == key))


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
    return hmac.new(_salt(local_day(now())), address.encode(), hashlib.sha256).hexdigest()[:32]
