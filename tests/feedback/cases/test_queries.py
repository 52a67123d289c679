"""Lists: order, pages, filters, search and counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from feedback.cases import queries
from feedback.cases.models import Case
from feedback.cases.queries import Filter
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.db import db, now
from tests.feedback.officers import Office, case_of


def spread(office: Office, number: int) -> list[str]:
    """Cases at the agency, due one day apart, in the order of their due dates."""
    made = [office.forwarded() for _number in range(number)]
    for day, public_id in enumerate(made):
        db.session.execute(update(Case).where(Case.public_id == public_id).values(due_at=now() + timedelta(days=day, hours=-1)))
    db.session.commit()
    return made


@pytest.mark.parametrize("urgent_first", [False, True])
def test_pages_give_every_case_once_in_order(office: Office, urgent_first: bool) -> None:
    expected = spread(office, 5)
    db.session.execute(update(Case).where(Case.public_id == expected[4]).values(urgent=True))
    db.session.commit()
    if urgent_first:
        expected = [expected[4], *expected[:4]]
    seen: list[str] = []
    cursor = None
    while True:
        page = queries.case_lines(office.handler.actor, Filter(), cursor, 2, urgent_first=urgent_first)
        seen += [line.public_id for line in page.lines]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == expected


@pytest.mark.parametrize("cursor", ["x", "1_2", "1_x_2", "1_1e99_2", "1_1_99999999999999999999999", ""])
def test_an_edited_cursor_breaks_nothing(office: Office, cursor: str) -> None:
    office.forwarded()
    queries.case_lines(office.handler.actor, Filter(), cursor)


def test_filters_narrow(office: Office) -> None:
    ward = city.wards()[0]
    here, elsewhere = office.forwarded(office.report(area_id=ward.id)), office.accepted()
    actor = office.handler.actor

    def found(wanted: Filter) -> set[str]:
        listed = {line.public_id for line in queries.case_lines(actor, wanted).lines}
        assert queries.count(actor, wanted) == len(listed)
        assert queries.counts(actor, wanted, {"a": Filter(), "b": Filter(states=frozenset({State.FORWARDED}))})["a"] == len(listed)
        return listed

    received = case_of(here).received_at
    assert found(Filter()) == {here, elsewhere}
    assert found(Filter(area_id=ward.id)) == {here}
    assert found(Filter(district_id=ward.district_area_id)) == {here}
    assert found(Filter(states=frozenset({State.IN_PROGRESS}))) == {elsewhere}
    assert found(Filter(handler_id=actor.user_id)) == {elsewhere}
    assert found(Filter(category_code="health")) == set()
    assert found(Filter(agency_id=office.other)) == set()
    assert found(Filter(due_before=now())) == set()
    assert found(Filter(due_from=now())) == {here, elsewhere}
    assert found(Filter(received_from=received, received_before=received + timedelta(microseconds=1))) == {here}


def test_words_are_found_without_marks(office: Office) -> None:
    public_id = office.forwarded()
    for words in ("hem hoa sua", "HẺM", str(case_of(public_id).reference).lower()):
        assert [line.public_id for line in queries.case_lines(office.handler.actor, Filter(words=words)).lines] == [public_id], words
    assert queries.count(office.handler.actor, Filter(words="hẻm cầu")) == 0


def test_counts_are_of_one_query_and_apart(office: Office) -> None:
    office.forwarded()
    office.accepted()
    wanted = {"new": Filter(states=frozenset({State.FORWARDED})), "all": Filter(), "late": Filter(due_before=now())}
    assert queries.counts(office.handler.actor, Filter(), wanted) == {"new": 1, "all": 2, "late": 0}


def test_overdue_is_open_and_past_its_date(office: Office) -> None:
    late = office.forwarded()
    moment = case_of(late).due_at
    assert queries.count(office.handler.actor, Filter(), [queries.open_past_due(moment)]) == 0
    assert queries.count(office.handler.actor, Filter(), [queries.open_past_due(moment + timedelta(seconds=1))]) == 1


def test_an_officer_knows_what_he_did_himself(office: Office) -> None:
    public_id = office.accepted()
    assert queries.has_acted(office.desk.actor, public_id)
    assert not queries.has_acted(office.stranger.actor, public_id)
    assert not queries.has_acted(office.head.actor, public_id)
