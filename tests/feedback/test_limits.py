"""Rate limits: one budget for all processes, windows that end, and sources that nobody can tell tomorrow."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from werkzeug.exceptions import TooManyRequests

from feedback import limits
from feedback.config import ROOT
from feedback.db import db, transaction
from feedback.extensions import use_up
from feedback.limits import DatabaseStorage, LimitSalt, RateLimit, source_key
from tests.databases import SECRET
from wsgi import create_app

KEY = "LIMITS:LIMITER/web/abc/tracking/10/1/minute"
OTHER_PROCESS = """
import sys
from feedback.config import Config
from feedback.limits import DatabaseStorage, source_key
from wsgi import create_app
app = create_app(Config(database_url=sys.argv[1], secret_key=sys.argv[3], limits_url="database://", testing=True))
with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.5"}):
    storage = DatabaseStorage()
    print(source_key(), *[storage.incr(sys.argv[2], 60) for _n in range(50)])
"""


@pytest.fixture
def storage(app: Flask) -> DatabaseStorage:
    return DatabaseStorage()


@pytest.fixture(autouse=True)
def no_salt_from_before() -> Iterator[None]:
    limits._salts.clear()
    yield
    limits._salts.clear()


def key_of(app: Flask, address: str) -> str:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return source_key()


def test_a_window_counts_ends_and_begins_anew(storage: DatabaseStorage, clock: Callable[[datetime], None]) -> None:
    begun = datetime(2026, 11, 24, 5, tzinfo=UTC)
    clock(begun)
    assert [storage.incr(KEY, 60) for _n in range(3)] == [1, 2, 3]
    assert storage.incr("other", 60) == 1
    assert (storage.get(KEY), storage.get_expiry(KEY)) == (3, (begun + timedelta(seconds=60)).timestamp())
    clock(begun + timedelta(seconds=59))
    assert storage.incr(KEY, 60) == 4
    assert storage.get_expiry(KEY) == (begun + timedelta(seconds=60)).timestamp()
    clock(begun + timedelta(seconds=60))
    assert storage.get(KEY) == 0
    assert storage.incr(KEY, 60, amount=2) == 2
    assert storage.get_expiry(KEY) == (begun + timedelta(seconds=120)).timestamp()


def test_counts_can_be_forgotten(storage: DatabaseStorage) -> None:
    for key in (KEY, "a", "b"):
        storage.incr(key, 60)
    storage.clear(KEY)
    assert (storage.get(KEY), storage.get("a")) == (0, 1)
    assert storage.reset() == 2
    assert storage.check()


def test_old_windows_are_swept(storage: DatabaseStorage, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch) -> None:
    clock(datetime(2026, 11, 24, 5, tzinfo=UTC))
    storage.incr("old", 60)
    clock(datetime(2026, 11, 24, 6, tzinfo=UTC))
    monkeypatch.setattr("feedback.limits.secrets.randbelow", lambda _most: 0)
    storage.incr("new", 60)
    assert db.session.scalars(select(RateLimit.key)).all() == ["new"]


def test_a_connection_on_which_a_count_failed_is_given_to_nobody(storage: DatabaseStorage) -> None:
    db.session.remove()
    db.engine.dispose()  # from here on there is one connection to be given out
    with pytest.raises(storage.base_exceptions):
        storage.get("\0")
    db.session.execute(insert(RateLimit).values(key=KEY, hits=1, ends=0))
    db.session.rollback()  # which takes nothing back on a connection without transactions
    assert db.session.scalars(select(RateLimit.key)).all() == []


def test_a_connection_on_which_was_counted_has_transactions_again(storage: DatabaseStorage) -> None:
    db.session.remove()
    db.engine.dispose()
    storage.incr(KEY, 60)
    db.session.execute(insert(RateLimit).values(key="taken back", hits=1, ends=0))
    db.session.rollback()
    assert db.session.scalars(select(RateLimit.key)).all() == [KEY]


def test_a_count_outlives_a_rolled_back_request(storage: DatabaseStorage) -> None:
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 — what comes before is the point
        db.session.execute(select(1))
        storage.incr(KEY, 60)
        raise RuntimeError
    assert storage.get(KEY) == 1


def test_processes_share_one_budget(storage: DatabaseStorage, app: Flask) -> None:
    command = [sys.executable, "-c", OTHER_PROCESS, app.extensions["config"].database_url, KEY, SECRET]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _n in range(2)]
    answers = [other.communicate(timeout=60)[0].split() for other in others]
    counts = sorted(int(count) for answer in answers for count in answer[1:])
    assert counts == list(range(1, 101))
    assert storage.get(KEY) == 100
    assert {answer[0] for answer in answers} == {key_of(app, "203.0.113.5")}


def test_the_database_alone_tells_nobody_who_came(app: Flask) -> None:
    """The salt lies in it; the key does not."""
    other = create_app(dataclasses.replace(app.extensions["config"], secret_key="another secret, forty characters long ok"))
    assert key_of(other, "203.0.113.5") != key_of(app, "203.0.113.5")
    assert db.session.scalar(select(func.count()).select_from(LimitSalt)) == 1


def test_what_was_not_done_is_not_counted(app: Flask) -> None:
    def use(*, done: bool) -> None:
        use_up("2/hour", "reports")
        db.session.commit() if done else db.session.rollback()

    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.5"}):
        for done in (False, True, False, True):
            use(done=done)
        with pytest.raises(TooManyRequests) as refused:
            use(done=True)
        db.session.rollback()
    assert isinstance(refused.value.retry_after, int)
    assert 3590 <= refused.value.retry_after <= 3600
    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.6"}):
        use(done=True)


@pytest.mark.settings(limits_url="database://")
def test_the_pages_are_limited_through_the_database(app: Flask) -> None:
    one, two = app, create_app(app.extensions["config"])
    for each in (one, two):
        each.config["WTF_CSRF_ENABLED"] = False
    statuses = []
    for number in range(12):
        client = (one, two)[number % 2].test_client()
        statuses.append(client.post("/tra-cuu", data={"code": "x"}, environ_base={"REMOTE_ADDR": "203.0.113.5"}).status_code)
    assert statuses[-1] == 429
    assert statuses.count(429) < 6
    elsewhere = one.test_client().post("/tra-cuu", data={"code": "x"}, environ_base={"REMOTE_ADDR": "203.0.113.6"})
    assert elsewhere.status_code != 429
    kept = str(db.session.execute(select(RateLimit.key)).all())
    assert "203.0.113" not in kept
    with two.app_context():
        db.engine.dispose()


def test_a_source_is_a_hash_that_changes_at_the_citys_midnight(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC))
    today = key_of(app, "203.0.113.5")
    assert today == key_of(app, "203.0.113.5")
    assert today != key_of(app, "203.0.113.6")
    assert len(today) == 32
    clock(datetime(2026, 11, 24, 17, 0, 0, tzinfo=UTC))
    assert key_of(app, "203.0.113.5") != today
    assert db.session.scalar(select(func.count()).select_from(LimitSalt)) == 1
