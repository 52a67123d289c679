"""An application that every row of a table may share, with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from feedback.config import Config
from feedback.db import db
from tests.databases import SECRET, fresh_database


@pytest.fixture(scope="module")
def shared_app(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application with its own classifier, without a context: requests share nothing but the cookie."""
    from wsgi import create_app

    var: Path = tmp_path_factory.mktemp("var")
    with fresh_database(template) as url:
        app = create_app(Config(url, SECRET, var, https=False, trusted_hosts=("localhost",), limits_url="memory://", testing=True))
        app.config["RATELIMIT_ENABLED"] = False
        from feedback.extensions import limiter

        limiter.enabled = False
        yield app
        limiter.enabled = True
        with app.app_context():
            db.engine.dispose()
