"""Commands' common ground: a database that is up and migrated, and the commands for the embedded server itself."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import AppGroup

from feedback import postgres
from feedback.acting import as_system
from feedback.cases import walls
from feedback.config import Config
from feedback.db import db

P = ParamSpec("P")
R = TypeVar("R")

postgres_commands = AppGroup("postgres", help="The embedded PostgreSQL server under var/.")


def register(app: Flask) -> None:
    """Add the commands of this module to the application."""
    app.cli.add_command(postgres_commands)


def is_behind() -> bool:
    """Whether the database of the current application lacks a migration, or its policies are not those of the code."""
    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() != head or not walls.stand(connection)


def migrate_database() -> bool:
    """Bring the current application's database to the newest schema; False when it already was there."""
    if not is_behind():
        return False
    command.upgrade(_alembic(), "head")
    return True


def needs_database(function: Callable[P, R]) -> Callable[P, R]:
    """Make a command run for the system, with the database up and migrated; an embedded server started for it is stopped after it."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with postgres.running(_config()):
                migrate_database()
                try:
                    with as_system(f"command {getattr(function, '__name__', '')}"):
                        return function(*args, **kwargs)
                finally:
                    db.session.remove()
                    db.engine.dispose()
        except postgres.PostgresError as error:
            raise click.ClickException(str(error)) from error

    return run


@postgres_commands.command("start")
def start_command() -> None:
    """Start the server and leave it running."""
    config = _embedded()
    try:
        started = postgres.start(config)
    except postgres.PostgresError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{'Started' if started else 'Already running'}: {config.database_url}")


@postgres_commands.command("stop")
def stop_command() -> None:
    """Stop the server."""
    click.echo("Stopped." if postgres.stop(_embedded()) else "It was not running.")


@postgres_commands.command("status")
def status_command() -> None:
    """Say whether the server answers, and where."""
    config = _embedded()
    click.echo(f"{'Running' if postgres.is_running(config) else 'Not running'}: {config.database_url}")


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _embedded() -> Config:
    config = _config()
    if not config.embedded:
        raise click.ClickException("DATABASE_URL names a server that is not ours to start or stop.")
    return config


def _alembic() -> AlembicConfig:
    config: AlembicConfig = current_app.extensions["migrate"].migrate.get_config()
    return config
