"""The classifier of the application, and a database with a small demo city to clone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from analytics.demo import services
from tests.analytics.demo.wobbly import CASES, NOON, SEED, WobblyClassifier, city_at, quiet
from tests.databases import fresh_database


@pytest.fixture
def wobbly(app: Flask) -> WobblyClassifier:
    """The classifier of the application, replaced by one that errs so often that stories take every turn."""
    classifier = WobblyClassifier()
    app.extensions["classifier"] = classifier
    return classifier


@pytest.fixture(scope="session")
def demo_template(template: str) -> Iterator[str]:
    """Name of a database with a small demo city."""
    with fresh_database(template) as url:
        with city_at(url), time_machine.travel(NOON, tick=False):
            services.fill_city("2025", CASES, SEED, quiet)
        yield url.partition("@/")[2].partition("?")[0]
