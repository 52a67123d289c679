"""Figures of the moment for those who watch: what waits, what failed, how much room is left. Counts only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from flask import current_app
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from feedback.config import Config
from feedback.db import db, now
from feedback.metrics import counted_so_far
from feedback.operations.readiness import obstacles
from feedback.replica.servers import pair_of

_JOBS = text("SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1")
_UNREAD = text("SELECT count(*), coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM cases WHERE state = 'received'")


class Now(Collector):
    """Asked at every look; without a database only what needs none."""

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        config: Config = current_app.extensions["config"]
        yield GaugeMetricFamily("liemchinh_disk_free_bytes", "Room where files are kept", shutil.disk_usage(config.var).free)
        yield from _of_the_replica()
        try:
            figures = list(_of_the_database())
        except SQLAlchemyError:
            figures = [GaugeMetricFamily("liemchinh_ready", "1 when reports can be taken in", 0)]
        yield from figures


def _of_the_replica() -> Iterator[Metric]:
    if (pair := pair_of(current_app)) is None:
        return
    _place, following = pair.look()
    up = following is not None and pair.is_ours(following)
    yield GaugeMetricFamily("liemchinh_replica_up", "1 when the replica answers and follows the primary", 1 if up else 0)
    if (as_of := pair.as_of()) is not None:
        yield GaugeMetricFamily("liemchinh_replica_lag_seconds", "How old the replica's data is", (now() - as_of).total_seconds())


def _of_the_database() -> Iterator[Metric]:
    yield GaugeMetricFamily("liemchinh_ready", "1 when reports can be taken in", 0 if obstacles() else 1)
    waiting = GaugeMetricFamily("liemchinh_queue", "Jobs in the queue", labels=["status"])
    # As the account of DATABASE_URL: the queue is closed to the role that pages work as.
    with db.engine.connect() as connection:
        found: dict[str, int] = dict(connection.execute(_JOBS).all())
        count, seconds = connection.execute(_UNREAD).one()
    for status in ("todo", "doing", "failed"):
        waiting.add_metric([status], found.get(status, 0))
    yield waiting
    yield GaugeMetricFamily("liemchinh_unread_reports", "Reports the machine has not read yet", count)
    yield GaugeMetricFamily("liemchinh_unread_seconds", "How long the oldest of them has waited", float(seconds))


def figures() -> bytes:
    """Everything counted and the figures of the moment, in Prometheus' text format."""
    registry = counted_so_far()
    registry.register(Now())
    return generate_latest(registry)
