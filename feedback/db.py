"""The database's common ground: base class, column types, the clock, and the one way to commit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ParamSpec, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, DateTime, Dialect, Engine, Enum, MetaData, inspect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

P = ParamSpec("P")
R = TypeVar("R")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table; not `db.Model`, which mypy cannot check."""

    metadata = MetaData(naming_convention=NAMING)

    def __init__(self, **values: Any) -> None:
        """A new row. Raises TypeError for a name that is none of its.

        Columns are filled straight away: SQLAlchemy's own way tells each of them that it has changed, which goes without saying here.
        """
        kind, own = type(self), self.__dict__
        columns = _columns_of(kind)
        for name, value in values.items():
            if name in columns:
                own[name] = value
            elif hasattr(kind, name):  # a relationship, or words that are sealed
                setattr(self, name, value)
            else:
                raise TypeError(f"{kind.__name__} has no {name}")


@functools.cache
def _columns_of(kind: type[Base]) -> frozenset[str]:
    return frozenset(inspect(kind).column_attrs.keys())


#: Name of the second server among the engines, and of the note in a session that reads from it.
REPLICA = "replica"


class OneServer(Session):
    """A session whose transaction works on one server, whole: the primary, or the replica where a page has chosen that (ADR 14)."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None, **more: Any) -> Engine | Connection:
        """The server this transaction works on."""
        chosen: Engine | Connection = bind or self._db.engines[REPLICA if self.info.get(REPLICA) else None]
        return chosen


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": OneServer})


def work_on(*, replica: bool) -> None:
    """Let the session's next transaction work on the replica or on the primary; one under way on the other ends."""
    if on_replica() != replica:
        db.session.rollback()
        db.session.info[REPLICA] = replica


def on_replica() -> bool:
    """Whether the session works on the replica now."""
    return bool(db.session.info.get(REPLICA))


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, UTC in the database, aware UTC out. A naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant, whose meaning would depend on the machine's time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime: instants carry a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give instants in UTC whatever time zone the connection speaks."""
        return None if value is None else value.astimezone(UTC)


def enum_column(kind: type[StrEnum]) -> Enum:
    """A StrEnum stored by its value, held by a CHECK, so that a dump reads like the code."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=_snake(kind.__name__),
        values_callable=lambda members: [m.value for m in members],
    )


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def now() -> datetime:
    """The present instant in UTC: the only clock services read."""
    return datetime.now(UTC)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction on the session: commits at the outermost end, rolls back on any error; nested ones join."""
    info: dict[str, Any] = db.session.info
    depth = info.get("atomic_depth", 0)
    info["atomic_depth"] = depth + 1
    try:
        yield
        if depth == 0:
            db.session.commit()
    except BaseException:
        if depth == 0:
            db.session.rollback()
        raise
    finally:
        info["atomic_depth"] = depth


def atomic(service: Callable[P, R]) -> Callable[P, R]:
    """Make a service function one transaction: all of it happens or none of it."""

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return service(*args, **kwargs)

    return run
