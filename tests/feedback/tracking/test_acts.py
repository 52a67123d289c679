"""What the sender can do with his case, and what a slip or a second click changes: nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from feedback.cases import dialogue, queries
from feedback.cases.message_models import Message, MessageKind
from feedback.cases.models import Solved
from feedback.cases.workflow import State
from feedback.db import db, now
from feedback.localtime import local_day
from tests.feedback.citizen import TOKEN
from tests.feedback.officers import ANSWER
from tests.feedback.tracking.stories import Sender, Story

WORDS = "Rác ở đầu hẻm, ngay cột điện."


def twice(sender: Sender, path: str, page: str = "/tra-cuu/ho-so", **fields: str) -> list[tuple[int, str | None]]:
    """Send the same form two times, as a double click does."""
    found = TOKEN.search(sender.client.get(page).text)
    assert found is not None
    form = {"csrf_token": found[1], **fields}
    answers = [sender.client.post(path, data=form) for _ in range(2)]
    return [(answer.status_code, answer.location) for answer in answers]


def said(sender: Sender, kind: MessageKind) -> int:
    return db.session.scalar(select(func.count()).where(Message.case_id == sender.case_id, Message.kind == kind)) or 0


def moves(sender: Sender) -> list[str]:
    return [event.move for event in queries.events(sender.case_id)]


DONE = [(302, "/tra-cuu/ho-so")] * 2


def test_an_answer_starts_the_clock_again_and_counts_once(story: Story) -> None:
    sender = story.awaiting_supplement()
    assert local_day(sender.case.due_at) == date(2026, 8, 10), "five days, the last a Saturday"
    story.days_later(3)
    assert twice(sender, "/tra-cuu/ho-so/tra-loi", reply=WORDS) == DONE
    assert sender.case.state is State.IN_PROGRESS
    assert local_day(sender.case.due_at) == date(2026, 8, 11)
    assert (said(sender, MessageKind.SUPPLEMENT), said(sender, MessageKind.ADDED)) == (1, 0)
    assert WORDS in sender.page()


def test_an_answer_that_comes_after_the_wait_is_kept_all_the_same(story: Story) -> None:
    sender = story.awaiting_supplement()
    found = TOKEN.search(sender.client.get("/tra-cuu/ho-so").text)
    assert found is not None
    story.days_later(30)
    dialogue.end_pauses()
    assert sender.case.state is State.IN_PROGRESS
    sender.client.post("/tra-cuu/ho-so/tra-loi", data={"csrf_token": found[1], "reply": WORDS})
    assert said(sender, MessageKind.ADDED) == 1
    page = sender.page()
    assert WORDS in page
    assert "Đã hết thời gian chờ bổ sung" in page


def test_further_information_counts_once_a_day(story: Story) -> None:
    sender = story.in_progress()
    assert twice(sender, "/tra-cuu/ho-so/gui-them", more=WORDS) == DONE
    assert said(sender, MessageKind.ADDED) == 1
    assert sender.case.state is State.IN_PROGRESS
    story.days_later(1)
    sender.act("/tra-cuu/ho-so/gui-them", more=WORDS)
    assert said(sender, MessageKind.ADDED) == 2, "on another day it is said again on purpose"


def test_words_for_a_case_that_has_ended_meanwhile_are_given_back(story: Story) -> None:
    sender = story.in_progress()
    found = TOKEN.search(sender.client.get("/tra-cuu/ho-so").text)
    assert found is not None
    story.answered(sender)
    page = sender.client.post("/tra-cuu/ho-so/gui-them", data={"csrf_token": found[1], "more": WORDS})
    assert page.status_code == 409
    assert WORDS in page.text
    assert said(sender, MessageKind.ADDED) == 0


@pytest.mark.parametrize(
    ("name", "path", "field", "message"),
    [
        ("awaiting_supplement", "tra-loi", "reply", "Xin viết câu trả lời."),
        ("in_progress", "gui-them", "more", "Xin viết thông tin muốn gửi."),
        ("answered", "xem-xet-lai", "why", "Xin ghi vì sao cần xem xét lại."),
    ],
)
def test_a_slip_is_named_and_what_was_typed_stays(story: Story, name: str, path: str, field: str, message: str) -> None:
    sender: Sender = getattr(story, name)()
    state = sender.case.state
    for nothing in ("", "  ", "\u200b\u2060"):
        empty = sender.act(f"/tra-cuu/ho-so/{path}", **{field: nothing})
        assert empty.status_code == 422
        assert empty.text.count(message) == 2
        assert "<title>Lỗi: " in empty.text
    long = "rác nhiều lắm " * 400
    page = sender.act(f"/tra-cuu/ho-so/{path}", **{field: long})
    assert page.status_code == 422
    assert long in page.text
    assert sender.case.state is state


def test_looking_again_keeps_the_answer_and_begins_a_round_of_its_own(story: Story) -> None:
    sender = story.answered()
    sender.act("/tra-cuu/ho-so/danh-gia", solved="no")
    story.days_later(29)
    assert twice(sender, "/tra-cuu/ho-so/xem-xet-lai", why="Rác lại đầy hẻm.") == DONE
    assert moves(sender).count("reopen") == 1
    case = sender.case
    assert (case.state, case.reopenings, case.clock_from) == (State.IN_PROGRESS, 1, now())
    page = sender.page()
    assert "Câu trả lời trước, ngày 03/08/2026" in page
    assert "Gửi đánh giá" not in page
    story.answered(sender, "Đã tăng lượt thu gom.")
    page = sender.page()
    assert ANSWER in page
    assert "Đã tăng lượt thu gom." in page
    assert twice(sender, "/tra-cuu/ho-so/danh-gia", solved="yes") == DONE
    rating = queries.rating(sender.case)
    assert rating is not None
    assert (rating.round, rating.solved) == (1, Solved.YES)


def test_after_thirty_days_it_is_too_late_to_look_again(story: Story) -> None:
    sender = story.answered()
    found = TOKEN.search(sender.client.get("/tra-cuu/ho-so").text)
    assert found is not None
    story.clock(story.sender().case.received_at.replace(hour=16, minute=59, second=59) + timedelta(days=30))
    assert "Yêu cầu xem xét lại" in sender.page(), "the last second of the thirtieth day in the city"
    story.days_later(1 / 86400)
    assert "Thời gian yêu cầu xem xét lại đã hết ngày 02/09/2026" in sender.page()
    late = sender.client.post("/tra-cuu/ho-so/xem-xet-lai", data={"csrf_token": found[1], "why": WORDS})
    assert late.status_code == 422
    assert "Đã quá 30 ngày" in late.text
    assert sender.case.state is State.ANSWERED


def test_withdrawing_asks_first_and_stops_what_is_under_way(story: Story) -> None:
    sender = story.forwarded()
    page = sender.page("/tra-cuu/ho-so/rut")
    assert "Không thể mở lại hồ sơ đã rút" in page
    assert sender.case.state is State.FORWARDED
    long = sender.act("/tra-cuu/ho-so/rut", "/tra-cuu/ho-so/rut", reason="x" * 2001)
    assert long.status_code == 422
    assert "x" * 2001 in long.text
    assert twice(sender, "/tra-cuu/ho-so/rut", "/tra-cuu/ho-so/rut", reason="Đã sạch rồi.") == DONE
    assert moves(sender).count("withdraw") == 1
    assert sender.case.state is State.WITHDRAWN
    assert sender.client.get("/tra-cuu/ho-so/rut").location == "/tra-cuu/ho-so"


def test_what_the_inspectorate_has_cannot_be_withdrawn(story: Story) -> None:
    sender = story.triage()
    assert "Rút phản ánh" not in sender.page()
    assert sender.client.get("/tra-cuu/ho-so/rut").location == "/tra-cuu/ho-so"


@pytest.mark.parametrize("path", ["tra-loi", "gui-them", "xem-xet-lai", "rut"])
def test_nothing_can_be_done_without_a_code(story: Story, path: str) -> None:
    sender = story.in_progress()
    found = TOKEN.search(sender.client.get("/tra-cuu/ho-so").text)
    sender.act("/tra-cuu/thoat")
    assert found is not None
    fields = {"csrf_token": found[1], "reply": WORDS, "more": WORDS, "why": WORDS}
    assert sender.client.post(f"/tra-cuu/ho-so/{path}", data=fields).location == "/tra-cuu"
    assert sender.client.get("/tra-cuu/ho-so/rut").location == "/tra-cuu"
    assert sender.case.state is State.IN_PROGRESS


def test_acts_are_limited(story: Story) -> None:
    sender = story.in_progress()
    found = TOKEN.search(sender.client.get("/tra-cuu/ho-so").text)
    assert found is not None
    answers = [sender.client.post("/tra-cuu/ho-so/gui-them", data={"csrf_token": found[1], "more": f"{n} bao"}) for n in range(31)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [429]
    assert '<input type="hidden" name="more" value="30 bao">' in answers[-1].text, "to be sent from there when the hour is over"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3601


def test_the_letter_of_apology_is_there_for_whoever_waited_too_long(story: Story) -> None:
    sender = story.in_progress()
    assert "thu-xin-loi.pdf" not in sender.client.get("/tra-cuu/ho-so").text
    assert sender.client.get("/tra-cuu/ho-so/thu-xin-loi.pdf").status_code == 404
    story.clock(sender.case.due_at + timedelta(days=2))
    sender.follow()
    assert 'href="/tra-cuu/ho-so/thu-xin-loi.pdf"' in sender.client.get("/tra-cuu/ho-so").text
    letter = sender.client.get("/tra-cuu/ho-so/thu-xin-loi.pdf")
    assert letter.data.startswith(b"%PDF")
    stranger = story.office.app.test_client()
    assert stranger.get("/tra-cuu/ho-so/thu-xin-loi.pdf").location == "/tra-cuu"
