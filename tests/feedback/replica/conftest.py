"""Two real servers, the second following the first, and an application on them. One pair for all tests here: they see each other's rows."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString
from unittest.mock import patch

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from feedback import postgres
from feedback.config import Config, embedded_url
from feedback.db import REPLICA, db
from feedback.replica import servers
from tests.databases import SECRET, copy_database, make_replica, server_config
from tests.feedback.officers import Browser, Office

Servers = tuple[Config, Config]
Wait = Callable[[], None]


@pytest.fixture(scope="module")
def pair(template: str) -> Iterator[tuple[Config, Config]]:
    """Primary and replica, the city in both."""
    folder = Path(tempfile.mkdtemp(prefix="pair-", dir=server_config().var))
    folder.chmod(0o711)
    primary, replica = (
        Config(database_url=embedded_url(folder / name), secret_key=SECRET, var=folder / name, https=False, testing=True) for name in "pr"
    )
    followed = {"wal_level": "replica", "max_wal_senders": "10"}
    with patch.dict(postgres.SETTINGS, {"fsync": "off", "wal_retrieve_retry_interval": "50ms", **followed}):
        try:
            postgres.start(primary, tied=True)
            copy_database(template, primary)
            make_replica(primary, replica)
            yield primary, replica
        finally:
            postgres.stop(replica)
            postgres.stop(primary)
            shutil.rmtree(folder)


def ask(config: Config, question: LiteralString) -> str:
    """One answer of one server, as text."""
    with psycopg.connect(config.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture
def caught_up(pair: tuple[Config, Config]) -> Wait:
    """Wait until the replica has all that was written."""

    def wait() -> None:
        place = int(ask(pair[0], "SELECT pg_wal_lsn_diff(pg_logical_emit_message(false, 'test', '', true), '0/0')::bigint"))
        while int(ask(pair[1], "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint")) < place:
            time.sleep(0.01)

    return wait


@contextmanager
def cut(pair: tuple[Config, Config]) -> Iterator[None]:
    """What is written meanwhile does not reach the replica's tables."""
    ask(pair[1], "SELECT pg_wal_replay_pause()::text")
    try:
        yield
    finally:
        ask(pair[1], "SELECT pg_wal_replay_resume()::text")


@pytest.fixture(scope="module")
def app(pair: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on both, looking at them before every page. It counts its visitors in the database, as in use."""
    from wsgi import create_app

    var = tmp_path_factory.mktemp("var")
    config = dataclasses.replace(pair[0], replica_url=pair[1].database_url, var=var, trusted_hosts=("localhost",), metrics_token="m" * 40)
    # A slow machine must not look like one that is gone.
    with patch.object(servers, "EVERY", 0), patch.object(servers, "SHORT_PATIENCE", {"connect_timeout": 60}):
        app = create_app(config)
        yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    app.extensions[REPLICA].close()


@pytest.fixture(scope="module")
def people(app: Flask) -> Office:
    """The officers."""
    with app.app_context():
        return Office(app)


@pytest.fixture
def office(people: Office) -> Iterator[Office]:
    """The officers, and a context to act in."""
    with people.app.app_context():
        yield people


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """Somebody who has sent nothing."""
    return Browser(app, app.response_class, use_cookies=True)


@dataclass
class Heard:
    """What was said to each server."""

    primary: list[str] = field(default_factory=list)
    replica: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Listen anew."""
        self.primary.clear()
        self.replica.clear()


@pytest.fixture(scope="module")
def ear(app: Flask) -> Heard:
    """All statements that reach either server through the application's pages, but for those that say whom a transaction is for."""
    heard = Heard()

    def listen(into: list[str]) -> Callable[..., None]:
        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("SELECT set_config("):
                into.append(statement)

        return note

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", listen(heard.primary))
        event.listen(db.engines[REPLICA], "before_cursor_execute", listen(heard.replica))
    return heard


@pytest.fixture
def heard(ear: Heard) -> Heard:
    """The same, from the beginning of this test."""
    ear.forget()
    return ear
