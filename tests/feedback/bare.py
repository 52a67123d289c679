"""The application without a pushed context, so that requests share nothing but the cookie."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from feedback.config import Config
from feedback.db import db


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole application on its own database."""
    from wsgi import create_app

    app = create_app(config)
    yield app
    with app.app_context():
        db.engine.dispose()
