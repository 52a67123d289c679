"""Texts made to keep a machine busy, through the real form and the real classifier (security, control 21)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.cases.intake import TEXT_LIMIT
from feedback.cases.models import Case, Suggestion
from feedback.codes import new_code
from feedback.db import db
from feedback.intake import drafts
from feedback.intake.steps import UNKNOWN_AREA
from feedback.text import clean
from tests.feedback.citizen import TEXT, send
from tests.pace import is_quick

TEXTS = {
    "dots without an end": "a." * 2499 + "@",
    "a mail address that never comes": "a.a-a_a+" * 624 + "@x",
    "digits without a blank": "9" * TEXT_LIMIT,
    "house numbers": "123/45/6/7/8/9 đường " * 238,
    "marks upon marks": "a\u0301\u0302\u0303" * 1250,
    "the same sentence": "Cán bộ vòi tiền tôi không? " * 185,
}


def written(app: Flask, words: str) -> FlaskClient:
    """A citizen who has written this and has come to the page after it."""
    client = app.test_client()
    with app.app_context():
        code = new_code()
        drafts.save(drafts.start(code), "su-viec", text=clean(words))
    with client.session_transaction() as session:
        session["code"] = code
    return client


def send_on(app: Flask, client: FlaskClient) -> TestResponse:
    """Have the text read for its place, answer the rest, look at it once more, and send."""
    assert client.get("/phan-anh/dia-diem").status_code == 200
    with client.session_transaction() as session, app.app_context():
        draft = drafts.open_draft(session["code"])
        assert draft is not None
        for step, answers in (("dia-diem", {"area": UNKNOWN_AREA}), ("bang-chung", {}), ("lien-he", {"named": "no", "public": "yes"})):
            drafts.save(draft, step, **answers)
    return send(client)


@pytest.fixture(scope="module", autouse=True)
def warm(shared_app: Flask) -> None:
    """Load the classifier's words and the places before anything is measured."""
    assert send_on(shared_app, written(shared_app, TEXT)).status_code == 302


@pytest.mark.parametrize("what", TEXTS)
def test_no_text_keeps_the_office_waiting(shared_app: Flask, what: str) -> None:
    def reported() -> None:
        client = written(shared_app, TEXTS[what][:TEXT_LIMIT])
        assert send_on(shared_app, client).location == "/phan-anh/xong"

    assert is_quick(reported), "one second for reading, showing and sending: the promise of control 21"
    with shared_app.app_context():
        newest = db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one()
        assert db.session.get_one(Suggestion, newest).worked
