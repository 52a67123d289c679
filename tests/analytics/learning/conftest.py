"""An office with a second desk officer and a second inspector, in which every case is drawn for a blind check."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from feedback.accounts.models import Role
from feedback.cases import desk, learning
from feedback.cases.learning import Finding
from feedback.city import queries as city
from tests.feedback.officers import Office, Officer, version_of


@dataclass(frozen=True)
class Bureau:
    """The office and those who look a second time."""

    office: Office
    second: Officer
    auditor: Officer

    def decided(self, text: str, category: str = "urban_environment") -> str:
        """A report that the desk has forwarded."""
        office = self.office
        public_id = office.report(text)
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision(category, office.agency))
        return public_id

    def checked(self, text: str, found: Finding, category: str = "urban_environment") -> str:
        """The same, read by the second officer."""
        public_id = self.decided(text, category)
        learning.check(self.second.actor, public_id, found)
        return public_id

    def sealed_and_checked(self, found: Finding) -> str:
        """A report about an official, taken up by one inspector and read by another."""
        public_id = self.office.sealed()
        desk.take_up(self.office.inspector.actor, public_id, version_of(public_id))
        learning.check(self.auditor.actor, public_id, found)
        return public_id


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)


@pytest.fixture
def bureau(office: Office, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Everything is drawn."""
    monkeypatch.setattr(learning, "is_drawn", lambda _key, _public_id: True)
    second = office._hire(Role.FRONT_DESK, city.desk_agency().id)
    return Bureau(office, second, office._hire(Role.INSPECTORATE, city.triage_agency().id))
