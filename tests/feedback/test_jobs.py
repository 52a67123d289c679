"""The queue: a job belongs to its transaction, takes effect once, and survives the death of a worker."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from feedback import jobs
from feedback.config import APP_ROLE, ROOT, Config
from feedback.db import db, transaction
from feedback.jobs import defer

#: A worker whose one task writes down that it began, waits when told to, and counts its effect once per key.
WORKER = """
import pathlib, sys, time
from sqlalchemy import text
from feedback import jobs
from feedback.config import Config
from feedback.db import atomic, db
from wsgi import create_app

url, folder, dead_after = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3])
jobs.DEAD_AFTER_SECONDS = dead_after
if dead_after < 30:
    jobs.RESCUE = "* * * * * */10"

@jobs.task("test.count")
@atomic
def count(key):
    with (folder / "began").open("a") as began:
        began.write(key + "\\n")
    db.session.execute(text("INSERT INTO effect VALUES (:key) ON CONFLICT DO NOTHING"), {"key": key})
    while (folder / "wait").exists():
        time.sleep(0.05)

app = create_app(Config(database_url=url, secret_key="x" * 40, limits_url="memory://", var=folder, testing=True))
app.test_cli_runner().invoke(args=["worker", *sys.argv[4:]], catch_exceptions=False)
"""


@pytest.fixture
def effects(app: Flask) -> Flask:
    """An application whose database has a table to leave effects in."""
    with transaction():
        db.session.execute(text("CREATE TABLE effect (key text PRIMARY KEY)"))
        db.session.execute(text(f"GRANT ALL ON effect TO {APP_ROLE}"))
    return app


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    (tmp_path / "wait").unlink(missing_ok=True)


def worker(app: Flask, folder: Path, *arguments: str, dead_after: float = 30) -> subprocess.Popen[bytes]:
    config: Config = app.extensions["config"]
    command = [sys.executable, "-c", WORKER, config.database_url, str(folder), str(dead_after), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def until_idle(app: Flask, folder: Path) -> None:
    assert worker(app, folder, "--until-idle").wait(timeout=60) == 0


def waiting() -> list[tuple[str, str]]:
    rows = db.session.execute(text("SELECT task_name, status FROM procrastinate_jobs WHERE task_name LIKE 'test.%' ORDER BY id"))
    found = [(row[0], row[1]) for row in rows]
    db.session.rollback()
    return found


def done() -> list[str]:
    found = list(db.session.scalars(text("SELECT key FROM effect ORDER BY key")))
    db.session.rollback()
    return found


def began(folder: Path) -> list[str]:
    notes = folder / "began"
    return notes.read_text().split() if notes.exists() else []


def wait_for(condition: object, seconds: float = 40) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.1)


def test_a_rolled_back_act_leaves_no_job(effects: Flask, sandbox: Path) -> None:
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 — what comes before is the point
        defer("test.count", key="undone")
        raise RuntimeError
    with transaction():
        defer("test.count", key="done")
        assert db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
    assert waiting() == [("test.count", "todo")]
    until_idle(effects, sandbox)
    assert done() == ["done"]
    assert waiting() == []


def test_a_job_for_later_waits(effects: Flask, sandbox: Path) -> None:
    with transaction():
        defer("test.count", seconds=3600, key="later")
        defer("test.count", key="now")
    until_idle(effects, sandbox)
    assert done() == ["now"]
    assert waiting() == [("test.count", "todo")]


def test_a_failing_job_is_tried_again_later(effects: Flask, sandbox: Path) -> None:
    with transaction():
        defer("test.count", wrong="argument")
        defer("test.count", key="next")
    until_idle(effects, sandbox)
    assert done() == ["next"]
    assert waiting() == [("test.count", "todo")]
    assert db.session.scalar(text("SELECT attempts FROM procrastinate_jobs")) == 1
    began_at = "(SELECT at FROM procrastinate_events WHERE type = 'started' AND job_id = procrastinate_jobs.id)"
    assert db.session.scalar(text(f"SELECT scheduled_at > {began_at} FROM procrastinate_jobs")) is True


def test_a_worker_stops_when_told_and_finishes_what_it_began(effects: Flask, sandbox: Path) -> None:
    (sandbox / "wait").touch()
    with transaction():
        defer("test.count", key="one")
    process = worker(effects, sandbox)
    wait_for(lambda: began(sandbox) == ["one"])
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    (sandbox / "wait").unlink()
    assert process.wait(timeout=20) == 0
    assert done() == ["one"]
    assert waiting() == []


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_after_a_kill_the_job_runs_again_and_takes_effect_once(effects: Flask, sandbox: Path) -> None:
    (sandbox / "wait").touch()
    with transaction():
        defer("test.count", key="one")
    first = worker(effects, sandbox)
    wait_for(lambda: began(sandbox) == ["one"])
    first.kill()
    first.wait()
    (sandbox / "wait").unlink()
    assert done() == []
    assert waiting() == [("test.count", "doing")]
    second = worker(effects, sandbox, dead_after=2)
    try:
        wait_for(lambda: waiting() == [], seconds=100)
    finally:
        second.terminate()
        second.wait(timeout=20)
    assert done() == ["one"]
    assert began(sandbox) == ["one", "one"]


def test_every_task_of_ours_is_known_to_the_worker(app: Flask) -> None:
    queue = jobs.queue_of(app)
    assert set(jobs._tasks) <= set(queue.tasks)
    assert {"notices.send", "jobs.retry_stalled"} <= set(queue.tasks)
    assert queue.periodic_registry.periodic_tasks["jobs.retry_stalled", ""].cron == "* * * * *"


def test_what_the_clock_starts_is_tried_again_when_it_failed(app: Flask) -> None:
    """A connection that is cut is nobody's mistake, and no failure for good; what comes every few seconds waits seconds."""
    queue = jobs.queue_of(app)
    for name in jobs._tasks:
        often = jobs._periodic.get(name, "0 0").split()[1] == "*"
        assert queue.tasks[name].retry_strategy is (jobs.SOON if often else jobs.PATIENTLY), name
    assert queue.tasks["measures.take_up"].retry_strategy is jobs.SOON


def test_work_by_the_clock_is_registered_without_arguments(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_tasks", dict(jobs._tasks))
    monkeypatch.setattr(jobs, "_periodic", dict(jobs._periodic))
    ran: list[str] = []

    @jobs.task("test.nightly", cron="0 17 * * *")
    def nightly() -> None:
        ran.append("now")

    task = jobs.queue_of(app).tasks["test.nightly"]
    task.func(timestamp=0)
    assert ran == ["now"]
    assert jobs.queue_of(app).periodic_registry.periodic_tasks["test.nightly", ""].cron == "0 17 * * *"
