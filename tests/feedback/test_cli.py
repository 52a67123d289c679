"""Commands bring their own database and leave none behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from feedback import postgres
from feedback.cli import is_behind, needs_database
from feedback.config import Config, embedded_url
from feedback.db import db
from wsgi import create_app


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Flask]:
    """An application whose embedded server is not running."""
    var = tmp_path / "var"
    config = Config(database_url=embedded_url(var), secret_key="x" * 40, var=var, https=False, limits_url="memory://", testing=True)
    app = create_app(config)
    yield app
    if var.is_dir():
        postgres.stop(config)


def test_command_starts_migrates_and_stops(alone: Flask) -> None:
    @needs_database
    def count(table: str) -> int:
        assert not is_behind()
        return db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()

    with alone.app_context():
        assert count("area") == 0
        assert not postgres.is_running(alone.extensions["config"])
        upgrade()  # as `flask db upgrade`, which the doctor advises
        assert not postgres.is_running(alone.extensions["config"])


def test_command_leaves_a_server_that_others_use(alone: Flask) -> None:
    config = alone.extensions["config"]
    with postgres.running(config), alone.app_context():
        needs_database(lambda: None)()
        assert postgres.is_running(config)


def test_failing_command_still_stops_the_server(alone: Flask) -> None:
    @needs_database
    def fail() -> None:
        raise ZeroDivisionError

    with alone.app_context(), pytest.raises(ZeroDivisionError):
        fail()
    assert not postgres.is_running(alone.extensions["config"])


def test_a_database_that_cannot_run_is_a_sentence(alone: Flask) -> None:
    alone.extensions["config"].var.write_text("in the way")
    with alone.app_context(), pytest.raises(click.ClickException, match="Set LIEMCHINH_VAR"):
        needs_database(lambda: None)()


def test_commands_of_the_server_itself(alone: Flask) -> None:
    runner = alone.test_cli_runner()
    assert runner.invoke(args=["postgres", "status"]).output.startswith("Not running")
    assert runner.invoke(args=["postgres", "start"]).output.startswith("Started")
    assert runner.invoke(args=["postgres", "start"]).output.startswith("Already running")
    assert runner.invoke(args=["postgres", "status"]).output.startswith("Running")
    assert runner.invoke(args=["postgres", "stop"]).output == "Stopped.\n"
    assert runner.invoke(args=["postgres", "stop"]).output == "It was not running.\n"


def test_a_server_of_the_offices_own_is_not_ours_to_stop(app: Flask) -> None:
    for command in ("start", "stop", "status"):
        answer = app.test_cli_runner().invoke(args=["postgres", command])
        assert answer.exit_code == 1
        assert "not ours" in answer.output
