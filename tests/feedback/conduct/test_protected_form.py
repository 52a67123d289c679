"""The sentinel sweep (control 5): everything that could lead to an anonymous sender is sent along, and then looked for everywhere."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from feedback.attachments import services as attachments
from feedback.attachments.models import Attachment
from feedback.cases import queries
from feedback.cases.models import Case
from feedback.codes import read_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from tests.feedback.attachments.samples import MARK, SENTINEL, telling_jpeg
from tests.feedback.citizen import BRIBE, answer_all, app, client, follow, post, send, shown_code  # noqa: F401 — fixtures

ADDRESS, BROWSER, PAGE, WORD = "203.0.113.99", "sentinel-browser-7", "http://sentinel-page-7/", "Zxqvhoasua"


@pytest.fixture
def sender(client: FlaskClient) -> FlaskClient:  # noqa: F811
    """A browser that tells everything of itself."""
    client.environ_base.update(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=BROWSER, HTTP_REFERER=PAGE)
    return client


def test_nothing_leads_to_who_sent_an_anonymous_report(
    app: Flask,  # noqa: F811
    sender: FlaskClient,
    capfd: pytest.CaptureFixture[str],
) -> None:
    answer_all(sender, f"{BRIBE} Gọi là {WORD}.")
    post(sender, "/phan-anh/bang-chung", files=(io.BytesIO(telling_jpeg()), f"{WORD}.jpg"), choice="add")
    assert send(sender).status_code == 302
    code = shown_code(sender)
    post(sender, "/phan-anh/xong", page="/phan-anh/xong", last=code[-5:])
    follow(sender, code)
    assert WORD not in sender.get("/tra-cuu/ho-so").text, "whoever looks over his shoulder reads nothing of it"
    post(sender, "/tra-cuu/ho-so/gui-them", page="/tra-cuu/ho-so", more=f"{WORD} lại đòi nữa.")
    logged = "".join(capfd.readouterr())
    with app.app_context():
        tables = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        stored = "\n".join(row for table in tables for row in db.session.scalars(text(f'SELECT t::text FROM "{table}" t')))
        case = queries.case_of_code(hmac_of(read_code(code) or ""))
        assert case is not None
        assert case.sealed
        assert WORD in case.text
        assert case.anonymous
        assert (case.reference, len(case.public_id)) == (None, 16), "no number tells that it exists"
        assert "".join(char for char in code if char.isalnum()) not in stored
        kept = attachments.bytes_of(db.session.scalars(select(Attachment)).one())
        db.session.remove()
    files = [path.read_bytes() for path in app.extensions["config"].var.rglob("*") if path.is_file()]
    for sentinel in (ADDRESS, BROWSER, "sentinel-page", WORD, WORD.lower(), MARK):
        assert sentinel not in stored, sentinel
        assert sentinel not in logged, sentinel
        assert not any(sentinel.encode() in data for data in files), sentinel
    assert SENTINEL not in kept, "not even behind the key"


def test_a_sealed_report_between_two_open_ones_leaves_no_gap_in_their_numbers(app: Flask, client: FlaskClient) -> None:  # noqa: F811
    """D4."""
    for words in ("Rác ở đầu hẻm chưa ai gom.", BRIBE, "Rác ở cuối hẻm chưa ai gom."):
        answer_all(client, words)
        send(client)
        post(client, "/phan-anh/xong", page="/phan-anh/xong", last=shown_code(client)[-5:])
    with app.app_context():
        numbers = sorted(int(reference[-6:]) for reference in db.session.scalars(select(Case.reference)) if reference)
        assert numbers == [numbers[0], numbers[0] + 1]


def test_no_cookie_but_the_session_and_nothing_of_the_sender_in_it(client: FlaskClient) -> None:  # noqa: F811
    answer_all(client, BRIBE)
    send(client)
    assert {cookie.key.removeprefix("__Host-") for cookie in client._cookies.values()} == {"phien"}
    with client.session_transaction() as session:
        assert WORD not in str(dict(session))
        assert BRIBE not in str(dict(session))
