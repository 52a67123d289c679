"""Connections that the server has closed meanwhile are noticed when they are taken from the pool, without asking the server."""

from __future__ import annotations

import select
from typing import Any

from sqlalchemy import Pool, event
from sqlalchemy.exc import DisconnectionError


@event.listens_for(Pool, "checkout")
def _is_open(connection: Any, _record: object, _proxy: object) -> None:
    """Nothing is under way on a connection in the pool: what can be read from it is the server's farewell, and a new one is made.

    To ask (`pool_pre_ping`) would be one more round trip for every transaction.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError
