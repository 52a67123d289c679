"""Who sees which case, against an oracle of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from feedback.cases import queries
from feedback.cases.access import CITIZEN, SYSTEM, Actor, may, open_moves
from feedback.cases.intake import Report, submit_report
from feedback.cases.models import Case
from feedback.cases.queries import Filter
from feedback.cases.workflow import Move, State, Who
from feedback.codes import new_code
from feedback.db import db
from feedback.errors import NotFound
from feedback.intake.drafts import hmac_of
from tests.feedback.officers import Office, case_of


def lives(office: Office) -> dict[str, str]:
    """A case in every situation that matters."""
    submit_report(Report(text="Chưa ai đọc phản ánh này"), hmac_of(new_code()), CITIZEN)
    unread = db.session.scalars(select(Case.public_id).where(Case.state == State.RECEIVED)).one()
    return {
        "unread": unread,
        "sorting": office.report(),
        "sealed": office.sealed(),
        "forwarded": office.forwarded(),
        "accepted": office.accepted(),
        "submitted": office.submitted(),
    }


AT_AGENCY = {"forwarded", "accepted", "submitted"}
SEEN = {
    "desk": {"sorting", "forwarded"},
    "handler": AT_AGENCY,
    "head": AT_AGENCY,
    "stranger": set(),
    "strange_head": set(),
    "inspector": {"sealed"},
    "leader": AT_AGENCY | {"sorting"},
    "admin": set(),
}


def test_everybody_sees_his_own_and_nothing_else(office: Office) -> None:
    """Lists, counts, search and direct addresses agree with each other."""
    cases = lives(office)
    for name, expected in SEEN.items():
        actor: Actor = getattr(office, name).actor
        listed = {line.public_id for line in queries.case_lines(actor, Filter(), size=99).lines}
        assert listed == {cases[key] for key in expected}, name
        assert queries.count(actor, Filter()) == len(expected), name
        assert queries.counts(actor, Filter(), {"all": Filter()}) == {"all": len(expected)}, name
        for key, public_id in cases.items():
            if key in expected:
                assert queries.visible_case(actor, public_id).public_id == public_id
            else:
                with pytest.raises(NotFound):
                    queries.visible_case(actor, public_id)


@pytest.mark.parametrize("name", sorted(SEEN.keys() - {"inspector"}))
def test_a_sealed_case_leaves_no_trace(office: Office, name: str) -> None:
    """Everything an officer can ask is the same with and without it."""
    office.forwarded()
    actor: Actor = getattr(office, name).actor
    before = queries.case_lines(actor, Filter()), queries.count(actor, Filter())
    office.sealed()
    assert (queries.case_lines(actor, Filter()), queries.count(actor, Filter())) == before
    assert queries.case_lines(actor, Filter(words="vòi tiền")).lines == []


def test_citizens_and_strangers_see_nothing_and_the_system_all(office: Office) -> None:
    office.report()
    assert queries.count(CITIZEN, Filter()) == 0
    assert queries.count(SYSTEM, Filter()) == 1


def test_moves_belong_to_the_agency_that_holds_the_case(office: Office) -> None:
    case = case_of(office.forwarded())
    assert open_moves(office.handler.actor, case) == [Move.ACCEPT, Move.RETURN]
    assert open_moves(office.stranger.actor, case) == []
    assert open_moves(office.desk.actor, case) == [Move.RECALL]
    assert not may(Actor(Who.HANDLER, 1, None), Move.ACCEPT, case)
    assert not may(office.leader.actor, Move.ACCEPT, case)
