"""How old the replica's data is, and when it may be read from: rules that need no server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from psycopg import OperationalError as PsycopgError
from sqlalchemy.exc import OperationalError, ProgrammingError

from feedback.config import Config, ConfigError
from feedback.replica import servers
from feedback.replica.servers import Following, Pair, Place, Server, is_gone
from tests.databases import SECRET

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
OURS, ANOTHERS = 7, 8


class Told:
    """A server that says what it is told to."""

    def __init__(self) -> None:
        self.says: object = None

    def look(self, *, again: bool = False) -> object:
        return self.says


@pytest.fixture
def pair(clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch) -> Pair:
    """Two servers that say nothing yet, at noon."""
    clock(NOON)
    monkeypatch.setattr(servers, "MOMENT", 0)
    pair = Pair(Config(database_url="", secret_key=SECRET, replica_url="", replica_max_lag=60))
    pair.primary, pair.replica = Told(), Told()  # type: ignore[assignment]
    return pair


def mark(pair: Pair, place: int, after: int = 0) -> None:
    """The primary was asked so many seconds after noon; its own clock is an hour ahead."""
    at = NOON + timedelta(seconds=after)
    pair.primary.says = at, Place(at + timedelta(hours=1), place, OURS)  # type: ignore[attr-defined]
    pair.look()


def follow(pair: Pair, place: int, last_change: datetime | None = None, *, follows: bool = True, system: int = OURS) -> None:
    pair.replica.says = NOON, Following(follows, system, place, last_change, connected=True)  # type: ignore[attr-defined]


def test_the_age_is_that_of_the_newest_mark_passed(pair: Pair) -> None:
    for seconds, place in enumerate((100, 200, 300)):
        mark(pair, place, seconds)
    follow(pair, 250, NOON - timedelta(days=1))
    assert pair.as_of() == NOON + timedelta(seconds=1)
    assert pair.has(NOON + timedelta(hours=1, seconds=1))
    assert not pair.has(NOON + timedelta(hours=1, seconds=2))


def test_after_a_pause_the_mark_that_is_on_its_way_is_waited_for(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    mark(pair, 100)
    follow(pair, 100)
    asked = list[bool]()

    def look(*, again: bool = False) -> object:
        asked.append(again)
        return NOON, Following(True, OURS, 200 if len(asked) > 3 else 100, None, connected=True)

    monkeypatch.setattr(pair.replica, "look", look)
    mark(pair, 150, 2)
    assert asked == [False], "no pause, no wait"
    mark(pair, 200, 60)
    assert asked == [False, False, True, True]


def test_before_any_mark_is_passed_the_last_change_tells(pair: Pair) -> None:
    mark(pair, 300)
    follow(pair, 250, NOON - timedelta(minutes=3))
    assert pair.as_of() == NOON - timedelta(minutes=3)
    assert not pair.serves()
    follow(pair, 250, NOON + timedelta(hours=1))
    assert pair.as_of() == NOON, "nobody has what is still to come"
    follow(pair, 250)
    assert pair.as_of() is None
    assert not pair.serves()


def test_without_the_primary_whatever_there_is_serves(pair: Pair, clock: Callable[[datetime], None]) -> None:
    mark(pair, 100)
    follow(pair, 100, NOON - timedelta(days=1))
    clock(NOON + timedelta(minutes=10))
    assert not pair.serves()
    pair.primary.says = None  # type: ignore[attr-defined]
    assert pair.serves(NOON + timedelta(days=1))
    assert pair.as_of() == NOON
    follow(pair, 100, NOON + timedelta(seconds=30))
    assert pair.as_of() == NOON + timedelta(seconds=30)


@pytest.mark.parametrize(("follows", "system", "good"), [(True, OURS, True), (False, OURS, False), (True, ANOTHERS, False)])
def test_only_a_server_that_follows_ours_serves(pair: Pair, follows: bool, system: int, good: bool) -> None:
    mark(pair, 100)
    follow(pair, 100, follows=follows, system=system)
    assert pair.serves() is good
    pair.primary.says = None  # type: ignore[attr-defined]
    assert pair.serves() is good


def test_a_clock_that_is_set_back_does_not_hide_an_age(pair: Pair, clock: Callable[[datetime], None]) -> None:
    mark(pair, 100)
    follow(pair, 100)
    clock(NOON - timedelta(hours=1))
    mark(pair, 200, -3600)
    follow(pair, 200)
    assert pair.as_of() == NOON - timedelta(hours=1)


def test_nobody_joins_the_one_who_waits_for_a_server_that_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("", "SELECT 1", Place)
    asked, answer = Event(), Event()
    told = Place(NOON, 1, OURS)

    def ask() -> Place:
        asked.set()
        assert answer.wait(60)
        return told

    monkeypatch.setattr(server, "_ask", lambda: told)
    monkeypatch.setattr(servers, "EVERY", 0)
    first = server.look()
    monkeypatch.setattr(server, "_ask", ask)
    waiting = Thread(target=server.look)
    waiting.start()
    assert asked.wait(60)
    assert server.look() == first, "it may just be a moment late"
    monkeypatch.setattr(servers, "STUCK", 0)
    assert server.look() is None
    answer.set()
    waiting.join()


def test_a_wrong_statement_is_no_sign_that_the_server_is_gone() -> None:
    class Ended(PsycopgError):
        sqlstate = "57P01"

    class Slow(PsycopgError):
        sqlstate = "57014"

    assert is_gone(OperationalError("", {}, PsycopgError()))
    assert is_gone(OperationalError("", {}, Ended()))
    assert is_gone(ProgrammingError("", {}, Slow(), connection_invalidated=True))
    assert not is_gone(OperationalError("", {}, Slow()))
    assert not is_gone(ProgrammingError("", {}, PsycopgError()))


def test_settings_of_the_replica() -> None:
    given = {"REPLICA_URL": "postgres://reader@second/liemchinh", "REPLICA_MAX_LAG": "90"}
    config = Config.from_environment(given)
    assert (config.replica_url, config.replica_max_lag) == ("postgresql+psycopg://reader@second/liemchinh", 90)
    with pytest.raises(ConfigError, match="REPLICA_URL must start with postgresql://"):
        Config.from_environment({"REPLICA_URL": "mysql://second"})
