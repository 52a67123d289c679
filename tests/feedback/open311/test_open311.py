"""The door for other systems, as those systems see it: real requests, both formats, a client of theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import georeport
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback import jobs
from feedback.accounts.models import Role
from feedback.cases import desk, handling, taking_in
from feedback.cases.models import Case, Channel, Contact
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.codes import read_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.open311 import keys, services
from tests.browsers import served
from tests.feedback.answers.test_answers import publish
from tests.feedback.citizen import BRIBE, TEXT
from tests.feedback.officers import Office, begun, case_of, counted, limits_counted, version_of
from tests.feedback.tracking.conftest import app, client, office

__all__ = ["app", "client", "office"]
ROOT = "/open311/v2"
PAGE = "/can-bo/quan-tri/ket-noi"
MONDAY = datetime(2026, 11, 23, 3, 17, tzinfo=UTC)


@pytest.fixture
def key(office: Office) -> str:
    """A key of one system."""
    return key_of(office, "Cổng của phường")


def key_of(office: Office, name: str) -> str:
    """A key that one administrator proposed and another approved."""
    proposed, secret = keys.propose(office.admin.actor, name)
    keys.approve(office._hire(Role.ADMINISTRATOR, office.agency).actor, proposed.id)
    return secret


@pytest.fixture
def door(office: Office, client: FlaskClient, clock: Callable[[datetime], None]) -> FlaskClient:
    """Another system's connection, on a Monday morning."""
    clock(MONDAY)
    return client


def hand_in(door: FlaskClient, key: str, **parts: str) -> Any:
    given = {"api_key": key, "service_code": "urban_environment", "description": TEXT, "address_string": "Hẻm Hoa Sữa", **parts}
    return door.post(f"{ROOT}/requests.json", data=given)


def rows(door: FlaskClient, address: str) -> list[dict[str, Any]]:
    answer = door.get(f"{ROOT}/{address}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json
    return found


def test_discovery_leads_to_the_services_in_both_forms(door: FlaskClient) -> None:
    said = door.get(f"{ROOT}/discovery.json").json
    assert said["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert door.get(said["endpoints"][0]["url"] + "/services.json").json
    top = ElementTree.fromstring(door.get(f"{ROOT}/discovery.xml").data)
    assert [one.text for one in top.findall("endpoints/endpoint/formats/format")] == ["application/json", "text/xml"]


def test_services_and_their_questions_are_the_citys_fields_and_wards(door: FlaskClient) -> None:
    listed = rows(door, "services.json")
    assert [one["service_code"] for one in listed] == [row.code for row in city.categories()]
    top = ElementTree.fromstring(door.get(f"{ROOT}/services.xml").data)
    assert [one.findtext("service_name") for one in top] == [one["service_name"] for one in listed]
    asked = {one["code"]: one["values"] for one in door.get(f"{ROOT}/services/health.json").json["attributes"]}
    assert [one["key"] for one in asked["ward"]] == [ward.code for ward in city.wards()]
    assert door.get(f"{ROOT}/services/none.xml").status_code == 404
    assert ElementTree.fromstring(door.get(f"{ROOT}/no/such.xml").data).findtext("error/code") == "404"
    assert door.get(f"{ROOT}/services.json?jurisdiction_id=boston.gov").json == [
        {"code": 404, "description": "jurisdiction_id was not found"}
    ]
    assert rows(door, "services.json?jurisdiction_id=hochiminhcity.gov.vn") == listed


def test_a_report_comes_in_like_one_from_the_web_form(door: FlaskClient, key: str) -> None:
    ward = city.wards()[3]
    answer = hand_in(
        door, key, address_id=ward.code, first_name="Thử", last_name="Nguyễn", phone="0900 000 123", lat="10.7769", long="106.7009"
    )
    assert answer.status_code == 201
    case = case_of(answer.json[0]["service_request_id"])
    assert (case.channel, case.area_id, case.text, case.wants_public) == (Channel.PARTNER, ward.id, TEXT, False)
    assert case.place == "Hẻm Hoa Sữa, 10.776900, 106.700900"
    assert case.state is State.SORTING
    assert not case.anonymous
    assert db.session.get(Contact, case.id) is not None
    code = answer.json[0]["service_notice"].split(": ")[1].split(".")[0]
    assert case.code_hmac == hmac_of(read_code(code) or ""), "the reporter can follow it himself"


@pytest.mark.parametrize(
    ("parts", "status", "word"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "00000-00000-00000-00000-00000"}, 403, "api_key"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "none"}, 404, "service_code"),
        ({"description": "ngắn"}, 400, "description"),
        ({"description": "a" * 5001}, 400, "description"),
        ({"address_string": ""}, 400, "address_string"),
        ({"address_string": "a" * 301}, 400, "address_string"),
        ({"lat": "10"}, 400, "lat"),
        ({"lat": "95", "long": "1"}, 400, "lat"),
        ({"address_id": "1"}, 400, "address_id"),
        ({"address_id": "\0"}, 400, "address_id"),
        ({"phone": "12"}, 400, "phone"),
        ({"email": "a"}, 400, "email"),
        ({"last_name": "a" * 121}, 400, "last_name"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(door: FlaskClient, key: str, parts: dict[str, str], status: int, word: str) -> None:
    answer = hand_in(door, key, **parts)
    assert answer.status_code == status
    assert word in answer.json[0]["description"]
    assert answer.json[0]["code"] == status
    assert db.session.scalars(select(Case)).all() == []
    same = door.post(f"{ROOT}/requests.xml", data={"api_key": key, **parts})
    assert ElementTree.fromstring(same.data).findtext("error/code") == str(same.status_code)


def test_what_is_left_to_the_worker_costs_one_transaction_and_is_told_by_its_token(door: FlaskClient, key: str) -> None:
    ward = city.wards()[3].code
    with taking_in._one_more():
        hand_in(door, key, address_id=ward)  # now this process knows the city
        with begun() as transactions, counted() as statements:
            made = hand_in(door, key, address_id=ward).json[0]
    assert len(transactions) == 1
    assert not [one for one in statements if one.startswith(("SELECT cases.", "SELECT category.", "SELECT area."))], "nothing is read back"
    assert "service_request_id" not in made
    assert rows(door, f"tokens/{made['token']}.json")[0]["service_request_id"] == ""
    jobs.run_here("cases.classify_waiting")
    public_id = rows(door, f"tokens/{made['token']}.json")[0]["service_request_id"]
    assert case_of(public_id).state is State.SORTING


def test_a_case_without_its_token_is_never_saved(door: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(secret: str, kind: str) -> bytes:
        raise RuntimeError(kind)

    monkeypatch.setattr(services, "hmac_of", fail)
    assert hand_in(door, key).status_code == 500
    assert db.session.scalars(select(Case)).all() == []


def test_the_address_of_a_picture_is_kept_with_the_text(door: FlaskClient, key: str) -> None:
    made = hand_in(door, key, media_url="https://example.com/anh.jpg", **{"attribute[public]": "yes"}).json[0]
    case = case_of(made["service_request_id"])
    assert case.text == f"{TEXT}\nhttps://example.com/anh.jpg"
    assert case.wants_public


def test_a_report_about_an_official_gives_a_token_and_nothing_after_it(door: FlaskClient, key: str) -> None:
    made = hand_in(door, key, description=BRIBE).json[0]
    assert "service_request_id" not in made
    assert rows(door, f"tokens/{made['token']}.json") == [{"token": made["token"], "service_request_id": ""}]
    case = db.session.scalars(select(Case)).one()
    assert case.sealed
    assert rows(door, f"requests.json?api_key={key}") == []
    assert rows(door, f"servicerequestupdates.json?api_key={key}") == []
    hidden = door.get(f"{ROOT}/requests/{case.public_id}.json?api_key={key}")
    never = door.get(f"{ROOT}/requests/0123456789abcdef.json?api_key={key}")
    assert (hidden.status_code, hidden.data) == (never.status_code, never.data) == (404, never.data)
    assert door.get(f"{ROOT}/tokens/00000.json").status_code == 404


def test_a_sealed_case_that_opens_is_told_by_its_token(door: FlaskClient, office: Office, key: str) -> None:
    token = hand_in(door, key, description=BRIBE).json[0]["token"]
    public_id = db.session.scalars(select(Case.public_id)).one()
    desk.release(office.inspector.actor, public_id, version_of(public_id), "other", "Không phải hành vi của cán bộ.")
    assert rows(door, f"tokens/{token}.json")[0]["service_request_id"] == public_id


def test_a_system_sees_what_it_handed_in_and_nobody_elses(door: FlaskClient, office: Office, key: str) -> None:
    public_id = hand_in(door, key).json[0]["service_request_id"]
    office.report()
    mine = rows(door, f"requests.json?api_key={key}")
    assert [(one["service_request_id"], one["status"], one["status_notes"]) for one in mine] == [(public_id, "open", "Đang phân loại")]
    assert rows(door, f"requests.json?api_key={key}&status=closed") == []
    assert rows(door, "requests.json") == [], "not public"
    other = key_of(office, "Hệ thống khác")
    assert rows(door, f"requests.json?api_key={other}") == []
    assert door.get(f"{ROOT}/requests/{public_id}.json?api_key={other}").status_code == 404
    office.submitted(public_id)
    handling.approve(office.head.actor, public_id, version_of(public_id))
    done = rows(door, f"requests/{public_id}.json?api_key={key}")[0]
    assert (done["status"], done["status_notes"]) == ("closed", "Đội thu gom đã đến hẻm sáng nay; từ nay gom rác mỗi ngày một lần.")
    steps = rows(door, f"servicerequestupdates.json?service_request_id={public_id}&api_key={key}")
    assert [one["update_id"] for one in steps] == [f"{public_id}-{number}" for number in range(1, len(steps) + 1)]
    assert [steps[0]["description"], steps[-1]["status"]] == ["Đã tiếp nhận", "closed"]


def test_the_public_sees_the_masked_text_the_answer_and_the_day(door: FlaskClient, office: Office) -> None:
    ward = city.wards()[0]
    public_id = office.submitted(office.report(wants_public=True, area_id=ward.id))
    handling.approve(office.head.actor, public_id, version_of(public_id))
    assert rows(door, "requests.json") == []
    publish(office, public_id)
    one = rows(door, "requests.json")[0]
    assert (one["description"], one["status"], one["address_id"]) == ("Rác chưa thu gom.", "closed", ward.code)
    assert one["requested_datetime"] == "2026-11-23T00:00:00+07:00"
    assert one == rows(door, f"requests/{public_id}.json")[0]
    for narrow, found in {
        "status=open": 0,
        "status=open,closed": 1,
        "service_code=urban_environment": 1,
        "service_code=health": 0,
        f"service_code=health&service_request_id={public_id}": 1,
        "end_date=2026-11-22T00:00:00%2B07:00": 0,
        "page=2": 0,
    }.items():
        assert len(rows(door, f"requests.json?{narrow}")) == found, narrow
    top = ElementTree.fromstring(door.get(f"{ROOT}/requests.xml").data)
    assert [part.tag for part in top[0]] == list(one)
    assert rows(door, "servicerequestupdates.json")[0]["service_request_id"] == public_id
    with counted() as statements:
        rows(door, "requests.json")
    assert len(statements) <= 4


@pytest.mark.enable_socket
def test_a_client_that_others_wrote_works_with_it_in_both_forms(office: Office, key: str) -> None:
    public_id = office.submitted(office.report(wants_public=True))
    handling.approve(office.head.actor, public_id, version_of(public_id))
    publish(office, public_id)
    with served(office.app) as address:
        for form in ("json", "xml"):
            theirs = georeport.GeoReport(address + ROOT, "hochiminhcity.gov.vn", key, form)
            assert [one["service_code"] for one in theirs.get_service_list()] == [row.code for row in city.categories()]
            assert theirs.get_service_definition("health")["service_code"] == "health"
            found = theirs.get_service_requests(service_request_id=public_id)
            assert (found[0] if form == "json" else found)["service_request_id"] == public_id


def test_a_key_that_is_made_up_buys_no_budget(door: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = limits_counted(monkeypatch)
    for made_up in ("AAAAA", "BBBBB"):
        assert hand_in(door, made_up).status_code == 403
    assert len(counts) == 4
    assert len(set(counts)) == 3, "each of them for itself, and both for where they come from"
    door.get(f"{ROOT}/requests.json")
    assert len(counts) == 5, "who shows none is counted once"


def test_a_key_has_one_budget(door: FlaskClient, key: str) -> None:
    answers = {hand_in(door, key, description="ngắn").status_code for _n in range(121)}
    assert answers == {400, 429}
    assert door.get(f"{ROOT}/services.json").status_code == 200
