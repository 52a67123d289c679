"""What the responsible agency does, as services."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.cases import desk, handling, queries, transfers
from feedback.cases.models import AnswerState, CaseEvent, Outcome, Solved
from feedback.cases.rating import rate
from feedback.cases.workflow import State
from feedback.db import db
from feedback.errors import Conflict, NotAllowed, NotFound
from tests.feedback.officers import ANSWER, Office, case_of, version_of


def audit_of(public_id: str) -> list[str]:
    found = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == public_id).order_by(AuditEntry.seq))
    return list(found)


def test_a_life_leaves_a_row_for_every_act(office: Office) -> None:
    public_id = office.submitted()
    handling.send_back(office.head.actor, public_id, version_of(public_id), "Nói rõ hơn.")
    handling.save_draft(office.handler.actor, public_id, version_of(public_id), Outcome.PARTLY, "Bản nháp")
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, ANSWER)
    handling.approve(office.head.actor, public_id, version_of(public_id))
    case = case_of(public_id)
    assert (case.state, case.handler_id) == (State.ANSWERED, office.handler.actor.user_id)
    rate(case.id, Solved.YES, 5, "Cảm ơn")
    acts = ["submit", "sort", "forward", "accept", "submit_answer", "send_back", "save_draft", "submit_answer", "approve", "rate"]
    assert audit_of(public_id) == [f"case.{act}" for act in acts]
    published = queries.published_answer(case.id)
    assert published is not None
    assert (published.text, published.decided_by_id) == (ANSWER, office.head.actor.user_id)
    assert [row.state for row in queries.answers(case.id)] == [AnswerState.SENT_BACK, AnswerState.PUBLISHED]


def test_the_citizen_reads_nothing_before_approval(office: Office) -> None:
    case = case_of(office.submitted())
    assert queries.published_answer(case.id) is None


def test_a_handler_does_not_approve(office: Office) -> None:
    public_id = office.submitted()
    with pytest.raises(NotAllowed):
        handling.approve(office.handler.actor, public_id, version_of(public_id))
    with pytest.raises(NotAllowed):
        handling.send_back(office.handler.actor, public_id, version_of(public_id), "Tự trả")
    assert case_of(public_id).state is State.AWAITING_APPROVAL


def test_a_head_may_approve_his_own_answer_and_the_history_says_so(office: Office) -> None:
    own, others = office.accepted(), office.submitted()
    handling.submit_answer(office.head.actor, own, version_of(own), Outcome.EXPLAINED, ANSWER)
    for public_id in (own, others):
        handling.approve(office.head.actor, public_id, version_of(public_id))
    reasons = {
        public_id: db.session.scalar(
            select(CaseEvent.reason).where(CaseEvent.case_id == case_of(public_id).id, CaseEvent.move == "approve")
        )
        for public_id in (own, others)
    }
    assert reasons == {own: handling.OWN_ANSWER, others: ""}


def test_two_drafts_of_the_same_page_do_not_overwrite_each_other(office: Office) -> None:
    public_id = office.accepted()
    version = version_of(public_id)
    handling.save_draft(office.handler.actor, public_id, version, Outcome.SOLVED, "Bản một")
    with pytest.raises(Conflict):
        handling.save_draft(office.head.actor, public_id, version, Outcome.SOLVED, "Bản hai")
    assert [row.text for row in queries.answers(case_of(public_id).id)] == ["Bản một"]


Act = Callable[[Office, str, int], object]
TOO_EARLY: dict[str, Act] = {
    "draft": lambda office, key, version: handling.save_draft(office.handler.actor, key, version, Outcome.SOLVED, "x"),
    "answer": lambda office, key, version: handling.submit_answer(office.handler.actor, key, version, Outcome.SOLVED, "x"),
    "approve": lambda office, key, version: handling.approve(office.head.actor, key, version),
    "send back": lambda office, key, version: handling.send_back(office.head.actor, key, version, "x"),
}


@pytest.mark.parametrize("act", TOO_EARLY)
def test_nothing_is_done_before_its_time(office: Office, act: str) -> None:
    public_id = office.forwarded()
    before = audit_of(public_id)
    with pytest.raises(Conflict):
        TOO_EARLY[act](office, public_id, version_of(public_id))
    assert case_of(public_id).state is State.FORWARDED
    assert audit_of(public_id) == before
    assert queries.answers(case_of(public_id).id) == []


def test_others_do_not_touch_the_case(office: Office) -> None:
    public_id = office.forwarded()
    for officer in (office.stranger, office.inspector):
        with pytest.raises(NotFound):
            transfers.accept(officer.actor, public_id, version_of(public_id))
    for officer in (office.leader, office.desk):
        with pytest.raises(NotAllowed):
            transfers.accept(officer.actor, public_id, version_of(public_id))


def test_the_inspectorate_answers_what_it_took_up(office: Office) -> None:
    """The report stays sealed to the end, and the sender still gets his answer."""
    public_id = office.sealed()
    actor = office.inspector.actor
    desk.take_up(actor, public_id, version_of(public_id))
    handling.submit_answer(actor, public_id, version_of(public_id), Outcome.PARTLY, ANSWER)
    handling.approve(actor, public_id, version_of(public_id))
    case = case_of(public_id)
    assert (case.state, case.sealed, case.reference) == (State.ANSWERED, True, None)
    assert queries.published_answer(case.id) is not None


def test_rating_twice_is_a_conflict(office: Office) -> None:
    public_id = office.submitted()
    case_id = case_of(public_id).id
    with pytest.raises(Conflict):
        rate(case_id, Solved.YES, None, "")
    handling.approve(office.head.actor, public_id, version_of(public_id))
    rate(case_id, Solved.NO, None, "")
    with pytest.raises(Conflict):
        rate(case_id, Solved.YES, None, "")
