"""The database is away when the service starts, or mute: people are told at once, and all is whole as soon as it is there."""

from __future__ import annotations

import html
import json
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

from feedback import patience
from feedback.codes import new_code
from feedback.config import Config
from tests.faults.proxy import Proxy
from tests.faults.server import GONE, HOST, START_SECONDS, Citizen, Running, free_port, settings
from tests.feedback.citizen import TOKEN

pytestmark = pytest.mark.allow_hosts([HOST])
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def wrong(citizen: Citizen) -> list[str]:
    """What /readyz says; waits for a server that does not listen yet."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            found: list[str] = json.loads(citizen.ask("GET", "/readyz")[1])["wrong"]
            return found
        except GONE:
            assert time.monotonic() < end, "the web server did not start"
            time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_start_without_the_database_is_whole_as_soon_as_it_is_there(app: Flask, config: Config, tmp_path: Path) -> None:
    url, port = make_url(config.database_url), free_port()
    away = url.set(host=HOST, port=port, query={}).render_as_string()
    running = Running(tmp_path / "var", **settings(config) | {"DATABASE_URL": away, "WEB_PROCESSES": "1"})
    citizen = Citizen(app, 1, new_code(), named=False)
    citizen.port = running.port
    try:
        running.wait_for("Check DATABASE_URL", START_SECONDS)
        assert wrong(citizen) == ["database"]
        assert citizen.ask("GET", "/healthz")[0] == 200
        _status, form = citizen.ask("GET", "/tra-cuu")
        found = TOKEN.search(form)
        assert found is not None
        status, page = citizen.ask("POST", "/tra-cuu", csrf_token=html.unescape(found[1]), code=citizen.code)
        assert status == 503
        assert not [process for process in running.family() if "worker" in process.cmdline()], "there is nothing to do yet"
        assert "Ready" not in running.text()
        proxy = Proxy(Path(str(url.query["host"])) / ".s.PGSQL.5432", port)
        try:
            running.wait_for("Ready", START_SECONDS)
            assert wrong(citizen) == []
            citizen.send()
            kept = {name: html.unescape(value) for name, value in FIELD.findall(page[page.index("<main") :])}
            assert citizen.ask("POST", "/tra-cuu", **kept)[0] == 302, "the page that could not be answered is sent once more"
            assert citizen.text in citizen.ask("GET", "/tra-cuu/ho-so")[1]
            assert [process for process in running.family() if "worker" in process.cmdline()]
            assert "Traceback" not in running.text()
        finally:
            proxy.close()
    finally:
        running.close()


def test_nobody_waits_for_a_server_that_was_mute_a_moment_ago(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(config.database_url, poolclass=NullPool, connect_args=patience.CONNECT)
    tries, clock, fault, joins = list[int](), [1000.0], list[Exception](), list[bool]()
    real = patience.Connection.connect

    def connect(**options: Any) -> psycopg.Connection[Any]:
        tries.append(options["connect_timeout"])
        if joins:
            assert not is_there()
        if fault:
            raise fault[0]
        return real(**options)

    def is_there() -> bool:
        try:
            engine.connect().close()
        except OperationalError:
            return False
        return True

    monkeypatch.setattr(patience.Connection, "connect", connect)
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(patience, "_mute", {})
    fault[:] = [psycopg.errors.ConnectionTimeout()]
    assert [is_there() for _ in range(3)] == [False] * 3
    assert tries == [10], "the first waited in vain, the others are told at once"
    clock[0] += patience.LEFT_ALONE_SECONDS
    joins.append(True)
    assert not is_there()
    assert tries == [10, 10], "one tries again, and nobody joins him"
    joins.clear()
    clock[0] += patience.LEFT_ALONE_SECONDS
    fault[:] = [psycopg.OperationalError("starting up")]
    assert [is_there() for _ in range(2)] == [False] * 2
    assert tries == [10] * 4, "a server that says no does so at once, and may be asked at once"
    fault.clear()
    assert is_there()
    patience.begin_page()
    clock[0] += patience.PAGE_SECONDS - 4
    assert is_there()
    clock[0] += 10
    assert is_there()
    patience.end_page()
    assert tries[-3:] == [10, 4, 2], "a page waits no longer than it has"
