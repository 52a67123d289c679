"""An integrator's program: it sends JSON, reads answers, and holds a token where an officer gave it one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.accounts.models import User
from feedback.api import tokens
from feedback.api.models import Scope
from feedback.db import db
from tests.feedback.officers import Browser, Office, Officer
from tests.feedback.tracking.conftest import app, client, office, story

__all__ = ["app", "client", "office", "story"]
ROOT = "/api/v1"
MONDAY = datetime(2026, 11, 23, 3, 17, tzinfo=UTC)


@dataclass
class Program:
    """Whoever asks the API."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(ROOT + path, headers=self.headers | _names(headers))

    def post(self, path: str, content: Any = None, **headers: str) -> TestResponse:
        return self.client.post(ROOT + path, json=content, headers=self.headers | _names(headers))


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def program(app: Flask, secret: str = "") -> Program:
    """A program, with a token or without one."""
    client = Browser(app, app.response_class, use_cookies=False)
    return Program(client, {"Authorization": f"Bearer {secret}"} if secret else {})


def token_of(officer: Officer, *scopes: Scope, days: int = 90) -> str:
    """A token of an officer; without scopes named it may everything there is."""
    user = db.session.get_one(User, officer.actor.user_id)
    secret = tokens.make(user, "phần mềm một cửa", scopes or tuple(Scope), days)
    db.session.remove()
    return secret


def said(answer: TestResponse) -> tuple[int, str]:
    """Status and type of a problem."""
    assert answer.mimetype == "application/problem+json", answer.text
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["type"].removeprefix("urn:liem-chinh:problem:")


def pointers(answer: TestResponse) -> list[str]:
    """Which parts of a request are said to be wrong."""
    assert answer.json is not None
    return [one["pointer"] for one in answer.json["errors"]]


@pytest.fixture
def anybody(office: Office, clock: Callable[[datetime], None]) -> Program:
    """A program without a key, on a Monday morning."""
    clock(MONDAY)
    return program(office.app)


@pytest.fixture
def handlers(anybody: Program, office: Office) -> Program:
    """A handler's program."""
    return program(office.app, token_of(office.handler))
