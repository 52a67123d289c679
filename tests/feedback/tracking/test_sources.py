"""Where a request came from is kept nowhere, not even in the counters of the rate limits."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.codes import new_code
from feedback.db import db
from feedback.limits import RateLimit
from tests.feedback.citizen import token

ADDRESS = "203.0.113.77"


@pytest.mark.settings(limits_url="database://")
def test_counters_know_no_address(app: Flask, client: FlaskClient) -> None:
    form = {"csrf_token": token(client, "/tra-cuu"), "code": new_code()}
    here, there = {"REMOTE_ADDR": ADDRESS}, {"REMOTE_ADDR": "203.0.113.78"}
    assert [client.post("/tra-cuu", data=form, environ_overrides=here).status_code for _ in range(11)][-1] == 429
    assert client.post("/tra-cuu", data=form, environ_overrides=there).status_code == 422, "another source has its own budget"
    with app.app_context():
        keys = db.session.scalars(select(RateLimit.key)).all()
    assert len(keys) >= 3
    assert not any("203.0" in key for key in keys)
