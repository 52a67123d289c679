"""What a Prometheus server reads: counts of pages and jobs, what waits, and nothing of anybody."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from feedback import jobs
from feedback.config import Config, ConfigError
from feedback.db import db
from tests.feedback.citizen import TEXT, answer_all, send

TOKEN = "a token for the watchers, forty letters long"
pytestmark = pytest.mark.settings(metrics_token=TOKEN)


def read(client: FlaskClient) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.text


def value(page: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", page, flags=re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer another token of forty letters and more", TOKEN[:-1], "Bearer " + "é" * 40])
def test_whoever_shows_no_token_finds_no_page(client: FlaskClient, shown: str) -> None:
    answer = client.get(
        "/metrics", headers={"Authorization": shown} if shown.isascii() else {"Authorization": shown.encode().decode("latin-1")}
    )
    assert answer.status_code == 404
    assert "liemchinh_" not in answer.text


@pytest.mark.settings(metrics_token="")
@pytest.mark.parametrize("shown", ["", "Bearer "])
def test_without_a_token_set_there_is_no_page(client: FlaskClient, shown: str) -> None:
    assert client.get("/metrics", headers={"Authorization": shown}).status_code == 404


def test_a_short_token_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigError, match="METRICS_TOKEN is too short"):
        Config.from_environment({"METRICS_TOKEN": "short"})
    assert Config.from_environment({"METRICS_TOKEN": TOKEN}).metrics_token == TOKEN


def test_pages_are_counted_by_name_and_status(client: FlaskClient) -> None:
    series = 'liemchinh_requests_total{method="GET",page="operations.healthz",status="200"}'
    lost = 'liemchinh_requests_total{method="GET",page="none",status="404"}'
    took = 'liemchinh_request_seconds_count{page="operations.healthz"}'
    before = read(client)
    client.get("/healthz")
    client.get("/no-such-page")
    after = read(client)
    assert [value(after, name) - value(before, name) for name in (series, lost, took)] == [1, 1, 1]


def test_jobs_are_counted_with_their_end(app: Flask, client: FlaskClient) -> None:
    def run(name: str, body: object) -> None:
        jobs._in_app(app, name, body)()  # type: ignore[arg-type]

    before = read(client)
    run("test.fine", lambda: None)
    with pytest.raises(ZeroDivisionError):
        run("test.broken", lambda: 1 / 0)
    after = read(client)
    for series in ('{job="test.fine",outcome="done"}', '{job="test.broken",outcome="failed"}'):
        assert value(after, "liemchinh_jobs_total" + series) - value(before, "liemchinh_jobs_total" + series) == 1
    assert value(after, 'liemchinh_job_seconds_count{job="test.fine"}') >= 1


def test_what_waits_is_told_and_nobody_is_named(app: Flask, client: FlaskClient) -> None:
    quiet = read(client)
    assert value(quiet, "liemchinh_unread_reports") == 0
    answer_all(client)
    with client.session_transaction() as session:
        code = session["code"]
    send(client)
    blank = "sealed = true, at_desk = true, reference = NULL, text = '', text_folded = '', place = ''"
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE cases SET state = 'received', {blank}, received_at = received_at - interval '1 hour'"))
        connection.execute(text("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'a', 'failed')"))
    page = read(client)
    assert value(page, "liemchinh_unread_reports") == 1
    assert value(page, "liemchinh_unread_seconds") > 3500
    assert value(page, 'liemchinh_queue{status="failed"}') == 1
    assert value(page, "liemchinh_ready") == 1
    assert value(page, "liemchinh_disk_free_bytes") > 0
    assert TEXT[:20] not in page
    assert code not in page


def test_without_a_database_the_rest_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> list[str]:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("feedback.operations.watching.obstacles", gone)
    page = read(client)
    assert value(page, "liemchinh_ready") == 0
    assert value(page, "liemchinh_disk_free_bytes") > 0
    assert "liemchinh_queue" not in page
