"""A classifier that errs often and always in the same way, an application with it, and what stands in for a progress bar."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import TypeVar

from flask import Flask

from analytics.demo.rhythm import FIELDS
from feedback.cases.ports import Labels
from feedback.db import db
from tests.databases import server_config

T = TypeVar("T")
#: The small demo city that tests walk through.
NOON = datetime.fromisoformat("2026-05-20T12:10:00+07:00")
CASES, SEED = 300, 3


class WobblyClassifier:
    """Labels a text by chance; the same text always alike."""

    def classify(self, text: str) -> Labels:
        rng = Random(text)
        first, second = rng.sample(list(FIELDS), 2)
        return Labels(
            category=first,
            confidence=0.5,
            alternatives=((second, 0.25),),
            misconduct=rng.random() < 0.15,
            misconduct_confidence=0.5,
            urgent=rng.random() < 0.2,
            spam=rng.random() < 0.1,
            insult=rng.random() < 0.1,
            abstain=rng.random() < 0.5,
            reasons=tuple(text.split()[:2]),
            model_version="wobbly-1",
        )


@contextmanager
def city_at(url: str) -> Iterator[Flask]:
    """The application on the database at `url`, with its context pushed; no connection is left behind."""
    from wsgi import create_app

    app = create_app(dataclasses.replace(server_config(), database_url=url))
    app.extensions["classifier"] = WobblyClassifier()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def quiet(items: Sequence[T], _label: str) -> Iterable[T]:
    """Shows nobody how far the work has come."""
    return items
