"""Reports about officials that were filed under another heading: at no moment any agency sees one (security D12, control 3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from analytics.classify.corpus import load_examples
from feedback.cases.access import CITIZEN, Actor, visible_cases
from feedback.cases.intake import Report, submit_report
from feedback.cases.models import Case
from feedback.cases.sorting import classify_case
from feedback.cases.workflow import Who
from feedback.city import queries as city
from feedback.codes import new_code
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.text import fold
from tests.feedback.citizen import BrokenClassifier

#: So many texts of the corpus, spread over all of it, and the heading they are filed under.
TEXTS, HEADING = 40, "civil_status"


def texts() -> list[str]:
    """About officials, by their label; hints and euphemisms among them."""
    about = [one.text for one in load_examples() if one.misconduct]
    return about[:: len(about) // TEXTS][:TEXTS]


def seen_by_agencies() -> int:
    """How many cases the officers of all agencies see, together; a head sees what his handlers see."""
    officers = [Actor(Who.HANDLER, None, agency.id) for agency in city.agencies()]
    return sum(db.session.scalar(visible_cases(officer).with_only_columns(func.count())) or 0 for officer in officers)


def filed(written: Callable[[str], str]) -> list[int]:
    """Every text, filed under a heading that would lead it to the ward's committee."""
    ward = city.wards()[0].id
    reports = [Report(text=written(text), category_code=HEADING, area_id=ward) for text in texts()]
    return [submit_report(report, hmac_of(new_code()), CITIZEN).case_id for report in reports]


def at_the_desk() -> int:
    desk = Actor(Who.FRONT_DESK, None, city.desk_agency().id)
    return db.session.scalar(visible_cases(desk).with_only_columns(func.count())) or 0


@pytest.mark.parametrize("written", [str, fold], ids=["as written", "without tone marks"])
def test_no_agency_ever_sees_a_report_about_officials_under_another_heading(app: Flask, written: Callable[[str], str]) -> None:
    cases = filed(written)
    assert (seen_by_agencies(), at_the_desk()) == (0, 0), "before it is read nobody sees it"
    for case_id in cases:
        classify_case(case_id)
    assert seen_by_agencies() == 0
    sealed = db.session.scalar(select(func.count()).where(Case.sealed.is_(True))) or 0
    assert sealed >= 0.9 * len(cases), "what the machine misses a person at the desk reads before any agency"
    assert at_the_desk() == len(cases) - sealed


def test_a_classifier_that_raises_seals_them_all(app: Flask) -> None:
    app.extensions["classifier"] = BrokenClassifier()
    for case_id in filed(str):
        classify_case(case_id)
    assert (seen_by_agencies(), at_the_desk()) == (0, 0)
