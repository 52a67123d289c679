"""Every test of importing begins with the small city and its administrator."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.feedback.officers import Office


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app)


@pytest.fixture
def admin(office: Office) -> FlaskClient:
    return office.browser(office.admin)
