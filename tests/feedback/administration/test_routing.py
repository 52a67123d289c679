"""Where reports go from a day on: never two answers, never none, and shown with last month's reports before it is saved."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from feedback.administration import changes, merging, routes
from feedback.administration.changes import When, mark_of
from feedback.administration.merging import Merge
from feedback.administration.models import Change
from feedback.administration.versions import follow
from feedback.cases.routing import route
from feedback.city import queries as city
from feedback.city.kinds import Level
from feedback.city.models import RoutingRule
from feedback.city.rules import Place, Route
from feedback.db import db, now
from feedback.errors import Conflict, Invalid
from feedback.localtime import local_day
from tests.feedback.officers import Office, Officer, case_of, counted, send

ROUTING, CHANGES = "/can-bo/quan-tri/phan-tuyen", "/can-bo/quan-tri/thay-doi"
EDIT = f"{ROUTING}/urban_environment"
FIRST = date(2026, 1, 1)
#: Contents of a version: some of these rows, always one for the whole city.
ROW = st.sampled_from([(Level.WARD, "@ward"), (Level.WARD, "SO-A"), (Level.DISTRICT, "@district"), (Level.CITY, "SO-B")])
VERSION = st.lists(ROW, max_size=4, unique=True).map(lambda rows: [*rows, (Level.CITY, "SO-C")])


def rows_of(version: list[tuple[Level, str]], day: date) -> list[Route]:
    return [Route("roads", level, target, "Vì thế.", n, day) for n, (level, target) in enumerate(version, 1)]


@given(st.lists(st.tuples(st.integers(0, 6), VERSION), min_size=1, max_size=8))
def test_every_day_has_exactly_one_answer(story: list[tuple[int, list[tuple[Level, str]]]]) -> None:
    """Also when several changes are made for one day: the last of them counts."""
    table: list[Route] = []
    day, said = FIRST, {}
    for later, version in story:
        day += timedelta(days=later)
        table = follow(table, rows_of(version, day), day)
        said[day] = version
    for number in range((day - FIRST).days + 3):
        today = FIRST + timedelta(days=number)
        made = [when for when in said if when <= today]
        valid = sorted((row for row in table if row.valid_on(today)), key=lambda row: row.position)
        assert [(row.level, row.target) for row in valid] == (said[max(made)] if made else [])
        if made:
            assert route("roads", Place("Phường Thử", "UBND-P"), valid).agency_code
    assert all(row.valid_to is None or row.valid_to >= row.valid_from for row in table)


def when(category: str = "urban_environment", day: date | None = None) -> When:
    return When(day or local_day(now()), "Quyết định 3", mark_of(routes.values(category)))


def typed(page: str, **other: object) -> dict[str, object]:
    """What the form on a page holds."""
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    return {"day": local_day(now()).isoformat(), "reason": "Quyết định 3", "seen": seen[1], **other}


def lines(*rows: tuple[str, str, str]) -> dict[str, object]:
    return {
        f"rows-{n}-{name}": value
        for n, row in enumerate(rows)
        for name, value in zip(("level", "target", "words", "place"), (*row, str(n)), strict=True)
    }


def test_last_months_reports_show_what_would_change(office: Office, admin: FlaskClient) -> None:
    ward = next(row for row in city.wards())
    near, nowhere, sealed = office.report(area_id=ward.id), office.report(), office.sealed()
    for public_id in (near, nowhere):
        case_of(public_id).category_code = "urban_environment"
        db.session.commit()
    page = admin.get(EDIT).text
    assert "UBND phường, xã nơi xảy ra" in page
    rows = lines(("ward", "SO-XD", "Sở làm hết."), ("city", "SO-NNMT", "Việc của Sở."))
    shown = send(admin, EDIT, EDIT, **typed(page, **rows))
    assert shown.status_code == 200
    committee = city.agency_by_code(city.place_of(ward).ward_agency or "")
    assert committee.name in shown.text
    assert "Sở Xây dựng" in shown.text
    assert (case_of(near).reference or "-") in shown.text
    assert near not in shown.text
    assert sealed not in shown.text
    assert routes.values("urban_environment")["rows"][0][1] == "@ward", "looking changes nothing"
    with counted() as seen:
        routes.replay(routes.draft("urban_environment", [["city", "SO-XD", "Sở làm hết."]]))
    assert len(seen) <= 18, "however many reports and areas there are"
    assert send(admin, EDIT, EDIT, **typed(page, **rows, luu="1")).location == CHANGES
    assert [row[1] for row in routes.values("urban_environment")["rows"]] == ["SO-XD", "SO-NNMT"]
    assert "SO-XD" in {row.target for row in city.routing_rules() if row.category == "urban_environment"}
    ended = select(RoutingRule.valid_to).where(RoutingRule.category_code == "urban_environment", RoutingRule.target == "@ward")
    assert db.session.scalar(ended) == local_day(now()) - timedelta(days=1)
    assert "Sở Xây dựng" in admin.get(ROUTING).text


def test_rows_that_answer_for_nobody_are_refused_and_kept_on_the_page(office: Office, admin: FlaskClient) -> None:
    for rows in (
        [["ward", "@ward", "Phường làm."]],
        [["city", "@ward", "Phường làm."], ["city", "SO-XD", "Sở."]],
        [["city", "SO-XD", ""]],
        [["city", "SO-XD", "Một."], ["city", "SO-XD", "Hai."]],
        [["city", "KHONG-CO", "Sở."]],
        [["", "SO-XD", "Sở."]],
        [["city", "TTR-TP", "Thanh tra."]],
        [],
    ):
        with pytest.raises(Invalid):
            routes.draft("urban_environment", rows)
    page = admin.get(EDIT).text
    kept = send(admin, EDIT, EDIT, **typed(page, **lines(("ward", "@ward", "Chữ đã gõ."))))
    assert (kept.status_code, "lc-errors" in kept.text, "Chữ đã gõ." in kept.text) == (422, True, True)
    assert admin.get(f"{ROUTING}/khong-co").status_code == 404
    assert admin.get(f"{ROUTING}/staff_conduct").status_code == 404, "what accuses somebody goes to the inspectorate"
    with pytest.raises(Conflict):
        routes.save(office.admin.actor, "other", [["city", "SO-XD", "Sở."]], When(local_day(now()), "x", "an older page"))
    with pytest.raises(Invalid):
        routes.save(office.admin.actor, "other", [["city", "SO-XD", "Sở."]], When(local_day(now()), " ", when("other").seen))


def test_a_row_planned_for_an_agency_that_ends_first_goes_to_its_successor(office: Office, second: Officer) -> None:
    day = local_day(now()) + timedelta(days=1)
    change = routes.save(office.admin.actor, "health", [["city", "SO-YT", "Sở Y tế."]], when("health", day))
    change_id = change.id
    merge = Merge(("SO-YT",), into="SO-XD")
    joined = merging.propose(office.admin.actor, merge, When(local_day(now()), "Nghị quyết", merging.mark(merge)))
    changes.approve(second.actor, joined.id)
    db.session.get_one(Change, change_id).takes_effect = local_day(now())
    db.session.commit()
    changes.carry_out_due()
    assert [row[1] for row in routes.values("health")["rows"]] == ["SO-XD"]
