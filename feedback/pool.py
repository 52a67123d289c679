"""The connections each process keeps. Those that the server has closed meanwhile are noticed when they are taken, without asking it."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import Pool, event
from sqlalchemy.exc import DisconnectionError

#: For an engine. The connection given back last is taken first: its server process has at hand what it was asked a moment ago.
POOL: dict[str, Any] = {"pool_size": 5, "max_overflow": 10, "pool_use_lifo": True}


@event.listens_for(Pool, "checkout")
def _is_open(connection: Any, _record: object, _proxy: object) -> None:
    """Nothing is under way on a connection in the pool: what can be read from it is the server's farewell, and a new one is made.

    To ask (`pool_pre_ping`) would be one more round trip for every transaction.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError
