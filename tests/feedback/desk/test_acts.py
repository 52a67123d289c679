"""What the front desk does with a case besides forwarding it, as officers see it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from feedback.accounts.models import Role
from feedback.cases import desk, dialogue, ending, transfers
from feedback.cases.access import Actor
from feedback.cases.handover_models import ReturnReason
from feedback.cases.intake import ReportContact
from feedback.cases.models import Case, CaseEvent, Channel, Refusal, Suggestion
from feedback.cases.ports import Likely
from feedback.cases.workflow import State
from feedback.city.models import Track
from feedback.db import db
from feedback.errors import Invalid
from tests.feedback.citizen import BRIBE, TEXT, text_of
from tests.feedback.officers import Office, Officer, case_of, counted, send, version_of

QUEUE = "/can-bo/tiep-nhan"
TWO = "Rác ở đầu hẻm Hoa Sữa ba ngày nay chưa ai gom.\nĐèn đường trước nhà số 12 hỏng cả tuần."


def at(public_id: str, act: str = "") -> str:
    return f"{QUEUE}/{public_id}{act}"


def colleague_of(office: Office) -> Officer:
    """Another officer of the front desk."""
    return office._hire(Role.FRONT_DESK, office.desk.actor.agency_id or 0)


class Proposes:
    """Proposes the cases it is told to, whoever may see them."""

    def __init__(self, *public_ids: str) -> None:
        self.public_ids = public_ids

    def likely(self, actor: Actor, case: Case) -> list[Likely]:
        return [Likely(public_id, 0.9 - number / 10) for number, public_id in enumerate(self.public_ids)]


class Breaks:
    """Leaves the transaction broken behind it."""

    def likely(self, actor: Actor, case: Case) -> list[Likely]:
        db.session.execute(select(Case.id).where(Case.text.op("~")("(")))
        return []


def test_a_case_under_way_shows_where_it_is_and_offers_recall_only(office: Office) -> None:
    public_id = office.forwarded()
    client = office.browser(office.desk)
    assert public_id in client.get(f"{QUEUE}?the=dang-chuyen").text
    page = client.get(at(public_id)).text
    assert "nơi nhận chưa mở" in page
    assert "/thu-hoi" in page
    assert not any(f"{public_id}{act}" in page for act in ("/hoi", "/tach", "/khong-thu-ly", "/chuyen-thanh-tra", "/don"))
    assert 'name="category"' not in page
    transfers.note_seen(office.handler.actor, case_of(public_id))
    assert "Nơi nhận đã mở" in client.get(at(public_id)).text
    assert send(client, at(public_id, "/thu-hoi"), at(public_id), version=version_of(public_id), reason=" ").status_code == 422
    assert send(client, at(public_id, "/thu-hoi"), at(public_id), version=version_of(public_id), reason="Nhầm phường").status_code == 302
    assert case_of(public_id).state is State.SORTING


def test_what_an_agency_has_accepted_has_left_the_desk(office: Office) -> None:
    assert office.browser(office.desk).get(at(office.accepted())).status_code == 404


def test_returned_cases_have_a_tab_with_the_reason(office: Office) -> None:
    public_id, other = office.forwarded(), office.report()
    transfers.give_back(office.handler.actor, public_id, version_of(public_id), ReturnReason.OTHER_AREA, "Thuộc phường bên.")
    page = office.browser(office.desk).get(f"{QUEUE}?the=tra-lai").text
    assert public_id in page
    assert other not in page
    assert "Thuộc địa bàn khác" in page
    assert "Thuộc phường bên." in page


def test_the_agency_that_has_returned_a_case_is_not_proposed_again(office: Office) -> None:
    public_id = office.report()
    thought = db.session.get(Suggestion, case_of(public_id).id)
    assert thought is not None
    agency_id = thought.agency_id
    assert f'<option selected value="{agency_id}">' in office.browser(office.desk).get(at(public_id)).text
    desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", agency_id or 0))
    handler = office._hire(Role.HANDLER, agency_id or 0).actor
    transfers.give_back(handler, public_id, version_of(public_id), ReturnReason.OTHER_FIELD, "Không phải việc của Sở.")
    page = office.browser(office.desk).get(at(public_id)).text
    assert f'<option selected value="{agency_id}">' not in page
    assert "vừa trả lại hồ sơ" in page


def test_asking_stops_the_clock_and_waiting_can_end(office: Office) -> None:
    public_id = office.report()
    client = office.browser(office.desk)
    assert send(client, at(public_id, "/hoi"), at(public_id), version=version_of(public_id), question="").status_code == 422
    fields = {"version": version_of(public_id), "question": "Xin cho biết số nhà?"}
    assert send(client, at(public_id, "/hoi"), at(public_id), **fields).status_code == 302
    assert send(client, at(public_id, "/hoi"), at(public_id), **fields).status_code == 302, "a double click"
    assert case_of(public_id).questions == 1
    assert public_id in client.get(f"{QUEUE}?the=cho-bo-sung").text
    assert "Xin cho biết số nhà?" in client.get(at(public_id)).text
    assert send(client, at(public_id, "/xu-ly-tiep"), at(public_id), version=version_of(public_id), reason="Đã gọi điện").status_code == 302
    assert case_of(public_id).state is State.SORTING


def test_the_senders_answer_is_read_at_the_desk(office: Office) -> None:
    public_id = office.report()
    dialogue.ask(office.desk.actor, public_id, version_of(public_id), "Ở đâu?")
    dialogue.supplement(case_of(public_id).id, "Trước nhà số 12.")
    assert "Trước nhà số 12." in office.browser(office.desk).get(at(public_id)).text


def test_refusing_takes_a_reason_and_prepared_guidance(office: Office) -> None:
    public_id = office.report()
    client, path = office.browser(office.desk), at(public_id, "/khong-thu-ly")
    first = client.get(path).text
    assert "Sai cơ quan không phải là lý do" in first
    assert 'value="unclear"' not in first, "nothing is unclear before its sender has been asked"
    assert "Ban Tiếp công dân" in client.get(f"{path}?ly-do=needs_petition").text
    wrong = {"version": version_of(public_id), "code": "unclear", "guidance": "Không rõ"}
    assert send(client, path, path, **wrong).status_code == 422
    assert send(client, path, path, version=version_of(public_id), code="private", guidance=" ").status_code == 422
    right = {"version": version_of(public_id), "code": "private", "guidance": "Xin nhờ tổ hòa giải."}
    assert send(client, path, path, **right).status_code == 302
    assert (case_of(public_id).refusal, case_of(public_id).guidance) == (Refusal.PRIVATE, "Xin nhờ tổ hòa giải.")
    assert "Xin nhờ tổ hòa giải." in client.get(at(public_id)).text
    assert client.get(path).location == at(public_id)
    assert public_id in client.get(f"{QUEUE}?the=da-ket-thuc").text


def test_guidance_is_in_the_language_of_the_sender(office: Office) -> None:
    public_id = office.report(language="en")
    page = office.browser(office.desk).get(at(public_id, "/khong-thu-ly?ly-do=private")).text
    assert "private parties" in page


def test_one_report_becomes_several_cases_each_read_by_the_machine(office: Office) -> None:
    public_id = office.report(TWO)
    client, path = office.browser(office.desk), at(public_id, "/tach")
    shown = client.get(path).text
    assert shown.count("<textarea") == 2
    assert client.get(f"{path}?so=3").text.count("<textarea") == 3
    assert send(client, path, path, version=version_of(public_id), part_1=TWO, part_2="").status_code == 422
    assert send(client, path, path, version=version_of(public_id), part_1=TWO, part_2="ngắn").status_code == 422
    lines = TWO.splitlines()
    assert send(client, path, path, version=version_of(public_id), part_1=lines[0], part_2=lines[1]).status_code == 302
    first = case_of(public_id)
    second = db.session.scalars(select(Case).where(Case.split_from_id == first.id)).one()
    assert (first.text, second.text) == (lines[0], lines[1])
    assert (second.state, second.sealed, second.received_at) == (State.SORTING, False, first.received_at)
    assert db.session.get(Suggestion, first.id) is not None
    assert db.session.get(Suggestion, second.id) is not None
    kept = db.session.scalars(select(CaseEvent.reason).where(CaseEvent.case_id == first.id, CaseEvent.move == "split")).one()
    assert kept == TWO, "the report as it was written stays in the history"
    assert second.public_id in client.get(at(public_id)).text
    assert first.public_id in client.get(at(second.public_id)).text


def test_a_part_about_conduct_goes_to_the_inspectorate(office: Office) -> None:
    public_id = office.report()
    client, path = office.browser(office.desk), at(public_id, "/tach")
    assert send(client, path, path, version=version_of(public_id), part_1=TEXT, part_2=BRIBE).status_code == 302
    part = db.session.scalars(select(Case).where(Case.split_from_id == case_of(public_id).id)).one()
    assert (part.state, part.sealed) == (State.TRIAGE, True)
    assert part.public_id not in client.get(at(public_id)).text


@pytest.mark.parametrize("parts", [["một nội dung đủ dài"], ["một nội dung đủ dài"] * 7, ["một nội dung đủ dài", "ngắn"]])
def test_too_few_too_many_or_too_short_parts_are_refused(office: Office, parts: list[str]) -> None:
    public_id = office.report()
    with pytest.raises(Invalid):
        ending.split(office.desk.actor, public_id, version_of(public_id), parts)


def test_likely_duplicates_stand_beside_the_case_and_merge_after_a_look(office: Office) -> None:
    lead, public_id = office.forwarded(), office.report()
    office.app.extensions["likeness"] = Proposes(public_id, lead)
    client = office.browser(office.desk)
    page = client.get(at(public_id)).text
    assert f"/so-sanh/{lead}" in page
    assert f"/so-sanh/{public_id}" not in page, "a case is no duplicate of itself"
    looked = at(public_id, f"/so-sanh/{lead}")
    assert "Có cùng một việc không?" in client.get(looked).text
    fields = {"version": version_of(public_id), "lead": lead}
    assert send(client, at(public_id, "/nhap-ho-so"), looked, **fields).status_code == 302
    assert send(client, at(public_id, "/nhap-ho-so"), looked, **fields).status_code == 302, "a double click"
    assert (case_of(public_id).state, case_of(public_id).lead_case_id) == (State.MERGED, case_of(lead).id)
    assert lead in client.get(at(public_id)).text
    assert send(client, at(public_id, "/tach-lai"), at(public_id), version=version_of(public_id), reason="Hai việc").status_code == 302
    assert case_of(public_id).state is State.SORTING


def test_at_most_five_duplicates_and_never_one_the_desk_does_not_see(office: Office) -> None:
    public_id, others = office.report(), [office.report() for _number in range(6)]
    hidden, accepted = office.sealed(), office.accepted()
    office.app.extensions["likeness"] = Proposes(hidden, accepted, *others)
    client = office.browser(office.desk)
    page = client.get(at(public_id)).text
    assert page.count("/so-sanh/") == 5
    assert hidden not in page
    assert accepted not in page
    assert client.get(at(public_id, f"/so-sanh/{hidden}")).status_code == 404
    assert client.get(at(public_id, f"/so-sanh/{public_id}")).status_code == 404
    for lead in (hidden, "khongco"):
        assert send(client, at(public_id, "/nhap-ho-so"), at(public_id), version=version_of(public_id), lead=lead).status_code == 409
    assert case_of(public_id).state is State.SORTING


@pytest.mark.parametrize("likeness", [None, Breaks()], ids=["missing", "broken"])
def test_the_desk_works_without_proposals(office: Office, likeness: object) -> None:
    public_id = office.report()
    office.app.extensions["likeness"] = likeness
    answer = office.browser(office.desk).get(at(public_id))
    assert answer.status_code == 200
    assert "Có thể cùng một việc" not in answer.text


def test_only_a_paper_under_a_name_can_be_a_petition(office: Office) -> None:
    named = ReportContact(name="Nguyễn Thị Thử")
    paper = office.report(channel=Channel.PAPER, contact=named)
    web = office.report(contact=named)
    nameless = office.report(channel=Channel.PAPER, contact=ReportContact(phone="0900000123"))
    client = office.browser(office.desk)
    for public_id in (web, nameless):
        assert "Phản ánh này thì không" in client.get(at(public_id)).text
        assert send(client, at(public_id, "/don"), at(public_id), version=version_of(public_id), track="complaint").status_code == 422
        assert case_of(public_id).track is Track.FEEDBACK or case_of(public_id).track is Track.SERVICE_DESK
    assert send(client, at(paper, "/don"), at(paper), version=version_of(paper), track="conduct").status_code == 422
    fields = {"version": version_of(paper), "track": "complaint"}
    assert send(client, at(paper, "/don"), at(paper), **fields).status_code == 302
    assert send(client, at(paper, "/don"), at(paper), **fields).status_code == 302, "a double click"
    assert case_of(paper).track is Track.COMPLAINT
    assert send(client, at(paper, "/don"), at(paper), version=version_of(paper), track="denunciation").status_code == 302
    assert (case_of(paper).state, case_of(paper).sealed) == (State.TRIAGE, True)
    assert client.get(at(paper)).status_code == 404


def test_the_second_of_two_officers_sees_both_texts_and_can_go_on(office: Office) -> None:
    public_id = office.report()
    client, old = office.browser(office.desk), version_of(public_id)
    second = colleague_of(office)
    dialogue.ask(second.actor, public_id, old, "Câu hỏi của đồng nghiệp")
    dialogue.resume(second.actor, public_id, version_of(public_id), "Đã gọi điện")
    answer = send(client, at(public_id), at(public_id), version=old, category="health", agency=office.agency, note="Chữ của tôi")
    assert answer.status_code == 409
    shown = text_of(answer)
    assert "Chữ của tôi" in shown
    assert "Đã gọi điện" in shown
    assert f'name="version" value="{version_of(public_id)}"' in answer.text
    again = {"version": version_of(public_id), "category": "health", "agency": office.agency, "note": "Chữ của tôi"}
    assert send(client, at(public_id), at(public_id), **again).status_code == 302


def test_what_a_colleague_has_forwarded_is_not_forwarded_again(office: Office) -> None:
    public_id, other = office.report(), office.report()
    client, old = office.browser(office.desk), version_of(public_id)
    colleague = colleague_of(office)
    send(
        office.browser(colleague),
        at(public_id),
        at(public_id),
        version=old,
        category="health",
        agency=office.agency,
        note="Của đồng nghiệp",
    )
    answer = send(client, at(public_id), at(other), version=old, category="health", agency=office.other, note="Của tôi")
    assert answer.status_code == 409
    assert "Của tôi" in answer.text
    assert "Của đồng nghiệp" in answer.text
    assert "Vẫn thực hiện" not in answer.text
    assert case_of(public_id).to_agency_id == office.agency


def test_words_survive_when_the_case_has_left_and_a_hidden_case_looks_like_none(office: Office) -> None:
    public_id, other = office.report(), office.report()
    client, old = office.browser(office.desk), version_of(public_id)
    colleague = colleague_of(office)
    send(office.browser(colleague), at(public_id, "/chuyen-thanh-tra"), at(public_id), version=old, seal_reason="Nói về cán bộ")
    fields = {"version": old, "question": "Chữ đã gõ"}
    hidden, none = (send(client, at(one, "/hoi"), at(other), **fields) for one in (public_id, "khongco"))
    assert hidden.status_code == none.status_code == 404
    assert "Chữ đã gõ" in hidden.text
    assert text_of(hidden) == text_of(none)


def test_a_case_costs_no_more_queries_with_more_of_everything(office: Office) -> None:
    public_id = office.report()
    client, numbers = office.browser(office.desk), []
    client.get(at(public_id))  # reads what this process then knows of the city
    for _round in range(2):
        office.app.extensions["likeness"] = Proposes(*[office.report() for _number in range(3)])
        with counted() as seen:
            client.get(at(public_id))
        numbers.append(len(seen))
        office.forwarded()
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 18


def test_the_queue_is_narrowed_by_field_channel_ward_and_sureness(office: Office) -> None:
    web, phone = office.report(), office.report(channel=Channel.PHONE)
    unsure = office.report()
    thought = db.session.get(Suggestion, case_of(unsure).id)
    assert thought is not None
    thought.abstain = True
    db.session.commit()
    client = office.browser(office.desk)

    def shown(address: str) -> set[str]:
        page = client.get(f"{QUEUE}?{address}").text
        return {one for one in (web, phone, unsure) if one in page}

    assert shown("kenh=phone") == {phone}
    assert shown("chac=co") == {web, phone}
    assert shown("chac=khong") == {unsure}
    assert shown("linh-vuc=health") == set()
    assert shown("linh-vuc=urban_environment") == {web, phone, unsure}
    assert shown("phuong=999999") == set()
    assert shown("phuong=x&kenh=y&chac=z&the=w") == {web, phone, unsure}, "an edited address counts as none"
