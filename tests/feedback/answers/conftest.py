"""An office to work in."""

from __future__ import annotations

import pytest
from flask import Flask

from feedback.answers.services import load_templates
from tests.feedback.officers import Office


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role, with the prepared answers loaded."""
    load_templates()
    return Office(app)
