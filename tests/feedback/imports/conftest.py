"""One small city for the tests of a file: they bring in what bears their own numbers and names, and look at nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback.config import Config
from feedback.db import db
from tests.databases import SECRET, fresh_database
from tests.feedback.officers import Office


@pytest.fixture(scope="module")
def app(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from wsgi import create_app

    with fresh_database(template) as url:
        settings = {"secret_key": SECRET, "https": False, "trusted_hosts": ("localhost",), "limits_url": "memory://", "testing": True}
        app = create_app(Config(database_url=url, var=tmp_path_factory.mktemp("var"), **settings))  # type: ignore[arg-type]
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def office(app: Flask) -> Office:
    return Office(app)


@pytest.fixture(scope="module")
def admin(office: Office) -> FlaskClient:
    return office.browser(office.admin)
