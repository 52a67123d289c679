"""Texts that may be learnt from, and the counts behind the administrator's page: open cases only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, func, select

from feedback.accounts.models import User
from feedback.acting import as_system
from feedback.audit.models import AuditEntry
from feedback.cases import learning
from feedback.cases.access import SYSTEM, visible_cases
from feedback.cases.learning_models import CheckDraw, Correction, Way, Why
from feedback.cases.learning_rules import text_mark
from feedback.cases.models import Case, Suggestion
from feedback.cases.workflow import State
from feedback.db import db
from feedback.localtime import CITY_TIME

#: Acts in the audit table.
PROMOTED, ROLLED_BACK = "model.promoted", "model.rolled_back"


@dataclass(frozen=True)
class Labelled:
    """A report's text as it is now, not yet masked, with what a second officer read in it; None where the text is another by now."""

    text: str | None
    mark: bytes
    category_code: str
    misconduct: bool
    urgent: bool
    spam: bool
    insult: bool


def labelled() -> Iterator[Labelled]:
    """Every blind check whose case is open and not withdrawn now, in an order that says nothing of when or whose."""
    key = learning.key()
    said = (Correction.category_code, Correction.misconduct, Correction.urgent, Correction.spam, Correction.insult)
    rows = (
        visible_cases(SYSTEM)
        .join(Correction, Correction.case_id == Case.id)
        .where(Correction.way == Way.CHECK, Case.sealed.is_(False), Case.state != State.WITHDRAWN)
        .with_only_columns(Case.text, Correction.text_mark, *said)
        .order_by(Correction.text_mark)
    )
    for text, mark, category, misconduct, urgent, spam, insult in db.session.execute(rows):
        current = text if text_mark(key, text) == mark else None
        yield Labelled(current, mark, category, misconduct, bool(urgent), bool(spam), bool(insult))


@dataclass(frozen=True)
class Checked:
    """Blind checks of the random sample: how many texts the machine read as one field and a second officer as another."""

    suggested: str
    found: str
    count: int
    #: Of these: misconduct found, and not seen by the machine.
    misconduct_missed: int
    urgent: int
    urgent_seen: int


def _open() -> Select[Case]:
    """Open cases that are still there: nothing on the administrator's page moves when a sealed one comes in."""
    return visible_cases(SYSTEM).where(Case.sealed.is_(False), Case.state != State.WITHDRAWN)


@as_system("figures of the machine")
def checks(model_version: str) -> list[Checked]:
    """What came of the random sample for one model."""
    seen, urgent = Correction.suggested_misconduct, Correction.urgent.is_(True)
    rows = db.session.execute(
        _open()
        .join(CheckDraw, CheckDraw.case_id == Case.id)
        .join(Correction, Correction.case_id == Case.id)
        .where(CheckDraw.why == Why.RANDOM, Correction.way == Way.CHECK, Correction.model_version == model_version)
        .with_only_columns(
            Correction.suggested_category_code,
            Correction.category_code,
            func.count(),
            func.count().filter(Correction.misconduct, ~seen),
            func.count().filter(urgent),
            func.count().filter(urgent, Correction.suggested_urgent),
        )
        .group_by(Correction.suggested_category_code, Correction.category_code)
    )
    return [Checked(*row) for row in rows]


@as_system("figures of the machine")
def drawn(model_version: str) -> int:
    """How many open cases that this model read are in the random sample."""
    found = _open().join(CheckDraw, CheckDraw.case_id == Case.id).join(Suggestion, Suggestion.case_id == Case.id)
    found = found.where(CheckDraw.why == Why.RANDOM, Suggestion.model_version == model_version)
    return db.session.scalar(found.with_only_columns(func.count())) or 0


def _month(column: Any) -> ColumnElement[date]:
    return cast(func.date_trunc("month", func.timezone(CITY_TIME.key, column)), Date)


