"""The front desk's pages as operators use them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback.audit.models import AuditEntry
from feedback.cases import transfers
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import Case, Channel, Suggestion
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.db import db
from feedback.desk.marks import pieces
from tests.feedback.citizen import BRIBE, TEXT, BrokenClassifier
from tests.feedback.officers import Browser, Office, case_of, counted, send, version_of


def at(public_id: str) -> str:
    return f"/can-bo/tiep-nhan/{public_id}"


@given(st.text(alphabet="aăbc d.<&"), st.lists(st.text(alphabet="aăbc d.(")))
def test_pieces_put_together_are_the_text(text: str, words: list[str]) -> None:
    assert "".join(piece for piece, _marked in pieces(text, words)) == text


def test_pieces_mark_whole_words_only() -> None:
    assert pieces("Rác ở hẻm, rácx", ["rác"]) == [("Rác", True), (" ở hẻm, rácx", False)]


def test_the_queue_shows_danger_first_then_what_is_due(office: Office) -> None:
    first, second, third = office.report(), office.report(), office.report()
    case_of(third).urgent = True
    db.session.commit()
    client = office.browser(office.desk)
    text = client.get("/can-bo/tiep-nhan").text
    assert text.index(third) < text.index(first) < text.index(second)
    assert "độ chắc chắn 90%" in text


def test_the_queue_goes_on_where_it_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case once, page by page, and an edited cursor starts from the top."""
    everything = {office.report() for _number in range(5)}
    case_of(min(everything)).urgent = True
    db.session.commit()
    monkeypatch.setattr("feedback.cases.queries.case_lines.__defaults__", (None, 2, ()))
    client, path, seen = office.browser(office.desk), "/can-bo/tiep-nhan", []
    while path:
        text = client.get(path).text
        seen += [found for found in everything if found in text]
        path = next(
            (part.split('"')[0] for part in text.split('href="') if "sau=" in part.split('"')[0] and "ngon-ngu" not in part.split('"')[0]),
            "",
        )
    assert sorted(seen) == sorted(everything)
    assert sum(found in client.get("/can-bo/tiep-nhan?sau=1_x_9").text for found in everything) == 2


def test_search_finds_without_marks_and_by_reference(office: Office) -> None:
    public_id = office.report()
    client = office.browser(office.desk)
    assert public_id in client.get("/can-bo/tiep-nhan?tim=hem+hoa+sua").text
    assert public_id in client.get(f"/can-bo/tiep-nhan?tim={case_of(public_id).reference}").text
    assert public_id not in client.get("/can-bo/tiep-nhan?tim=cầu+đường").text


def test_a_case_comes_with_the_machines_reasons(office: Office) -> None:
    public_id = office.report("<b>rác</b> ở đầu hẻm Hoa Sữa ba ngày nay")
    page = office.browser(office.desk).get(at(public_id)).text
    assert "&lt;b&gt;<mark>rác</mark>&lt;/b&gt;" in page
    assert 'value="urban_environment"' in page


def test_another_field_gives_another_agency_without_script(office: Office) -> None:
    public_id = office.report()
    client = office.browser(office.desk)
    answer = send(client, at(public_id), at(public_id), act="suggest", version=version_of(public_id), category="health", note="Giữ lại")
    assert answer.status_code == 200
    assert "Giữ lại" in answer.text
    assert case_of(public_id).state is State.SORTING


@pytest.mark.parametrize("path", ["", "/nhap"])
def test_wards_stand_under_their_districts_in_vietnamese_order(office: Office, path: str) -> None:
    page = office.browser(office.desk).get(f"/can-bo/tiep-nhan{path}" if path else at(office.report())).text
    groups = [part.split('"')[0] for part in page.split('<optgroup label="')[1:] if part.startswith("Quận ")]
    assert groups.index("Quận 3 (cũ)") < groups.index("Quận 10 (cũ)") < groups.index("Quận Bình Tân (cũ)")


def test_a_refusal_without_a_reason_is_not_sent(office: Office) -> None:
    page = office.browser(office.desk).get(f"{at(office.report())}/khong-thu-ly").text
    assert page.count('name="ly-do"') == page.count("required") > 1


def test_forwarding_teaches_and_opens_the_next(office: Office) -> None:
    first, second = office.report(), office.report()
    client = office.browser(office.desk)
    fields = {"version": version_of(first), "category": "health", "agency": office.agency, "act": "next", "note": "Xin xem gấp"}
    assert send(client, at(first), at(first), **fields).location == at(second)
    case = case_of(first)
    assert (case.state, case.category_code, case.to_agency_id) == (State.FORWARDED, "health", office.agency)
    learned = db.session.get(Suggestion, case.id)
    assert learned is not None
    assert (learned.decided_category_code, learned.decided_by_id) == ("health", office.desk.actor.user_id)
    again = send(client, at(first), at(second), **fields)
    assert again.location == at(second), "a double click changes nothing and ends where the first did"
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "case.forward")) == 1


