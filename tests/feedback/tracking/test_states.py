"""What the sender reads in each state his case can be in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedback.accounts.models import Role
from feedback.cases import desk, dialogue, ending, handling, transfers
from feedback.cases.access import Actor
from feedback.cases.clock_models import Extension, Pause
from feedback.cases.message_models import Message
from feedback.cases.models import Answer, Outcome, Rating, Refusal
from feedback.cases.story import ANSWERING, SPEAKING, STOPPING
from feedback.cases.workflow import Move, State
from feedback.city import queries as city
from feedback.db import db, now
from feedback.localtime import local_day
from feedback.tracking.queries import history
from tests.feedback.officers import ANSWER, counted
from tests.feedback.tracking.stories import DAMP, GUIDANCE, PROGRESS, QUESTION, STORIES, Sender, Story

SAYS = {
    "received": ["Đã tiếp nhận", "đang đọc lần đầu"],
    "sorting": ["Đang phân loại", "xác định cơ quan có trách nhiệm"],
    "triage": ["Thanh tra đang xem xét"],
    "forwarded": ["Đang chuyển cơ quan", "chưa mở", "chịu trách nhiệm, đã chuyển"],
    "returned": ["Đang phân loại", "Ông/Bà không phải gửi lại"],
    "referee": ["Chờ phân định", "chưa thống nhất", "sẽ phân định ai giải quyết"],
    "in_progress": ["Đang xử lý", "nhận giải quyết (thụ lý)"],
    "awaiting_supplement": ["Chờ người gửi bổ sung", QUESTION, "Thời hạn dừng đến khi Ông/Bà trả lời", "Thời hạn đang dừng"],
    "suspended": ["Tạm đình chỉ", "Lý do tạm dừng: Chờ kết quả đo đạc của tòa án", "Thời hạn đang dừng"],
    "awaiting_approval": ["Chờ duyệt trả lời", "đang chờ người đứng đầu"],
    "answered": ["Đã trả lời", ANSWER, "Gửi đánh giá", "Yêu cầu xem xét lại"],
    "closed": ["Đã đóng", ANSWER, "đã đánh giá", "Yêu cầu xem xét lại"],
    "refused": ["Không thụ lý", "phải có đơn ký tên", GUIDANCE, "Yêu cầu xem xét lại"],
    "withdrawn": ["Người gửi đã rút", "việc giải quyết dừng lại"],
    "merged": ["Đã nhập vào hồ sơ khác", "Hồ sơ giải quyết chung", "Đang xử lý"],
    "split": ["2 việc", "Việc 1 (đang xem)", DAMP],
    "reopened": ["Đang xử lý", "Câu trả lời trước", ANSWER, "Hôm nay rác lại đầy hẻm."],
    "overdue": ["Quá hạn", "hạn ghi ở trên không thay đổi", "phải báo tiến độ"],
    "extended": ["Đã gia hạn", "Phải xác minh tại nhiều nơi"],
    "progress": ["Báo tiến độ", PROGRESS, "Hẹn ngày 05/08/2026", "Cơ quan hẹn"],
    "helped": ["nhờ", "phối hợp", "vẫn là nơi trả lời Ông/Bà"],
    "sealed_at_work": ["Đang xử lý", "Thanh tra Thành phố nhận giải quyết"],
}


#: What stands in a table only after one of these moves: by them the page knows what to ask for.
LEFT_BY = {
    Message: SPEAKING,
    Pause: STOPPING,
    Answer: ANSWERING | {Move.SUBMIT_ANSWER},
    Extension: {Move.EXTEND},
    Rating: {Move.RATE},
}


def there_is(table: Any, sender: Sender) -> bool:
    return db.session.scalar(select(table.case_id).where(table.case_id == sender.case_id).limit(1)) is not None


def moves_of(sender: Sender) -> set[Move]:
    return {event.move for event in history(sender.case_id).events}


def told(story: Story, name: str) -> Sender:
    sender: Sender = getattr(story, name)()
    return sender


@pytest.mark.parametrize("name", STORIES)
def test_every_state_is_told_in_words_of_either_language(story: Story, name: str) -> None:
    sender = told(story, name)
    with counted() as statements:
        page = sender.page()
    assert len(statements) <= (3 if name in ("received", "sorting", "triage") else 6)
    assert [table for table, moves in LEFT_BY.items() if there_is(table, sender) and not moves & moves_of(sender)] == []
    assert [words for words in SAYS[name] if words not in page] == []
    assert "nội bộ" not in page, "reasons of officers are for officers"
    assert sender.code not in sender.client.get("/tra-cuu/ho-so").text
    sender.client.get("/ngon-ngu/en")
    english = sender.page()
    assert not re.search(r"Ông/Bà|Hồ sơ|Hạn trả lời|Diễn biến|Cơ quan ", english)


def names_of(story: Story) -> tuple[str, str, str]:
    """The office's agency, the other one, and the front desk's."""
    named = {agency.id: agency.name for agency in city.agencies()}
    return named[story.office.agency], named[story.office.other], city.desk_agency().name


def test_under_way_the_sender_answers_and_the_page_says_whether_it_was_opened(story: Story) -> None:
    sender = story.forwarded()
    agency, _other, desk = names_of(story)
    assert f"{desk} chịu trách nhiệm, đã chuyển {agency} lúc 03/08/2026 09:00; {agency} chưa mở." in sender.page()
    assert f"{desk}, từ ngày 03/08/2026" in sender.page()
    story.days_later(1)
    transfers.note_seen(story.office.handler.actor, sender.case)
    assert f"{agency} đã mở lúc 04/08/2026 09:00." in sender.page()


def test_what_the_desk_keeps_for_its_own_agency_is_not_said_to_go_from_there_to_there(story: Story) -> None:
    desk = city.desk_agency()
    handler = story.office._hire(Role.HANDLER, desk.id).actor
    sender = story.forwarded(agency_id=desk.id)
    on_its_way = f"{desk.name} chịu trách nhiệm; bộ phận tiếp nhận đã chuyển cho bộ phận giải quyết lúc 03/08/2026 09:00; nơi ấy"
    assert f"{on_its_way} chưa mở." in sender.page()
    transfers.note_seen(handler, sender.case)
    assert f"{on_its_way} đã mở lúc 03/08/2026 09:00." in sender.page()
    story.does(transfers.accept, handler, sender)
    assert f"Bộ phận tiếp nhận chuyển phản ánh đến bộ phận giải quyết của {desk.name}." in sender.page()
    assert f"{desk.name} nhận giải quyết (thụ lý)" in sender.page()


def test_the_second_agency_that_returns_is_named_and_who_decides(story: Story) -> None:
    sender = story.referee()
    _agency, other, desk = names_of(story)
    assert f"{other} cũng cho biết việc không thuộc trách nhiệm của mình, nên {desk} sẽ phân định" in sender.page()


def test_a_stopped_clock_says_what_date_would_follow(story: Story) -> None:
    sender = story.awaiting_supplement()
    story.days_later(3)  # five days ended on a Saturday and so on Monday the 10th; three more end on Tuesday
    assert "dừng từ ngày 03/08/2026; nếu tiếp tục hôm nay thì hết ngày 11/08/2026" in sender.page()
    assert "Không tính 3 ngày tạm dừng" in sender.page()


def test_a_clock_that_the_law_does_not_stop_is_said_to_run(story: Story) -> None:
    sender = story.awaiting_supplement()
    case = sender.case
    case.rule_code = "KN-ACC"
    db.session.commit()
    page = sender.page()
    assert "Pháp luật không cho dừng thời hạn này" in page
    assert "Thời hạn đang dừng" not in page


def test_an_overdue_case_promises_news_and_says_when_the_promise_was_broken(story: Story) -> None:
    sender = story.overdue()
    promised = local_day(sender.case.due_at + timedelta(days=7)).strftime("%d/%m/%Y")
    assert f"chậm nhất ngày {promised}, rồi 7 ngày một lần" in sender.page()
    story.does(dialogue.report_progress, story.office.handler.actor, sender, PROGRESS, local_day(now()) + timedelta(days=1))
    later = local_day(now() + timedelta(days=7)).strftime("%d/%m/%Y")
    assert f"chậm nhất ngày {later}, rồi 7 ngày một lần" in sender.page()
    story.days_later(8.5)
    page = sender.page()
    assert f"Đáng lẽ cơ quan phải báo tiến độ chậm nhất ngày {later}" in page
    assert "ngày hẹn đã qua" in page


def test_a_petition_that_is_overdue_promises_nothing_the_law_does_not_know(story: Story) -> None:
    sender = story.complaint()
    story.clock(sender.case.due_at + timedelta(days=1))
    sender.follow()
    page = sender.page()
    assert "Hạn trả lời đã qua" in page
    assert "báo tiến độ" not in page


def test_a_follower_reads_the_lead_and_nothing_of_who_sent_it(story: Story) -> None:
    lead = story.in_progress(story.sender("Nhà bà Sáu Thử ở số 7 đổ rác trước cửa tiệm của tôi."))
    follower = story.merged(lead)
    story.does(dialogue.report_progress, story.office.handler.actor, lead, PROGRESS, None)
    story.does(dialogue.ask, story.office.handler.actor, lead, "Xin bà Sáu cho biết giờ đổ rác?")
    assert lead.act("/tra-cuu/ho-so/tra-loi", reply="Khoảng chín giờ tối, trước nhà số 9.").status_code == 302
    page = follower.page()
    assert lead.case.reference is not None
    assert lead.case.reference in page
    assert PROGRESS in page
    assert [word for word in ("Sáu", "số 7", "số 9", "giờ đổ rác", "hỏi thêm Ông/Bà", "Ông/Bà đã trả lời") if word in page] == []
    assert page.count("12 Hoa Sữa") == 1, "his own place, not the lead's"
    story.answered(lead)
    page = follower.page()
    assert ANSWER in page
    assert "Trả lời đúng hạn" in page
    assert "Gửi đánh giá" not in page


def test_a_follower_of_a_refused_lead_reads_why(story: Story) -> None:
    lead = story.in_progress()
    follower = story.merged(lead)
    story.does(ending.refuse, story.office.head.actor, lead, Refusal.COURT, GUIDANCE)
    page = follower.page()
    assert "Tòa án" in page
    assert GUIDANCE in page


def test_a_follower_of_a_lead_that_became_sealed_learns_nothing_of_it(story: Story) -> None:
    lead = story.sender()
    reference = lead.case.reference or ""
    sender = story.sender()
    story.does(ending.merge, story.office.desk.actor, sender, lead.case.public_id)
    story.does(desk.send_to_inspectorate, story.office.desk.actor, lead, "nội bộ")
    page = sender.page()
    assert "Hồ sơ chung đang được xem xét." in page
    assert [word for word in ("Thanh tra", reference, "nội bộ") if word in page] == []


def test_when_the_lead_is_withdrawn_the_oldest_follower_goes_on_and_leads_the_others(story: Story) -> None:
    lead = story.in_progress()
    first, second = story.merged(lead), story.merged(lead)
    assert lead.act("/tra-cuu/ho-so/rut", "/tra-cuu/ho-so/rut").status_code == 302
    assert first.case.state is State.IN_PROGRESS
    assert (second.case.state, second.case.lead_case_id) == (State.MERGED, first.case_id)
    assert "Người gửi hồ sơ chung đã rút" in first.page()


def test_parts_have_pages_answers_and_acts_of_their_own(story: Story) -> None:
    sender = story.split()
    part = "/tra-cuu/ho-so/viec/2"
    assert DAMP in sender.page(part)
    assert "Việc này được tách ra" in sender.page(part)
    assert sender.client.get("/tra-cuu/ho-so/viec/3").status_code == 404
    assert sender.act(f"{part}/gui-them", part, more="Nước vẫn ngấm.").location == part
    assert "Nước vẫn ngấm." in sender.page(part)
    story.answered(story.in_progress(sender))
    assert f"Trả lời: {ANSWER}" in sender.page(part)
    assert "Việc 1" in sender.page(part)
    assert sender.act(f"{part}/rut", f"{part}/rut").location == part
    assert sender.case.state is State.ANSWERED


def test_a_sealed_case_names_no_agency_it_passed_and_repeats_nothing(story: Story) -> None:
    sender = story.sealed_at_work()
    assert sender.act("/tra-cuu/ho-so/gui-them", more="Hôm qua lại xảy ra.").status_code == 302
    agency, *_rest = names_of(story)
    page = sender.page()
    assert [word for word in (agency, "Rác", "Hoa Sữa", "Hôm qua", "PA-", "tố cáo", "Tố cáo", "Luật") if word in page] == []
    assert "Ông/Bà đã gửi thêm thông tin." in page
    story.does(handling.submit_answer, story.office.inspector.actor, sender, Outcome.SOLVED, ANSWER)
    other = Actor(story.office.inspector.actor.who, story.office.head.actor.user_id, story.office.inspector.actor.agency_id)
    story.does(handling.approve, other, sender)
    assert ANSWER in sender.page()


def test_an_extension_says_by_how_much(story: Story) -> None:
    page = story.extended().page()
    assert re.search(r"Đã gia hạn thêm \d+ ngày: Phải xác minh tại nhiều nơi", page)
