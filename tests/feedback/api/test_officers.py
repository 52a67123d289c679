"""An officer's program: what it may with his token, and when the token is worth nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from feedback.accounts import grants
from feedback.accounts import services as accounts
from feedback.accounts.models import Role, RoleGrant, User
from feedback.api import tokens
from feedback.api.models import AccessToken, Scope
from feedback.audit.models import AuditEntry
from feedback.cases import handling, partners
from feedback.cases.handover_models import Transfer
from feedback.cases.workflow import State
from feedback.city.models import Agency
from feedback.db import db, now, transaction
from feedback.errors import NotFound
from feedback.localtime import local_day
from tests.feedback.api.conftest import MONDAY, Program, pointers, program, said, token_of
from tests.feedback.citizen import TEXT
from tests.feedback.officers import ANSWER, Office, Officer, case_of, counted, version_of


def ids(found: Program, name: str) -> list[str]:
    answer = found.get(f"/cases?list={name}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["items"]]


def test_lists_are_those_of_the_inbox_page_by_page(handlers: Program, office: Office) -> None:
    incoming, own = office.forwarded(), office.accepted()
    office.report()
    office.sealed()
    assert (ids(handlers, "incoming"), ids(handlers, "in-progress"), set(ids(handlers, "open"))) == ([incoming], [own], {incoming, own})
    line = handlers.get("/cases?list=incoming").json["items"][0]
    assert (line["state"], line["received_at"], line["answered_at"]) == ("forwarded", "2026-11-23T10:17:00+07:00", None)
    for _n in range(2):
        office.forwarded()
    with counted() as statements:
        first = handlers.get("/cases?list=incoming&size=2").json
    assert len(statements) <= 6, statements
    second = handlers.get(f"/cases?list=incoming&size=2&cursor={first['next_cursor']}").json
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 3
    assert [pointers(handlers.get(f"/cases?size={size}")) for size in (0, 101, "a")] == [["/size"]] * 3
    assert pointers(handlers.get("/cases?list=nonsense")) == ["/list"]


def test_reading_a_case_tells_its_sender_that_it_has_arrived(handlers: Program, office: Office) -> None:
    public_id = office.forwarded()
    with counted() as statements:
        one = handlers.get(f"/cases/{public_id}").json
    assert len(statements) <= 14, statements
    assert (one["text"], one["acts"], one["version"]) == (TEXT, ["accept", "return"], version_of(public_id))
    assert one["transfer"]["sent_at"] == "2026-11-23T10:17:00+07:00"
    assert db.session.scalars(select(Transfer.seen_at)).one() is not None
    assert "Nguyễn Thị Thử" not in handlers.get(f"/cases/{office.accepted(office.named())}").text


def test_a_case_goes_from_hand_to_hand_and_gets_its_answer(handlers: Program, office: Office) -> None:
    public_id = office.forwarded()
    done = handlers.post(f"/cases/{public_id}/accept", {"version": version_of(public_id)})
    assert done.json == {"id": public_id, "state": "in_progress", "version": version_of(public_id)}
    case = case_of(public_id)
    assert (case.handler_id, case.state) == (office.handler.actor.user_id, State.IN_PROGRESS)
    other = db.session.get_one(Agency, office.other).code
    gone = handlers.post(f"/cases/{public_id}/hand-on", {"version": case.version, "agency": other, "reason": "Thuộc \x00phường bên."})
    assert gone.json["state"] == "forwarded"
    stranger = program(office.app, token_of(office.stranger))
    returned = {"version": version_of(public_id), "code": "other_area", "reason": "Không phải đường của phường."}
    assert stranger.post(f"/cases/{public_id}/return", returned).json == {"id": public_id, "state": None, "version": None}
    answer = {"version": version_of(public_id), "outcome": "solved", "text": ANSWER}
    assert handlers.post(f"/cases/{public_id}/answer", answer).json["state"] == "awaiting_approval"
    one = handlers.get(f"/cases/{public_id}").json
    assert [(row["state"], row["text"]) for row in one["answers"]] == [("submitted", ANSWER)]
    handling.approve(office.head.actor, public_id, version_of(public_id))
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.actor_user_id == office.handler.actor.user_id))
    assert {"case.accept", "case.hand_on", "case.submit_answer"} <= set(acts)


def test_what_the_services_refuse_is_refused_here_too(handlers: Program, office: Office) -> None:
    public_id = office.accepted()
    version = version_of(public_id)
    unfinished = {"version": version, "outcome": "solved", "text": "Xe đến ngày [[ngày thu gom]]."}
    assert said(handlers.post(f"/cases/{public_id}/answer", unfinished)) == (422, "invalid")
    assert said(handlers.post(f"/cases/{public_id}/accept", {"version": version})) == (409, "conflict")
    assert said(handlers.post(f"/cases/{public_id}/answer", {**unfinished, "text": ANSWER, "version": version - 1})) == (409, "conflict")
    wrong = handlers.post(f"/cases/{public_id}/hand-on", {"version": version, "agency": "NONE", "reason": "Thử."})
    assert pointers(wrong) == ["/agency"]
    assert pointers(handlers.post(f"/cases/{public_id}/return", {"version": "1"})) == ["/version", "/code", "/reason"]
    assert version_of(public_id) == version


def test_a_case_of_others_looks_like_none(handlers: Program, office: Office) -> None:
    sealed, desk, missing = office.sealed(), office.report(), "0" * 16
    answers = {handlers.get(f"/cases/{public_id}").data for public_id in (sealed, desk, missing, "%00", "a" * 500)}
    assert len(answers) == 1
    act = {"version": 0, "agency": "NONE", "reason": "Thử."}
    assert {said(handlers.post(f"/cases/{public_id}/hand-on", act)) for public_id in (sealed, desk, missing)} == {(404, "not-found")}


def test_a_partner_reads_the_report_and_not_the_draft(handlers: Program, office: Office) -> None:
    public_id = office.accepted()
    day = local_day(now()) + timedelta(days=1)
    partners.ask_partner(office.handler.actor, public_id, version_of(public_id), office.other, "Xin cùng xem.", day)
    handling.save_draft(office.handler.actor, public_id, version_of(public_id), handling.Outcome.SOLVED, "Bản nháp.")
    stranger = program(office.app, token_of(office.stranger))
    assert stranger.get(f"/cases/{public_id}").json["answers"] == []
    assert [row["text"] for row in handlers.get(f"/cases/{public_id}").json["answers"]] == ["Bản nháp."]


def test_doing_it_twice_under_one_key_does_it_once(handlers: Program, office: Office) -> None:
    public_id = office.forwarded()
    body = {"version": version_of(public_id), "code": "other_area", "reason": "Không phải phường này."}
    keys = {"Idempotency_Key": "a-key-of-this-return"}
    first, again = (handlers.post(f"/cases/{public_id}/return", body, **keys) for _n in range(2))
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert said(handlers.post(f"/cases/{public_id}/return", body)) == (404, "not-found"), "without the key it is out of sight"
    refused = [handlers.post(f"/cases/{public_id}/accept", {"version": 1}, Idempotency_Key="another-key-for-this") for _n in range(2)]
    assert [said(one) for one in refused] == [(404, "not-found")] * 2
    assert refused[1].headers["Idempotency-Replayed"] == "true"
    strangers = program(office.app, token_of(office.stranger))
    assert said(strangers.post(f"/cases/{public_id}/return", body, **keys)) == (404, "not-found"), "his keys are his own"


def test_without_a_good_token_nothing_is_open(anybody: Program, office: Office) -> None:
    public_id = office.forwarded()
    for shown in ("", "lct_", "lct_" + "0" * 25, "abc", token_of(office.handler)[:-1]):
        answer = program(office.app, shown).get(f"/cases/{public_id}")
        assert said(answer) == (401, "token-required")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    basic = anybody.get("/cases", Authorization="Basic Y2FuLmJvLjE6eA==")
    assert said(basic) == (401, "token-required")


def test_a_session_opens_nothing(anybody: Program, office: Office) -> None:
    """No other site can make an officer's browser act, because his cookie is worth nothing here."""
    browser = office.browser(office.handler)
    assert browser.get("/can-bo/ho-so").status_code == 200
    assert said(browser.get("/api/v1/cases")) == (401, "token-required")
    public_id = office.forwarded()
    assert said(browser.post(f"/api/v1/cases/{public_id}/accept", json={"version": 1}))[0] == 401
    assert case_of(public_id).state is State.FORWARDED


