"""What is looked up once in a transaction, so that everything on a page says the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from feedback.db import db

T = TypeVar("T")
_KEPT = "looked_up_once"


def once(name: Hashable, look_up: Callable[[], T]) -> T:
    """What `look_up` gave under this name the first time in this transaction."""
    kept: dict[Hashable, Any] = db.session.info.setdefault(_KEPT, {})
    if name not in kept:
        found = look_up()
        # The look-up may have begun the transaction.
        kept = db.session.info.setdefault(_KEPT, {})
        kept[name] = found
    return cast(T, kept[name])


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop(_KEPT, None)
