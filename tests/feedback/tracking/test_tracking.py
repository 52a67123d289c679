"""Following a case by its code."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback.accounts.models import Role
from feedback.accounts.services import NewUser, create_user
from feedback.cases import desk, handling, queries, transfers
from feedback.cases.access import Actor
from feedback.cases.models import Case, Outcome, Solved
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.codes import ALPHABET, new_code, read_code, show_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from tests.feedback.citizen import BRIBE, TEXT, BrokenClassifier, answer_all, follow, post, send, shown_code, text_of, token

ANSWER = "Đội vệ sinh đã thu gom rác sáng nay và sẽ thu gom hằng ngày."


@pytest.fixture
def code(client: FlaskClient) -> str:
    """The code of a report just sent."""
    answer_all(client)
    send(client)
    return shown_code(client)


def case_of(code: str) -> Case:
    case = queries.case_of_code(hmac_of(read_code(code) or ""))
    assert case is not None
    return case


def officer(name: str, role: Role, agency_id: int) -> Actor:
    return Actor.of(create_user(NewUser(name, name, role, agency_id), "một câu dài dễ nhớ hôm nay"))


def answered(app: Flask, code: str) -> None:
    """Let the offices do their work: forward, accept, answer, approve."""
    with app.test_request_context():
        case = case_of(code)
        suggestion = queries.suggestion(case.id)
        assert suggestion is not None
        assert suggestion.agency_id is not None
        agency_id, public_id = suggestion.agency_id, case.public_id
        front = officer("ban1", Role.FRONT_DESK, city.desk_agency().id)
        handler = officer("cv1", Role.HANDLER, agency_id)
        head = officer("tt1", Role.AGENCY_HEAD, agency_id)
        desk.forward(front, public_id, case.version, desk.Decision("urban_environment", agency_id))
        transfers.accept(handler, public_id, queries.visible_case(handler, public_id).version)
        handling.submit_answer(handler, public_id, queries.visible_case(handler, public_id).version, Outcome.SOLVED, "Bản nháp chưa duyệt")
        handling.send_back(head, public_id, queries.visible_case(head, public_id).version, "Viết rõ hơn, nội bộ")
        handling.submit_answer(handler, public_id, queries.visible_case(handler, public_id).version, Outcome.SOLVED, ANSWER)
        handling.approve(head, public_id, queries.visible_case(head, public_id).version)


def test_the_code_opens_the_case_however_it_is_typed(client: FlaskClient, code: str) -> None:
    spaced, mixed = code.lower().replace("-", " "), code.replace("0", "o").replace("1", "l")
    for typed in (code, code.replace("-", ""), f"  {spaced} ", mixed, code.replace("1", "I")):
        assert follow(client, typed).location == "/tra-cuu/ho-so"
    page = text_of(client.get("/tra-cuu/ho-so"))
    assert "Đang phân loại" in page
    assert "Văn phòng Ủy ban nhân dân Thành phố, từ ngày" in page
    assert "Còn" in page
    assert "Hạn cuối" in page
    assert "Phản ánh được tiếp nhận." in page
    assert TEXT in page
    assert client.get("/tra-cuu/bien-nhan.pdf").data.startswith(b"%PDF-")


def test_the_code_is_never_in_an_address(client: FlaskClient, code: str) -> None:
    client.get(f"/tra-cuu?code={code}")
    assert client.get("/tra-cuu/ho-so").location == "/tra-cuu"
    follow(client, code)
    assert code not in client.get("/tra-cuu/ho-so").text


def comparable(text: str, typed: str) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value=)"[^"]+"', r"\1", text).replace(typed, "CODE")


def test_a_wrong_code_and_an_unknown_one_get_the_same_answer(client: FlaskClient, code: str) -> None:
    unknown = show_code(new_code())
    other = ALPHABET[(ALPHABET.index(code[3]) + 1) % 32]
    mistyped = code[:3] + other + code[4:]
    one, two = follow(client, unknown), follow(client, mistyped)
    assert one.status_code == two.status_code == 422
    assert comparable(one.text, unknown) == comparable(two.text, mistyped)
    assert sorted(one.headers.keys()) == sorted(two.headers.keys())
    assert one.text.count("Không tìm thấy hồ sơ với mã này") == 2
    assert "<title>Lỗi: " in one.text
    assert client.get("/tra-cuu/ho-so").location == "/tra-cuu"


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "Xin nhập mã tra cứu."), ("ABCDE", "đã nhập 5"), ("U" * 25, "không có ký tự «U»"), ("'; DROP TABLE cases --", "không có ký tự")],
)
def test_the_kind_of_a_slip_is_named(client: FlaskClient, typed: str, message: str) -> None:
    page = follow(client, typed)
    assert page.status_code == 422
    assert page.text.count(message) == 2


def test_guesses_are_limited_and_right_codes_are_none(client: FlaskClient, code: str) -> None:
    assert {follow(client, code).status_code for _ in range(12)} == {302}
    assert [follow(client, show_code(new_code())).status_code for _ in range(11)] == [422] * 10 + [429]
    assert follow(client, code).status_code == 429


def test_nothing_is_shown_without_a_code(client: FlaskClient) -> None:
    assert client.get("/tra-cuu/ho-so").location == "/tra-cuu"
    assert client.get("/tra-cuu/bien-nhan.pdf").location == "/tra-cuu"
    assert post(client, "/tra-cuu/ho-so/danh-gia", page="/tra-cuu", solved="yes").location == "/tra-cuu"


def test_leaving_forgets_the_code(client: FlaskClient, code: str) -> None:
    follow(client, code)
    assert post(client, "/tra-cuu/thoat", page="/tra-cuu/ho-so").location == "/tra-cuu"
    assert client.get("/tra-cuu/ho-so").location == "/tra-cuu"


def test_the_answer_is_read_once_approved_and_nothing_internal_with_it(app: Flask, client: FlaskClient, code: str) -> None:
    answered(app, code)
    follow(client, code)
    page = text_of(client.get("/tra-cuu/ho-so"))
    assert ANSWER in page
    assert "Đã giải quyết" in page
    assert "Trả lời đúng hạn" in page
    for internal in ("Bản nháp chưa duyệt", "nội bộ", "cv1", "tt1", "ban1"):
        assert internal not in page


def test_the_sender_rates_once(app: Flask, client: FlaskClient, code: str) -> None:
    answered(app, code)
    follow(client, code)
    missing = post(client, "/tra-cuu/ho-so/danh-gia", page="/tra-cuu/ho-so", comment="Chưa chọn")
    assert missing.status_code == 422
    assert missing.text.count("Xin cho biết việc đã được giải quyết chưa.") == 2
    assert "Chưa chọn" in missing.text
    form = {"solved": "partly", "satisfaction": "4", "comment": "Cảm ơn"}
    assert post(client, "/tra-cuu/ho-so/danh-gia", page="/tra-cuu/ho-so", **form).location == "/tra-cuu/ho-so"
    with app.app_context():
        case = case_of(code)
        rating = queries.rating(case)
        assert rating is not None
        assert (case.state, rating.solved, rating.satisfaction, rating.comment) == (State.CLOSED, Solved.PARTLY, 4, "Cảm ơn")
    again = post(client, "/tra-cuu/ho-so/danh-gia", page="/tra-cuu", solved="no")
    assert again.location == "/tra-cuu/ho-so"
    page = text_of(client.get("/tra-cuu/ho-so"))
    assert "đã đánh giá câu trả lời" in page
    assert "Gửi đánh giá" not in page
    with app.app_context():
        kept = queries.rating(case_of(code))
        assert kept is not None
        assert kept.solved is Solved.PARTLY


def test_a_case_that_is_not_answered_cannot_be_rated(app: Flask, client: FlaskClient, code: str) -> None:
    follow(client, code)
    assert post(client, "/tra-cuu/ho-so/danh-gia", page="/tra-cuu/ho-so", solved="yes").location == "/tra-cuu/ho-so"
    with app.app_context():
        assert queries.rating(case_of(code)) is None


def test_a_rating_that_is_not_on_the_list_is_refused_in_vietnamese(app: Flask, client: FlaskClient, code: str) -> None:
    answered(app, code)
    follow(client, code)
    page = post(client, "/tra-cuu/ho-so/danh-gia", page="/tra-cuu/ho-so", solved="yes", satisfaction="6")
    assert page.status_code == 422
    assert "Xin chọn một mức trong danh sách." in page.text


def test_an_overdue_case_says_so_and_keeps_its_date(app: Flask, client: FlaskClient, code: str) -> None:
    with app.app_context():
        case = case_of(code)
        case.received_at -= timedelta(days=30)
        case.due_at -= timedelta(days=30)
        db.session.commit()
    follow(client, code)
    page = text_of(client.get("/tra-cuu/ho-so"))
    assert "Quá hạn" in page
    assert "hạn ghi ở trên không thay đổi" in page


@pytest.mark.parametrize(("text", "classifier"), [(BRIBE, None), (TEXT, BrokenClassifier())])
def test_the_page_of_a_sealed_case_betrays_nothing(app: Flask, client: FlaskClient, text: str, classifier: object | None) -> None:
    if classifier is not None:
        app.extensions["classifier"] = classifier
    answer_all(client, text=text)
    send(client)
    follow(client, shown_code(client))
    page = text_of(client.get("/tra-cuu/ho-so"))
    assert "Thanh tra đang xem xét" in page
    assert "Thanh tra Thành phố" in page
    shown = page.lower().replace("dành cho cán bộ", "")
    phrases = [" ".join(pair) for pair in pairwise(text.lower().split())]
    for telling in (*phrases, "hoa sữa", "hành vi", "thái độ", "tố cáo", "cán bộ", "pa-2", "môi trường", "luật", "quyết định", "côn đảo"):
        assert telling not in shown


def test_two_clicks_on_the_rating_count_once(app: Flask, client: FlaskClient, code: str) -> None:
    answered(app, code)
    follow(client, code)
    form = {"csrf_token": token(client, "/tra-cuu/ho-so"), "solved": "yes"}
    cookie = client.get_cookie("phien")
    assert cookie is not None
    gate, answers = threading.Barrier(4), []

    def click() -> None:
        tab = app.test_client()
        tab.set_cookie("phien", cookie.value)
        gate.wait()
        answers.append(tab.post("/tra-cuu/ho-so/danh-gia", data=form).location)

    tabs = [threading.Thread(target=click) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert answers == ["/tra-cuu/ho-so"] * 4
    with app.app_context():
        assert [event.move for event in queries.events(case_of(code).id)].count("rate") == 1
