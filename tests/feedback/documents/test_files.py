"""The receipt as it leaves the server."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.feedback.citizen import answer_all, app, client, post, send, shown_code

__all__ = ["app", "client"]


def test_the_sender_saves_the_receipt_of_his_own_case(client: FlaskClient) -> None:
    answer_all(client)
    send(client)
    assert shown_code(client)
    found = [rule.rule for rule in client.application.url_map.iter_rules() if rule.rule.endswith("bien-nhan.pdf")]
    assert len(found) == 2, "from the last page and from the tracking page"
    answer = client.get("/phan-anh/bien-nhan.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bien-nhan.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_else_gets_it(client: FlaskClient) -> None:
    answer_all(client)
    send(client)
    stranger = client.application.test_client()
    answer = stranger.get("/phan-anh/bien-nhan.pdf")
    assert answer.status_code == 302
    assert b"%PDF" not in answer.data
    post(stranger, "/phan-anh")
    assert stranger.get("/phan-anh/bien-nhan.pdf").status_code == 302, "a draft is no case"
