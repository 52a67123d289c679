"""What journalists find: months that are over, frozen; the same figures as the city's own; corrections that say why."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as ChromiumBrowser
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from analytics.counts import COUNTS, Count
from analytics.demo import services as demo
from analytics.measures import Days
from analytics.opendata import counting, queries, services
from analytics.opendata.files import as_csv
from analytics.opendata.tables import Sheet
from analytics.opendata.words import COLUMNS, columns
from analytics.rollup.queries import total
from analytics.rollup.scope import Scope
from feedback import jobs
from feedback.acting import as_system
from feedback.audit.models import AuditEntry
from feedback.cases.models import Case
from feedback.city.order import vietnamese
from feedback.db import db, transaction
from feedback.errors import Conflict, Invalid
from tests.analytics.demo.wobbly import NOON, city_at, quiet
from tests.analytics.opendata.cities import enclosed, shown_small
from tests.browsers import SCREENS, look, served
from tests.databases import fresh_database
from tests.feedback.officers import Browser, counted

CASES, SEED, MARCH = 900, 5, date(2026, 3, 1)


@pytest.fixture(scope="module")
def published(template: str, two_months: None) -> Iterator[str]:
    """Name of a database with a demo city whose closed months have been published."""
    with fresh_database(template) as url:
        with city_at(url), time_machine.travel(NOON, tick=False):
            demo.fill_city("2025", CASES, SEED, quiet)
            waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'opendata.catch_up'"
            assert db.session.scalar(text(waiting)) == 1, "a city that is filled in is published by the worker"
            db.session.rollback()
            jobs.run_here("opendata.catch_up")
        yield url.partition("@/")[2].partition("?")[0]


@pytest.fixture(scope="module", autouse=True)
def two_months() -> Iterator[None]:
    """The demo city is two years old; the last months that are over will do."""
    with patch.object(counting, "first_month", lambda: MARCH):
        yield


@pytest.fixture
def app(published: str) -> Iterator[Flask]:
    with fresh_database(published) as url, city_at(url) as app, time_machine.travel(NOON, tick=False):
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Browser(app, app.response_class)


def months() -> list[date]:
    return [release.month for release in queries.releases()]


def rows(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.status
    found: list[dict[str, Any]] = json.loads(answer.text)["rows"]
    return found


def test_months_that_are_over_are_published_once_and_in_order(app: Flask) -> None:
    found = months()
    assert found == [date(2026, 4, 1), MARCH]
    with as_system("test"):
        assert services.freeze_closed() == []
    assert months() == found


@pytest.mark.parametrize(("day", "last"), [(4, 3), (5, 3), (6, 4), (30, 4)])
def test_a_month_is_published_five_days_after_its_end(day: int, last: int) -> None:
    assert list(services.closed_months(date(2026, 2, 17), date(2026, 5, day)))[-1] == date(2026, last, 1)


def test_the_citys_figures_are_those_of_every_other_page(app: Flask, client: FlaskClient) -> None:
    for row in rows(client.get("/du-lieu-mo/thanh-pho.json")):
        month = date.fromisoformat(f"{row['month']}-01")
        with as_system("test"):
            figures = total(services.period_of(month), Scope())
        told = {name: row[name] for name in ("received", "answered", "due", "on_time", "scored", "satisfied") if name not in row["hidden"]}
        assert told == {name: figures.of(Count[name.upper()]) for name in told}
        assert row["median_days"] in (None, figures.days(Days.MEDIAN_WORKING))
        assert "received" in told or figures.of(Count.RECEIVED) < 5


def test_no_month_of_the_demo_city_tells_a_small_number(app: Flask) -> None:
    with as_system("test"):
        for release in queries.releases():
            found = queries.tables_of(release)
            truth = counting.month_figures(services.period_of(release.month), counting.codes())
            assert shown_small(found) == []
            assert enclosed(found, truth) == {}


def test_reports_about_officials_are_one_number_for_the_city(app: Flask, client: FlaskClient) -> None:
    found = rows(client.get("/du-lieu-mo/hanh-vi-can-bo.json"))
    assert {tuple(row) for row in found} == {("month", "edition", "reports", "hidden")}
    assert all(row["reports"] is None or row["reports"] >= 5 for row in found)
    assert "conduct" not in {row["track_code"] for row in rows(client.get("/du-lieu-mo/loai-ho-so.json"))}
    assert "staff_conduct" not in {row["category_code"] for row in rows(client.get("/du-lieu-mo/linh-vuc.json"))}


def test_files_say_the_same_and_are_safe_for_spreadsheets(app: Flask, client: FlaskClient) -> None:
    for sheet in Sheet:
        answer = client.get(f"/du-lieu-mo/2026-03/{sheet}.csv")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert answer.mimetype == "text/csv"
        found = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert list(found[0]) == columns(sheet)
        assert set(columns(sheet)) <= set(COLUMNS)
        for row, same in zip(found, rows(client.get(f"/du-lieu-mo/2026-03/{sheet}.json")), strict=True):
            assert row == {
                name: " ".join(value) if isinstance(value, list) else "" if value is None else str(value).replace("'", "")
                for name, value in same.items()
            } | {name: row[name] for name in row if row[name].startswith("'")}


def test_a_name_cannot_become_a_formula() -> None:
    assert "\r\n2026-03,1,X,'=1+1," in as_csv(Sheet.AGENCY, [{"month": "2026-03", "edition": 1, "agency_code": "X", "agency": "=1+1"}])


def test_what_is_published_never_changes(app: Flask) -> None:
    for statement in ("UPDATE open_data_table SET content = ''", "DELETE FROM open_data_release", "TRUNCATE open_data_table"):
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert services.verify() == []
    db.session.execute(text("ALTER TABLE open_data_table DISABLE TRIGGER ALL"))
    db.session.execute(text("UPDATE open_data_table SET content = content || ' ' WHERE name = 'thanh-pho'"))
    assert services.verify() == ["2026-03 edition 1", "2026-04 edition 1"]
    db.session.rollback()


def test_hashes_are_shown_checked_and_in_the_record(app: Flask, client: FlaskClient) -> None:
    page = client.get("/du-lieu-mo/2026-03").text
    for sheet in Sheet:
        assert sha256(client.get(f"/du-lieu-mo/2026-03/1/{sheet}.json").data).hexdigest() in page
    release = queries.newest(MARCH)
    assert release is not None
    assert release.sha256 in page
    kept = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "open_data", AuditEntry.subject_id == "2026-03")).one()
    assert kept.facts == {"edition": 1, "sha256": release.sha256}


def test_a_case_that_is_pulled_out_later_leaves_no_trace(app: Flask, client: FlaskClient) -> None:
    """Figures are not counted anew; and a correction is refused when only a few cases have changed."""
    before = client.get("/du-lieu-mo/2026-03/co-quan.json").data
    with transaction():
        case = db.session.scalars(select(Case).where(Case.sealed.is_(False), Case.received_at >= datetime(2026, 3, 5).astimezone())).first()
        assert case is not None
        db.session.execute(text("UPDATE cases SET category_code = 'other' WHERE id = :id"), {"id": case.id})
    with as_system("test"):
        with pytest.raises(Conflict):
            services.correct(MARCH, "Một hồ sơ")
        with pytest.raises(Invalid):
            services.correct(MARCH, "  ")
        with pytest.raises(Conflict):
            services.correct(date(2026, 5, 1), "Tháng này")
    assert client.get("/du-lieu-mo/2026-03/co-quan.json").data == before


def test_a_correction_is_a_new_edition_with_its_reason(app: Flask, client: FlaskClient) -> None:
    first = client.get("/du-lieu-mo/2026-03/linh-vuc.json").data
    with transaction():
        db.session.execute(text("UPDATE cases SET category_code = 'education' WHERE category_code = 'urban_environment' AND NOT sealed"))
    answer = app.test_cli_runner().invoke(args=["opendata", "correct", "2026-03", "--reason", "Xếp nhầm <lĩnh vực>"])
    assert "edition 2" in answer.output, answer.output
    assert client.get("/du-lieu-mo/2026-03/1/linh-vuc.json").data == first
    assert client.get("/du-lieu-mo/2026-03/linh-vuc.json").data == client.get("/du-lieu-mo/2026-03/2/linh-vuc.json").data != first
    assert {row["edition"] for row in rows(client.get("/du-lieu-mo/linh-vuc.json")) if row["month"] == "2026-03"} == {2}
    for path in ("/du-lieu-mo", "/du-lieu-mo/2026-03", "/cong-khai/so-lieu?thang=2026-03"):
        assert "Xếp nhầm &lt;lĩnh vực&gt;" in client.get(path).text
    newest = json.loads(client.get("/du-lieu-mo/cac-ban.json").text)[1]
    assert (newest["month"], newest["edition"], newest["reason"]) == ("2026-03", 2, "Xếp nhầm <lĩnh vực>")


def test_pages_read_what_is_frozen_in_few_queries(app: Flask, client: FlaskClient) -> None:
    budgets = {
        "/cong-khai/so-lieu": 2,
        "/cong-khai/so-lieu/760": 1,
        "/du-lieu-mo": 1,
        "/du-lieu-mo/2026-03": 2,
        "/du-lieu-mo/phuong-xa.csv": 2,
        "/du-lieu-mo/2026-03/phuong-xa.json": 1,
    }
    for path, budget in budgets.items():
        with counted() as seen:
            assert client.get(path).status_code == 200
        # The first limited request of a day draws the day's salt.
        asked = [one for one in seen if "limit_salt" not in one]
        assert len(asked) <= budget, (path, asked)
        assert not any("measure_" in one or "FROM cases" in one for one in asked)


def test_who_has_a_file_is_not_sent_it_again(app: Flask, client: FlaskClient) -> None:
    for path, kept in (("/du-lieu-mo/khu-vuc.json", "max-age=3600"), ("/du-lieu-mo/2026-03/1/khu-vuc.csv", "immutable")):
        answer = client.get(path)
        assert kept in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.last_modified is not None
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(path, headers={"If-Modified-Since": answer.headers["Last-Modified"]}).status_code == 304


def test_what_is_not_published_is_not_there(client: FlaskClient) -> None:
    pages = ("so-lieu?thang=2026-05", "so-lieu?thang=x", "so-lieu/999")
    files = ("2026-05", "hai", "khu-vuc.xlsx", "nguoi-gui.csv", "2026-05/khu-vuc.csv", "2026-03/7/khu-vuc.csv")
    for path in (*(f"/cong-khai/{one}" for one in pages), *(f"/du-lieu-mo/{one}" for one in files)):
        assert client.get(path).status_code == 404, path


def test_the_page_gives_every_rate_with_its_number_and_ranks_nobody(client: FlaskClient) -> None:
    page = client.get("/cong-khai/so-lieu?thang=2026-03")
    assert len(page.data) < 100_000
    assert "xếp hạng" in page.text
    for count in (Count.RECEIVED, Count.ANSWERED):
        assert str(COUNTS[count].definition) in page.text
    names = [row["district"] for row in rows(client.get("/du-lieu-mo/2026-03/khu-vuc.json")) if row["district_code"]]
    assert sorted(names, key=page.text.index) == sorted(names, key=vietnamese)
    client.get("/ngon-ngu/en")
    assert "not ranked" in client.get("/cong-khai/so-lieu").text


def test_the_dictionary_explains_every_column_in_both_languages(client: FlaskClient) -> None:
    found = json.loads(client.get("/du-lieu-mo/tu-dien.json").text)
    for one in (*found["tables"], *found["columns"]):
        assert one["title"]["vi"] != one["title"]["en"]
        assert one["meaning"]["vi"] != one["meaning"]["en"]
    assert {name for table in found["tables"] for name in table["columns"]} == {one["name"] for one in found["columns"]}


def test_commands(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "Nothing to publish" in runner.invoke(args=["opendata", "freeze"]).output
    assert "as it was published" in runner.invoke(args=["opendata", "verify"]).output
    assert runner.invoke(args=["opendata", "correct", "2026-03"]).exit_code == 2
    refused = runner.invoke(args=["opendata", "correct", "2026-03", "--reason", "Không có gì"])
    assert refused.exit_code == 1


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.enable_socket
def test_everybody_can_read_the_pages(app: Flask, browser: ChromiumBrowser) -> None:
    """Telephone and desk, both languages, without script too: axe finds nothing and nobody scrolls the page sideways."""
    with served(app) as address:
        for width, language in SCREENS:
            context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
            page = context.new_page()
            page.goto(f"{address}/ngon-ngu/{language}")
            for name, path in {
                "figures": "/cong-khai/so-lieu",
                "district": "/cong-khai/so-lieu/760",
                "catalogue": "/du-lieu-mo",
                "month": "/du-lieu-mo/2026-03",
            }.items():
                if width > 320 and name in ("district", "month"):
                    continue  # made of the same parts
                page.goto(address + path)
                look(page, f"opendata-{name}-{width}-{language}")
            context.close()
