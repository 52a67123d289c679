"""Pages for reading go to the replica, say how old they are, and go on when either server is gone."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from analytics.rollup import services as figures
from analytics.rollup.columns import Columns, current
from feedback import postgres
from feedback.acting import acting_for, as_system
from feedback.answers import publishing
from feedback.cases import handling
from feedback.cases.access import CITIZEN
from feedback.codes import new_code
from feedback.config import APP_ROLE
from feedback.db import REPLICA, db, now, work_on
from feedback.localtime import local
from feedback.metrics import MADE_AGAIN
from feedback.operations.doctor import examine
from feedback.replica import servers
from feedback.replica.pages import MARK
from feedback.replica.servers import Pair
from tests.feedback.citizen import TEXT, post, text_of, token
from tests.feedback.officers import ANSWER, Office, send, version_of
from tests.feedback.replica.conftest import Heard, Servers, Wait, cut
from wsgi import create_app

#: Every page that may read from the replica, by an address of it. One that is added stands here too, after a thought about ADR 14.
PAGES = {
    "intake.home": "/",
    "published.list_published": "/cong-khai?tim=rac",
    "published.show": "/cong-khai/{case}",
    "record.ledger": "/so-cai",
    "record.ledger_file": "/so-cai.csv",
    "opendata.figures": "/cong-khai/so-lieu",
    "opendata.district": "/cong-khai/so-lieu/quan-1",
    "opendata.catalogue": "/du-lieu-mo",
    "opendata.month": "/du-lieu-mo/2026-01",
    "opendata.editions": "/du-lieu-mo/cac-ban.json",
    "opendata.all_months": "/du-lieu-mo/thanh-pho.csv",
    "opendata.one_month": "/du-lieu-mo/2026-01/thanh-pho.csv",
    "opendata.one_edition": "/du-lieu-mo/2026-01/1/thanh-pho.csv",
    "open311.services_list": "/open311/v2/services.json",
    "open311.service": "/open311/v2/services/urban_environment.xml",
    "open311.requests_list": "/open311/v2/requests.json",
    "open311.one_request": "/open311/v2/requests/{case}.json",
    "open311.servicerequestupdates": "/open311/v2/servicerequestupdates.json",
    "api.areas": "/api/v1/areas",
    "api.agencies": "/api/v1/agencies",
    "api.categories": "/api/v1/categories",
    "api.procedures": "/api/v1/procedures",
    "api.measures": "/api/v1/measures",
    "api.public_cases": "/api/v1/public-cases?q=rac",
    "api.public_case": "/api/v1/public-cases/{case}",
    "dashboard.overview": "/dieu-hanh/?theo=khu-vuc",
    "dashboard.as_file": "/dieu-hanh/so-lieu.csv?theo=khu-vuc",
    "dashboard.transit": "/dieu-hanh/luan-chuyen",
    "dashboard.compare": "/dieu-hanh/doi-chieu",
    "dashboard.case_list": "/dieu-hanh/ho-so/tiep-nhan",
    "alerts.board": "/dieu-hanh/canh-bao",
    "alerts.returned": "/dieu-hanh/canh-bao/1/ho-so",
}


#: Functions that a standby refuses, or would do for itself alone.
BELONG_TO_THE_PRIMARY = re.compile(r"advisory|nextval|FOR UPDATE|FOR SHARE|INSERT|UPDATE |DELETE|NOTIFY|LISTEN|TEMP", re.IGNORECASE)
SENT_LATER = "lúc này xem được nhưng chưa gửi được"


@pytest.fixture(autouse=True)
def askable(app: Flask) -> None:
    """A test that stops the clock stops that of waiting, too; the next begins with servers that may be asked."""
    wait_is_over(pair_here(app))


def publishable(office: Office) -> str:
    """An answered case whose sender agreed that it becomes public."""
    public_id = office.submitted(office.report(wants_public=True))
    handling.approve(office.head.actor, public_id, version_of(public_id))
    return public_id


def publish(office: Office, public_id: str) -> None:
    redactor = office.app.extensions["redactor"]
    publishing.publish(redactor, office.handler.actor, public_id, version_of(public_id), "Rác chưa thu gom.", ANSWER, "")


def pair_here(app: Flask) -> Pair:
    pair: Pair = app.extensions[REPLICA]
    return pair


def findings() -> list[str]:
    return [finding.what for finding in examine() if finding.check == "replica"]


def made_again() -> float:
    """How many pages were made a second time because one server failed."""
    (metric,) = MADE_AGAIN.collect()
    return sum(sample.value for sample in metric.samples if sample.name.endswith("_total"))


def test_every_page_for_reading_is_known_here(app: Flask) -> None:
    marked = {name for name, view in app.view_functions.items() if getattr(view, "may_lag", False)}
    assert marked == set(PAGES)


def test_what_only_reads_is_read_from_the_replica_and_nothing_else_is(
    office: Office, visitor: FlaskClient, heard: Heard, caught_up: Wait
) -> None:
    case = publishable(office)
    publish(office, case)
    figures.rebuild()
    leader = office.browser(office.leader)
    caught_up()
    before = made_again()
    for name, address in PAGES.items():
        heard.forget()
        inside = name.startswith(("dashboard", "alerts"))
        page = (leader if inside else visitor).get(address.format(case=case))
        assert page.status_code in (200, 404), name
        assert "Age" not in page.headers, name
        assert SENT_LATER not in page.text, name
        written = [statement for statement in heard.replica if BELONG_TO_THE_PRIMARY.search(statement)]
        assert written == [], name
        assert heard.replica or name == "intake.home", name
        # Who it is, and how often he comes, is asked and noted on the primary.
        others = [statement for statement in heard.primary if not re.search("staff_session|rate_limit|limit_salt", statement)]
        assert others == [], name
    assert made_again() == before
    for address in ("/can-bo/", "/tra-cuu", "/phan-anh/su-viec", f"/open311/v2/requests/{case}.json?api_key=none"):
        heard.forget()
        leader.get(address)
        assert heard.replica == [], address
    assert findings() == []


def test_the_walls_stand_on_the_replica_too(office: Office, caught_up: Wait) -> None:
    public_id = publishable(office)
    caught_up()
    asked = text("SELECT current_user, pg_is_in_recovery(), (SELECT count(*) FROM cases WHERE public_id = :case)")
    with acting_for(CITIZEN):
        work_on(replica=True)
        assert db.session.execute(asked, {"case": public_id}).one() == (APP_ROLE, True, 0)
        work_on(replica=False)
        assert db.session.execute(asked, {"case": public_id}).one() == (APP_ROLE, False, 0)
    with acting_for(office.handler.actor):
        work_on(replica=True)
        assert db.session.execute(asked, {"case": public_id}).one() == (APP_ROLE, True, 1)
    work_on(replica=False)


def test_whoever_wrote_reads_what_he_wrote_and_the_others_a_little_later(
    office: Office, visitor: FlaskClient, pair: Servers, caught_up: Wait, heard: Heard
) -> None:
    case = publishable(office)
    head = office.browser(office.head)
    caught_up()
    with cut(pair):
        form = f"/can-bo/ho-so/{case}/cong-khai"
        fields = {"version": version_of(case), "text": "Rác chưa thu gom.", "answer": ANSWER, "confirmed": "y"}
        sent = send(head, form, form, **fields, seen=publishing.seal_of("Rác chưa thu gom.", ANSWER))
        assert sent.status_code == 302
        assert head.get(f"/cong-khai/{case}").status_code == 200
        assert visitor.get(f"/cong-khai/{case}").status_code == 404
    caught_up()
    assert visitor.get(f"/cong-khai/{case}").status_code == 200
    head.get("/cong-khai")
    heard.forget()
    assert head.get(f"/cong-khai/{case}").status_code == 200
    assert heard.replica
    with head.session_transaction() as session:
        assert MARK not in session


def test_a_replica_that_is_cut_off_says_how_old_it_is_until_it_is_too_old(
    office: Office, visitor: FlaskClient, pair: Servers, caught_up: Wait, clock: Callable[[datetime], None]
) -> None:
    began = now()
    case = publishable(office)
    caught_up()
    visitor.get("/")
    with cut(pair):
        publish(office, case)
        clock(began + timedelta(seconds=40))
        assert visitor.get(f"/cong-khai/{case}").status_code == 404
        page = visitor.get("/cong-khai")
        assert f"Nội dung trang này tính đến {local(began):%H:%M:%S %d/%m/%Y}, chậm chưa đến một phút" in text_of(page)
        assert SENT_LATER not in page.text
        figures_page = text_of(office.browser(office.leader).get("/dieu-hanh/"))
        assert f"Số liệu lúc {local(began):%d/%m/%Y %H:%M}, chậm nhất năm giây" in figures_page
        assert 35 <= int(visitor.get("/api/v1/areas").headers["Age"]) <= 40
        clock(began + timedelta(seconds=70))
        assert visitor.get(f"/cong-khai/{case}").status_code == 200
        assert "chậm" not in text_of(visitor.get("/cong-khai"))
        assert any("behind by more than 60 s" in what for what in findings())
        watched = visitor.get("/metrics", headers={"Authorization": "Bearer " + "m" * 40}).text
        assert re.search(r"^liemchinh_replica_lag_seconds (6\d|70)\.", watched, re.MULTILINE)
        assert "liemchinh_replica_up 1.0" in watched
        assert visitor.get("/readyz").status_code == 200
    caught_up()
    visitor.get("/")
    assert findings() == []


def test_what_both_servers_have_counted_is_kept_once(office: Office, pair: Servers, caught_up: Wait) -> None:
    """Each has its own figures all the same: those of the replica are not ahead of its cases."""

    def kept(*, replica: bool) -> Columns:
        work_on(replica=replica)
        with as_system("test"):
            found = current()
        db.session.rollback()
        return found

    office.report()
    figures.take_up()
    caught_up()
    before = kept(replica=True)
    assert kept(replica=False) is before
    with cut(pair):
        office.report()
        figures.take_up()
        newest = kept(replica=False)
        assert sum(map(len, newest.blocks.values())) == sum(map(len, before.blocks.values())) + 1
        assert kept(replica=True) is before
    caught_up()
    assert kept(replica=True) is newest
    work_on(replica=False)


def test_a_primary_on_which_nothing_happens_makes_no_lag(
    visitor: FlaskClient, app: Flask, caught_up: Wait, heard: Heard, clock: Callable[[datetime], None]
) -> None:
    caught_up()
    for hours in (0, 5):
        clock(datetime.now().astimezone() + timedelta(hours=hours))
        page = visitor.get("/so-cai")
        assert "chậm" not in text_of(page)
    assert len(heard.replica) == 2


def test_without_the_replica_pages_are_read_from_the_primary_and_it_is_left_alone_for_a_while(
    office: Office, visitor: FlaskClient, pair: Servers, heard: Heard, monkeypatch: pytest.MonkeyPatch, caught_up: Wait
) -> None:
    both, before = pair_here(office.app), made_again()
    caught_up()
    monkeypatch.setattr(servers, "EVERY", 3600)
    monkeypatch.setattr(servers, "RETRY", 3600)
    both.look()
    postgres.stop(pair[1])
    try:
        # It was there a moment ago: the page that finds out is made again on the primary.
        assert visitor.get("/cong-khai").status_code == 200
        assert made_again() == before + 1
        heard.forget()
        with patch.object(servers.psycopg, "connect", side_effect=AssertionError):
            assert visitor.get("/cong-khai").status_code == 200
        assert made_again() == before + 1
        assert heard.primary
        assert heard.replica == []
        assert visitor.get("/readyz").status_code == 200
        assert any("does not answer" in what for what in findings())
    finally:
        postgres.start(pair[1], tied=True)
    wait_is_over(both)
    caught_up()
    assert visitor.get("/cong-khai").status_code == 200
    assert heard.replica
    assert findings() == []


def wait_is_over(both: Pair) -> None:
    """The servers may be asked again."""
    for server in (both.primary, both.replica):
        server._ask_at = 0


def test_without_the_primary_pages_go_on_nothing_typed_is_lost_and_all_goes_on_after_it(
    office: Office, visitor: FlaskClient, pair: Servers, caught_up: Wait
) -> None:
    case = publishable(office)
    publish(office, case)
    leader, head = office.browser(office.leader), office.browser(office.head)
    post(visitor, "/phan-anh")
    csrf = token(visitor, "/phan-anh/su-viec")
    assert leader.get("/dieu-hanh/").status_code == 200
    caught_up()
    db.session.rollback()
    postgres.stop(pair[0])
    try:
        for client, address in ((visitor, "/"), (visitor, f"/cong-khai/{case}"), (leader, "/dieu-hanh/"), (head, "/cong-khai")):
            page = client.get(address)
            assert page.status_code == 200, address
            assert SENT_LATER in text_of(page)
        # As by a web server that was started just now and has never seen the first one.
        fresh = create_app(office.app.extensions["config"])
        page = fresh.test_client().get(f"/cong-khai/{case}")
        assert (page.status_code, SENT_LATER in text_of(page)) == (200, True)
        pair_here(fresh).close()
        # Counted by this process alone.
        assert visitor.get(f"/open311/v2/requests/{case}.json").status_code == 200
        for client, address in ((head, "/can-bo/"), (visitor, "/phan-anh/su-viec")):
            assert client.get(address).status_code == 503, address
        programs = (
            visitor.get("/api/v1/tracking", headers={"Tracking-Code": new_code()}),
            visitor.post("/open311/v2/requests.xml", data={"api_key": new_code(), "description": TEXT}),
        )
        for answer in programs:
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            assert answer.mimetype in ("application/problem+json", "text/xml")
        assert visitor.get("/readyz").json == {"ok": False, "wrong": ["database"]}
        assert "liemchinh_replica_up 1.0" in visitor.get("/metrics", headers={"Authorization": "Bearer " + "m" * 40}).text
        refused = visitor.post("/phan-anh/su-viec", data={"csrf_token": csrf, "text": TEXT, "website": ""})
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "60"
        assert "vẫn còn ở trang này" in text_of(refused)
    finally:
        postgres.start(pair[0], tied=True)
    wait_is_over(pair_here(office.app))
    # The page that was left open is sent as it stands.
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', refused.text))
    assert visitor.post("/phan-anh/su-viec", data={name: html.unescape(value) for name, value in fields.items()}).status_code == 302
    assert TEXT in html.unescape(visitor.get("/phan-anh/su-viec").text)
    assert head.get("/can-bo/ho-so").status_code == 200
    assert SENT_LATER not in visitor.get("/").text


def test_a_server_that_follows_nobody_is_not_read_from(office: Office, visitor: FlaskClient, heard: Heard, pair: Servers) -> None:
    """As after a promotion: it answers, but goes its own way."""
    lonely = Pair(dataclasses.replace(pair[0], replica_url=pair[0].database_url))
    with patch.dict(office.app.extensions, {REPLICA: lonely}):
        assert visitor.get("/cong-khai").status_code == 200
        assert heard.replica == []
        assert any("does not follow our primary" in what for what in findings())
    lonely.close()
