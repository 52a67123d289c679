"""Texts made to keep a machine busy, through the real form and the real classifier (security, control 21)."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.cases.intake import TEXT_LIMIT
from feedback.cases.models import Case, Suggestion
from feedback.db import db
from tests.feedback.citizen import answer_all, follow, send, shown_code

#: Processor seconds of this process for sending and reading one report; the promise of control 21.
MOST_SECONDS = 1.0
TEXTS = {
    "dots without an end": "a." * 2499 + "@",
    "a mail address that never comes": "a.a-a_a+" * 624 + "@x",
    "one word": "đ" * TEXT_LIMIT,
    "digits": "0909 " * 1000,
    "digits without a blank": "9" * TEXT_LIMIT,
    "house numbers": "123/45/6/7/8/9 đường " * 238,
    "marks upon marks": "a\u0301\u0302\u0303" * 1250,
    "blanks": "x" + " \t" * 2400 + "rác ở hẻm",
    "quotes": "'\"«»“”(" * 700,
    "the same sentence": "Cán bộ vòi tiền tôi không? " * 185,
}


@pytest.fixture(scope="module", autouse=True)
def warm(shared_app: Flask) -> None:
    """Load the classifier's words and the places before anything is measured."""
    client = shared_app.test_client()
    answer_all(client)
    assert send(client).status_code == 302


@pytest.mark.parametrize("what", TEXTS)
def test_no_text_keeps_the_office_waiting(shared_app: Flask, what: str) -> None:
    client = shared_app.test_client()
    answer_all(client, TEXTS[what][:TEXT_LIMIT])
    before = time.process_time()
    answer = send(client)
    spent = time.process_time() - before
    assert answer.location == "/phan-anh/xong"
    assert spent < MOST_SECONDS, f"{spent:.2f} s"
    code = shown_code(client)
    assert follow(client, code).status_code == 302
    assert client.get("/tra-cuu/ho-so").status_code == 200
    with shared_app.app_context():
        newest = db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one()
        assert db.session.get_one(Suggestion, newest).worked
