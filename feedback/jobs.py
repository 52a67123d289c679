"""Work after the request: a queue in the same database (procrastinate), filled inside the caller's transaction.

A rolled-back act leaves no job. A job may run twice after a crash, so tasks are written to take effect once.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
import procrastinate
from flask import Flask, current_app
from flask.cli import with_appcontext
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from feedback.acting import as_system
from feedback.config import Config
from feedback.db import db, now
from feedback.metrics import counted
from feedback.patience import CONNECT

#: A worker that has not been heard of for so long is dead, and its jobs are given to another.
DEAD_AFTER_SECONDS = 30
#: A job that failed, because its connection was cut perhaps, is tried again: in seconds at first, and in hours at last.
PATIENTLY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4)
#: One that the clock starts every hour or oftener: in seconds only, for the next does not begin while it waits.
SOON = procrastinate.RetryStrategy(max_attempts=5, wait=4)
#: When somebody looks for jobs of the dead: every minute.
RESCUE = "* * * * *"
#: A worker that is told to stop when the database has just gone signs off in vain; the pool's own 30 seconds would leave it behind.
CONNECTION_SECONDS = 4.0

_tasks: dict[str, Callable[..., None]] = {}
_periodic: dict[str, str] = {}
_at_start: list[str] = []

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1("
    "ARRAY[ROW(:queue, :task, 0, NULL, NULL, CAST(:args AS jsonb), :at)]::procrastinate_job_to_defer_v1[])"
)


def task(name: str, *, cron: str | None = None, at_start: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the body of a job; with `cron` it also runs by the clock (UTC), without arguments.

    A sixth field of `cron` is the seconds. With `at_start` it also runs when a worker begins: one that stood still may have left work.
    """

    def register(body: Callable[..., None]) -> Callable[..., None]:
        _tasks[name] = body
        if cron:
            _periodic[name] = cron
        if at_start:
            _at_start.append(name)
        return body

    return register


def defer(name: str, *, seconds: int = 0, queue: str = "default", **args: Any) -> None:
    """Queue a job in the caller's transaction, to run after it commits and not before `seconds` have passed."""
    at = now() + timedelta(seconds=seconds) if seconds else None
    db.session.execute(_DEFER, {"queue": queue, "task": name, "args": json.dumps(args), "at": at})


def run_here(name: str, **args: Any) -> None:
    """Run a task's body in this process at once, for the system as the worker would."""
    with as_system(name):
        _tasks[name](**args)


def schema_sql() -> str:
    """The queue's own tables and functions, for the migration."""
    return str(SchemaManager.get_schema())


def _in_app(app: Flask, name: str, body: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(body)
    def run(**args: Any) -> None:
        with app.app_context(), as_system(name), counted(name):
            try:
                body(**args)
            finally:
                db.session.remove()

    return run


def queue_of(app: Flask) -> procrastinate.App:
    """The queue with every registered task, as the worker sees it."""
    config: Config = app.extensions["config"]
    conninfo = config.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, kwargs=CONNECT, min_size=1, max_size=4, timeout=CONNECTION_SECONDS)
    queue = procrastinate.App(connector=connector)
    for name, body in _tasks.items():
        run = _in_app(app, name, body)
        if name in _periodic:
            _add_periodic(queue, name, run)
        else:
            queue.task(name=name, retry=PATIENTLY)(run)

    @queue.periodic(cron=RESCUE)
    @queue.task(queueing_lock="retry_stalled", name="jobs.retry_stalled", pass_context=True)
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            await queue.job_manager.retry_job(job)

    return queue


def _add_periodic(queue: procrastinate.App, name: str, run: Callable[..., None]) -> None:
    @queue.periodic(cron=_periodic[name])
    @queue.task(name=name, queueing_lock=name, retry=_how_to_retry(_periodic[name]))
    def by_the_clock(timestamp: int) -> None:
        run()


def _how_to_retry(cron: str) -> procrastinate.RetryStrategy:
    _minute, hour, *_rest = cron.split()
    return SOON if hour == "*" else PATIENTLY


@click.command("worker")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at a time.")
@click.option("--until-idle", is_flag=True, help="Stop when no job is waiting.")
@with_appcontext
def worker_command(concurrency: int, until_idle: bool) -> None:
    """Do the waiting jobs until stopped."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    queue = queue_of(app)
    for name in _at_start:
        run_here(name)
        db.session.remove()
    with queue.open():
        queue.run_worker(
            wait=not until_idle,
            concurrency=concurrency,
            name=f"worker-{os.getpid()}",
            delete_jobs="successful",
            shutdown_graceful_timeout=8,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
        )
