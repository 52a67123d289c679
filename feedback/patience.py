"""How long somebody waits for the database before he is told so: a network that is cut must not hold a page for good.

A connection that is cut says nothing: the operating system notices after a quarter of an hour what it is not asked to notice earlier. And
one that a box on the way holds open without passing anything on looks sound for ever. So a page has an end by which it is answered.
"""

from __future__ import annotations

import math
import time
from contextvars import ContextVar
from typing import Any, cast

import psycopg
import sqlalchemy.exc
from psycopg import generators
from psycopg.abc import RV as R
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Dialect, Engine, event

#: No page waits longer for the database.
PAGE_SECONDS = 25.0
#: What may still be waited for when the time is up: a rollback.
LAST_SECONDS = 1.0
#: libpq: how long a connection may take to begin, and after how many milliseconds and seconds of silence it counts as cut.
CONNECT = {"connect_timeout": 10, "tcp_user_timeout": 15_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
#: A server that did not answer in that time is left alone for so many seconds.
LEFT_ALONE_SECONDS = 5.0
#: Until when, on the monotonic clock, by host and port.
_mute: dict[tuple[object, object], float] = {}
_until: ContextVar[float | None] = ContextVar("until", default=None)


class Connection(psycopg.Connection[Any]):
    """A connection that gives up when the page's time is up. It is closed then: what the server still does on it, nobody hears."""

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        """Wait for the server. Raises OperationalError."""
        until = _until.get()
        if until is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, max(until - time.monotonic(), LAST_SECONDS))
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from error

    def rollback(self) -> None:
        """End the transaction. What the server knows by heart it keeps, unless there was an error: reading, too, ends by a rollback.

        psycopg forgets every prepared statement then, because a table made in the transaction is gone with it. We make none, PostgreSQL
        plans anew whatever refers to a table that changed, and planning costs several times what reading a row does: the policies
        (feedback/cases/walls.py) are long.
        """
        if self.info.transaction_status is not TransactionStatus.INTRANS:
            super().rollback()
            return
        with self.lock:
            self.wait(self._exec_command(b"ROLLBACK"))

    def begin(self, statement: str) -> None:
        """Begin a transaction and make its first statement, which has no parameters, in one round trip. Raises psycopg.Error."""
        with self.lock:
            self.pgconn.send_query(self._get_tx_start_command() + b";" + statement.encode())
            for result in self.wait(generators.execute(self.pgconn)):
                if result.status == ExecStatus.FATAL_ERROR:
                    raise psycopg.errors.error_from_result(result)


@event.listens_for(Engine, "do_connect")
def _connect(_dialect: Dialect, _record: object, words: list[Any], options: dict[str, Any]) -> psycopg.Connection[Any]:
    """A new connection. Raises OperationalError, at once where somebody waited in vain a moment ago.

    A page asks several times, and there are more pages than threads: if each waited, those that need no database would wait behind them.
    """
    address = options.get("host"), options.get("port")
    patience = min(options.get("connect_timeout", PAGE_SECONDS), _left())
    moment, alone_until = time.monotonic(), _mute.get(address)
    if alone_until is not None:
        if moment < alone_until:
            raise psycopg.OperationalError("the database did not answer a moment ago")
        _mute[address] = moment + patience  # one tries whether it is back, and nobody joins him
    try:
        connection = Connection.connect(*words, **options | {"connect_timeout": max(math.ceil(patience), 2)})
    except psycopg.errors.ConnectionTimeout:
        _mute[address] = time.monotonic() + LEFT_ALONE_SECONDS
        raise
    except psycopg.Error:
        _mute.pop(address, None)  # it says no, and says so at once
        raise
    _mute.pop(address, None)
    return connection


def _left() -> float:
    until = _until.get()
    return PAGE_SECONDS if until is None else until - time.monotonic()


def begin_with(connection: sqlalchemy.Connection, statement: str) -> None:
    """Begin the connection's transaction in the database by this statement, which has no parameters."""
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


@event.listens_for(Engine, "do_execute_no_params")
def _begin_with(cursor: psycopg.Cursor[Any], statement: str, _context: object) -> bool:
    cast(Connection, cursor.connection).begin(statement)
    return True  # nothing is left for SQLAlchemy to do


def begin_page() -> None:
    """From now on this page has its time."""
    _until.set(time.monotonic() + PAGE_SECONDS)


def end_page() -> None:
    """The page is done; what else this thread does has all the time there is."""
    _until.set(None)


def is_outage(error: BaseException) -> bool:
    """Whether the database cannot be reached, cannot write, or is too busy: nobody's mistake, and over in a while."""
    return isinstance(error, sqlalchemy.exc.OperationalError | sqlalchemy.exc.TimeoutError | psycopg.OperationalError)
