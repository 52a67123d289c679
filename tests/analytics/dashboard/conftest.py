"""A town to count: an office, places to choose from, and cases led through their lives by the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.analytics.dashboard.town import NOON, Town
from tests.feedback.officers import Office


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)


@pytest.fixture
def town(office: Office, clock: Callable[[datetime], None]) -> Town:
    """A town without cases on the day of `NOON`."""
    clock(NOON)
    return Town(office, clock)