@dataclass(frozen=True)
class Decided:
    """The desk's decisions of one month on one suggested field."""

    month: date
    suggested: str
    model_version: str
    #: The machine was unsure and proposed nothing.
    abstained: bool
    count: int
    other: int


@as_system("figures of the machine")
def decisions(since: datetime) -> list[Decided]:
    """How often the desk chose another field than the machine's first, since an instant."""
    month = _month(Suggestion.decided_at)
    keys = (month, Suggestion.category_code, Suggestion.model_version, Suggestion.abstain)
    rows = db.session.execute(
        _open()
        .join(Suggestion, Suggestion.case_id == Case.id)
        .where(Suggestion.worked, Suggestion.decided_at >= since)
        .with_only_columns(*keys, func.count(), func.count().filter(Suggestion.decided_category_code != Suggestion.category_code))
        .group_by(*keys)
    )
    return [Decided(month, code or "", version, unsure, count, other) for month, code, version, unsure, count, other in rows]


@dataclass(frozen=True)
class Readings:
    """What one model made of the texts of one month that it read as one field."""

    month: date
    suggested: str
    model_version: str
    count: int
    abstained: int
    confidence: float


@as_system("figures of the machine")
def readings(since: datetime, until: datetime) -> list[Readings]:
    """What was read between two instants, by calendar month."""
    month = _month(Suggestion.at)
    keys = (month, Suggestion.category_code, Suggestion.model_version)
    rows = db.session.execute(
        _open()
        .join(Suggestion, Suggestion.case_id == Case.id)
        .where(Suggestion.worked, Suggestion.at >= since, Suggestion.at < until)
        .with_only_columns(*keys, func.count(), func.count().filter(Suggestion.abstain), func.sum(Suggestion.confidence))
        .group_by(*keys)
    )
    return [Readings(month, code or "", version, count, unsure, sure) for month, code, version, count, unsure, sure in rows]


@as_system("figures of the machine")
def sample_texts(since: datetime, until: datetime, most: int) -> list[tuple[date, str]]:
    """At most so many texts of each calendar month, always the same ones, for counting words; nothing of them is shown."""
    month = _month(Case.received_at).label("month")
    place = func.row_number().over(partition_by=month, order_by=Case.public_id).label("place")
    received = _open().where(Case.received_at >= since, Case.received_at < until)
    # Texts are fetched for the chosen few only: carried through the sort they would be nearly all of its work.
    ranked = received.with_only_columns(Case.id, month, place).subquery()
    chosen = select(ranked.c.month, Case.text).join(ranked, ranked.c.id == Case.id).where(ranked.c.place <= most)
    return [(row.month, row.text) for row in db.session.execute(chosen)]


@dataclass(frozen=True)
class Use:
    """Since when and until when a model read open cases, and how many."""

    first: datetime
    last: datetime
    count: int


@as_system("figures of the machine")
def uses() -> dict[str, Use]:
    """The use of each model."""
    rows = db.session.execute(
        _open()
        .join(Suggestion, Suggestion.case_id == Case.id)
        .where(Suggestion.worked)
        .with_only_columns(Suggestion.model_version, func.min(Suggestion.at), func.max(Suggestion.at), func.count())
        .group_by(Suggestion.model_version)
    )
    return {version: Use(first, last, count) for version, first, last, count in rows}


@dataclass(frozen=True)
class Change:
    """A model was put to use, or taken back, by an administrator."""

    at: datetime
    action: str
    version: str
    by: str


def changes(most: int = 5) -> list[Change]:
    """The last changes of the model made from the page, the newest first."""
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.subject_id, User.full_name)
        .join(User, User.id == AuditEntry.actor_user_id)
        .where(AuditEntry.subject_kind == "model", AuditEntry.action.in_((PROMOTED, ROLLED_BACK)))
        .order_by(AuditEntry.seq.desc())
        .limit(most)
    )
    return [Change(*row) for row in rows]
