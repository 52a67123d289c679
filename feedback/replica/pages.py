"""Which pages read from the replica, and what they say of it. A page that is not marked here works on the primary alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from feedback.accounts.models import User
from feedback.accounts.sessions import user_by_session
from feedback.config import Config
from feedback.db import REPLICA, db, now, on_replica, work_on
from feedback.metrics import MADE_AGAIN
from feedback.replica.servers import Pair, is_gone, pair_of

View = TypeVar("View", bound=Callable[..., Any])
#: Where the session of a browser keeps when it last sent something, on the primary's clock: a place in the log would tell how much others
#: write.
MARK = "wrote"
_CLOCK = "SELECT clock_timestamp()"
#: Data younger than this is called the present.
SAID_FROM = timedelta(seconds=5)
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Lag:
    """How the data of the page at hand stands."""

    #: The page has everything up to this instant; None when nobody can tell.
    as_of: datetime | None
    age: timedelta
    #: Whether nothing can be sent because the primary does not answer.
    cut_off: bool


def from_replica(view: View | None = None, *, unless: Callable[[], object] = lambda: None) -> Any:
    """Mark a view that only reads: it may be answered by the replica, unless the request has what `unless` finds.

    A statement that fails there, for whatever reason, is no failure of the page: it is made again on the primary, from its beginning. So
    is, on the replica, one for which the primary does not answer. Never on pages of work, of sending, of signing in, or behind a code.
    """
    if view is None:
        return functools.partial(from_replica, unless=unless)
    made: Callable[..., Any] = view

    @functools.wraps(made)
    def run(*args: Any, **kwargs: Any) -> Any:
        pair = pair_of(current_app)
        if pair is None or request.method not in SAFE or unless():
            return made(*args, **kwargs)
        _know_the_reader()
        work_on(replica=pair.serves(_wrote_at(pair)))
        try:
            return made(*args, **kwargs)
        except DBAPIError as error:
            _try_the_other(pair, error)
        return made(*args, **kwargs)

    run.may_lag = True  # type: ignore[attr-defined]
    return run


def _has_session() -> bool:
    # Looked for in the request: a page that asks the session itself is kept by no cache (Vary: Cookie).
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _know_the_reader() -> None:
    """Sessions are looked up on the primary, so before the page chooses a server."""
    if _has_session() and "_user_id" in session:
        _ = current_user.is_authenticated


def _wrote_at(pair: Pair) -> datetime | None:
    """When this reader last wrote something the replica may not have; forgotten once it has."""
    if not _has_session() or MARK not in session:
        return None
    written_at = datetime.fromisoformat(session[MARK])
    if not pair.has(written_at):
        return written_at
    session.pop(MARK)
    return None


def _try_the_other(pair: Pair, error: DBAPIError) -> None:
    """Turn to the other server after a failure. Raises the error where that would be of no use."""
    was_replica, gone = on_replica(), is_gone(error)
    if gone:
        (pair.replica if was_replica else pair.primary).gone()
    if not was_replica and (not gone or not pair.serves()):
        raise error
    MADE_AGAIN.labels(request.endpoint).inc()
    db.session.rollback()
    work_on(replica=not was_replica)


def officer_by_session(key: str) -> User | None:
    """The officer a session's key belongs to, as the primary knows him.

    While it does not answer, pages for reading know him as the replica does. Nothing notes that a session is used then, so that
    every one of them ends half an hour after its last use before.
    """
    pair, view = pair_of(current_app), current_app.view_functions.get(request.endpoint or "")
    if pair is None or not getattr(view, "may_lag", False):
        return user_by_session(key)
    place, _following = pair.look()
    work_on(replica=place is None and pair.serves())
    try:
        return user_by_session(key)
    except DBAPIError as error:
        _try_the_other(pair, error)
    return user_by_session(key)


def _note_the_writing(response: Response) -> Response:
    """Whoever sends something reads from the primary until the replica has it. A browser only: programs have no session."""
    if request.method not in SAFE and response.status_code < 500 and _has_session() and session:
        # Gone since, what was written is on no page of the primary either.
        with suppress(SQLAlchemyError), db.engine.connect() as connection:
            session[MARK] = connection.exec_driver_sql(_CLOCK).scalar_one().isoformat()
    return response


def _say_how_old(response: Response) -> Response:
    """A file or an answer for a program says its age in the header that caches go by (RFC 9111), in seconds."""
    lag = lag_here()
    if lag is not None and lag.as_of is not None:
        response.headers["Age"] = str(round(lag.age.total_seconds()))
    return response


def lag_here() -> Lag | None:
    """What the page has to say of its data; None when it is of the present."""
    pair = pair_of(current_app)
    if pair is None or not on_replica():
        return None
    if "lag" not in g:
        place, _following = pair.look()
        as_of = pair.as_of()
        age = now() - as_of if as_of is not None else timedelta.max
        g.lag = Lag(as_of, age, place is None) if place is None or age >= SAID_FROM else None
    lag: Lag | None = g.lag
    return lag


def data_of(moment: datetime) -> datetime:
    """The instant that the figures of a page made at this moment are of."""
    lag = lag_here()
    return lag.as_of if lag is not None and lag.as_of is not None else moment


def init_replica(app: Flask, config: Config) -> None:
    """Install the choice of a server where a replica is set."""
    app.context_processor(lambda: {"lag_here": lag_here})
    if not config.replica_url:
        return
    app.extensions[REPLICA] = Pair(config)
    app.after_request(_note_the_writing)
    app.after_request(_say_how_old)
    app.teardown_request(lambda _error: work_on(replica=False))
