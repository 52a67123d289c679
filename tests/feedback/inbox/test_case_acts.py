"""Every act of the case page by its form: who does it, what comes of it, and what the page then shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from feedback.accounts.models import User
from feedback.audit.models import AuditEntry
from feedback.cases import dialogue, ending, extending, partners, records, transfers
from feedback.cases.clock_models import Ground
from feedback.cases.handover_models import PartnerState, ReturnReason, TransferState
from feedback.cases.models import Case
from feedback.cases.workflow import State
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from tests.feedback.officers import ANSWER, Office, Officer, case_of, send, version_of


def at(public_id: str, act: str = "") -> str:
    return f"/can-bo/ho-so/{public_id}" + (f"/{act}" if act else "")


def do(office: Office, officer: Officer, public_id: str, act: str, **fields: Any) -> int:
    """Send one form of the page as this officer; the status of the answer."""
    fields.setdefault("version", version_of(public_id))
    return send(office.browser(officer), at(public_id, act), at(public_id), **fields).status_code


def page(office: Office, officer: Officer, public_id: str) -> str:
    return office.browser(officer).get(at(public_id)).text


def audited(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_handing_on_keeps_the_sender_responsible_until_the_receiver_accepts(office: Office) -> None:
    public_id = office.accepted()
    fields = {"to_agency": office.other, "hand_on_reason": "Thuộc địa bàn khác."}
    assert do(office, office.handler, public_id, "chuyen-tiep", **fields) == 302
    case = case_of(public_id)
    assert (case.state, case.agency_id, case.to_agency_id) == (State.FORWARDED, office.agency, office.other)
    assert "Thuộc địa bàn khác." in page(office, office.stranger, public_id)
    assert records.transfers(case.id)[-1].state is TransferState.SEEN, "opening it tells the sender that it arrived"
    assert "Nơi nhận mở lần đầu" in page(office, office.handler, public_id)
    assert do(office, office.stranger, public_id, "thu-ly") == 302
    assert case_of(public_id).agency_id == office.other
    assert audited("case.hand_on") == 1


def test_what_nobody_accepted_can_be_recalled(office: Office) -> None:
    public_id = office.accepted()
    transfers.hand_on(office.handler.actor, public_id, version_of(public_id), office.other, "Nhầm.")
    assert do(office, office.handler, public_id, "thu-hoi", recall_reason=" ") == 422
    assert do(office, office.handler, public_id, "thu-hoi", recall_reason="Chuyển nhầm.") == 302
    assert case_of(public_id).state is State.IN_PROGRESS
    assert office.browser(office.stranger).get(at(public_id)).status_code == 404


def disputed(office: Office) -> str:
    """A case that came back twice and lies at the referee."""
    public_id = office.forwarded()
    transfers.accept(office.handler.actor, public_id, version_of(public_id))
    for _round in range(2):
        transfers.hand_on(office.handler.actor, public_id, version_of(public_id), office.other, "Việc của bên kia.")
        transfers.give_back(office.stranger.actor, public_id, version_of(public_id), ReturnReason.OTHER_FIELD, "Không phải của chúng tôi.")
    return public_id


def test_the_referee_reads_what_each_side_said_and_his_word_binds(office: Office, referee: Officer) -> None:
    public_id = disputed(office)
    text = page(office, referee, public_id)
    assert "Việc của bên kia." in text
    assert "Không phải của chúng tôi." in text
    assert do(office, referee, public_id, "phan-dinh", decide_agency="999999", decide_reason="Theo quy chế.") == 422
    assert do(office, referee, public_id, "phan-dinh", decide_agency=office.other, decide_reason="Theo quy chế.") == 302
    case = case_of(public_id)
    assert (case.state, case.agency_id) == (State.IN_PROGRESS, office.other)
    assert "tra-lai" not in page(office, office.stranger, public_id)


def asked(office: Office, public_id: str) -> None:
    partners.ask_partner(office.handler.actor, public_id, version_of(public_id), office.other, "Cho biết giờ thu gom.", local_day(now()))


def test_a_partner_is_asked_with_a_day_inside_the_lead_s_limit(office: Office) -> None:
    public_id = office.accepted()
    late = local_day(case_of(public_id).due_at) + timedelta(days=1)
    fields = {"partner_agency": office.other, "partner_request": "Cho biết giờ thu gom."}
    answer = send(
        office.browser(office.handler), at(public_id, "phoi-hop"), at(public_id), version=version_of(public_id), partner_due=late, **fields
    )
    assert answer.status_code == 422
    assert "Cho biết giờ thu gom." in answer.text, "what was typed is not lost"
    assert do(office, office.handler, public_id, "phoi-hop", partner_due="mai", **fields) == 422
    assert do(office, office.handler, public_id, "phoi-hop", partner_due=local_day(now()), **fields) == 302
    assert records.partners(case_of(public_id).id)[0].state is PartnerState.ASKED


def test_a_partner_sees_the_report_and_its_part_and_nothing_else(office: Office) -> None:
    public_id = office.accepted(office.named())
    asked(office, public_id)
    assert do(office, office.handler, public_id, "luu-nhap", outcome="solved", text=ANSWER) == 302
    assert do(office, office.handler, public_id, "bao-tien-do", progress="Đã hẹn gặp người gửi.") == 302
    text = page(office, office.stranger, public_id)
    assert "Cho biết giờ thu gom." in text
    assert case_of(public_id).text.split(".")[0] in text
    for hidden in (ANSWER, "Đã hẹn gặp người gửi.", 'id="lien-he"', "chuyen-tiep", "khong-thu-ly"):
        assert hidden not in text, hidden
    stranger = office.browser(office.stranger)
    refused = send(stranger, at(public_id, "lien-he"), at(public_id))
    assert refused.status_code == 404
    assert audited("case.contact_read") == 0


def test_a_receiver_learns_who_wrote_only_after_accepting(office: Office) -> None:
    public_id = office.forwarded(office.named())
    handler = office.browser(office.handler)
    assert send(handler, at(public_id, "lien-he"), at(public_id)).status_code == 404
    assert do(office, office.handler, public_id, "thu-ly") == 302
    assert "0900000123" in send(handler, at(public_id, "lien-he"), at(public_id)).text


def test_a_partner_accepts_and_reports_to_the_lead(office: Office) -> None:
    public_id = office.accepted()
    asked(office, public_id)
    assert do(office, office.stranger, public_id, "nhan-phoi-hop") == 302
    assert do(office, office.stranger, public_id, "bao-cao-phoi-hop", part_report="Thu gom lúc 5 giờ.") == 302
    assert "Thu gom lúc 5 giờ." in page(office, office.handler, public_id)
    assert case_of(public_id).agency_id == office.agency


def test_a_partner_may_say_no_and_the_lead_may_cancel(office: Office) -> None:
    public_id = office.accepted()
    asked(office, public_id)
    assert do(office, office.stranger, public_id, "tu-choi-phoi-hop", part_return_reason="Không có xe.") == 302
    assert "Không có xe." in page(office, office.handler, public_id)
    asked(office, public_id)
    part = records.partners(case_of(public_id).id)[-1]
    assert do(office, office.handler, public_id, "thoi-phoi-hop", partner=part.id, cancel_reason="Đã tự làm.") == 302
    db.session.expire_all()
    assert [row.state for row in records.partners(case_of(public_id).id)] == [PartnerState.RETURNED, PartnerState.CANCELLED]


def test_the_head_assigns_only_his_own_people(office: Office) -> None:
    public_id = office.accepted()
    assert do(office, office.head, public_id, "phan-cong", handler=office.stranger.actor.user_id) == 422
    assert do(office, office.head, public_id, "phan-cong", handler=office.head.actor.user_id) == 302
    assert case_of(public_id).handler_id == office.head.actor.user_id


def test_an_officer_whose_account_is_locked_is_given_no_work(office: Office) -> None:
    public_id = office.accepted()
    away = office.handler.actor.user_id
    assert away is not None
    with transaction():
        db.session.get_one(User, away).active = False
    assert do(office, office.head, public_id, "phan-cong", handler=away) == 422
    assert f'value="{away}"' in office.browser(office.head).get("/can-bo/ho-so").text, "his cases are still found by his name"


def test_a_question_stops_the_clock_and_going_on_starts_it(office: Office) -> None:
    public_id = office.accepted()
    assert do(office, office.handler, public_id, "yeu-cau-bo-sung", question="Hẻm số mấy?") == 302
    assert case_of(public_id).state is State.AWAITING_SUPPLEMENT
    text = page(office, office.handler, public_id)
    assert "Hẻm số mấy?" in text
    assert "Thời hạn tạm dừng" in text
    assert do(office, office.handler, public_id, "xu-ly-tiep", resume_reason="Đã tự tìm ra.") == 302
    assert case_of(public_id).state is State.IN_PROGRESS


def test_progress_with_a_promised_day_moves_no_date(office: Office) -> None:
    public_id = office.accepted()
    before, day = case_of(public_id).due_at, local_day(now()) + timedelta(days=2)
    assert do(office, office.handler, public_id, "bao-tien-do", progress="Đã kiểm tra.", promised_on=day) == 302
    assert case_of(public_id).due_at == before
    assert f"{day:%d/%m/%Y}" in page(office, office.handler, public_id)
    yesterday = local_day(now()) - timedelta(days=1)
    assert do(office, office.handler, public_id, "bao-tien-do", progress="Đã kiểm tra.", promised_on=yesterday) == 422


def extendable(office: Office) -> tuple[str, str]:
    """A case whose limit the law lets be extended, and the rule."""
    public_id = office.accepted()
    rule = extending.possible_extensions(case_of(public_id))
    assert rule, "the test's category knows an extension"
    return public_id, rule[0].code


def test_an_extension_is_asked_by_the_handler_and_granted_by_the_head(office: Office) -> None:
    public_id, rule = extendable(office)
    before = case_of(public_id).due_at
    fields = {"rule": rule, "ground": Ground.EXPERTISE.value, "extension_reason": "Phải đo đạc."}
    assert do(office, office.handler, public_id, "de-nghi-gia-han", **(fields | {"rule": "X"})) == 422
    assert do(office, office.handler, public_id, "de-nghi-gia-han", **fields) == 302
    assert do(office, office.handler, public_id, "dong-y-gia-han") == 404, "a handler grants nothing"
    assert "Phải đo đạc." in page(office, office.head, public_id)
    assert do(office, office.head, public_id, "dong-y-gia-han") == 302
    assert case_of(public_id).due_at > before
    assert "Hạn trả lời đã thay đổi" in page(office, office.handler, public_id)


def test_an_extension_may_be_declined_with_a_reason(office: Office) -> None:
    public_id, rule = extendable(office)
    before = case_of(public_id).due_at
    extending.ask_extension(office.handler.actor, public_id, version_of(public_id), rule, Ground.FOREIGN, "Chờ dịch.")
    assert do(office, office.head, public_id, "tu-choi-gia-han", decline_reason=" ") == 422
    assert do(office, office.head, public_id, "tu-choi-gia-han", decline_reason="Đủ thời gian.") == 302
    assert case_of(public_id).due_at == before
    assert "de-nghi-gia-han" in page(office, office.handler, public_id), "it can be asked for once more"


def test_the_head_extends_at_once_but_not_after_the_date(office: Office) -> None:
    public_id, rule = extendable(office)
    fields = {"rule": rule, "ground": Ground.EXPERTISE.value, "extension_reason": "Phải đo đạc."}
    assert "gia-han" in page(office, office.head, public_id)
    assert do(office, office.head, public_id, "gia-han", **fields) == 302
    late = extendable(office)[0]
    db.session.execute(update(Case).where(Case.public_id == late).values(due_at=now() - timedelta(days=1)))
    db.session.commit()
    assert "/gia-han" not in page(office, office.head, late)
    assert do(office, office.head, late, "gia-han", **fields) == 422


def test_a_refusal_needs_a_code_and_guidance(office: Office) -> None:
    public_id = office.accepted()
    assert "khong-thu-ly" not in page(office, office.handler, public_id)
    assert do(office, office.head, public_id, "khong-thu-ly", refusal="wrong_agency", guidance="Gửi nơi khác.") == 422
    assert do(office, office.head, public_id, "khong-thu-ly", refusal="court", guidance=" ") == 422
    assert do(office, office.head, public_id, "khong-thu-ly", refusal="court", guidance="Xin chờ bản án.") == 302
    assert case_of(public_id).state is State.REFUSED
    assert "Xin chờ bản án." in page(office, office.head, public_id)


def test_a_duplicate_is_found_by_reference_and_merged(office: Office) -> None:
    public_id, lead = office.accepted(), office.accepted()
    reference, strange = str(case_of(lead).reference), str(case_of(office.report()).reference)
    handler = office.browser(office.handler)
    assert "Không tìm thấy hồ sơ khác" in handler.get(at(public_id) + f"?nhap={strange}").text
    assert "Nhập vào hồ sơ này" in handler.get(at(public_id) + f"?nhap={reference.lower()}").text
    assert do(office, office.handler, public_id, "nhap", lead=strange) == 422
    assert do(office, office.handler, public_id, "nhap", lead=reference) == 302
    assert case_of(public_id).state is State.MERGED
    assert reference in page(office, office.handler, public_id)
    assert str(case_of(public_id).reference) in page(office, office.handler, lead)
    assert do(office, office.handler, public_id, "tach-lai", unmerge_reason="Hai việc khác nhau.") == 302
    assert case_of(public_id).state is State.IN_PROGRESS


STALE = [
    ("chuyen-tiep", {"hand_on_reason": "Chữ vừa nhập."}),
    ("phoi-hop", {"partner_request": "Chữ vừa nhập.", "partner_due": "2099-01-01"}),
    ("yeu-cau-bo-sung", {"question": "Chữ vừa nhập."}),
    ("bao-tien-do", {"progress": "Chữ vừa nhập."}),
    ("khong-thu-ly", {"refusal": "court", "guidance": "Chữ vừa nhập."}),
]


@pytest.mark.parametrize(("act", "fields"), STALE)
def test_an_older_page_keeps_what_was_typed_and_shows_what_is_saved(office: Office, act: str, fields: dict[str, str]) -> None:
    public_id = office.accepted()
    stale = version_of(public_id)
    dialogue.report_progress(office.handler.actor, public_id, stale, "Đã kiểm tra.", None)
    agencies = {"to_agency": office.other, "partner_agency": office.other}
    answer = send(office.browser(office.head), at(public_id, act), at(public_id), version=stale, **agencies, **fields)
    assert answer.status_code == 409
    assert "Chữ vừa nhập." in answer.text
    assert "Báo tiến độ" in answer.text
    assert case_of(public_id).version == stale + 1


def test_two_presses_ask_a_partner_once(office: Office) -> None:
    public_id = office.accepted()
    version = version_of(public_id)
    fields = {"partner_agency": office.other, "partner_request": "Xin số liệu.", "partner_due": local_day(now()), "version": version}
    assert [do(office, office.handler, public_id, "phoi-hop", **fields) for _press in range(2)] == [302, 409]
    assert len(records.partners(case_of(public_id).id)) == 1


@pytest.mark.parametrize("state", ["forwarded", "answered", "refused"])
def test_a_page_offers_only_what_can_be_done_now(office: Office, state: str) -> None:
    public_id = office.accepted()
    if state == "forwarded":
        transfers.hand_on(office.handler.actor, public_id, version_of(public_id), office.other, "Nhầm.")
    elif state == "answered":
        do(office, office.handler, public_id, "trinh", outcome="solved", text=ANSWER)
        do(office, office.head, public_id, "duyet")
    else:
        from feedback.cases.models import Refusal

        ending.refuse(office.head.actor, public_id, version_of(public_id), Refusal.SPAM, "Không gửi quảng cáo.")
    text = page(office, office.head, public_id)
    offered = {act for act in ("thu-hoi", "chuyen-tiep", "phoi-hop", "trinh", "khong-thu-ly", "phan-cong") if f'/{act}"' in text}
    assert offered == ({"thu-hoi"} if state == "forwarded" else set())
