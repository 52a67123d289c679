"""For whom the database works. Every transaction of the session is told, and the policies there (feedback/cases/walls.py) go by it.

Requests, jobs and commands say for whom they act before their first statement. From then on each transaction works as a role that owns
nothing and that the policies bind; who it is for is set for the transaction only, so that a pooled connection carries nothing over.
Where nobody has said anything (a migration, a Python shell) the transaction works as the owner of the tables, whom no policy binds.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import _GeneratorContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, LiteralString, Protocol

from psycopg.pq import TransactionStatus
from psycopg.sql import SQL
from sqlalchemy import ColumnElement, Connection, Row, Select, Text, bindparam, cast, event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from feedback.config import APP_ROLE
from feedback.db import db
from feedback.patience import begin_with

#: What a transaction is told: role, kind of actor, officer, agency, name of the system's work, cases at hand, how statements are planned.
_SETTINGS: tuple[LiteralString, ...] = ("role", "app.who", "app.user", "app.agency", "app.task", "app.cases", "plan_cache_mode")
#: A visitor's statements find by key what they read, and one plan is good for all. How to read an officer's lists depends on how much his
#: agency has: a plan for any agency reads all that the largest one ever had.
KEPT_PLANS, ANEW = "auto", "force_custom_plan"
_TELL_AGAIN = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)


class Party(Protocol):
    """Whoever the work is done for; `feedback.cases.access.Actor` is one."""

    @property
    def who(self) -> str:
        """Role of an officer, "citizen" or "system"."""
        ...

    @property
    def user_id(self) -> int | None:
        """Key of the officer."""
        ...

    @property
    def agency_id(self) -> int | None:
        """Key of the officer's agency."""
        ...


@dataclass(frozen=True)
class System:
    """The city's own work, by its name: a job, a command, or a part of an officer's act that reaches further than he sees."""

    task: str
    who: str = "system"
    user_id: int | None = None
    agency_id: int | None = None


@dataclass
class _Standing:
    """A party, and the cases it has at hand: taken up while it saw them, and followed until its work is done."""

    party: Party
    cases: set[int] = field(default_factory=set)

    @property
    def at_hand(self) -> str:
        """Keys of the cases, as the database is told them."""
        return ",".join(map(str, sorted(self.cases)))

    def told(self) -> tuple[str, ...]:
        """What a transaction is told."""
        party, plans = self.party, KEPT_PLANS if self.party.user_id is None else ANEW
        task = getattr(party, "task", "")
        return APP_ROLE, str(party.who), str(party.user_id or ""), str(party.agency_id or ""), task, self.at_hand, plans


_OWNER = ("none", "", "", "", "", "", KEPT_PLANS)  # also what a transaction begins with
_standing: ContextVar[_Standing | None] = ContextVar("standing", default=None)


@event.listens_for(db.session, "after_begin")
def _begin(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if (standing := _standing.get()) is None:
        return
    if _status(connection) is TransactionStatus.IDLE:  # in one round trip, for every page has a transaction
        begin_with(connection, _telling(standing.told()))
    else:  # a savepoint
        connection.exec_driver_sql(_TELL_AGAIN, standing.told())


@functools.lru_cache(maxsize=64)
def _telling(told: tuple[str, ...]) -> str:
    """What a transaction that has just begun is told: nothing stands from the one before, so that only what is not empty is said."""
    said = [(name, value) for name, value, without in zip(_SETTINGS, told, _OWNER, strict=True) if value != without]
    return SQL("SELECT {}").format(SQL(", ").join(SQL("set_config({}, {}, true)").format(*pair) for pair in said)).as_string()


def _status(connection: Connection) -> TransactionStatus:
    return connection.connection.driver_connection.info.transaction_status  # type: ignore[union-attr, no-any-return]


def act_for(party: Party) -> None:
    """Work for this party from now on, until `stop_acting`: what a request does as soon as it knows who sent it."""
    _stand(_Standing(party))


def stop_acting() -> None:
    """End what `act_for` began, and the transaction with it."""
    if db.session.registry.has():
        db.session.rollback()
    _standing.set(None)


@contextmanager
def acting_for(party: Party | None) -> Iterator[None]:
    """Work for a party inside the block and for the former one after it, in the same transaction if there is one; None: as the owner."""
    before = _standing.get()
    _stand(None if party is None else _Standing(party))
    try:
        yield
        if (session := _under_way()) is not None:
            session.flush()
    finally:
        _stand(before, flush=False)


def as_system(task: str) -> _GeneratorContextManager[None]:
    """The city's own work inside the block or, as a decorator, inside the function, under its name."""
    return acting_for(System(task))


def take_up(*case_ids: int) -> None:
    """Keep cases at hand that the party has just seen (or makes), so that it can finish what it does to them wherever they go by it."""
    standing = _standing.get()
    if standing is None or standing.cases.issuperset(case_ids):
        return
    standing.cases.update(case_ids)
    _tell()


def take_up_found(query: Select[int]) -> list[int]:
    """Find keys of cases, or draw new ones, and keep them at hand, in one statement."""
    return take_up_by(taking_up(query)).found or []


def taking_up(query: Select[int], **beside: ColumnElement[Any]) -> Select[Any]:
    """The statement that does it, to be kept by whoever asks it often; with other questions, whose answers come in the same row."""
    found = query.subquery()
    keys = func.concat_ws(",", bindparam("at_hand", type_=Text), func.string_agg(cast(found.c[0], Text), ","))
    answers = (answer.label(name) for name, answer in beside.items())
    return select(func.array_agg(found.c[0]).label("found"), func.set_config("app.cases", keys, True), *answers)


def take_up_by(statement: Select[Any], **values: Any) -> Row[Any]:
    """Ask what `taking_up` made, with these values in it; gives the list `found`, None for nothing, and the answers by their names."""
    standing = _standing.get()
    at_hand = standing.at_hand if standing is not None and standing.cases else None
    # By the connection: nothing of it is an object of the session, and the way through that is long.
    row: Row[Any] = db.session.connection().execute(statement, {"at_hand": at_hand, **values}).one()
    if standing is not None:
        standing.cases.update(row.found or ())
    return row


def _stand(standing: _Standing | None, *, flush: bool = True) -> None:
    if flush and (session := _under_way()) is not None:
        session.flush()  # what the former party has done so far is written as its own
    _standing.set(standing)
    _tell()


def _tell() -> None:
    if (session := _under_way()) is None or not session.is_active:
        return
    connection, standing = session.connection(), _standing.get()
    # After an error the database takes nothing but a rollback, which brings back what was told before.
    if _status(connection) is not TransactionStatus.INERROR:
        connection.exec_driver_sql(_TELL_AGAIN, _OWNER if standing is None else standing.told())


def _under_way() -> Session | None:
    """The session, if it is inside a transaction."""
    session: Session | None = db.session() if db.session.registry.has() else None
    return session if session is not None and session.in_transaction() else None
