"""The inbox and the case page as officers use them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from feedback.audit.models import AuditEntry
from feedback.cases.models import Answer
from feedback.cases.workflow import State
from feedback.db import db
from tests.feedback.officers import ANSWER, Office, Officer, case_of, counted, send, version_of


def at(public_id: str, act: str = "") -> str:
    return f"/can-bo/ho-so/{public_id}" + (f"/{act}" if act else "")


def test_the_whole_life(office: Office) -> None:
    """Desk, accept, submit, send back, submit again, approve: each step by its form, each page in its turn."""
    public_id = office.report()
    desk, handler, head = office.browser(office.desk), office.browser(office.handler), office.browser(office.head)
    page = f"/can-bo/tiep-nhan/{public_id}"
    assert handler.get(at(public_id)).status_code == 404
    fields = {"version": version_of(public_id), "category": "urban_environment", "agency": office.agency, "act": "forward"}
    assert send(desk, page, page, **fields).location == "/can-bo/tiep-nhan"
    assert send(handler, at(public_id, "thu-ly"), at(public_id), version=version_of(public_id)).status_code == 302
    assert desk.get(page).status_code == 404
    for words in ("Sẽ xem.", ANSWER):
        answer = {"version": version_of(public_id), "outcome": "solved", "text": words}
        assert send(handler, at(public_id, "trinh"), at(public_id), **answer).status_code == 302
        assert case_of(public_id).state is State.AWAITING_APPROVAL
        if words != ANSWER:
            back = send(head, at(public_id, "yeu-cau-lai"), at(public_id), version=version_of(public_id), comment="Nói rõ ngày nào.")
            assert back.status_code == 302
            assert "Nói rõ ngày nào." in handler.get(at(public_id)).text
    assert head.get(at(public_id)).text.count(ANSWER) == 1, "what is to be approved stands once"
    assert send(head, at(public_id, "duyet"), at(public_id), version=version_of(public_id)).status_code == 302
    assert case_of(public_id).state is State.ANSWERED
    states = db.session.scalars(select(Answer.state).order_by(Answer.id)).all()
    assert [state.value for state in states] == ["sent_back", "published"]


def test_the_officer_in_charge_is_the_one_chosen_until_the_head_chooses_another(office: Office) -> None:
    public_id = office.accepted()
    chosen = f'<option selected value="{office.handler.actor.user_id}">'
    assert chosen in office.browser(office.head).get(at(public_id)).text
    nobody_yet = office.browser(office.head).get(at(office.forwarded())).text
    assert chosen not in nobody_yet


REASONS = ("reason", "comment", "release_reason")
ACTS = ["thu-ly", "tra-lai", "luu-nhap", "trinh", "duyet", "yeu-cau-lai", "thanh-tra-thu-ly", "bo-niem-phong", "lien-he"]


@pytest.mark.parametrize("act", ACTS)
def test_others_find_nothing_and_change_nothing(office: Office, act: str) -> None:
    """Another agency, another role, a stranger: no such page, and the case stays as it was."""
    public_id = office.submitted() if act in ("duyet", "yeu-cau-lai") else office.forwarded()
    before = case_of(public_id).version, case_of(public_id).state
    for officer in (office.stranger, office.strange_head, office.desk, office.inspector, office.leader, office.admin):
        client = office.browser(officer)
        fields = {
            "version": before[0],
            "reason": "x",
            "comment": "x",
            "text": "x",
            "outcome": "solved",
            "category": "other",
            "release_reason": "x",
        }
        answer = send(client, at(public_id, act), "/can-bo/doi-mat-khau", **fields)
        assert answer.status_code == 404, officer
    assert (case_of(public_id).version, case_of(public_id).state) == before


def test_a_strange_case_looks_like_none(office: Office) -> None:
    """The page of another agency's case and of a case that never was are the same, byte for byte."""
    hidden, sealed = office.forwarded(), office.sealed()
    client = office.browser(office.stranger)
    assert len({client.get(at(found)).text.replace(found, "") for found in (hidden, sealed, "abcdefgh12345678")}) == 1


