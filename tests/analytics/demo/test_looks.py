"""Second looks in the demo city: at what was drawn, by others, after the decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from analytics.demo.codes import demo_public_id
from feedback.cases import learning
from feedback.cases.learning_models import CheckDraw, Correction, Way, Why
from feedback.cases.learning_rules import is_drawn
from feedback.cases.models import Case, CaseEvent, Suggestion
from feedback.codes import new_public_id
from feedback.db import db
from tests.analytics.demo.wobbly import NOON, city_at
from tests.databases import fresh_database


@pytest.fixture
def app(demo_template: str) -> Iterator[Flask]:
    """A small demo city."""
    with fresh_database(demo_template) as url, city_at(url) as app:
        yield app


def test_the_random_sample_is_the_one_the_ids_give(app: Flask) -> None:
    random = set(db.session.scalars(select(CheckDraw.case_id).where(CheckDraw.why == Why.RANDOM)))
    expected = {row[0] for row in db.session.execute(select(Case.id, Case.public_id)) if is_drawn(learning.key(), row[1])}
    assert random == expected
    assert random
    corrected = set(db.session.scalars(select(Correction.case_id).where(Correction.way != Way.CHECK)))
    assert set(db.session.scalars(select(CheckDraw.case_id))) == random | corrected


def test_looks_are_later_than_the_decision_and_by_somebody_without_a_part(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    looks = db.session.scalars(select(Correction).where(Correction.way == Way.CHECK)).all()
    assert len(looks) > 20
    drawn = set(db.session.scalars(select(CheckDraw.case_id)))
    for look in looks:
        part = set(db.session.scalars(select(CaseEvent.actor_id).where(CaseEvent.case_id == look.case_id)))
        assert look.decided_by_id not in part
        read_at = db.session.scalars(select(Suggestion.at).where(Suggestion.case_id == look.case_id)).one()
        assert read_at < look.at <= NOON
        assert look.case_id in drawn
    assert len({look.case_id for look in looks}) == len(looks)
    assert 0.8 < len(looks) / len(drawn) < 1


def test_ids_look_like_any_other_and_belong_to_the_seed() -> None:
    ids = {demo_public_id(seed, place) for seed in range(3) for place in range(100)}
    assert len(ids) == 300
    assert {len(one) for one in ids} == {len(new_public_id())}
    assert all(set(one) <= set("0123456789abcdefghjkmnpqrstvwxyz") for one in ids)
