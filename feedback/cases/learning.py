"""Learning from the office: drawing cases for a blind check, keeping what people decided against the machine, and the check itself.

docs/adr/0005-learning.md says what is kept, what never, and who may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from feedback.audit.services import record
from feedback.cases.access import Actor, checkable_cases, checked_by
from feedback.cases.learning_models import CheckDraw, Correction, Way, Why
from feedback.cases.learning_rules import is_drawn, learning_key, text_mark
from feedback.cases.models import Case, Suggestion
from feedback.cases.ports import Redactor
from feedback.crypto import KeyRing
from feedback.db import atomic, db, now
from feedback.errors import Busy, NotFound

CONDUCT = "staff_conduct"
#: What the desk has corrected is offered for a blind check so long; the random sample waits until somebody comes.
CORRECTED_WAITS = timedelta(days=60)
log = structlog.get_logger("learning")


@dataclass(frozen=True)
class Finding:
    """What a second officer reads in a text, knowing nothing of what others made of it."""

    category_code: str
    misconduct: bool = False
    urgent: bool = False
    spam: bool = False
    insult: bool = False


def key() -> bytes:
    """The installation's key of draws and marks."""
    keys: KeyRing = current_app.extensions["keys"]
    return learning_key(keys.pepper)


def draw(case: Case, thought: Suggestion, at: datetime) -> None:
    """Put a freshly read case into the random sample if its id says so. What the machine could not read gives nothing to judge."""
    if thought.worked and is_drawn(key(), case.public_id):
        db.session.add(CheckDraw(case_id=case.id, why=Why.RANDOM, drawn_at=at))


def note(case: Case, actor: Actor, way: Way, category_code: str, at: datetime) -> None:
    """Keep what an officer decided when it is not what the machine had said, once for the same decision; then it is looked at again."""
    thought = db.session.get(Suggestion, case.id)
    if thought is None or not thought.worked:
        return
    found = Finding(category_code, misconduct=category_code == CONDUCT)
    said = _last(case.id) or (thought.category_code, thought.misconduct or thought.category_code == CONDUCT)
    if (found.category_code, found.misconduct) == said:
        return
    db.session.add(_correction(case, thought, actor, way, found, at))
    if db.session.get(CheckDraw, case.id) is None:
        db.session.add(CheckDraw(case_id=case.id, why=Why.CORRECTED, drawn_at=at))


def _last(case_id: int) -> tuple[str, bool] | None:
    """The last decision kept of a case, the blind check apart."""
    kept = select(Correction.category_code, Correction.misconduct).where(Correction.case_id == case_id, Correction.way != Way.CHECK)
    row = db.session.execute(kept.order_by(Correction.id.desc()).limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def _correction(case: Case, thought: Suggestion, actor: Actor, way: Way, found: Finding, at: datetime) -> Correction:
    blind = way is Way.CHECK
    return Correction(
        case_id=case.id,
        at=at,
        way=way,
        model_version=thought.model_version,
        text_mark=text_mark(key(), case.text),
        suggested_category_code=thought.category_code,
        confidence=thought.confidence,
        alternatives=thought.alternatives,
        abstained=thought.abstain,
        suggested_misconduct=thought.misconduct,
        suggested_urgent=thought.urgent,
        suggested_spam=thought.spam,
        suggested_insult=thought.insult,
        category_code=found.category_code,
        misconduct=found.misconduct,
        urgent=found.urgent if blind else None,
        spam=found.spam if blind else None,
        insult=found.insult if blind else None,
        decided_by_id=actor.user_id,
    )


@dataclass(frozen=True)
class Waiting:
    """A case that waits for a blind check, without anything it says."""

    public_id: str
    drawn_at: datetime


def waiting(actor: Actor, size: int = 50) -> Sequence[Waiting]:
    """The cases this officer may check, the longest waiting first. Nothing tells the random ones from those that were corrected."""
    rows = db.session.execute(
        checkable_cases(actor)
        .where(_still_wanted())
        .with_only_columns(Case.public_id, CheckDraw.drawn_at)
        .order_by(CheckDraw.drawn_at, Case.id)
        .limit(size)
    )
    return [Waiting(*row) for row in rows]


def count_waiting(actor: Actor) -> int:
    """How many cases this officer may check."""
    found = checkable_cases(actor).where(_still_wanted())
    return db.session.scalar(found.with_only_columns(func.count())) or 0


def _still_wanted() -> ColumnElement[bool]:
    return or_(CheckDraw.why == Why.RANDOM, CheckDraw.drawn_at > now() - CORRECTED_WAITS)


@atomic
def open_for_check(actor: Actor, public_id: str) -> str:
    """The masked text of a case to be checked; opening a sealed one is written down first.

    Raises NotFound for whoever may not check it or when it has been checked, Busy when nobody can mask it.
    """
    case = db.session.scalar(checkable_cases(actor).where(Case.public_id == public_id))
    if case is None:
        raise NotFound
    if case.sealed:
        record("case.opened_sealed", actor=actor, subject_kind="case", subject_id=case.public_id)
    text = masked(case.text)
    if text is None:
        raise Busy(_("Chưa che được thông tin cá nhân trong hồ sơ này nên chưa mở để kiểm tra. Xin chọn hồ sơ khác."))
    return text


def masked(text: str) -> str | None:
    """A text without the personal data that the redactor finds; None when there is none, it fails, or its own output is not clean."""
    redactor: Redactor | None = current_app.extensions.get("redactor")
    if redactor is None:
        return None
    try:
        hidden, _found = redactor.mask(text)
        return None if redactor.mask(hidden)[1] else hidden
    except Exception as error:  # whatever breaks in there, no text goes out
        log.error("not masked", kind=type(error).__name__)
        return None


@atomic
def check(actor: Actor, public_id: str, found: Finding) -> bool:
    """Keep a blind check: once per case, by an officer who has had no part in it.

    Gives whether the case is open and yet holds signs of misconduct, which somebody must then be told. Raises NotFound when it is
    not his to check or has been checked meanwhile.
    """
    case = db.session.scalar(checkable_cases(actor).where(Case.public_id == public_id).with_for_update(of=Case))
    thought = None if case is None else db.session.get(Suggestion, case.id)
    if case is None or thought is None:
        raise NotFound
    if found.category_code == CONDUCT:
        found = Finding(CONDUCT, True, found.urgent, found.spam, found.insult)
    db.session.add(_correction(case, thought, actor, Way.CHECK, found, now()))
    record("case.checked", actor=actor, subject_kind="case", subject_id=case.public_id)
    return found.misconduct and not case.sealed


def reference_of_checked(actor: Actor, public_id: str) -> str:
    """Reference of an open case in which this officer has found signs of misconduct. Raises NotFound for any other."""
    found = checked_by(actor).where(Case.public_id == public_id, Correction.misconduct, Case.sealed.is_(False))
    reference: str | None = db.session.scalar(found.with_only_columns(Case.reference))
    if reference is None:
        raise NotFound
    return reference
