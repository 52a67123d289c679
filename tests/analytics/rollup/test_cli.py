"""`flask measures`: what other people's scripts read."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, select

from analytics.hops import HOP_MEASURES
from analytics.measures import MEASURES, wilson
from analytics.rollup.conduct import closed_months
from analytics.rollup.models import Fact
from feedback.cases import ending
from feedback.cases.models import Refusal
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from tests.feedback.officers import Office, version_of


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["measures", *words])


def rows(app: Flask, *words: str) -> list[dict[str, object]]:
    answer = run(app, "--json", *words)
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.stdout.splitlines()]


def few_reports() -> dict[str, object]:
    """What is said of reports about conduct in a young city: of which months, and nothing that could point to anybody."""
    first, last = closed_months(local_day(now()))
    return {"from": first.isoformat(), "to": last.isoformat(), "reports": None}


def test_one_row_for_the_city_with_the_newest_changes(app: Flask, office: Office) -> None:
    """Nobody has to run the worker first; sealed cases are in no number."""
    office.submitted()
    refused = office.report()
    ending.refuse(office.desk.actor, refused, version_of(refused), Refusal.SPAM, "Nội dung quảng cáo.")
    office.sealed()
    [row] = rows(app)
    assert (row["by"], row["key"], row["name"]) == ("city", None, None)
    cases, measures = row["cases"], row["measures"]
    assert isinstance(cases, dict)
    assert isinstance(measures, dict)
    assert (cases["received"], cases["open"], cases["refused"], row["refusals"]) == (2, 1, 1, {"spam": 1})
    assert set(MEASURES) | set(HOP_MEASURES) == set(measures)
    assert row["conduct"] == {**few_reports(), "cases": 0, "per_thousand": None, "answered": None, "substantiated": None}
    assert all({"value", "numerator", "denominator"} <= set(one) for one in measures.values())
    assert measures["refused"] == {
        "value": 1.0, "numerator": 1, "denominator": 1, "interval": [round(bound, 6) for bound in wilson(1, 1) or ()], "ranked": False
    }  # fmt: skip
    assert measures["transit_within_hour"]["denominator"] == 1


def test_an_empty_city_has_a_row_of_zeros(app: Flask) -> None:
    [row] = rows(app, "--from", "2026-01-01", "--to", "2026-01-31")
    assert (row["from"], row["to"]) == ("2026-01-01", "2026-01-31")
    assert isinstance(row["cases"], dict)
    assert set(row["cases"].values()) == {0}
    assert rows(app, "--by", "agency") == []


@pytest.mark.parametrize("by", ["district", "ward", "agency", "category", "procedure", "level", "track", "channel"])
def test_a_row_for_each_of_a_group(app: Flask, office: Office, by: str) -> None:
    office.accepted()
    found = rows(app, "--by", by)
    assert {row["by"] for row in found} == {by}
    assert sum(row["cases"]["received"] for row in found) == 1  # type: ignore[index]
    assert all(row["name"] for row in found)
    assert all(row.get("conduct") == (few_reports() if by == "district" else None) for row in found)


def test_a_hop_counts_for_its_receiver_and_a_wrong_address_for_its_sender(app: Flask, office: Office) -> None:
    office.accepted()
    found = {row["key"]: row["measures"] for row in rows(app, "--by", "agency")}
    desk = office.desk.actor.agency_id
    assert found[office.agency]["transit_within_hour"]["denominator"] == 1  # type: ignore[index]
    assert found[office.agency]["wrong_address"]["denominator"] == 0  # type: ignore[index]
    assert found[desk]["wrong_address"]["denominator"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    "words", [[], ["--json", "--by", "planet"], ["--json", "--from", "yesterday"], ["--json", "--from", "2026-02-02", "--to", "2026-02-01"]]
)
def test_bad_usage_is_told_with_code_two(app: Flask, words: list[str]) -> None:
    answer = run(app, *words)
    assert answer.exit_code == 2
    assert "Usage" in answer.stderr


def test_a_rebuild_brings_lost_facts_back(app: Flask, office: Office) -> None:
    office.report()
    before = rows(app)
    with transaction():
        db.session.execute(delete(Fact))
    answer = run(app, "rebuild")
    assert (answer.exit_code, answer.stdout) == (0, "1 cases counted.\n")
    assert rows(app) == before
    assert db.session.scalar(select(func.count()).select_from(Fact)) == 1
