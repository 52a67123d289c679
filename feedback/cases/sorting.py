"""After the save: the machine reads the report and it goes to the desk, or, at any sign of misconduct, to the inspectorate.

Failing closed: a classifier that raises, hangs or is missing counts as a sign of misconduct (security D12).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from feedback import jobs
from feedback.batches import write_batch
from feedback.cases import learning
from feedback.cases.access import SYSTEM, visible_cases
from feedback.cases.asking import each_within, wards_named
from feedback.cases.clock import set_clock
from feedback.cases.clock_models import DueCause
from feedback.cases.models import Case, Suggestion
from feedback.cases.ports import Classifier, Labels
from feedback.cases.routing import Routing, route
from feedback.cases.sealed import text_of
from feedback.cases.workflow import Move, State
from feedback.cases.writing import apply, hide_hour, lock_by_id, take_whole_report, unseal
from feedback.city import queries as city
from feedback.city.holding import held, kept
from feedback.city.models import Track
from feedback.db import atomic, db, now
from feedback.localtime import day_start

#: A text that takes longer is treated as unreadable; the limit only bites on a broken model.
READ_SECONDS = 2.0
#: How many reports are read in one transaction, and in how many transactions by one job: then other jobs get their turn.
BATCH, BATCHES = 200, 10
CONDUCT = "staff_conduct"
#: Chosen for what a report is, not for its field: another field does not change them.
KEPT_TRACKS = frozenset({Track.CONDUCT, Track.COMPLAINT, Track.DENUNCIATION})
_log = logging.getLogger(__name__)
_reader = ThreadPoolExecutor(max_workers=4, thread_name_prefix="classifier")


def read(text: str) -> Labels | None:
    """What the plugged-in classifier thinks of a text; None when it is missing, raises or takes too long."""
    return _labels_of([text])[0]


def _labels_of(texts: Sequence[str]) -> Sequence[Labels | None]:
    classifier: Classifier | None = current_app.extensions.get("classifier")
    if classifier is None:
        return [None] * len(texts)
    return each_within(READ_SECONDS, classifier.classify, texts, _reader)


@jobs.task("cases.classify")
def classify_case(case_id: int) -> None:
    """Read a freshly received case and send it on. Does nothing when that has already happened.

    As a job it comes from releases that queued one for each report.
    """
    _read_together(_waiting().where(Case.id == case_id).with_for_update(of=Case))


@jobs.task("cases.classify_waiting", cron="* * * * * */5", at_start=True)
def classify_waiting() -> None:
    """Read what the web servers left to the worker because they were busy, and what one of them that died did not come to."""
    last = 0
    for _turn in range(BATCHES):
        waiting = _waiting().where(Case.id > last).limit(BATCH)
        try:
            keys = _read_together(waiting.with_for_update(skip_locked=True, of=Case))
        except Exception as error:  # one that cannot be read must not hold up the others
            _log.error("reading together failed: %s", type(error).__name__)
            keys = _read_one_by_one(waiting)
        if len(keys) < BATCH:
            break
        last = keys[-1]


def _waiting() -> Select[Case]:
    return visible_cases(SYSTEM).where(Case.state == State.RECEIVED).order_by(Case.id)


def _read_one_by_one(waiting: Select[Case]) -> Sequence[int]:
    keys = db.session.scalars(waiting.with_only_columns(Case.id)).all()
    for case_id in keys:
        try:
            classify_case(case_id)
        except Exception as error:
            _log.error("case %s was not read: %s", case_id, type(error).__name__)
    return keys


@atomic
def _read_together(waiting: Select[Case]) -> Sequence[int]:
    """Read some reports and send them on together; their keys. They stay locked meanwhile, and nobody wants them."""
    cases = db.session.scalars(waiting.options(joinedload(Case.key)).execution_options(populate_existing=True)).all()
    keys = [case.id for case in cases]
    if cases:
        with held(), db.session.no_autoflush:
            _send_on(cases, *_read_all([case.text for case in cases], [case.area_id for case in cases]))
            write_batch()
    return keys


@jobs.task("cases.read_again")
def read_again(case_id: int) -> None:
    """Read what a split has left of a report, whose suggestion it dropped. Does nothing when that has already happened."""
    row = text_of(case_id, State.SORTING)
    db.session.rollback()  # no transaction is held open while the model thinks
    if row is not None:
        labels, areas = _read_all([row[0]], [row[1]])
        _keep_suggestion(case_id, labels[0], areas[0])


def _read_all(texts: Sequence[str], area_ids: Sequence[int | None]) -> tuple[Sequence[Labels | None], Sequence[int | None]]:
    """The labels of texts and where each happened: what its sender said, else the one ward his text names."""
    without = [text for text, area_id in zip(texts, area_ids, strict=True) if area_id is None]
    named = iter(wards_named(without, city.current_units(), city.ward_ids()))
    return _labels_of(texts), [next(named) if area_id is None else area_id for area_id in area_ids]


@atomic
def _keep_suggestion(case_id: int, labels: Labels | None, area_id: int | None) -> None:
    case = lock_by_id(case_id)
    if db.session.get(Suggestion, case.id) is None:
        db.session.add(_suggestion(case, labels, area_id, now()))


def _send_on(cases: Sequence[Case], labels: Sequence[Labels | None], area_ids: Sequence[int | None]) -> None:
    at = now()
    conduct = {case.id for case, its in zip(cases, labels, strict=True) if _is_about_conduct(case, its)}
    hide_hour(*(case for case in cases if case.id in conduct))
    unseal(at, *(case for case in cases if case.id not in conduct))
    for case, its, area_id in zip(cases, labels, area_ids, strict=True):
        _send_one_on(case, its, area_id, day_start(at) if case.sealed and case.anonymous else at)


def _is_about_conduct(case: Case, labels: Labels | None) -> bool:
    return labels is None or labels.misconduct or CONDUCT in (case.citizen_category_code, labels.category)


def _send_one_on(case: Case, labels: Labels | None, area_id: int | None, at: datetime) -> None:
    suggestion = _suggestion(case, labels, area_id, at)
    learning.draw(case, suggestion, at)
    case.urgent = labels is not None and labels.urgent
    if case.sealed:
        case.track = Track.CONDUCT
        take_whole_report(case)
        set_category(case, CONDUCT, at)
        reason = "Có dấu hiệu về hành vi của cán bộ" if suggestion.worked else "Chưa phân loại tự động được"
        apply(case, Move.SEAL, SYSTEM, to_agency_id=city.triage_id(), reason=reason, at=at)
    else:
        set_category(case, case.citizen_category_code or suggestion.category_code or case.category_code, at)
        apply(case, Move.SORT, SYSTEM, at=at)
    db.session.add(suggestion)  # only now: what the flag says of its words is decided


def _suggestion(case: Case, labels: Labels | None, area_id: int | None, at: datetime) -> Suggestion:
    if labels is None:
        return Suggestion(case_id=case.id, at=at, worked=False, misconduct=True)
    routing = propose_agency(case.citizen_category_code or labels.category, area_id)
    agency_id = city.agency_id_of(routing.agency_code)
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
    track, rule_code = city.track_of(category_code), city.rule_code_of(category_code)
    case.category_code = category_code
    if case.track not in KEPT_TRACKS:
        case.track = track
    set_clock(case, rule_code, at, DueCause.CATEGORY)


@kept
def propose_agency(category_code: str, area_id: int | None) -> Routing:
    """Which agency is to act on a matter of this field in this area, and why in words."""
    return route(category_code, city.place_by_id(area_id), city.routing_rules())
