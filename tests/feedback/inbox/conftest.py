"""An office to work in."""

from __future__ import annotations

import pytest
from flask import Flask

from feedback.accounts.models import Role
from feedback.city import queries as city
from tests.feedback.officers import Office, Officer


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)


@pytest.fixture
def referee(office: Office) -> Officer:
    """The head of the office that decides between agencies."""
    return office._hire(Role.AGENCY_HEAD, city.referee_agency().id)
