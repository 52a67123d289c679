"""A report comes in by a public door: saved, then read at once; when more come in the worker reads it with others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic

from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, Submitted, submit_report
from feedback.cases.sorting import classify_case
from feedback.city.holding import held
from feedback.db import transaction

#: A report that comes sooner after another is one of many.
APART_SECONDS = 1.0
_count = threading.Lock()
_under_way = 0
_last_came = float("-inf")


def take_in(
    report: Report,
    code_hmac: bytes,
    *,
    draft_id: int | None = None,
    at: datetime | None = None,
    along: Callable[[int], object] | None = None,
) -> Submitted:
    """Save a citizen's report, durably when this returns, and send it on; when many come in that is left to the worker.

    Reading many together costs less than reading them one by one, and whoever waits for his code waits for the saving alone. `along`
    gets the key of the case and writes what belongs to it in the same transaction: for fresh codes, a known one is an error then.
    """
    with _one_more() as alone:
        submitted = _save(report, code_hmac, draft_id, at, along)
        read = alone()
        if read:
            with held(anew=True):
                classify_case(submitted.case_id)
    return replace(submitted, read=read)


def _save(report: Report, code_hmac: bytes, draft_id: int | None, at: datetime | None, along: Callable[[int], object] | None) -> Submitted:
    if along is None:
        return submit_report(report, code_hmac, CITIZEN, draft_id=draft_id, at=at)
    with transaction():
        submitted = submit_report(report, code_hmac, CITIZEN, draft_id=draft_id, at=at)
        along(submitted.case_id)
    return submitted


@contextmanager
def _one_more() -> Iterator[Callable[[], bool]]:
    """Count a report that this process is at; gives what tells whether none came shortly before it or since."""
    global _under_way, _last_came
    with _count:
        came = monotonic()
        many = _under_way > 0 or came - _last_came < APART_SECONDS
        _under_way, _last_came = _under_way + 1, came
    try:
        yield lambda: not many and _last_came == came
    finally:
        with _count:
            _under_way -= 1
