"""Filling a database: the same city with the same seed, a whole one or none, and never on top of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from analytics.demo import services, signins
from analytics.demo.staff import NameTaken
from feedback.accounts.models import Role, User
from feedback.accounts.services import NewUser, create_user
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.city.models import CitySetting
from feedback.db import db
from feedback.notices.models import Notice
from tests.analytics.demo.wobbly import CASES, NOON, SEED, WobblyClassifier, city_at, quiet
from tests.databases import fresh_database

#: Columns that are random, or hold what is.
RANDOM = {"public_id", "code_hmac", "session_epoch", "password_hash", "loaded_at", "subject_id", "case_public_id"}
RANDOM |= {"wrapped_key", "name_sealed", "phone_sealed", "email_sealed"}
RANDOM |= {"previous", "mac", "head", "signature", "wrapped", "words_sealed", "edition"}


def everything() -> dict[str, list[str]]:
    """Every row of every table without what is random, as sorted text."""
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in RANDOM]
        found[table.name] = sorted(str(tuple(row)) for row in db.session.execute(select(*columns)))
    return found


def test_the_same_seed_gives_the_same_city(template: str, demo_template: str, clock: Callable[[datetime], None]) -> None:
    """Within the same hour; another seed gives another one."""
    with fresh_database(demo_template) as url, city_at(url):
        first = everything()
    for seed in (SEED, SEED + 1):
        clock(NOON.replace(minute=50))
        with fresh_database(template) as url, city_at(url):
            services.fill_city("2025", CASES, seed, quiet)
            found = everything()
        assert (found == first) == (seed == SEED)
        assert (found["cases"] == first["cases"]) == (seed == SEED)


def test_a_city_is_filled_whole_or_not_at_all(app: Flask, wobbly: WobblyClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 10)

    def interrupted(items: Sequence[Any], label: str) -> Any:
        if "Writing" in label:
            yield from items[:15]
            raise KeyboardInterrupt
        yield from items

    with pytest.raises(KeyboardInterrupt):
        services.fill_city("2025", 20, 1, interrupted)
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0
    assert services.fill_city("2025", 20, 1, quiet).cases == 20
    written = db.session.scalars(select(Notice.created_at).order_by(Notice.id)).all()
    assert written == sorted(written), "notices stand in the order in which they came about, whatever case they are of"
    assert len(written) > 1


def test_no_second_city_is_put_on_top(app: Flask, wobbly: WobblyClassifier) -> None:
    services.fill_city("2025", 5, 1, quiet)
    before = everything()
    with pytest.raises(services.NotEmpty):
        services.fill_city("2025", 20, 2, quiet)
    assert everything() == before


def test_a_name_that_is_taken_stops_it(app: Flask, wobbly: WobblyClassifier) -> None:
    create_user(NewUser("quantri1", "Người Khác", Role.ADMINISTRATOR, city.desk_agency().id), "sáo diều chiều quê")
    with pytest.raises(NameTaken, match="quantri1"):
        services.fill_city("2025", 20, 1, quiet)
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_the_city_of_2017_has_districts_that_answer(app: Flask, wobbly: WobblyClassifier) -> None:
    made = services.fill_city("2017", CASES, 1, quiet)
    assert made.cases == CASES
    assert db.session.scalar(select(CitySetting.unit_set)) == "2017"
    kinds = Counter(db.session.scalars(text("SELECT a.kind FROM cases c JOIN agency a ON a.id = c.agency_id")))
    assert kinds["district_committee"] > CASES / 10
    assert kinds["ward_committee"] > CASES / 20


def test_an_empty_city_has_officers_and_no_codes(app: Flask, wobbly: WobblyClassifier) -> None:
    assert services.fill_city("2025", 0, 1, quiet).cases == 0
    assert signins.codes() == {}
    assert [row.role for row in signins.sign_ins()] == [role for role in Role if role not in (Role.HANDLER, Role.AGENCY_HEAD)]
