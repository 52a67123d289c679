"""A report comes in by a public door: saved, then read at once; when this process has its hands full the worker reads it with others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, Submitted, submit_report
from feedback.cases.sorting import classify_case

_count = threading.Lock()
_under_way = 0


def take_in(report: Report, code_hmac: bytes, *, draft_id: int | None = None) -> Submitted:
    """Save a citizen's report, durably when this returns, and send it on; while others come in beside it that is left to the worker.

    Reading many together costs a third of reading them one by one, and whoever waits for his code waits for the saving alone.
    """
    with _one_more() as alone:
        submitted = submit_report(report, code_hmac, CITIZEN, draft_id=draft_id)
        if alone():
            classify_case(submitted.case_id)
    return submitted


@contextmanager
def _one_more() -> Iterator[Callable[[], bool]]:
    """Count a report that this process is at; gives what tells whether it is the only one."""
    global _under_way
    with _count:
        _under_way += 1
    try:
        yield lambda: _under_way == 1
    finally:
        with _count:
            _under_way -= 1
