"""An office to work in, with two administrators, and two wards whose committees are joined."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback.accounts.models import Role
from feedback.city import queries as city
from feedback.city.kinds import AgencyKind
from feedback.city.models import Agency
from tests.feedback.officers import Office, Officer


@dataclass(frozen=True)
class Wards:
    """The committees of three wards."""

    a: Agency
    b: Agency
    c: Agency


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)


@pytest.fixture
def second(office: Office) -> Officer:
    """Another administrator."""
    return office._hire(Role.ADMINISTRATOR, city.desk_agency().id)


@pytest.fixture
def admin(office: Office) -> FlaskClient:
    """The first administrator's browser."""
    return office.browser(office.admin)


@pytest.fixture
def wards(office: Office) -> Wards:
    """Three committees of wards in force."""
    found = [row for row in city.agencies() if row.kind is AgencyKind.WARD_COMMITTEE]
    return Wards(*found[:3])
