"""After the save: the machine reads the report and it goes to the desk, or, at any sign of misconduct, to the inspectorate.

Failing closed: a classifier that raises, hangs or is missing counts as a sign of misconduct (security D12).
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from feedback import jobs
from feedback.cases import learning
from feedback.cases.access import SYSTEM, visible_cases
from feedback.cases.asking import read_where
from feedback.cases.clock import set_clock
from feedback.cases.clock_models import DueCause
from feedback.cases.models import Case, Suggestion
from feedback.cases.ports import Classifier, Labels
from feedback.cases.routing import Routing, route
from feedback.cases.sealed import text_of
from feedback.cases.workflow import Move, State
from feedback.cases.writing import apply, hide_hour, lock_by_id, take_whole_report, unseal
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.models import Track
from feedback.db import atomic, db, now
from feedback.localtime import day_start

#: A text that takes longer is treated as unreadable; the limit only bites on a broken model.
READ_SECONDS = 2.0
#: How many reports are read in one transaction, and in how many transactions by one job: then other jobs get their turn.
BATCH, BATCHES = 50, 40
CONDUCT = "staff_conduct"
#: Chosen for what a report is, not for its field: another field does not change them.
KEPT_TRACKS = frozenset({Track.CONDUCT, Track.COMPLAINT, Track.DENUNCIATION})
_log = logging.getLogger(__name__)
_reader = ThreadPoolExecutor(max_workers=4, thread_name_prefix="classifier")


def read(text: str) -> Labels | None:
    """What the plugged-in classifier thinks of a text; None when it is missing, raises or takes too long."""
    classifier: Classifier | None = current_app.extensions.get("classifier")
    if classifier is None:
        return None
    try:
        return _reader.submit(classifier.classify, text).result(timeout=READ_SECONDS)
    except Exception as error:  # whatever breaks in the model must not reach the citizen
        _log.error("classifier failed: %s", type(error).__name__)
        return None


@jobs.task("cases.classify")
def classify_case(case_id: int) -> None:
    """Read a freshly received case and send it on. Does nothing when that has already happened.

    As a job it comes from releases that queued one for each report.
    """
    row = text_of(case_id, State.RECEIVED)
    db.session.rollback()  # no transaction is held open while the model thinks
    if row is not None:
        _send_on(case_id, *_read_all(*row))


@jobs.task("cases.classify_waiting", cron="* * * * * */5", at_start=True)
def classify_waiting() -> None:
    """Read what the web servers left to the worker because they were busy, and what one of them that died did not come to."""
    try:
        for _turn in range(BATCHES):
            if _read_waiting() < BATCH:
                break
    except Exception as error:  # one that cannot be read must not hold up the others
        _log.error("reading together failed: %s", type(error).__name__)
        _read_one_by_one()


@atomic
def _read_waiting() -> int:
    """Read the reports that have waited longest and send them on together; how many. They stay locked meanwhile, and nobody wants them."""
    waiting = _waiting(BATCH)
    cases = db.session.scalars(waiting.with_for_update(skip_locked=True, of=Case).options(joinedload(Case.key))).all()
    with held(), db.session.no_autoflush:
        for case in cases:
            _send_on_locked(case, *_read_all(case.text, case.area_id))
    return len(cases)


def _waiting(most: int) -> Select[Case]:
    return visible_cases(SYSTEM).where(Case.state == State.RECEIVED).order_by(Case.id).limit(most)


def _read_one_by_one() -> None:
    for case_id in db.session.scalars(_waiting(BATCH * BATCHES).with_only_columns(Case.id)).all():
        try:
            classify_case(case_id)
        except Exception as error:
            _log.error("case %s was not read: %s", case_id, type(error).__name__)
            db.session.rollback()


@jobs.task("cases.read_again")
def read_again(case_id: int) -> None:
    """Read what a split has left of a report, whose suggestion it dropped. Does nothing when that has already happened."""
    row = text_of(case_id, State.SORTING)
    db.session.rollback()  # as above
    if row is not None:
        _keep_suggestion(case_id, *_read_all(*row))


def _read_all(text: str, area_id: int | None) -> tuple[Labels | None, int | None]:
    """The labels of a text and where it happened: what its sender said, else the one ward his text names."""
    labels = read(text)
    if area_id is None:
        where = read_where(text, city.current_units(), city.wards)
        area_id = where.area.id if where.area is not None and not where.others else None
    return labels, area_id


@atomic
def _keep_suggestion(case_id: int, labels: Labels | None, area_id: int | None) -> None:
    case = lock_by_id(case_id)
    if db.session.get(Suggestion, case.id) is None:
        db.session.add(_suggestion(case, labels, area_id, now()))


@atomic
def _send_on(case_id: int, labels: Labels | None, area_id: int | None) -> None:
    case = lock_by_id(case_id)
    if case.state == State.RECEIVED:
        with held():
            _send_on_locked(case, labels, area_id)


def _send_on_locked(case: Case, labels: Labels | None, area_id: int | None) -> None:
    at = now()
    conduct = labels is None or labels.misconduct or CONDUCT in (case.citizen_category_code, labels.category)
    if conduct and case.anonymous:
        at = day_start(at)
    suggestion = _suggestion(case, labels, area_id, at)
    learning.draw(case, suggestion, at)
    case.urgent = labels is not None and labels.urgent
    if conduct:
        case.track = Track.CONDUCT
        hide_hour(case)
        take_whole_report(case)
        set_category(case, CONDUCT, at)
        reason = "Có dấu hiệu về hành vi của cán bộ" if suggestion.worked else "Chưa phân loại tự động được"
        apply(case, Move.SEAL, SYSTEM, to_agency_id=city.triage_agency().id, reason=reason, at=at)
    else:
        set_category(case, case.citizen_category_code or suggestion.category_code or case.category_code, at)
        unseal(case, at)
        apply(case, Move.SORT, SYSTEM, at=at)
    db.session.add(suggestion)  # only now: what the flag says of its words is decided


def _suggestion(case: Case, labels: Labels | None, area_id: int | None, at: datetime) -> Suggestion:
    if labels is None:
        return Suggestion(case_id=case.id, at=at, worked=False, misconduct=True)
    routing = propose_agency(case.citizen_category_code or labels.category, area_id)
    agency_id = city.agency_by_code(routing.agency_code).id
    return Suggestion(case_id=case.id, at=at, worked=True, agency_id=agency_id, routing_reason=routing.reason, **what_was_read(labels))


def what_was_read(labels: Labels) -> dict[str, Any]:
    """What the machine made of a text, as columns of a suggestion."""
    return {
        "model_version": labels.model_version,
        "category_code": labels.category,
        "confidence": labels.confidence,
        "alternatives": [list(pair) for pair in labels.alternatives],
        "reasons": list(labels.reasons),
        "misconduct": labels.misconduct,
        "misconduct_confidence": labels.misconduct_confidence,
        "urgent": labels.urgent,
        "spam": labels.spam,
        "insult": labels.insult,
        "abstain": labels.abstain,
    }


def set_category(case: Case, category_code: str, at: datetime) -> None:
    """Give a case its field, and with it the track, the deadline rule and the due date counted from receipt.

    The 1022 decision does not say where its five days start (domain facts, rule 1022-ANS); counting from receipt is
    the reading that never lets the citizen's date slip because the desk was slow.
    """
    category = city.category(category_code)
    case.category_code = category.code
    if case.track not in KEPT_TRACKS:
        case.track = category.track
    set_clock(case, category.rule_code, at, DueCause.CATEGORY)


def propose_agency(category_code: str, area_id: int | None) -> Routing:
    """Which agency is to act on a matter of this field in this area, and why in words."""
    area = city.area_by_id(area_id) if area_id is not None else None
    return route(category_code, city.place_of(area), city.routing_rules())
