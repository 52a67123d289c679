"""What everybody may read by the API, and how it says that something is wrong."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.cases import handling
from feedback.city import queries as city
from feedback.codes import new_code
from tests.feedback.answers.test_answers import publish
from tests.feedback.api.conftest import Program, pointers, said
from tests.feedback.citizen import follow
from tests.feedback.officers import ANSWER, Office, counted, version_of
from tests.feedback.tracking.stories import Sender, Story


def items(answer: TestResponse) -> list[dict[str, object]]:
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    found: list[dict[str, object]] = answer.json["items"]
    return found


def test_reference_data_are_what_is_in_force_and_need_not_be_read_twice(anybody: Program) -> None:
    areas = items(anybody.get("/areas"))
    wards = [one for one in areas if one["kind"] == "ward"]
    assert [one["code"] for one in wards] == [row.code for row in city.wards()]
    assert {one["district"] for one in wards} == {one["code"] for one in areas if one["kind"] == "district"}
    assert all(one["valid_from"] == "2025-07-01" and one["valid_to"] is None for one in wards)
    agencies = {one["code"]: one for one in items(anybody.get("/agencies"))}
    assert set(agencies) == {row.code for row in city.agencies()}
    assert {one["superior"] for one in agencies.values()} - {None} <= set(agencies)
    procedures = items(anybody.get("/procedures"))
    narrowed = items(anybody.get(f"/procedures?category={procedures[0]['category']}"))
    assert 0 < len(narrowed) < len(procedures) == len(city.procedures())
    first = anybody.get("/categories")
    assert first.headers["Cache-Control"] == "public, max-age=600"
    again = anybody.get("/categories", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    english = anybody.get("/categories", Accept_Language="en-GB,en;q=0.9", If_None_Match=first.headers["ETag"])
    assert [one["name"] for one in items(english)] == [row.name("en") for row in city.categories()]
    assert english.headers["Content-Language"] == "en"
    assert "accept-language" in english.vary


def test_only_what_is_public_is_read(anybody: Program, office: Office) -> None:
    ward = city.wards()[0]
    public_id = office.submitted(office.report(wants_public=True, area_id=ward.id))
    handling.approve(office.head.actor, public_id, version_of(public_id))
    hidden = anybody.get(f"/public-cases/{public_id}")
    assert said(hidden) == (404, "not-found")
    assert items(anybody.get("/public-cases")) == []
    publish(office, public_id)
    one = anybody.get(f"/public-cases/{public_id}").json
    assert one == {
        "id": public_id,
        "text": "Rác chưa thu gom.",
        "answer": ANSWER,
        "category": "urban_environment",
        "ward": ward.name,
        "agency": one["agency"],
        "published_on": "2026-11-23",
    }
    with counted() as statements:
        assert items(anybody.get("/public-cases?q=rac")) == [one]
    assert len(statements) <= 5
    assert ward.district_area is not None
    assert items(anybody.get(f"/public-cases?category=urban_environment&district={ward.district_area.code}")) == [one]
    assert items(anybody.get("/public-cases?category=health")) == []
    assert pointers(anybody.get("/public-cases?district=0")) == ["/district"]
    sealed = office.sealed()
    assert (said(anybody.get(f"/public-cases/{sealed}")), anybody.get(f"/public-cases/{sealed}").data) == ((404, "not-found"), hidden.data)


def test_figures_of_a_young_city_are_too_small_to_be_shown(anybody: Program, office: Office) -> None:
    office.report()
    found = anybody.get("/measures").json
    assert (found["first_day"], found["last_day"]) == ("2025-11-01", "2026-10-31")
    assert {one["code"] for one in found["items"]} >= {"received", "on_time", "solved"}
    assert all(one["value"] is None and one["numerator"] is None and one["denominator"] is None for one in found["items"])
    assert anybody.get("/measures", Accept_Language="en").json["items"][0]["name"] == "Received"


def tracked(anybody: Program, code: str) -> list[dict[str, object]]:
    return items(anybody.get("/tracking", Tracking_Code=code))


def test_a_report_is_followed_by_its_code(anybody: Program, story: Story) -> None:
    sender = story.sorting()
    (one,) = tracked(anybody, sender.code.lower().replace("-", " "))
    assert (one["state"], one["state_name"], one["received_on"]) == ("sorting", "Đang phân loại", "2026-08-03")
    assert one["reference"] == sender.case.reference
    assert str(one["agency"]) in sender.page()
    assert [line["text"] for line in one["story"]][-1] in sender.page()  # type: ignore[attr-defined,index]
    public_id = sender.case.public_id
    story.office.submitted(public_id)
    assert tracked(anybody, sender.code)[0]["answers"] == [], "not approved"
    handling.approve(story.office.head.actor, public_id, version_of(public_id))
    (done,) = tracked(anybody, sender.code)
    assert [(given["text"], given["current"]) for given in done["answers"]] == [(ANSWER, True)]  # type: ignore[attr-defined]
    assert anybody.get("/tracking", Tracking_Code=sender.code).headers["Cache-Control"] == "no-store"


def words_nowhere(sender: Sender, answer: TestResponse) -> bool:
    return not any(word in answer.text for word in ("vòi tiền", "quầy số 3", "12 Hoa Sữa", city.wards()[0].name))


def test_of_a_sealed_report_no_more_is_told_than_on_its_page(anybody: Program, story: Story) -> None:
    sender = story.triage()
    answer = anybody.get("/tracking", Tracking_Code=sender.code)
    (one,) = items(answer)
    assert words_nowhere(sender, answer)
    assert (one["reference"], one["agency"]) == (None, city.triage_agency().name)
    page = sender.page()
    told = [one["state_name"], one["standing"], *(line["text"] for line in one["story"])]  # type: ignore[attr-defined]
    assert all(str(sentence) in page for sentence in told)


def test_a_wrong_code_is_answered_and_counted_as_on_the_page(anybody: Program, office: Office, client: FlaskClient) -> None:
    never = anybody.get("/tracking", Tracking_Code=new_code())
    assert said(never) == (422, "invalid")
    assert pointers(never) == ["Tracking-Code"]
    assert never.json["errors"] == anybody.get("/tracking", Tracking_Code=new_code()).json["errors"]
    assert "25 ký tự" in anybody.get("/tracking", Tracking_Code="ABC").json["errors"][0]["detail"]
    assert pointers(anybody.get("/tracking")) == ["Tracking-Code"]
    # Five here; with five on the page the ten of one minute are over, at both doors.
    anybody.get("/tracking", Tracking_Code=new_code())
    assert [follow(client, new_code()).status_code for _n in range(6)] == [422] * 5 + [429]
    over = anybody.get("/tracking", Tracking_Code=new_code())
    assert said(over) == (429, "too-many-requests")
    assert 0 < int(over.headers["Retry-After"]) <= 61


def test_errors_are_problem_documents_in_the_callers_language(anybody: Program) -> None:
    vietnamese, english = anybody.get("/nothing-here"), anybody.get("/nothing-here", Accept_Language="en")
    assert said(vietnamese) == said(english) == (404, "not-found")
    assert (vietnamese.json["title"], english.json["title"]) == ("Không tìm thấy", "Not found")
    wrong_way = anybody.post("/areas", {})
    assert said(wrong_way) == (405, "method-not-allowed")
    assert "GET" in wrong_way.headers["Allow"]
    assert said(anybody.post("/reports", {"text": "a" * 140_000})) == (413, "too-large")
    broken = anybody.client.post("/api/v1/reports", data="{", content_type="application/json")
    assert said(broken)[0] in (400, 422)
    assert said(anybody.get("/public-cases/%00")) == (404, "not-found")
    assert said(anybody.get("/public-cases?q=%00")) == (400, "bad-request")
    assert anybody.get("/public-cases?q=%01&cursor=%01_1&category=%01").status_code == 200


def test_what_fails_inside_is_told_by_a_number_only(anybody: Program, office: Office) -> None:
    office.app.extensions["public_measures"] = None
    answer = anybody.get("/measures")
    assert said(answer) == (500, "failed")
    assert len(answer.json["id"]) == 8
    assert "NoneType" not in answer.text
    assert "Traceback" not in answer.text


def test_the_page_for_people_names_every_address(client: FlaskClient, anybody: Program) -> None:
    page = client.get("/ket-noi").text
    paths = anybody.get("/openapi.json").json["paths"]
    assert len(paths) > 12
    assert all(f"<code>{path}</code>" in page for path in paths)