def test_sealed_cases_are_nowhere_but_at_the_inspectorate(office: Office) -> None:
    sealed = office.sealed()
    lists = {office.desk: "/can-bo/tiep-nhan", office.handler: "/can-bo/ho-so?the=tat-ca", office.head: "/can-bo/ho-so?the=tat-ca"}
    for officer, path in lists.items():
        client = office.browser(officer)
        for address in (path, path + ("&" if "?" in path else "?") + "tim=vòi"):
            assert sealed not in client.get(address).text
    for officer in (office.desk, office.handler, office.head, office.leader, office.admin):
        client = office.browser(officer)
        assert client.get(at(sealed)).status_code == 404
        assert client.get(f"/can-bo/tiep-nhan/{sealed}").status_code == 404
    inspector = office.browser(office.inspector)
    listed = inspector.get("/can-bo/thanh-tra").text
    assert sealed in listed
    assert "vòi tiền" not in listed, "reading is an opening"


def test_every_opening_of_a_sealed_case_is_written_down_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = office.sealed()
    inspector = office.browser(office.inspector)
    assert "vòi tiền" in inspector.get(at(sealed)).text
    opened = select(func.count()).where(AuditEntry.action == "case.opened_sealed", AuditEntry.subject_id == sealed)
    assert db.session.scalar(opened) == 1

    def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("feedback.inbox.services.record", broken)
    answer = inspector.get(at(sealed))
    assert answer.status_code == 500
    assert "vòi tiền" not in answer.text


def test_the_inspectorate_takes_up_and_releases(office: Office) -> None:
    kept, freed = office.sealed(), office.sealed()
    inspector = office.browser(office.inspector)
    assert send(inspector, at(kept, "thanh-tra-thu-ly"), at(kept), version=version_of(kept)).status_code == 302
    assert (case_of(kept).state, case_of(kept).sealed) == (State.IN_PROGRESS, True)
    wrong = send(inspector, at(freed, "bo-niem-phong"), at(freed), version=version_of(freed), category="staff_conduct", release_reason="x")
    assert wrong.status_code == 422
    fields = {"version": version_of(freed), "category": "other", "release_reason": "Chỉ hỏi giờ làm việc."}
    assert send(inspector, at(freed, "bo-niem-phong"), at(freed), **fields).status_code == 302
    assert (case_of(freed).state, case_of(freed).sealed) == (State.SORTING, False)
    assert inspector.get(at(freed)).status_code == 404


def test_contact_is_shown_after_it_is_written_down(office: Office) -> None:
    public_id = office.accepted(office.named())
    handler = office.browser(office.handler)
    assert "0900000123" not in handler.get(at(public_id)).text
    assert "0900000123" not in handler.get("/can-bo/ho-so").text
    assert "0900000123" in send(handler, at(public_id, "lien-he"), at(public_id)).text
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "case.contact_read")) == 1
    leader = office.browser(office.leader)
    assert 'lien-he"' not in leader.get(at(public_id)).text.replace("aria-labelledby", "")


def test_leadership_reads_and_does_nothing(office: Office) -> None:
    public_id = office.submitted()
    page = office.browser(office.leader).get(at(public_id))
    assert page.status_code == 200
    assert "Việc cần làm" not in page.text
    assert ANSWER not in page.text, "an answer is the agency's word only when its head has approved it"


def test_an_older_page_keeps_what_was_typed(office: Office) -> None:
    """Two officers hold the same page; the second is told, and sees both texts."""
    public_id = office.accepted()
    stale = version_of(public_id)
    first, second = office.browser(office.handler), office.browser(office.head)
    answer = {"version": stale, "outcome": "solved"}
    assert send(first, at(public_id, "luu-nhap"), at(public_id), text="Bản của người thứ nhất.", **answer).status_code == 302
    late = send(second, at(public_id, "luu-nhap"), at(public_id), text="Bản của người thứ hai.", **answer)
    assert late.status_code == 409
    assert "Bản của người thứ nhất." in late.text
    assert "Bản của người thứ hai." in late.text
    assert db.session.scalars(select(Answer.text)).all() == ["Bản của người thứ nhất."]


def test_a_second_press_changes_nothing(office: Office) -> None:
    public_id = office.forwarded()
    handler = office.browser(office.handler)
    version = version_of(public_id)
    assert send(handler, at(public_id, "thu-ly"), at(public_id), version=version).status_code == 302
    assert send(handler, at(public_id, "thu-ly"), at(public_id), version=version).status_code == 409
    returned = office.forwarded()
    fields = {"version": version_of(returned), "code": "other_area", "reason": "Thuộc phường khác."}
    assert send(handler, at(returned, "tra-lai"), at(returned), **fields).location == "/can-bo/ho-so"
    assert send(handler, at(returned, "tra-lai"), "/can-bo/doi-mat-khau", **fields).location == "/can-bo/ho-so"
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "case.return")) == 1


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("tra-lai", {"code": "other", "reason": " "}),
        ("trinh", {"outcome": "solved", "text": " "}),
        ("trinh", {"outcome": "x", "text": "Đủ."}),
    ],
)
def test_missing_words_are_asked_for(office: Office, act: str, fields: dict[str, str]) -> None:
    public_id = office.forwarded() if act == "tra-lai" else office.accepted()
    answer = send(office.browser(office.handler), at(public_id, act), at(public_id), version=version_of(public_id), **fields)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text


