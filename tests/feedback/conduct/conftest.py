"""An office to work in."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.feedback.officers import Office


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)
