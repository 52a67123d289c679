"""Candidates from the database: found by the index, scored, and never more than the reader may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from analytics.duplicates import queries
from analytics.duplicates.candidates import search_query, terms
from analytics.duplicates.facts import facts
from analytics.plug import Alike
from feedback.cases.models import CaseEvent
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.db import db
from feedback.text import fold
from tests.feedback.officers import Office, case_of, send
from tests.pace import is_quick

ONE = "Ổ gà rất lớn trước số nhà 45 đường Phan Văn Trị, sáng 12/5 có hai người té xe ở đó."
SAME = "Đường Phan Văn Trị, ngay số nhà 45 có ổ gà to lắm, hôm 12/5 đã có hai người té."
OTHER = "Trường tiểu học Hoa Sữa thu tiền quỹ lớp mà không có biên lai nào."


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app)


def proposed(office: Office, public_id: str) -> list[str]:
    return [found.public_id for found in Alike().likely(office.desk.actor, case_of(public_id))]


def test_the_other_telling_is_proposed_and_an_unrelated_report_is_not(office: Office) -> None:
    subject, same, _other = office.report(ONE), office.report(SAME), office.report(OTHER)
    assert proposed(office, subject) == [same]
    assert proposed(office, same) == [subject]


def test_at_the_desk_both_texts_stand_side_by_side_and_an_officer_merges(office: Office) -> None:
    lead, subject = office.report(ONE), office.report(SAME)
    hidden = office.report(f"{ONE} Cán bộ vòi tiền mới chịu sửa.")
    client, path = office.browser(office.desk), f"/can-bo/tiep-nhan/{subject}"
    page = client.get(path).text
    assert f"{path}/so-sanh/{lead}" in page
    assert hidden not in page
    looked = client.get(f"{path}/so-sanh/{lead}").text
    assert ONE in looked
    assert SAME in looked
    assert case_of(subject).state is State.SORTING, "looking merges nothing"
    fields = {"version": case_of(subject).version, "lead": lead}
    assert send(client, f"{path}/nhap-ho-so", f"{path}/so-sanh/{lead}", **fields).status_code == 302
    assert case_of(subject).lead_case_id == case_of(lead).id
    assert case_of(subject).state is State.MERGED


def test_without_tone_marks_too(office: Office) -> None:
    subject, same = office.report(ONE), office.report(fold(SAME))
    assert proposed(office, subject) == [same]


def test_a_sealed_case_and_one_that_has_left_the_desk_are_never_proposed(office: Office) -> None:
    subject, taken = office.report(ONE), office.accepted(office.report(SAME))
    hidden = office.report(f"{SAME} Cán bộ vòi tiền mới chịu sửa.")
    assert case_of(hidden).sealed
    assert proposed(office, subject) == []
    assert [found.public_id for found in queries.likely(office.leader.actor, case_of(subject))] == [taken]
    assert queries.likely(office.stranger.actor, case_of(subject)) == []


def test_a_text_of_common_words_finds_nothing(office: Office) -> None:
    office.report(ONE)
    assert terms(facts("")) == {}
    assert proposed(office, office.report("????? ... !!!!! 12345")) == []


@pytest.mark.parametrize(("days", "found"), [(29, True), (31, False)])
def test_only_a_month_before_and_after_counts(office: Office, days: int, *, found: bool) -> None:
    subject, same = office.report(ONE), office.report(SAME)
    case_of(same).received_at -= timedelta(days=days)
    db.session.commit()
    assert (proposed(office, subject) == [same]) is found


def test_another_district_is_left_out_but_not_a_case_without_a_ward(office: Office) -> None:
    here, there = city.districts()[:2]
    ward, neighbour = city.wards(here.id)[:2]
    subject = office.report(ONE, area_id=ward.id)
    near, unknown = office.report(SAME, area_id=neighbour.id), office.report(SAME)
    office.report(SAME, area_id=city.wards(there.id)[0].id)
    assert sorted(proposed(office, subject)) == sorted([near, unknown])


def test_the_most_alike_stands_first_and_at_most_five_are_given(office: Office) -> None:
    subject = office.report(ONE)
    for number in range(6):
        office.report(f"Đường Phan Văn Trị có ổ gà, đã có người té xe, đây là lần thứ {number + 2} tôi báo.")
    same = office.report(SAME)
    found = proposed(office, subject)
    assert found[0] == same
    assert len(found) == queries.SHOWN


def test_asking_changes_nothing(office: Office) -> None:
    subject, _same = office.report(ONE), office.report(SAME)
    before = db.session.scalar(select(func.count()).select_from(CaseEvent))
    proposed(office, subject)
    assert not db.session.dirty
    assert db.session.scalar(select(func.count()).select_from(CaseEvent)) == before
    assert case_of(subject).state is State.SORTING


@given(st.text(max_size=300))
def test_whatever_is_written_makes_a_search_of_plain_words_only(text: str) -> None:
    """So that no sign of a text can be read as an operator of the search language."""
    wanted = terms(facts(text))
    assert all(part.isascii() and part.isalpha() for term in wanted for part in term.split())
    assert all(weight > 0 for weight in wanted.values())
    assert set(search_query(wanted)) <= set("abcdefghijklmnopqrstuvwxyz()|& ")


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        ({"phan tri": 12.0, "quan tri": 9.0, "tri": 6.0}, "(tri)"),
        ({"phan tri": 12.0, "hem": 6.0}, "(hem) | (phan & tri)"),
        ({"hem": 3.0, "rac": 2.5, "cho": 2.0}, "(cho & hem) | (cho & rac) | (hem & rac)"),
        ({"hem": 6.0, "rac": 2.5, "cho": 2.0}, "(hem) | (cho & rac)"),
        ({"rac hem": 5.0, "hem": 2.5, "rac": 2.5}, "(hem & rac)"),
        ({"hem": 2.5}, "(hem)"),
    ],
)
def test_a_common_word_is_looked_for_only_beside_another(wanted: dict[str, float], query: str) -> None:
    """And a phrase only when none of its words is looked for alone."""
    assert search_query(wanted) == query


@pytest.mark.parametrize("text", ["a' | b & !c", "'); DROP TABLE cases; --", "\\ : * <-> ( )", "ổ " * 2500])
def test_hostile_texts_are_searched_for_quickly(office: Office, text: str) -> None:
    subject = office.report(text)
    office.report(text)
    assert is_quick(lambda: proposed(office, subject))