def test_a_token_may_no_more_than_it_was_made_for(anybody: Program, office: Office) -> None:
    public_id = office.forwarded()
    reader = program(office.app, token_of(office.handler, Scope.READ))
    assert reader.get(f"/cases/{public_id}").status_code == 200
    narrow = reader.post(f"/cases/{public_id}/accept", {"version": version_of(public_id)})
    assert said(narrow) == (403, "scope-missing")
    assert "insufficient_scope" in narrow.headers["WWW-Authenticate"]
    assert case_of(public_id).state is State.FORWARDED
    assert said(program(office.app, token_of(office.handler, Scope.ACT)).get("/cases")) == (403, "scope-missing")


def user_of(officer: Officer) -> User:
    return db.session.get_one(User, officer.actor.user_id)


def end_newest(office: Office, by: Officer) -> None:
    tokens.end(user_of(by), db.session.scalars(select(AccessToken.id).order_by(AccessToken.id.desc())).first() or 0)


def let_change_password(office: Office, *, owed: bool) -> None:
    with transaction():
        user_of(office.handler).must_change_password = owed


def give_another_role(office: Office) -> None:
    second = office._hire(Role.ADMINISTRATOR, office.agency)
    grants.propose(user_of(office.admin), user_of(office.handler).public_id, Role.AGENCY_HEAD, office.agency)
    grants.decide(user_of(second), db.session.scalars(select(RoleGrant.public_id)).all(), approve=True)


