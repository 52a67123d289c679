"""A city with a history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.analytics.history import History
from tests.feedback.officers import Office


@pytest.fixture
def history(app: Flask, clock: Callable[[datetime], None]) -> History:
    """Nothing has happened yet."""
    return History(Office(app), clock)
