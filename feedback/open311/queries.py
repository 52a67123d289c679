"""What other systems may read: the public cases, and the state of what they themselves handed in. Never changes anything.

Without a key only what stands on the public pages; with one only what came in under it. A sealed case is neither: it answers like
one that never was, also to the system that handed it in.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, bindparam, func, select

from feedback.acting import as_system
from feedback.answers.queries import public_cases
from feedback.cases.message_models import Publication
from feedback.cases.models import Answer, AnswerState, Case, CaseEvent
from feedback.cases.workflow import ENDED_STATES, State
from feedback.city.models import Agency, Area, Category
from feedback.codes import code_hmac, read_code
from feedback.db import db
from feedback.open311.models import ApiKey, ApiRequest
from feedback.open311.spec import Fault, Status, Wanted

#: States in which the city owes nothing more.
DONE = ENDED_STATES | {State.ANSWERED}


@dataclass(frozen=True)
class Request:
    """One service request as GeoReport knows it. `answer` is empty while there is none that may be read."""

    public_id: str
    state: State
    text: str
    answer: str
    category: Category
    agency: str
    ward: str
    ward_code: str
    received_at: datetime
    updated_at: datetime
    due_at: datetime

    @property
    def status(self) -> Status:
        """Open or closed."""
        return Status.CLOSED if self.state in DONE else Status.OPEN


@dataclass(frozen=True)
class Update:
    """One step of a request: its number in the request's own story, counted from 1."""

    public_id: str
    number: int
    state: State
    at: datetime


def hmac_of(secret: str, kind: str) -> bytes:
    """What the database knows a key or a token by; neither can stand for the other, nor for a tracking code."""
    return code_hmac(f"{kind} {secret}", current_app.extensions["keys"].pepper)


_GOOD_KEY = select(ApiKey.id).where(ApiKey.key_hmac == bindparam("key_hmac"), ApiKey.approved_at.is_not(None), ApiKey.ended_at.is_(None))


def key_by_secret(typed: str) -> int:
    """Which key somebody shows. Raises Fault 403 for none, one that waits for approval, one that has ended; which of them is not said."""
    code = read_code(typed)
    found: int | None = db.session.scalar(_GOOD_KEY, {"key_hmac": hmac_of(code, "key")}) if code else None
    if found is None:
        raise Fault(403, "api_key missing or not valid")
    return found


def _reading(key: int | None) -> AbstractContextManager[None]:
    """Without a key the database shows what everybody may read; what came in under one is picked out here alone."""
    return nullcontext() if key is None else as_system("connections")


def requests(asked: Wanted, key: int | None) -> list[Request]:
    """One page of what this caller may read, the newest first."""
    found, order = (_own(key), Case.received_at) if key is not None else (_public(), Publication.published_at)
    if asked.ids:
        found = found.where(Case.public_id.in_(asked.ids))
    else:
        found = found.where(Case.received_at.between(asked.start, asked.end))
        if asked.services:
            found = found.where(Case.category_code.in_(asked.services))
        if asked.statuses != frozenset(Status):
            done = Case.state.in_(DONE)
            found = found.where(done if Status.CLOSED in asked.statuses else ~done)
    page = found.order_by(order.desc(), Case.id.desc()).limit(asked.size).offset((asked.page - 1) * asked.size)
    with _reading(key):
        return [Request(*row) for row in db.session.execute(page)]


def request(public_id: str, key: int | None) -> Request:
    """One request. Raises Fault 404 for every other, whether or not it exists."""
    found = _own(key) if key is not None else _public()
    with _reading(key):
        row = db.session.execute(found.where(Case.public_id == public_id)).one_or_none()
    if row is None:
        raise Fault(404, "service_request_id was not found")
    return Request(*row)


@as_system("connections")
def of_token(token: str) -> str | None:
    """The request a token stands for; None while it is not there (yet). Raises Fault 404 for a token that never was."""
    code = read_code(token)
    shown = and_(Case.sealed.is_(False), Case.state != State.RECEIVED)
    rows = select(Case.public_id, shown).join(ApiRequest, ApiRequest.case_id == Case.id)
    row = db.session.execute(rows.where(ApiRequest.token_hmac == hmac_of(code, "token"))).one_or_none() if code else None
    if row is None:
        raise Fault(404, "token was not found")
    return str(row[0]) if row[1] else None


def updates(asked: Wanted, key: int | None) -> list[Update]:
    """What happened to requests within a span, oldest first: for the public the answer, for the system that handed one in every step."""
    if key is None:
        found: Any = public_cases().with_only_columns(Case.public_id, 1 + Case.reopenings, Case.state, Publication.published_at)
        at: Any = Publication.published_at
    else:
        number = func.row_number().over(partition_by=CaseEvent.case_id, order_by=CaseEvent.id)
        steps = select(CaseEvent.case_id, CaseEvent.to_state, CaseEvent.at, number.label("number")).subquery()
        of_key: Any = select(Case.public_id, steps.c.number, steps.c.to_state, steps.c.at)
        found = of_key.join(steps, steps.c.case_id == Case.id).where(*_came_in_under(key))
        at = steps.c.at
    found = found.where(Case.public_id.in_(asked.ids)) if asked.ids else found.where(at.between(asked.start, asked.end))
    page = found.order_by(at, Case.id).limit(asked.size).offset((asked.page - 1) * asked.size)
    with _reading(key):
        return [Update(*row) for row in db.session.execute(page)]


def _columns(text: Any, answer: Any, updated: Any) -> tuple[Any, ...]:
    place = (func.coalesce(Area.name, ""), func.coalesce(Area.code, ""))
    return (Case.public_id, Case.state, text, answer, Category, Agency.name, *place, Case.received_at, updated, Case.due_at)


def _public() -> Select[Any]:
    return public_cases().with_only_columns(*_columns(Publication.text, Publication.answer, Publication.published_at))


def _came_in_under(key: int) -> tuple[Any, ...]:
    mine = select(ApiRequest.case_id).where(ApiRequest.api_key_id == key)
    return Case.id.in_(mine), Case.sealed.is_(False), Case.state != State.RECEIVED


def _own(key: int) -> Select[Any]:
    newest = select(func.max(CaseEvent.at)).where(CaseEvent.case_id == Case.id).scalar_subquery()
    own: Select[Any] = (
        select(*_columns(Case.text, func.coalesce(Answer.text, ""), newest))
        .join(Category, Category.code == Case.category_code)
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(Area, Area.id == Case.area_id)
        .outerjoin(Answer, and_(Answer.case_id == Case.id, Answer.state == AnswerState.PUBLISHED))
        .where(*_came_in_under(key))
    )
    return own