@pytest.mark.parametrize("field", ["category", "agency"])
def test_what_is_not_in_the_list_is_refused(office: Office, field: str) -> None:
    public_id = office.report()
    client = office.browser(office.desk)
    wrong = {"category": "staff_conduct", "agency": city.triage_agency().id}
    fields = {"version": version_of(public_id), "category": "health", "agency": office.agency, field: wrong[field]}
    assert send(client, at(public_id), at(public_id), **fields).status_code == 422
    assert case_of(public_id).state is State.SORTING


def test_an_older_page_is_told_so(office: Office) -> None:
    public_id = office.report()
    client = office.browser(office.desk)
    fields = {"version": 1, "category": "health", "agency": office.agency, "note": "Chữ đã gõ"}
    answer = send(client, at(public_id), at(public_id), **fields)
    assert answer.status_code == 409
    assert "Chữ đã gõ" in answer.text


def test_the_desk_sends_conduct_to_the_inspectorate(office: Office) -> None:
    public_id = office.report()
    client = office.browser(office.desk)
    path = f"{at(public_id)}/chuyen-thanh-tra"
    assert send(client, path, at(public_id), version=version_of(public_id), seal_reason=" ").status_code == 422
    assert send(client, path, at(public_id), version=version_of(public_id), seal_reason="Nói về cán bộ").status_code == 302
    case = case_of(public_id)
    assert (case.state, case.sealed, case.reference) == (State.TRIAGE, True, None)
    assert client.get(at(public_id)).status_code == 404


def test_others_do_not_come_in(office: Office) -> None:
    public_id = office.report()
    for officer in (office.handler, office.head, office.inspector, office.leader, office.admin):
        client = office.browser(officer)
        for path in ("/can-bo/tiep-nhan", at(public_id), "/can-bo/tiep-nhan/nhap", "/can-bo/tiep-nhan/phieu"):
            assert client.get(path).status_code == 404, (officer, path)
        for path in (at(public_id), f"{at(public_id)}/chuyen-thanh-tra"):
            assert send(client, path, "/can-bo/doi-mat-khau", version=2, seal_reason="x").status_code == 404
    assert office.browser(office.desk).get("/can-bo/thanh-tra").status_code == 404
    assert case_of(public_id).state is State.SORTING


@pytest.mark.parametrize("broken", ["raises", "missing"])
def test_a_broken_machine_hides_everything(office: Office, broken: str) -> None:
    office.app.extensions["classifier"] = BrokenClassifier() if broken == "raises" else None
    public_id = office.report()
    assert case_of(public_id).state is State.TRIAGE
    assert public_id not in office.browser(office.desk).get("/can-bo/tiep-nhan").text


def key_in(client: Browser, **fields: str) -> tuple[int, str]:
    answer = send(client, "/can-bo/tiep-nhan/nhap", "/can-bo/tiep-nhan/nhap", **{"channel": "phone", "text": TEXT, **fields})
    return answer.status_code, answer.text


def test_a_report_taken_down_by_telephone(office: Office) -> None:
    """One case however often the button is pressed; the code is shown once."""
    client = office.browser(office.desk)
    assert key_in(client, phone="0900 000 123")[0] == 302
    assert key_in(client, phone="0900 000 123")[0] == 302
    assert db.session.scalars(select(Case.channel)).all() == [Channel.PHONE]
    assert 'class="lc-code"' in client.get("/can-bo/tiep-nhan/phieu").text
    assert client.get("/can-bo/tiep-nhan/phieu").location == "/can-bo/tiep-nhan/nhap"
    assert key_in(client, text=BRIBE)[0] == 302
    assert "vòi tiền" not in client.get("/can-bo/tiep-nhan").text


@pytest.mark.parametrize("wrong", [{"text": "ngắn"}, {"channel": "import"}, {"phone": "12"}, {"email": "a"}, {"area": "0"}])
def test_what_cannot_be_used_is_asked_again(office: Office, wrong: dict[str, str]) -> None:
    status, text = key_in(office.browser(office.desk), **wrong)
    assert status == 422
    assert "data-error-summary" in text
    assert db.session.scalar(select(func.count(Case.id))) == 0


def test_a_returned_case_says_why(office: Office) -> None:
    public_id = office.forwarded()
    transfers.give_back(office.handler.actor, public_id, version_of(public_id), ReturnReason.OTHER_AREA, "Thuộc phường khác.")
    assert "Thuộc phường khác." in office.browser(office.desk).get(at(public_id)).text


def test_pages_do_not_ask_more_with_more_cases(office: Office) -> None:
    public_id, _alike = office.report(), office.report()
    client, numbers = office.browser(office.desk), []
    paths = ("/can-bo/tiep-nhan", at(public_id))
    for path in paths:  # reads what this process then knows of the city
        client.get(path)
    for _round in range(2):
        for path in paths:
            with counted() as seen:
                assert client.get(path).status_code == 200
            numbers.append(len(seen))
        for _case in range(3):
            office.report()
    assert numbers[:2] == numbers[2:]
    assert numbers[0] <= 11
    assert numbers[1] <= 18