@pytest.mark.parametrize("tab", ["qua-han", "hom-nay", "3-ngay", "chua-nhan", "dang-xu-ly", "cho-duyet", "da-tra-loi", "tat-ca", "la"])
def test_tabs_hold_what_they_say(office: Office, tab: str) -> None:
    waiting, working, asked = office.forwarded(), office.accepted(), office.submitted()
    text = office.browser(office.handler).get(f"/can-bo/ho-so?the={tab}&tim=hẻm").text
    shown = {name for name, found in (("waiting", waiting), ("working", working), ("asked", asked)) if found in text}
    everything = {"waiting", "working", "asked"}
    expected = {"chua-nhan": {"waiting"}, "dang-xu-ly": {"working"}, "cho-duyet": {"asked"}, "tat-ca": everything, "la": everything}
    assert shown == expected.get(tab, set())


def test_pages_do_not_ask_more_with_more_cases(office: Office) -> None:
    public_id = office.forwarded()
    handler = office.browser(office.handler)
    handler.get("/can-bo/ho-so")
    handler.get(at(public_id))  # notes that it was opened, and reads what this process then knows of the city
    numbers = []
    for _round in range(2):
        with counted() as seen:
            assert handler.get("/can-bo/ho-so").status_code == 200
        numbers.append(len(seen))
        with counted() as seen:
            assert handler.get(at(public_id)).status_code == 200
        numbers.append(len(seen))
        for _case in range(3):
            office.forwarded()
    assert numbers[:2] == numbers[2:]
    assert numbers[0] <= 10
    assert numbers[1] <= 11


def test_the_case_page_asks_only_for_what_the_story_tells_of(office: Office) -> None:
    public_id = office.accepted()
    handler = office.browser(office.handler)
    handler.get(at(public_id))
    with counted() as seen:
        assert handler.get(at(public_id)).status_code == 200
    asked = {name for statement in seen for name in re.findall(r"FROM (\w+)", statement)}
    assert not asked & {"case_message", "case_pause", "case_rating", "holiday", "deadline_rule", "agency"}
    assert len(seen) <= 15
    page = at(public_id)
    send(handler, at(public_id, "yeu-cau-bo-sung"), page, version=version_of(public_id), question="Rác ở đầu hẻm nào?")
    with counted() as seen:
        assert "Rác ở đầu hẻm nào?" in handler.get(page).text
    asked = {name for statement in seen for name in re.findall(r"FROM (\w+)", statement)}
    assert asked >= {"case_message", "case_pause"}


def test_that_a_case_was_opened_is_written_once(office: Office) -> None:
    public_id = office.forwarded()
    handler = office.browser(office.handler)
    for written in (1, 0):
        with counted() as seen:
            assert handler.get(at(public_id)).status_code == 200
        assert len([statement for statement in seen if statement.startswith("UPDATE case_transfer")]) == written


def test_signed_out_readers_are_asked_to_sign_in(office: Office) -> None:
    public_id = office.forwarded()
    client = office.app.test_client()
    for path in ("/can-bo/ho-so", at(public_id), "/can-bo/tiep-nhan", f"/can-bo/tiep-nhan/{public_id}", "/can-bo/thanh-tra"):
        assert client.get(path).location.startswith("/can-bo/dang-nhap")


def test_the_own_answer_of_a_head_is_marked(office: Office) -> None:
    public_id = office.accepted()
    head = office.browser(office.head)
    send(head, at(public_id, "trinh"), at(public_id), version=version_of(public_id), outcome="solved", text=ANSWER)
    send(head, at(public_id, "duyet"), at(public_id), version=version_of(public_id))
    assert "Người duyệt cũng là người soạn" in head.get(at(public_id)).text


def test_home_leads_everybody_to_his_page(office: Office) -> None:
    first: dict[Officer, str] = {office.desk: "/can-bo/tiep-nhan", office.handler: "/can-bo/ho-so", office.inspector: "/can-bo/thanh-tra"}
    for officer, path in first.items():
        assert office.browser(officer).get("/can-bo/").location == path
