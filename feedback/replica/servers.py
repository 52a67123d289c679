"""The primary and its replica as this process last found them: whether they answer, how far they are, how old the replica's data is.

Now and then a mark is put into the primary's log of changes; the data of the replica is as old as the newest mark that it has passed. So a
primary on which nothing happens makes no lag, no table and no job is needed, and ages do not mix the clocks of two machines.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, LiteralString, TypeVar

import psycopg
from flask import Flask
from psycopg.rows import class_row
from sqlalchemy.exc import DBAPIError, OperationalError

from feedback.config import Config
from feedback.db import REPLICA, now
from feedback.pool import POOL

T = TypeVar("T")
#: A server is asked again after so many seconds; one that did not answer after more, so that few requests wait for it.
EVERY, RETRY = 1.0, 5.0
#: Whoever has been asking for so many seconds waits for a server that is stuck; nobody joins him.
STUCK = 3.0
#: After a pause so long the first mark is waited for, so often for so many seconds: it is on its way, and the one before is old.
PAUSE, TIMES, MOMENT = timedelta(seconds=2), 20, 0.005
#: How long to wait for a connection, in seconds, and for a network that has gone silent, in milliseconds: the other server is there.
SHORT_PATIENCE: Mapping[str, int] = {"connect_timeout": 2, "tcp_user_timeout": 3_000}
#: Places of the primary that are remembered: a quarter of an hour of them.
MARKS = 900

#: A word in the log that says nothing, and its place. Where the log merely ends may be in the middle of what is not written out yet, and on
#: a primary on which nothing happens the replica would not come past it for a quarter of a minute. (PostgreSQL 17 and newer)
_PLACE: LiteralString = """
    SELECT statement_timestamp() AS at, (SELECT system_identifier FROM pg_control_system()) AS system,
    pg_wal_lsn_diff(pg_logical_emit_message(false, 'liemchinh', '', true), '0/0')::bigint AS place
"""
_FOLLOWS: LiteralString = """
    SELECT pg_is_in_recovery() AS follows, (SELECT system_identifier FROM pg_control_system()) AS system,
    coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::bigint AS place,
    pg_last_xact_replay_timestamp() AS last_change, EXISTS (SELECT FROM pg_stat_wal_receiver) AS connected
