"""Every address: readable, guarded, explained, and the same headers on each."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from feedback.web import ALWAYS_PUBLIC

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ALWAYS_PUBLIC]


def test_addresses_are_words_without_marks(app: Flask) -> None:
    odd = [
        rule.rule for rule in rules(app) for part in rule.rule.strip("/").split("/") if part and part[0] != "<" and not WORD.fullmatch(part)
    ]
    assert odd == []


def test_every_view_says_who_may_come_in(app: Flask) -> None:
    """The guard closes a view without a mark; one that is closed by accident is of use to nobody."""
    unmarked = [
        rule.endpoint
        for rule in rules(app)
        if not hasattr(app.view_functions[rule.endpoint], "is_public") and not hasattr(app.view_functions[rule.endpoint], "roles")
    ]
    assert unmarked == []


def test_every_view_is_typed_and_explained(app: Flask) -> None:
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        assert view.__doc__, rule.endpoint
        assert "return" in view.__annotations__, rule.endpoint


@pytest.mark.parametrize("path", ["/", "/khong-co-trang-nay"])
def test_headers_of_every_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in answer.headers


def test_officers_pages_are_closed_to_strangers(client: FlaskClient, app: Flask) -> None:
    """A stranger is sent to the sign-in page or told there is no such page; never shown anything."""
    closed = [
        rule for rule in rules(app)
        if hasattr(app.view_functions[rule.endpoint], "roles") and not rule.arguments and "GET" in (rule.methods or set())
    ]  # fmt: skip
    for rule in closed:
        answer = client.get(rule.rule)
        assert answer.status_code in (302, 303, 401, 403, 404), rule.rule