def test_a_token_dies_with_what_it_rests_on(anybody: Program, office: Office) -> None:
    changes: list[Callable[[], object]] = [
        lambda: end_newest(office, office.handler),
        lambda: end_newest(office, office.admin),
        lambda: let_change_password(office, owed=True),
        lambda: give_another_role(office),
        lambda: accounts.lock(user_of(office.admin), user_of(office.handler).public_id),
    ]
    for number, change in enumerate(changes):
        his = program(office.app, token_of(office.handler))
        assert his.get("/cases").status_code == 200
        change()
        assert said(his.get("/cases")) == (401, "token-required"), number
        let_change_password(office, owed=False)


def test_a_token_ends_on_its_day_and_its_use_is_noted(anybody: Program, office: Office, clock: Callable[[datetime], None]) -> None:
    secret = token_of(office.handler, days=30)
    assert db.session.scalars(select(AccessToken.used_at)).one() is None
    found = program(office.app, secret)
    for seconds, noted in ((0, 0), (50, 0), (61, 61)):
        clock(MONDAY + timedelta(seconds=seconds))
        assert found.get("/cases").status_code == 200
        db.session.rollback()
        assert db.session.scalars(select(AccessToken.used_at)).one() == MONDAY + timedelta(seconds=noted)
    clock(MONDAY + timedelta(days=30))
    assert said(found.get("/cases"))[0] == 401
    rows = db.session.execute(text("SELECT t::text FROM access_token t")).scalar_one()
    assert secret.removeprefix("lct_") not in rows


def test_a_role_that_reads_what_is_sealed_gets_no_token(anybody: Program, office: Office) -> None:
    for officer in (office.inspector, office.leader, office.desk, office.admin):
        with pytest.raises(NotFound):
            token_of(officer)
        db.session.rollback()


def test_nobody_else_ends_a_token(handlers: Program, office: Office) -> None:
    token_id = db.session.scalars(select(AccessToken.id)).one()
    with pytest.raises(NotFound):
        tokens.end(user_of(office.head), token_id)
    assert handlers.get("/cases").status_code == 200


def test_a_budget_is_the_tokens(handlers: Program, office: Office) -> None:
    act = "/cases/0000000000000000/accept"
    answers = [handlers.post(act, {"version": 1}) for _n in range(61)]
    assert [one.status_code for one in answers] == [404] * 60 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 61
    assert said(program(office.app, token_of(office.stranger)).post(act, {"version": 1}))[0] == 404
