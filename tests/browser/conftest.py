"""Where the walks take place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.browsers import served
from tests.feedback.citizen import PlainClassifier
from tests.feedback.officers import Office


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    app.extensions["classifier"] = PlainClassifier()
    with served(app) as address:
        yield address


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)
