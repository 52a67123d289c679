"""The public pages: heads for everybody, and receipts that anyone can check and nobody can learn a case from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.audit.chain import head_statement
from feedback.audit.heads import close_day, newest_heads
from feedback.audit.services import record_keys
from feedback.cases.models import Case
from feedback.config import Config
from feedback.db import db
from feedback.record.receipts import Receipt, hash_of, number_of, sign
from feedback.record.views import SHOWN
from tests.feedback.bare import app
from tests.feedback.citizen import BRIBE, TEXT, PlainClassifier, answer_all, answer_until, picture_bytes, post, send, text_of
from tests.feedback.documents.test_receipt import text_of as words_of
from tests.feedback.officers import counted

__all__ = ["app"]
FIRST = date(2026, 9, 1)
PAGE = "/bien-nhan/kiem-tra"


@pytest.fixture(autouse=True)
def _classifier(app: Flask) -> None:
    app.extensions["classifier"] = PlainClassifier()


def close_days(app: Flask, count: int) -> None:
    with app.app_context():
        for number in range(count):
            close_day(FIRST + timedelta(days=number))
        db.session.remove()


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """For tests that look behind the pages."""
    with app.app_context():
        yield
        db.session.remove()


def signed(client: FlaskClient) -> str:
    """The signed lines on the receipt of the report just sent."""
    words = words_of(client.get("/phan-anh/bien-nhan.pdf").data).replace(" ", "")
    found = re.search(r"LC1\.[0-9A-Z.+]+", words)
    assert found is not None
    return found.group()


def checked(client: FlaskClient, block: str, text: str = "") -> TestResponse:
    return post(client, PAGE, block=block, text=text)


def test_the_ledger_says_when_there_is_nothing_yet(client: FlaskClient) -> None:
    page = text_of(client.get("/so-cai"))
    assert "Chưa có dấu nào" in page
    assert "Khóa công khai" in page


def test_the_newest_heads_are_shown_and_all_of_them_given(app: Flask, client: FlaskClient) -> None:
    close_days(app, SHOWN + 3)
    page = client.get("/so-cai").text
    answer = client.get("/so-cai.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="so-cai.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == SHOWN + 3
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)
    for place, row in enumerate(rows):
        assert (row["head"] in page) == (place < SHOWN)
    assert page.count("<tr>") == SHOWN + 1 + 2


def test_anyone_can_check_the_signature_of_a_head_with_what_the_page_says(app: Flask, client: FlaskClient, inside: None) -> None:
    """With the file, the public key and the sentence on the page, and no code of ours."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    close_days(app, 1)
    (row,) = csv.DictReader(io.StringIO(client.get("/so-cai.csv").text))
    page = client.get("/so-cai").text
    found = re.search(rf">{row['key_id']}</code></th><td[^>]*><code[^>]*>([0-9a-f]{{64}})<", page)
    assert found is not None
    statement = f"liem-chinh|head|1|{row['day']}|{row['head']}".encode()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(found[1])).verify(bytes.fromhex(row["signature"]), statement)
    assert statement == head_statement(FIRST, newest_heads(1)[0].head)


def test_how_much_was_done_on_a_day_is_not_public(app: Flask, client: FlaskClient) -> None:
    """A quiet day with one row more would tell that somebody reported somebody."""
    shapes = []
    for day in (0, 1):
        close_days(app, day + 1)
        shapes.append(re.sub(r"[0-9a-f]{64,}", "#", client.get("/so-cai.csv").text.splitlines()[1]).replace("2026-09-02", "2026-09-01"))
        sender = client.application.test_client()
        answer_all(sender)
        send(sender)
    assert shapes[0] == shapes[1]


def test_the_ledger_asks_the_database_little(app: Flask, client: FlaskClient, inside: None) -> None:
    close_days(app, 3)
    client.get("/so-cai")
    with counted() as seen:
        client.get("/so-cai")
    assert len(seen) <= 2


