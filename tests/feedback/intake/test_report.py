"""The report form as a browser without JavaScript meets it."""

from __future__ import annotations

import io
import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from feedback import jobs
from feedback.attachments import services as attachments
from feedback.attachments.models import Attachment
from feedback.attachments.storage import Store
from feedback.cases import contacts, queries, taking_in
from feedback.cases.models import Case, CaseEvent, Contact
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.codes import read_code
from feedback.db import db, now
from feedback.intake import drafts
from feedback.intake.models import ReportDraft
from tests.feedback.citizen import (
    BRIBE,
    TEXT,
    BrokenClassifier,
    answer_all,
    answer_until,
    first_ward,
    picture_bytes,
    post,
    send,
    shown_code,
    text_of,
    token,
)
from tests.feedback.officers import counted

ADDRESSES = ["/phan-anh/su-viec", "/phan-anh/dia-diem", "/phan-anh/bang-chung", "/phan-anh/lien-he", "/phan-anh/kiem-tra"]


def case_of(app: Flask, client: FlaskClient) -> Case:
    case = queries.case_of_code(drafts.hmac_of(read_code(shown_code(client)) or ""))
    assert case is not None
    return case


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture_bytes()), "ảnh hẻm.png"


def test_the_first_page_leads_to_both_things_a_citizen_can_do(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/phan-anh"' in page
    assert 'href="/tra-cuu"' in page
    assert "113" in page
    assert "Quyết định 574/QĐ-TTg" in page


def test_a_report_becomes_a_case_with_agency_and_date(app: Flask, client: FlaskClient) -> None:
    answer_all(client, named="yes", name="Người Thử", phone="0900 000 123", public="yes")
    look = text_of(client.get("/phan-anh/kiem-tra"))
    assert TEXT in look
    assert "0900000123" in look
    assert "Môi trường đô thị" in look
    sent = send(client)
    assert (sent.status_code, sent.location) == (302, "/phan-anh/xong")
    with app.app_context():
        case = case_of(app, client)
        assert (case.state, case.text, case.place, case.category_code) == (State.SORTING, TEXT, "12 Hoa Sữa", "urban_environment")
        assert (case.anonymous, case.wants_public, case.citizen_category_code) == (False, True, None)
        assert contacts.opened(case.id) == {"name": "Người Thử", "phone": "0900000123"}
        reference = case.reference
    done = text_of(client.get("/phan-anh/xong"))
    assert reference is not None
    assert reference in done
    assert "Hạn cuối" in done
    assert client.get("/phan-anh/bien-nhan.pdf").data.startswith(b"%PDF-")


def test_an_anonymous_report_keeps_nothing_of_its_sender(app: Flask, client: FlaskClient) -> None:
    answer_all(client, named="no", name="Người Thử", phone="khong phai so", email="x")
    assert send(client).status_code == 302
    with app.app_context():
        assert case_of(app, client).anonymous
        assert count(Contact) == 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_draft_every_question_leads_to_the_start(client: FlaskClient, address: str) -> None:
    assert client.get(address).location == "/phan-anh"


def test_questions_cannot_be_skipped(client: FlaskClient) -> None:
    post(client, "/phan-anh")
    for address in ADDRESSES[1:]:
        assert client.get(address).location == "/phan-anh/su-viec"
        assert client.post(address, data={"csrf_token": token(client, "/phan-anh/su-viec")}).location == "/phan-anh/su-viec"
    assert post(client, "/phan-anh/su-viec", text=TEXT).location == "/phan-anh/dia-diem"
    assert client.get("/phan-anh/kiem-tra").location == "/phan-anh/dia-diem"


@pytest.mark.parametrize(
    ("address", "fields", "message"),
    [
        ("/phan-anh/su-viec", {"text": "  \u200b "}, "Xin cho biết việc gì đã xảy ra."),
        ("/phan-anh/su-viec", {"text": "Rác"}, "ít nhất 10 ký tự"),
        ("/phan-anh/su-viec", {"text": "a" * 5001}, "quá 5.000 ký tự"),
        ("/phan-anh/su-viec", {"text": TEXT, "website": "http://x.example"}, "Xin để trống ô này."),
        ("/phan-anh/dia-diem", {"area": "", "place": "Chợ Hoa"}, "Xin chọn phường, xã"),
        ("/phan-anh/dia-diem", {"area": "999999", "place": "Chợ Hoa"}, "Xin chọn phường, xã"),
        ("/phan-anh/dia-diem", {"area": "?", "place": "x" * 301}, "ngắn hơn 300"),
        ("/phan-anh/lien-he", {"public": "no"}, "có hoặc không để lại"),
        ("/phan-anh/lien-he", {"named": "maybe", "public": "no"}, "có hoặc không để lại"),
        ("/phan-anh/lien-he", {"named": "no"}, "đồng ý công khai hay không"),
        ("/phan-anh/lien-he", {"named": "yes", "public": "no", "name": "Lan"}, "Xin để lại số điện thoại hoặc thư điện tử"),
        ("/phan-anh/lien-he", {"named": "yes", "public": "no", "phone": "12345"}, "Số điện thoại chưa đúng"),
        ("/phan-anh/lien-he", {"named": "yes", "public": "no", "email": "lan@"}, "thư điện tử chưa đúng"),
        ("/phan-anh/kiem-tra", {"category": "nothing"}, "Xin chọn một lĩnh vực"),
    ],
)
def test_a_wrong_answer_is_explained_and_kept(client: FlaskClient, address: str, fields: dict[str, str], message: str) -> None:
    answer_until(client, address)
    page = post(client, address, **fields)
    assert page.status_code == 422
    assert "<title>Lỗi: " in page.text
    assert page.text.count(message) >= 2, "on top and at the field"
    assert "Not a valid" not in page.text
    assert "This field" not in page.text
    typed = next((fields[name] for name in ("text", "place", "phone", "email", "name") if fields.get(name, "").strip(" \u200b")), None)
    assert typed is None or typed in page.text


def test_answers_survive_reload_and_a_lost_connection(client: FlaskClient) -> None:
    post(client, "/phan-anh")
    post(client, "/phan-anh/su-viec", text=TEXT)
    assert TEXT in client.get("/phan-anh/su-viec").text
    start = client.get("/phan-anh").text
    assert "viết dở" in start
    assert post(client, "/phan-anh", choice="go-on").location == "/phan-anh/dia-diem"
    # A tab that was opened before the draft existed must not throw it away.
    assert post(client, "/phan-anh").location == "/phan-anh/dia-diem"
    assert TEXT in client.get("/phan-anh/su-viec").text


def test_starting_anew_throws_the_draft_and_its_files_away(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    post(client, "/phan-anh/bang-chung", files=picture(), choice="add")
    with app.app_context():
        assert count(Attachment) == 1
    assert post(client, "/phan-anh", choice="new").location == "/phan-anh/su-viec"
    assert TEXT not in client.get("/phan-anh/su-viec").text
    with app.app_context():
        assert (count(ReportDraft), count(Attachment)) == (1, 0)


def test_leaving_in_a_hurry_leaves_nothing(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    post(client, "/phan-anh/bang-chung", files=picture(), choice="add")
    left = post(client, "/phan-anh/thoat", page="/phan-anh/lien-he")
    assert left.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "viết dở" not in client.get("/phan-anh").text
    with app.app_context():
        assert (count(ReportDraft), count(Attachment)) == (0, 0)


def test_a_sent_report_is_not_left_before_its_code_is_kept(client: FlaskClient) -> None:
    answer_all(client)
    form = {"csrf_token": token(client, "/phan-anh/kiem-tra")}
    send(client)
    code = shown_code(client)
    assert client.post("/phan-anh/thoat", data=form).location == "/phan-anh/xong"
    assert shown_code(client) == code


def test_a_changed_answer_leads_back_to_the_last_look(client: FlaskClient) -> None:
    answer_all(client)
    assert post(client, "/phan-anh/su-viec", text=TEXT + " Thêm.").location == "/phan-anh/kiem-tra"
    assert TEXT + " Thêm." in client.get("/phan-anh/kiem-tra").text


def test_the_draft_cannot_be_read_in_the_database(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    with app.app_context():
        row = db.session.scalars(select(ReportDraft)).one()
        assert "Hoa Sữa".encode() not in row.sealed
        assert drafts.open_draft("0" * 25) is None


def test_stale_drafts_are_thrown_away(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    with app.app_context():
        jobs.run_here("intake.drop_stale_drafts")
        assert count(ReportDraft) == 1
        db.session.scalars(select(ReportDraft)).one().started_on = (now() - timedelta(days=4)).date()
        db.session.commit()
        jobs.run_here("intake.drop_stale_drafts")
        assert count(ReportDraft) == 0


def test_files_are_listed_can_be_removed_and_go_with_the_report(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    assert post(client, "/phan-anh/bang-chung", files=picture(), choice="add").location == "/phan-anh/bang-chung"
    post(client, "/phan-anh/bang-chung", files=picture(), choice="add")
    page = client.get("/phan-anh/bang-chung").text
    assert page.count("Bỏ tệp này") == 2
    with app.app_context():
        first = db.session.scalars(select(Attachment.public_id).order_by(Attachment.id)).first()
    post(client, f"/phan-anh/bang-chung/{first}/bo", page="/phan-anh/bang-chung")
    assert "ảnh hẻm.png" in client.get("/phan-anh/kiem-tra").text
    send(client)
    with app.app_context():
        kept = db.session.scalars(select(Attachment)).one()
        assert (kept.case_id, kept.draft_id) == (case_of(app, client).id, None)


def test_a_file_that_is_no_picture_is_refused_with_the_way_out(client: FlaskClient) -> None:
    answer_all(client)
    page = post(client, "/phan-anh/bang-chung", files=(io.BytesIO(b"<html>"), "a.jpg"), choice="next")
    assert page.status_code == 422
    assert page.text.count("không phải là ảnh JPEG") == 2


def test_a_file_for_a_report_sent_in_another_window_is_let_go(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_all(client)
    form = {"csrf_token": token(client, "/phan-anh/bang-chung"), "files": picture(), "choice": "add"}

    def sent_meanwhile() -> None:
        with app.app_context():
            db.session.delete(db.session.scalars(select(ReportDraft)).one())
            db.session.commit()

    monkeypatch.setattr(attachments, "refuse_when_full", sent_meanwhile)
    answer = client.post("/phan-anh/bang-chung", data=form)
    assert answer.location == "/phan-anh/bang-chung"
    assert client.get(answer.location).location == "/phan-anh"


def test_who_fills_in_too_fast_is_asked_once(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    first = post(client, "/phan-anh/kiem-tra", category="public_order")
    assert first.status_code == 200
    assert "xem lại một lần nữa" in first.text
    assert re.search(r'<input checked[^>]* value="public_order">', first.text)
    with app.app_context():
        assert count(Case) == 0
    assert post(client, "/phan-anh/kiem-tra", category="public_order").location == "/phan-anh/xong"
    with app.app_context():
        case = case_of(app, client)
        assert (case.category_code, case.citizen_category_code) == ("public_order", "public_order")


def test_sending_asks_the_database_little_while_the_sender_waits(app: Flask, client: FlaskClient) -> None:
    """The draft, how many came from here, what the new case needs, and the writing; the machine reads it later."""
    answer_all(client)
    send(client)  # what is kept of the city is read with the first
    other = app.test_client()
    answer_all(other)
    post(other, "/phan-anh/kiem-tra")
    form = {"csrf_token": token(other, "/phan-anh/kiem-tra"), "category": ""}
    with app.app_context(), taking_in._one_more(), counted() as seen:
        assert other.post("/phan-anh/kiem-tra", data=form).location == "/phan-anh/xong"
    assert len(seen) == 4


def test_two_clicks_at_once_make_one_case_and_show_one_code(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    post(client, "/phan-anh/kiem-tra")
    form = {"csrf_token": token(client, "/phan-anh/kiem-tra"), "category": ""}
    cookie = client.get_cookie("phien")
    assert cookie is not None
    gate, codes = threading.Barrier(2), []

    def click() -> None:
        tab = app.test_client()
        tab.set_cookie("phien", cookie.value)
        gate.wait()
        answer = tab.post("/phan-anh/kiem-tra", data=form)
        assert answer.location == "/phan-anh/xong"
        codes.append(shown_code(tab))

    tabs = [threading.Thread(target=click) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(codes) == 2
    assert len(set(codes)) == 1
    with app.app_context():
        assert (count(Case), count(ReportDraft)) == (1, 0)
        assert db.session.scalar(select(func.count()).select_from(CaseEvent).where(CaseEvent.move == "submit")) == 1


def test_sending_again_shows_the_same_code(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    send(client)
    code = shown_code(client)
    again = client.post("/phan-anh/kiem-tra", data={"csrf_token": token(client, "/phan-anh/xong")})
    assert again.location == "/phan-anh/xong"
    assert client.get("/phan-anh").location == "/phan-anh/xong", "the code is not lost to a new report before it was kept"
    assert shown_code(client) == code
    with app.app_context():
        assert count(Case) == 1


def test_finishing_asks_for_the_end_of_the_code_and_forgets_it(client: FlaskClient) -> None:
    client.get("/ngon-ngu/en")
    answer_all(client)
    send(client)
    code = shown_code(client)
    for wrong in ("", code[:5], code[-4:], "QQQQQ" if code[-5:] != "QQQQQ" else "WWWWW"):
        page = post(client, "/phan-anh/xong", last=wrong)
        assert page.status_code == 422
    finished = post(client, "/phan-anh/xong", last=f" {code[-5:].lower().replace('0', 'o').replace('1', 'l')} ")
    assert finished.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get("/phan-anh/xong").location == "/phan-anh"
    goodbye = client.get(client.get(finished.location).location)
    assert '<html lang="en">' in goodbye.text


def test_words_about_conduct_are_said_before_sending_and_the_inspectorate_reads_first(app: Flask, client: FlaskClient) -> None:
    answer_all(client, text=BRIBE)
    look = text_of(client.get("/phan-anh/kiem-tra"))
    assert "Thanh tra Thành phố sẽ xem trước" in look
    assert "không phải đơn tố cáo" in look
    send(client)
    done = text_of(client.get("/phan-anh/xong"))
    assert "Thanh tra Thành phố xem xét phản ánh trước" in done
    assert "PA-20" not in done
    with app.app_context():
        case = case_of(app, client)
        assert (case.sealed, case.state, case.agency_id) == (True, State.TRIAGE, city.triage_agency().id)


def test_a_citizen_who_says_it_is_conduct_is_believed(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    send(client, category="staff_conduct")
    with app.app_context():
        assert case_of(app, client).sealed


@pytest.mark.parametrize("classifier", [None, BrokenClassifier()])
def test_a_missing_or_broken_classifier_loses_nothing_and_hides_the_case(app: Flask, client: FlaskClient, classifier: object) -> None:
    app.extensions["classifier"] = classifier
    answer_all(client)
    assert send(client).status_code == 302
    with app.app_context():
        case = case_of(app, client)
        assert (case.text, case.sealed, case.state) == (TEXT, True, State.TRIAGE)


def test_a_full_disk_stops_an_open_form_and_keeps_the_answers(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_all(client)
    post(client, "/phan-anh/kiem-tra")
    monkeypatch.setattr(Store, "has_room", lambda store: False)
    page = post(client, "/phan-anh/kiem-tra")
    assert page.status_code == 503
    assert "hết chỗ lưu" in page.text
    monkeypatch.undo()
    assert TEXT in client.get("/phan-anh/kiem-tra").text
    assert send(client).status_code == 302


def test_the_sixth_report_within_an_hour_has_to_wait(app: Flask, client: FlaskClient) -> None:
    for _ in range(5):
        browser = app.test_client()
        answer_all(browser)
        assert send(browser).status_code == 302
    answer_all(client)
    post(client, "/phan-anh/su-viec", text=TEXT)
    page = send(client)
    assert page.status_code == 429
    assert "Xin thử lại sau" in page.text
    assert 3590 <= int(page.headers["Retry-After"]) <= 3600
    assert "Xin thử lại sau 60 phút." in page.text
    assert "Nội dung Ông/Bà vừa gửi vẫn còn ở trang này." in page.text
    assert 'method="post" action="/phan-anh/kiem-tra"' in page.text
    assert "Khi hết thời gian chờ, xin bấm gửi lại." in page.text
    with app.app_context():
        assert count(Case) == 5


def test_wards_stand_under_their_districts_in_vietnamese_order(client: FlaskClient) -> None:
    post(client, "/phan-anh")
    post(client, "/phan-anh/su-viec", text=TEXT)
    page = client.get("/phan-anh/dia-diem").text
    groups = [part.split('"')[0] for part in page.split('<optgroup label="')[1:]]
    assert groups.index("Quận 2 (cũ)" if "Quận 2 (cũ)" in groups else "Quận 3 (cũ)") < groups.index("Quận 10 (cũ)")
    assert page.count("<option") == 168 + 2
    assert "1/7/2025" in page
    assert first_ward(client).isdigit()


def test_a_post_without_token_changes_nothing(app: Flask, client: FlaskClient) -> None:
    answer_all(client)
    assert client.post("/phan-anh/kiem-tra").status_code == 400
    assert client.post("/phan-anh", data={"choice": "new"}).status_code == 400
    with app.app_context():
        assert (count(Case), count(ReportDraft)) == (0, 1)
