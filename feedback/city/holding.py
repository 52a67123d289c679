"""Readings of the city that are not made twice: inside `held()` alone. Everywhere else each asks the database, as whoever edits must."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from feedback.city.models import CityEdition
from feedback.db import db, now
from feedback.localtime import local_day

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class _Block:
    """What was read since `held()`."""

    readings: dict[Hashable, Any] = field(default_factory=dict)
    of_edition: dict[Hashable, Any] | None = None
    edition: UUID | None = None


#: What is drawn anew with every change of the city.
EDITION = select(CityEdition.edition)
_block: ContextVar[_Block | None] = ContextVar("held", default=None)


@contextmanager
def held(edition: UUID | None = None, *, anew: bool = False) -> Iterator[None]:
    """Inside, each reading marked `once` or `kept` is made once: for a transaction that looks at the city and leaves it alone.

    `edition` is for one that has just read it. A block inside another one shares what that has read; `anew` is for a further transaction,
    which looks again.
    """
    block = (None if anew else _block.get()) or _Block()
    block.edition = block.edition or edition
    token = _block.set(block)
    try:
        yield
    finally:
        _block.reset(token)


def once(reading: Callable[P, R]) -> Callable[P, R]:
    """Mark a reading that gives rows of the session: made once in a block of `held()`."""
    return _marked(reading, lambda block: block.readings)


def kept(reading: Callable[P, R]) -> Callable[P, R]:
    """Mark a reading that gives plain values: in `held()` this process keeps them until somebody changes the city, or the day ends."""
    return _marked(reading, _of_edition)


def _marked(reading: Callable[P, R], where: Callable[[_Block], dict[Hashable, Any]]) -> Callable[P, R]:
    @functools.wraps(reading)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        block = _block.get()
        if block is None:
            return reading(*args, **kwargs)
        known, key = where(block), (reading.__name__, args, tuple(kwargs.items()))
        if key not in known:
            known[key] = reading(*args, **kwargs)
        found: R = known[key]
        return found

    return read


def _of_edition(block: _Block) -> dict[Hashable, Any]:
    """What this process knows of the city as it stands in the database now: every change of it draws an edition that never was before."""
    if block.of_edition is None:
        edition = block.edition or db.session.scalar(EDITION), local_day(now())
        known = current_app.extensions.get("city_kept")
        if known is None or known[0] != edition:
            known = current_app.extensions["city_kept"] = edition, {}
        block.of_edition = known[1]
    return block.of_edition