def test_older_keys_are_shown_as_such(client: FlaskClient, config: Config) -> None:
    import dataclasses

    from wsgi import create_app

    rotated = create_app(dataclasses.replace(config, older_secrets=("the secret of last year, forty letters",)))
    page = text_of(rotated.test_client().get("/so-cai"))
    assert "chỉ để kiểm tra chữ ký cũ" in page
    assert "đang dùng" in page
    assert "chỉ để kiểm tra" not in text_of(client.get("/so-cai"))
    with rotated.app_context():
        db.engine.dispose()


def test_a_receipt_of_a_report_just_sent_is_true(client: FlaskClient) -> None:
    answer_all(client)
    send(client)
    stranger = client.application.test_client()
    page = text_of(checked(stranger, signed(client)))
    assert "Biên nhận là thật" in page
    assert "Tệp gửi kèm không có" in page
    assert "dán nội dung vào ô thứ hai" in page
    assert "đúng là nội dung đã gửi" in text_of(checked(stranger, signed(client), TEXT))
    assert "không phải là nội dung đã gửi" in text_of(checked(stranger, signed(client), TEXT + "!"))


def test_the_files_on_it_are_those_that_were_sent(client: FlaskClient) -> None:
    """The sums are of the sender's own files, which he can compute again, not of our cleaned copies."""
    import hashlib

    picture = picture_bytes()
    answer_until(client, "/phan-anh/kiem-tra")
    post(client, "/phan-anh/bang-chung", choice="add", files=(io.BytesIO(picture), "anh.png"))
    send(client)
    page = text_of(checked(client, signed(client)))
    assert "1 tệp" in page
    assert hashlib.sha256(picture).hexdigest() in page


def test_a_receipt_stays_the_same_and_the_same_for_every_report(client: FlaskClient) -> None:
    """Of two reports sent on one day, one about an official: papers of the same words, lines of the same length."""
    papers, lines = [], []
    for text in (TEXT, BRIBE):
        browser = client.application.test_client()
        answer_all(browser, text)
        send(browser)
        lines.append(signed(browser))
        assert signed(browser) == lines[-1], "a second copy is the first one"
        papers.append(words_of(browser.get("/phan-anh/bien-nhan.pdf").data))
    assert len(lines[0]) == len(lines[1])
    changing = r"LC1\.[0-9A-Z.+ ]+|BN(-[0-9A-Z]{4}){3}|[0-9A-Z]{5}(-[0-9A-Z]{5}){4}"
    assert re.sub(changing, "#", papers[0]) == re.sub(changing, "#", papers[1])
    with client.application.app_context():
        assert set(db.session.scalars(select(Case.sealed))) == {True, False}
        db.session.remove()


def test_a_false_receipt_and_a_strange_one_are_told_apart(app: Flask, client: FlaskClient, inside: None) -> None:
    block = sign(Receipt(number_of(b"x"), FIRST, hash_of(TEXT)), record_keys())
    assert "Chữ ký không đúng" in text_of(checked(client, block.replace("20260901", "20260902")))
    assert "không phải khóa của hệ thống này" in text_of(checked(client, block.replace(record_keys().key_id, "ABCDEFGH")))


@pytest.mark.parametrize("block", ["", "   ", "xin chào", "LC1." + "A" * 400, "x" * 6000])
def test_what_cannot_be_read_is_answered_with_what_to_do(client: FlaskClient, block: str) -> None:
    answer = checked(client, block, TEXT)
    assert answer.status_code == 422
    assert "Xin " in text_of(answer)
    assert TEXT in answer.text, "what was typed is not lost"
    assert "Kết quả" not in text_of(answer)


def test_checking_never_asks_the_database(client: FlaskClient, inside: None) -> None:
    """What looks at no case can reveal none."""
    block = sign(Receipt(number_of(b"x"), FIRST, hash_of(TEXT)), record_keys())
    browser = client.application.test_client()
    browser.get(PAGE)
    with counted() as seen:
        assert "Biên nhận là thật" in checked(browser, block, TEXT).text
    assert seen == []


def test_the_pages_speak_english(app: Flask, client: FlaskClient) -> None:
    close_days(app, 1)
    client.get("/ngon-ngu/en")
    assert "Public ledger" in client.get("/so-cai").text
    assert "Check a receipt" in client.get(PAGE).text
