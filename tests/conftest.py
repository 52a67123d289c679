"""What every test may ask for: an application on a database of its own, a client, a clock.

One embedded server per run, one migrated template in it, one clone per test: real commits, threads and second connections
behave as in the office, and no test sees another's rows.
"""

from __future__ import annotations

import dataclasses
import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from feedback import postgres
from feedback.cases import asking, sorting, taking_in
from feedback.cli import migrate_database
from feedback.config import Config
from feedback.db import db
from feedback.extensions import limiter
from feedback.phrases import Speaking
from tests.browsers import CHROMIUM, chromium
from tests.databases import SECRET, VAR, admin, fresh_database, server_config, url_of
from tests.markup import look_at_every_page

TEMPLATE = "template_city"
#: Where Linux keeps files in memory, and what the run's databases may need at most.
MEMORY, ROOM = "/dev/shm", 3 * 1024**3


class Compiled(BytecodeCache):
    """Compiled templates of the whole run: every test's application would compile them anew."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str | None], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template compiled before, unless its source has changed."""
        if (key := self._key(bucket)) in self.kept:
            bucket.bytecode_from_string(self.kept[key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template for the applications to come."""
        self.kept[self._key(bucket)] = bucket.bytecode_to_string()

    def _key(self, bucket: Bucket) -> tuple[str, str | None]:
        assert isinstance(bucket.environment, Speaking)
        return bucket.key, bucket.environment.language


# An option of Flask's, so that it reaches every application a test may make.
Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}

#: Tests hand in faster than citizens do; whether one report is one of many is for tests of just that to say.
taking_in.APART_SECONDS = 0.0

#: Statements are compiled once for the run: every test has an engine and a dialect of its own, but all dialects are alike.
_statements: LRUCache[object, object] = LRUCache(5000)
PGDialect_psycopg.__hash__ = lambda _dialect: 1  # type: ignore[method-assign,assignment]
PGDialect_psycopg.__eq__ = lambda _dialect, other: isinstance(other, PGDialect_psycopg)  # type: ignore[method-assign,assignment]


@event.listens_for(Engine, "engine_connect")
def _share_statements(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_statements)


_build_of = Rule._compile_builder
_builders: dict[object, Callable[..., tuple[str, str]]] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Writing the addresses of 280 routes as Python is nine tenths of making an application; it comes out alike every time."""
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _build_of(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compile_once  # type: ignore[method-assign]

#: A machine that stumbles must not cost a test the proposals it looks for; the tests of impatience set limits of their own.
asking.SECONDS = sorting.READ_SECONDS = 60.0

look_at_every_page()
settings.register_profile("office", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("office")


def _memory() -> str | None:
    """The folder that lies in memory where there is one with room: a database is a thousand files, made and removed for every test."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free > ROOM and os.access(MEMORY, os.W_OK) else None
    except OSError:
        return None


def pytest_configure(config: pytest.Config) -> None:
    """Choose the run's folder; with several workers start the server they share, tied to this process."""
    if hasattr(config, "workerinput"):
        return
    os.environ[VAR] = tempfile.mkdtemp(prefix="liemchinh-test-", dir=_memory())
    Path(os.environ[VAR]).chmod(0o711)
    if getattr(config.option, "numprocesses", None):
        postgres.start(server_config(), durable=False, tied=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its folder."""
    if hasattr(config, "workerinput") or VAR not in os.environ:
        return
    postgres.stop(server_config())
    shutil.rmtree(os.environ.pop(VAR), ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear first and the cheap last, so that a worker that is done finds small work to take over and both end together."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("slow") or item.get_closest_marker("browser"):
        return 0
    return 2 if "meta" in item.path.parts else 1


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking through it again and again for garbage was a seventh of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session")
def server() -> Config:
    """The run's database server, up."""
    config = server_config()
    postgres.start(config, durable=False, tied=True)
    return config


@pytest.fixture(scope="session")
def template(server: Config) -> str:
    """Name of the migrated database with the city of 2025; the first worker to come makes it."""
    with (server.var / "template.lock").open("w") as lock, admin() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            connection.execute("DROP DATABASE IF EXISTS being_made WITH (FORCE)")
            connection.execute("CREATE DATABASE being_made")
            _fill(dataclasses.replace(server, database_url=url_of("being_made")))
            connection.execute(f"ALTER DATABASE being_made RENAME TO {TEMPLATE}")
    return TEMPLATE


def _fill(config: Config) -> None:
    from feedback.city.loader import load_city
    from wsgi import create_app

    app = create_app(config)
    with app.app_context():
        migrate_database()
        load_city("2025")
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def config(template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Config]:
    """Settings of one test, its database just cloned. `@pytest.mark.settings(demo=True)` changes some."""
    marker = request.node.get_closest_marker("settings")
    with fresh_database(template) as url:
        base = Config(
            database_url=url,
            secret_key=SECRET,
            var=tmp_path,
            https=False,
            trusted_hosts=("localhost",),
            limits_url="memory://",
            testing=True,
        )
        yield dataclasses.replace(base, **(marker.kwargs if marker else {}))


@pytest.fixture(autouse=True)
def limits_where_they_belong() -> None:
    """All applications of a process share the limiter, which goes on counting in memory after another test's outage."""
    limiter._storage_dead = False


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole application on its own database, with its context pushed."""
    from wsgi import create_app

    app = create_app(config)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Stop the clock: `clock(instant)` sets it, and it stands still until set again."""
    with time_machine.travel(datetime.now().astimezone(), tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture(scope="session")
def one_chromium() -> Iterator[Browser]:
    """Chromium, where there is one; starting it costs a second."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install chromium to walk through the pages")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def browser(one_chromium: Browser) -> Iterator[Browser]:
    """Chromium without a window open; what a module's tests leave open is closed after them."""
    yield one_chromium
    for context in one_chromium.contexts:
        context.close()
