"""A report is read at once, or, while others come in beside it, by the worker with them: each exactly once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from feedback.attachments import services as attachments
from feedback.attachments.models import Attachment
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import learning_rules, sorting, taking_in
from feedback.cases.intake import Report, ReportContact
from feedback.cases.models import Case, CaseEvent, Suggestion
from feedback.cases.workflow import State
from feedback.codes import new_code
from feedback.db import db
from feedback.intake import drafts
from feedback.intake.drafts import hmac_of
from feedback.jobs import run_here
from tests.feedback.citizen import BRIBE, PlainClassifier, picture_bytes

RUBBISH = "Rác thải đổ đống ở đầu hẻm."


def states() -> dict[int, State]:
    found = dict(db.session.execute(select(Case.id, Case.state)).all())
    db.session.rollback()
    return found


def leave_unread(*texts: str) -> list[int]:
    """Take reports in while another is under way in this process."""
    with taking_in._one_more():
        return [taking_in.take_in(Report(text=words), hmac_of(new_code())).case_id for words in texts]


@pytest.fixture(autouse=True)
def classifier(app: Flask) -> None:
    app.extensions["classifier"] = PlainClassifier()


def test_a_report_that_comes_alone_is_read_at_once(app: Flask) -> None:
    code_hmac = hmac_of(new_code())
    taken = taking_in.take_in(Report(text=RUBBISH), code_hmac)
    assert states() == {taken.case_id: State.SORTING}
    assert (taken.new, taken.read) == (True, True)
    again = taking_in.take_in(Report(text=RUBBISH), code_hmac)
    assert (again.case_id, again.new) == (taken.case_id, False)


def test_what_goes_along_is_saved_with_the_report_or_neither_is(app: Flask) -> None:
    def fail(case_id: int) -> None:
        assert db.session.get_one(Case, case_id).state is State.RECEIVED
        raise RuntimeError

    with pytest.raises(RuntimeError):
        taking_in.take_in(Report(text=RUBBISH), hmac_of(new_code()), along=fail)
    assert states() == {}


def test_one_of_many_is_left_to_the_worker_and_the_next_that_comes_alone_is_not(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = iter([100.0, 100.4, 101.3, 102.4])
    monkeypatch.setattr(taking_in, "APART_SECONDS", 1.0)
    monkeypatch.setattr(taking_in, "_last_came", float("-inf"))
    monkeypatch.setattr(taking_in, "monotonic", lambda: next(hours))
    keys = [taking_in.take_in(Report(text=RUBBISH), hmac_of(new_code())).case_id for _ in range(4)]
    assert states() == dict(zip(keys, (State.SORTING, State.RECEIVED, State.RECEIVED, State.SORTING), strict=True))


def test_one_that_another_came_behind_is_left_to_the_worker(app: Flask) -> None:
    with taking_in._one_more() as alone:
        assert alone()
        with taking_in._one_more():
            assert not alone()
        assert not alone(), "the other has gone, but came"


def test_what_was_left_is_read_together_and_once(app: Flask) -> None:
    keys = leave_unread(RUBBISH, BRIBE, RUBBISH)
    assert set(states().values()) == {State.RECEIVED}
    run_here("cases.classify_waiting")
    run_here("cases.classify_waiting")
    assert states() == {keys[0]: State.SORTING, keys[1]: State.TRIAGE, keys[2]: State.SORTING}
    moves = db.session.execute(select(CaseEvent.case_id, CaseEvent.move).order_by(CaseEvent.id)).all()
    assert sorted(moves) == sorted([(key, "submit") for key in keys] + [(keys[0], "sort"), (keys[1], "seal"), (keys[2], "sort")])
    cases = {case.id: case for case in db.session.scalars(select(Case))}
    assert [(cases[key].sealed, cases[key].text) for key in keys] == [(False, RUBBISH), (True, BRIBE), (False, RUBBISH)]
    assert len({cases[key].reference for key in keys}) == 3
    assert {row.case_id for row in db.session.scalars(select(Suggestion))} == set(keys)
    assert verify(record_keys()).whole


def test_one_that_cannot_be_read_holds_up_no_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither those read together with it nor those behind them."""
    monkeypatch.setattr(sorting, "BATCH", 2)
    keys = leave_unread(RUBBISH, RUBBISH, RUBBISH)
    db.session.execute(text("UPDATE case_key SET wrapped = 'broken' WHERE case_id = :key"), {"key": keys[0]})
    db.session.commit()
    run_here("cases.classify_waiting")
    assert states() == {keys[0]: State.RECEIVED, keys[1]: State.SORTING, keys[2]: State.SORTING}


def test_two_workers_do_not_wait_for_each_other(app: Flask) -> None:
    first, second = leave_unread(RUBBISH, RUBBISH)
    with db.engine.connect() as other:
        other.execute(text("SELECT 1 FROM cases WHERE id = :key FOR UPDATE"), {"key": first})
        run_here("cases.classify_waiting")
        assert states() == {first: State.RECEIVED, second: State.SORTING}
    run_here("cases.classify_waiting")
    assert states() == {first: State.SORTING, second: State.SORTING}


def test_many_read_together_cost_no_more_statements_than_two(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_rules, "SHARE", 1)
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *about: seen.append(about[2]))
    sent = []
    for many in (1, 1, 4):  # what is kept of the city is read with the first
        leave_unread(*[RUBBISH, BRIBE] * many)
        seen.clear()
        run_here("cases.classify_waiting")
        sent.append([" ".join(statement.split()[:3]) for statement in seen])
    assert sent[1] == sent[2]
    assert set(states().values()) == {State.SORTING, State.TRIAGE}


def test_what_was_sent_with_a_report_turns_with_it(app: Flask) -> None:
    """A photo's name is sealed while nobody has read the report, and plain at the desk."""
    code = new_code()
    draft = drafts.start(code)
    attachments.attach(draft.id, "rác.png", picture_bytes())
    with taking_in._one_more():
        contact = ReportContact(phone="0900000123")
        key = taking_in.take_in(Report(text=RUBBISH, contact=contact), hmac_of(code), draft_id=draft.id).case_id
    run_here("cases.classify_waiting")
    assert states() == {key: State.SORTING}
    (file,) = db.session.scalars(select(Attachment))
    assert (file.plain_shown_name, file.words_sealed) == ("rác.png", None)
