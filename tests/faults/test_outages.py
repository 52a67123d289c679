"""The network to the database is cut, its disk is full, the clock is set back: people are told, lose no word, and nothing is done twice."""

from __future__ import annotations

import dataclasses
import errno
import html
import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, make_url, select, text
from werkzeug.test import TestResponse

from feedback import patience
from feedback.attachments.models import Attachment
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import handling, transfers
from feedback.cases.models import Case, Outcome
from feedback.cases.workflow import State
from feedback.config import Config
from feedback.db import db, now, transaction
from feedback.intake import views
from feedback.limits import DatabaseStorage
from tests.faults.proxy import Proxy
from tests.faults.server import HOST
from tests.feedback.citizen import TEXT, PlainClassifier, answer_all, picture_bytes, post, send, text_of, token
from tests.feedback.officers import ANSWER, Office, case_of, version_of

pytestmark = pytest.mark.allow_hosts([HOST])
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report may be sent as quickly as a test fills it in."""
    monkeypatch.setattr(views, "SHORTEST_FILLING_SECONDS", -1e9)


@pytest.fixture
def proxy(config: Config) -> Iterator[Proxy]:
    """A box in front of the database's socket."""
    made = Proxy(Path(str(make_url(config.database_url).query["host"])) / ".s.PGSQL.5432")
    yield made
    made.close()


@pytest.fixture
def far_app(config: Config, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with the box between it and its database, and little patience."""
    from wsgi import create_app

    monkeypatch.setattr(patience, "LAST_SECONDS", 0.05)
    url = make_url(config.database_url).set(host=HOST, port=proxy.port, query={}).render_as_string()
    app = create_app(dataclasses.replace(config, database_url=url))
    app.extensions["classifier"] = PlainClassifier()
    yield app
    with app.app_context():
        db.engine.dispose()


def again(client: FlaskClient, path: str, page: TestResponse) -> TestResponse:
    """Press the button of the page that says that it could not be saved: its form carries all that was sent."""
    form = page.text[page.text.index("<main") :]
    assert f'action="{path}"' in form
    return client.post(path, data={name: html.unescape(value) for name, value in FIELD.findall(form)})


def test_a_network_that_is_cut_costs_no_word_and_sends_nothing_twice(far_app: Flask, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    client = far_app.test_client()
    post(client, "/phan-anh")
    fields = {"csrf_token": token(client, "/phan-anh/su-viec"), "text": TEXT}
    monkeypatch.setattr(patience, "PAGE_SECONDS", 0.2)
    proxy.asks = False  # the box stays mute: no connection ends by itself
    page = client.post("/phan-anh/su-viec", data=fields)
    assert page.status_code == 503
    assert "Hệ thống đang bận" in page.text
    assert "xin bấm gửi lại" in page.text
    monkeypatch.setattr(patience, "PAGE_SECONDS", 25.0)
    proxy.asks = True
    assert again(client, "/phan-anh/su-viec", page).status_code == 302, "the pool finds new connections by itself"
    assert TEXT in client.get("/phan-anh/su-viec").text
    proxy.cut()
    answer_all(client)
    fields = {"csrf_token": token(client, "/phan-anh/kiem-tra"), "category": ""}
    with far_app.app_context():
        _mute_after_commit(proxy)
        page = client.post("/phan-anh/kiem-tra", data=fields)
    assert page.status_code == 503, "the report is saved, but nobody heard it"
    proxy.answers = True
    assert again(client, "/phan-anh/kiem-tra", page).headers["Location"] == "/phan-anh/xong"
    with far_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def _mute_after_commit(proxy: Proxy) -> None:
    """The commit that saves the report reaches the database, its answer nobody, and then the page's time is up."""
    written = threading.Event()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if proxy.answers and "INSERT INTO cases" in statement:
            written.set()

    def commit(_connection: object) -> None:
        if written.is_set():
            proxy.answers = False
            patience._until.set(0.0)
            written.clear()

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", commit)


def test_a_database_without_room_says_so_and_keeps_the_draft(app: Flask, client: FlaskClient) -> None:
    app.extensions["classifier"] = PlainClassifier()
    answer_all(client)
    full = "BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END"
    with transaction():
        db.session.execute(text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{full.replace(chr(39), chr(39) * 2)}'"))
        db.session.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON case_event FOR EACH ROW EXECUTE FUNCTION full_disk()"))
    page = post(client, "/phan-anh/kiem-tra", category="")
    assert page.status_code == 503
    assert "No space" not in page.text
    with transaction():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 0, "nothing half there"
        db.session.execute(text("DROP TRIGGER full_disk ON case_event"))
    assert again(client, "/phan-anh/kiem-tra", page).headers["Location"] == "/phan-anh/xong"
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_disk_that_fills_under_a_photo_leaves_nothing_of_it(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_all(client)
    real, files = os.fsync, app.extensions["config"].var / "attachments"

    def full(opened: int) -> None:
        if Path(f"/proc/self/fd/{opened}").readlink().suffix == ".half":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(opened)

    monkeypatch.setattr(os, "fsync", full)
    page = post_photo(client)
    assert page.status_code == 503
    assert "hết chỗ lưu" in text_of(page)
    assert [path for path in files.glob("*/*") if path.is_file()] == []
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0
    monkeypatch.undo()
    assert TEXT in client.get("/phan-anh/kiem-tra").text
    assert post_photo(client).status_code == 302


def post_photo(client: FlaskClient) -> TestResponse:
    fields = {"csrf_token": token(client, "/phan-anh/bang-chung"), "choice": "add", "files": (BytesIO(picture_bytes()), "a.png")}
    return client.post("/phan-anh/bang-chung", data=fields)


def test_a_clock_set_back_stops_nobody(app: Flask, clock: Callable[[datetime], None]) -> None:
    office, today = Office(app), now()
    clock(today)
    public_id = office.forwarded()
    due = case_of(public_id).due_at
    assert due is not None
    handler = office.browser(office.handler)
    limits = DatabaseStorage()
    assert [limits.incr("somebody", 3600) for _n in range(5)][-1] == 5
    clock(today - timedelta(hours=2))
    assert limits.incr("somebody", 3600) == 1, "nobody waits longer than the hour he was told"
    assert handler.get(f"/can-bo/ho-so/{public_id}").status_code == 200, "who is signed in stays so"
    transfers.accept(office.handler.actor, public_id, version_of(public_id))
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, ANSWER)
    case = case_of(public_id)
    assert (case.state, case.due_at) == (State.AWAITING_APPROVAL, due)
    assert verify(record_keys()).whole, "the order of the record is that of its numbers, not of the clock"
    client = app.test_client()
    answer_all(client)
    assert send(client).status_code == 302
