"""What is counted while the service works, for those who watch it (Prometheus). Names of pages and jobs only, never of people or cases.

With PROMETHEUS_MULTIPROC_DIR set, as `feedback.serve` sets it for its children, every process counts into that folder and
any of them answers for all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(folder).mkdir(parents=True, exist_ok=True)
#: Seconds; the promises of the pages (0.06, 0.1) and the patience of a person (1, 10) are among them.
BUCKETS = (0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Counter("liemchinh_requests", "Answers given, by page and status", ("page", "method", "status"))
REQUEST_SECONDS = Histogram("liemchinh_request_seconds", "Seconds until a page was ready", ("page",), buckets=BUCKETS)
MADE_AGAIN = Counter("liemchinh_made_again", "Pages made again on the other database server after one failed, by page", ("page",))
JOBS = Counter("liemchinh_jobs", "Jobs done by the worker, by name and outcome", ("job", "outcome"))
JOB_SECONDS = Histogram("liemchinh_job_seconds", "Seconds a job took", ("job",), buckets=BUCKETS)


def count_answer(page: str, method: str, status: int, began: float | None) -> None:
    """Count one answer; `began` is when its request came in, on the clock of `time.perf_counter`."""
    REQUESTS.labels(page, method, status).inc()
    if began is not None:
        REQUEST_SECONDS.labels(page).observe(time.perf_counter() - began)


@contextmanager
def counted(job: str) -> Iterator[None]:
    """Count one job with its time and whether it ended well."""
    began, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        JOBS.labels(job, outcome).inc()
        JOB_SECONDS.labels(job).observe(time.perf_counter() - began)


def counted_so_far() -> CollectorRegistry:
    """A registry of one's own that gives what all processes have counted."""
    registry = CollectorRegistry()
    if folder:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    return registry