"""


@dataclass(frozen=True)
class Place:
    """How far the primary has written."""

    #: On its own clock. Whatever was committed before lies before `place`.
    at: datetime
    #: In bytes of its log.
    place: int
    #: What a server and all that follow it have in common.
    system: int


@dataclass(frozen=True)
class Following:
    """How far the replica has come."""

    #: False: it was promoted, goes its own way and must not be read from.
    follows: bool
    system: int
    place: int
    #: When the last change it has was committed, on the primary's clock; None when it has seen none since it started.
    last_change: datetime | None
    #: Whether it is connected to its primary.
    connected: bool


class Server(Generic[T]):
    """One server, asked in passing by whoever comes first when it is time; the others go by what is known."""

    def __init__(self, url: str, question: LiteralString, shape: type[T]) -> None:
        self._address = url.replace("+psycopg", "", 1)
        self._question, self._shape = question, shape
        self._found: tuple[datetime, T] | None = None
        self._connection: psycopg.Connection[Any] | None = None
        self._ask_at = self._asking_since = 0.0
        self._turn = Lock()

    def look(self, *, again: bool = False) -> tuple[datetime, T] | None:
        """When it was last asked, and what it said; None while it does not answer. `again` asks it also when that is a moment ago."""
        moment = time.monotonic()
        if moment < self._ask_at and not again:
            return self._found
        if not self._turn.acquire(blocking=False):
            return self._found if moment - self._asking_since < STUCK else None
        try:
            self._asking_since = moment
            asked_at = now()  # before it answers: all that was committed until then is in what it says
            self._found = asked_at, self._ask()
            self._ask_at = time.monotonic() + EVERY
        except psycopg.Error:
            self.gone()
        finally:
            self._turn.release()
        return self._found

    def gone(self) -> None:
        """Take note that it does not answer; it is left alone for a while."""
        self._found, self._ask_at = None, time.monotonic() + RETRY

    def _ask(self) -> T:
        if self._connection is not None:
            try:
                return self._answer(self._connection)
            except psycopg.Error:
                # The server may have been started anew; the next connection tells.
                self.close()
        self._connection = psycopg.connect(self._address, autocommit=True, **SHORT_PATIENCE)  # type: ignore[arg-type]
        return self._answer(self._connection)

    def _answer(self, connection: psycopg.Connection[Any]) -> T:
        with connection.cursor(row_factory=class_row(self._shape)) as cursor:
            (answer,) = cursor.execute(self._question).fetchall()
            return answer

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Pair:
    """A primary and its replica."""

    def __init__(self, config: Config) -> None:
        self.primary = Server(config.database_url, _PLACE, Place)
        self.replica = Server(config.replica_url, _FOLLOWS, Following)
        self.limit = timedelta(seconds=config.replica_max_lag)
        self._marks: deque[tuple[datetime, Place]] = deque(maxlen=MARKS)

    def look(self) -> tuple[Place | None, Following | None]:
        """Both as they were a moment ago."""
        primary, replica = self.primary.look(), self.replica.look()
        newest = self._marks[-1][0] if self._marks else None
        if primary is not None and primary[0] != newest:
            if newest is not None and primary[0] < newest:
                self._marks.clear()  # our clock was set back: what was noted by it says nothing any more
            paused = not self._marks or primary[0] - self._marks[-1][0] > PAUSE
            self._marks.append(primary)
            for _ in range(TIMES if paused else 0):
                if replica is None or replica[1].place >= primary[1].place:
                    break
                time.sleep(MOMENT)
                replica = self.replica.look(again=True)
        return primary and primary[1], replica and replica[1]

    def serves(self, written_at: datetime | None = None) -> bool:
        """Whether a page may read from the replica, for a reader who last wrote something at that instant of the primary's clock."""
        place, following = self.look()
        if following is None or not self.is_ours(following):
            return False
        as_of = self.as_of()
        fresh = as_of is not None and now() - as_of <= self.limit
        return place is None or (fresh and (written_at is None or self.has(written_at)))

    def is_ours(self, following: Following) -> bool:
        """Whether it follows our primary, as far as is known: it may have been promoted, or be somebody else's."""
        return following.follows and all(mark[1].system == following.system for mark in list(self._marks)[-1:])

    def has(self, written_at: datetime) -> bool:
        """Whether the replica has everything that was committed until then, on the primary's clock."""
        passed = self._passed()
        return passed is not None and passed[1].at >= written_at

    def as_of(self) -> datetime | None:
        """The instant, on our clock, up to which the replica has everything for certain; None when that cannot be known."""
        place, following = self.look()
        if following is None:
            return None
        passed = self._passed()
        found = [passed[0]] if passed else []
        if (place is None or not passed) and following.last_change is not None:
            found.append(min(following.last_change, now()))
        return max(found, default=None)

    def _passed(self) -> tuple[datetime, Place] | None:
        """The newest place of the primary that the replica has passed."""
        _place, following = self.look()
        return next((mark for mark in reversed(list(self._marks)) if following and mark[1].place <= following.place), None)

    def close(self) -> None:
        """Let both connections go."""
        self.primary.close()
        self.replica.close()


def pair_of(app: Flask) -> Pair | None:
    """The servers of an application; None where it has no replica."""
    pair: Pair | None = app.extensions.get(REPLICA)
    return pair


def binds(config: Config) -> dict[str | None, Any]:
    """The engines an application has besides that of its primary."""
    if not config.replica_url:
        return {}
    options = POOL | {"connect_args": dict(SHORT_PATIENCE)}
    return {REPLICA: {"url": config.replica_url, "execution_options": {"postgresql_readonly": True}, **options}}


def is_gone(error: DBAPIError) -> bool:
    """Whether an error says that the server does not answer or has just ended, and not that a statement was wrong."""
    if error.connection_invalidated:
        return True
    state: str | None = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state[:2] == "08" or state.startswith("57P"))
