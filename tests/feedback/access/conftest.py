"""One database and one application for everything here: the town's cases in every situation that matters.

Tests read them, take back what they change, or add cases of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from feedback.config import Config
from feedback.db import db
from tests.databases import SECRET, fresh_database
from tests.feedback.access.town import Town


@pytest.fixture(scope="session")
def town(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Officers, and a case in every situation; the application's context is not pushed, so requests share nothing but the cookie."""
    from wsgi import create_app

    with fresh_database(template) as url:
        settings = Config(
            database_url=url,
            secret_key=SECRET,
            var=tmp_path_factory.mktemp("town"),
            https=False,
            trusted_hosts=("localhost",),
            limits_url="memory://",
            testing=True,
        )
        app: Flask = create_app(settings)
        # Forms without their token: who may act is asked here, not whether the page was open.
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            made = Town(app)
            db.session.remove()
        yield made
        with app.app_context():
            db.engine.dispose()
