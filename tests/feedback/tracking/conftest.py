"""The citizen's own application and browser, and an office that acts meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from tests.feedback.citizen import app, client
from tests.feedback.officers import Office
from tests.feedback.tracking.stories import Story

__all__ = ["app", "client"]


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    """Officers of every role; their acts share nothing with what browsers ask."""
    with app.app_context():
        yield Office(app)


@pytest.fixture
def story(office: Office, clock: Callable[[datetime], None]) -> Story:
    """A sender and what the office makes of his report, on a clock that stands still until it is set."""
    return Story(office, clock)
