"""What a partner system may do at our door: what a handler of its agency may, once, signed, and never more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from feedback.accounts import services as accounts
from feedback.accounts.models import User
from feedback.audit.models import AuditEntry
from feedback.cases import handling, records, transfers
from feedback.cases.conduct import pull
from feedback.cases.handover_models import ReturnReason, Transfer, TransferState
from feedback.cases.models import Answer, AnswerState, Outcome
from feedback.cases.workflow import State
from feedback.db import db, now, transaction
from feedback.errors import NotFound
from feedback.partners import services
from feedback.partners.models import Incoming
from tests.browsers import served
from tests.feedback.officers import ANSWER, Office, case_of, version_of
from tests.feedback.partners.conftest import Link
from tests.feedback.partners.peer import Peer, sign

SAY = Callable[..., tuple[int, Any]]
NONSENSE = (
    *(b"{", b"[]", b"\xff", b"[" * 100_000, b'{"type": 1, "data": {}}', b'{"type": "transfer.accepted", "data": {"case_id": 1}}'),
    b'{"type": "transfer.accepted", "data": {}}',
    b'{"type": "transfer.accepted", "data": {"case_id": "\\u0000"}}',
    b'{"type": "case.approve", "data": {"case_id": "0000000000000000"}}',
)


@pytest.fixture
def say(quiet: Link) -> SAY:
    """A message from the partner system, signed by its own code; gives the status and what was said."""
    client = FlaskClient(quiet.office.app, quiet.office.app.response_class)
    numbers = iter(range(1000))

    def send(kind: object, data: object = None, *, path: str = "", shift: int = 0, key: str = "", body: bytes = b"", **facts: str) -> Any:
        message_id = facts.pop("message_id", f"msg_{next(numbers)}")
        seconds = str(int(now().timestamp()) + shift)
        raw = body or json.dumps({"type": kind, "data": facts if data is None else data}).encode()
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": sign(key or quiet.peer.secret, message_id, seconds, raw),
            "Accept-Language": "en" if facts.get("text") == "in English" else "",
        }
        answer = client.post(path or f"/ket-noi/doi-tac/{quiet.public_id}/tra-loi", data=raw, headers=headers)
        db.session.expire_all()
        return answer.status_code, answer.json

    return send


@pytest.mark.enable_socket
def test_a_transfer_lands_in_the_other_system_which_accepts_and_the_case_moves(link: Link) -> None:
    """The whole way over sockets, with a peer that shares no code with the application."""
    public_id = link.office.forwarded()
    link.work()
    with served(link.office.app) as address:
        door = f"{address}/ket-noi/doi-tac/{link.public_id}/tra-loi"
        theirs = link.peer.last["data"]["case_id"]
        assert link.peer.say(door, "transfer.accepted", case_id=theirs) == (200, {"done": True})
    case = case_of(public_id)
    assert (case.state, case.agency_id, case.handler_id) == (State.IN_PROGRESS, link.office.agency, link.row.account_id)
    assert records.transfers(case.id)[-1].state is TransferState.ACCEPTED
    link.work()
    assert link.peer.last["data"]["case"]["state"] == "in_progress", "it hears of its own act as of any other"
    seen = link.office.browser(link.office.head).get(f"/can-bo/ho-so/{public_id}")
    assert "Một cửa Phường Thử" in seen.text, "the history names who did it"
    acts = db.session.scalars(select(AuditEntry.actor_user_id).where(AuditEntry.action == "case.accept")).all()
    assert acts == [link.row.account_id]


def test_a_return_needs_the_same_reason_as_on_the_page_and_nonsense_is_named(quiet: Link, say: SAY) -> None:
    public_id = quiet.office.forwarded()
    for facts, field in (
        ({"reason": "Ở phường khác."}, "code"),
        ({"code": "because", "reason": "Ở phường khác."}, "code"),
        ({"code": "other_area"}, "reason"),
        ({"code": "other_area", "reason": "\u200b \x00"}, "reason"),
        ({"code": "other_area", "reason": "a" * 2001}, "reason"),
    ):
        status, said = say("transfer.returned", case_id=public_id, **facts)
        assert (status, said["error"]["code"], list(said["error"]["fields"])) == (422, "invalid", [field])
    assert case_of(public_id).state is State.FORWARDED
    assert say("transfer.returned", case_id=public_id, code="other_area", reason="Ở phường\x00 khác.")[0] == 200
    ended = db.session.scalars(select(Transfer)).one()
    assert (ended.return_reason, ended.end_note) == (ReturnReason.OTHER_AREA, "Ở phường khác.")
    status, said = say("transfer.accepted", case_id=public_id)
    assert (status, said["error"]["code"]) == (404, "not_found"), "it is not the agency's any more"
    for body in NONSENSE:
        status, said = say(None, body=body)
        assert (status, said["error"]["code"]) == (422, "invalid"), body[:60]
        assert said["error"]["message"]
    assert say(None, body=b" " * (128 * 1024 + 1))[0] == 413


def test_an_answer_waits_for_the_head_and_never_goes_out_by_itself(quiet: Link, say: SAY) -> None:
    office = quiet.office
    public_id = office.accepted()
    for facts, field in (({"outcome": "done", "text": ANSWER}, "outcome"), ({"outcome": "solved", "text": "a" * 10001}, "text")):
        assert list(say("answer.written", case_id=public_id, **facts)[1]["error"]["fields"]) == [field]
    status, said = say("answer.written", case_id=public_id, outcome="solved", text="Đã xong ngày [[ngày]].")
    assert status == 422
    assert "“ngày”" in said["error"]["message"]
    assert db.session.scalars(select(Answer)).all() == []
    assert say("answer.written", case_id=public_id, outcome="solved", text=ANSWER)[0] == 200
    case, answer = case_of(public_id), db.session.scalars(select(Answer)).one()
    assert (case.state, case.answered_at) == (State.AWAITING_APPROVAL, None)
    assert (answer.state, answer.text, answer.author_id) == (AnswerState.SUBMITTED, ANSWER, quiet.row.account_id)
    status, said = say("answer.written", case_id=public_id, outcome="solved", text="in English")
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert said["error"]["message"] == "The case has moved on to another step, so this can no longer be done."
    handling.approve(office.head.actor, public_id, version_of(public_id))
    assert case_of(public_id).state is State.ANSWERED
    # The draft of an officer is not written over.
    public_id = office.accepted()
    handling.save_draft(office.handler.actor, public_id, version_of(public_id), Outcome.PARTLY, "Tôi đang viết dở.")
    status, said = say("answer.written", case_id=public_id, outcome="solved", text=ANSWER)
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert "đang soạn" in said["error"]["message"]
    assert db.session.scalars(select(Answer.plain_text).where(Answer.state == AnswerState.DRAFT)).all() == ["Tôi đang viết dở."]


def test_a_message_works_once(quiet: Link, say: SAY, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = quiet.office.forwarded(), quiet.office.forwarded()
    assert say("transfer.accepted", case_id=first, message_id="msg_a")[0] == 200
    for case_id in (first, second):
        status, said = say("transfer.accepted", case_id=case_id, message_id="msg_a")
        assert (status, said["error"]["code"]) == (409, "replayed")
    assert case_of(second).state is State.FORWARDED
    # One that was refused is spent as well.
    assert say("transfer.returned", case_id=second, message_id="msg_b")[0] == 422
    assert say("transfer.returned", case_id=second, message_id="msg_b", code="other", reason="Lý do.")[1]["error"]["code"] == "replayed"
    assert say("answer.written", case_id=second, outcome="solved", text=ANSWER, message_id="msg_c")[1]["error"]["code"] == "conflict"
    assert say("transfer.accepted", case_id=second, message_id="msg_c")[1]["error"]["code"] == "replayed"
    kept = db.session.execute(select(Incoming.message_id, Incoming.kind, Incoming.done).order_by(Incoming.id)).all()
    assert [tuple(row) for row in kept] == [
        ("msg_a", "transfer.accepted", True),
        ("msg_b", "transfer.returned", False),
        ("msg_c", "answer.written", False),
    ]
    # A crash in the middle leaves neither the act nor the id, so that trying again helps.
    quiet.office.app.config["PROPAGATE_EXCEPTIONS"] = False
    with monkeypatch.context() as broken:
        broken.setattr(transfers, "end", lambda *_args: 1 / 0)
        assert say("transfer.accepted", case_id=second, message_id="msg_d")[0] == 500
    assert case_of(second).state is State.FORWARDED
    assert say("transfer.accepted", case_id=second, message_id="msg_d")[0] == 200


def test_only_its_own_signature_of_this_minute_opens_the_door(quiet: Link, say: SAY, clock: Callable[[datetime], None]) -> None:
    public_id, secret = quiet.office.forwarded(), quiet.peer.secret
    foreign = "whsec_" + "A" * 43 + "="
    unknown = say("transfer.accepted", case_id=public_id, path="/ket-noi/doi-tac/0000000000000000/tra-loi")
    for wrong in (
        say("transfer.accepted", case_id=public_id, key=foreign),
        say("transfer.accepted", case_id=public_id, shift=-301),
        say("transfer.accepted", case_id=public_id, shift=302),
        say("transfer.accepted", case_id=public_id, message_id="msg a"),
    ):
        assert wrong == unknown == (401, wrong[1])
        assert wrong[1]["error"]["code"] == "signature"
    client = quiet.office.app.test_client()
    bare = client.post(f"/ket-noi/doi-tac/{quiet.public_id}/tra-loi", json={"type": "transfer.accepted", "data": {"case_id": public_id}})
    assert (bare.status_code, bare.json) == unknown
    assert db.session.scalars(select(Incoming)).all() == []
    services.change_secret(quiet.office.admin.actor, quiet.public_id)
    # A stranger cannot use up the budget of a system.
    clock(now() + timedelta(seconds=1))
    path = f"/ket-noi/doi-tac/{quiet.public_id}/tra-loi"
    statuses = [client.post(path, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code for _n in range(121)]
    assert (set(statuses[:120]), statuses[120]) == ({401}, 429)
    assert client.post(path, environ_base={"REMOTE_ADDR": "192.0.2.9"}).json["error"]["code"] == "request"
    assert say("transfer.accepted", case_id=public_id, key=secret)[0] == 200, "the former one is good for a while"
    # Paused or over, it does nothing.
    public_id, admin = quiet.office.forwarded(), quiet.office.admin.actor
    services.pause(admin, quiet.public_id)
    status, said = say("transfer.accepted", case_id=public_id)
    assert (status, said["error"]["code"]) == (403, "not_allowed")
    services.end(admin, quiet.public_id)
    assert say("transfer.accepted", case_id=public_id)[0] == 401
    assert case_of(public_id).state is State.FORWARDED


def test_what_is_not_the_agencys_is_not_there(quiet: Link, say: SAY) -> None:
    office = quiet.office
    held, sealed, pulled = office.report(), office.sealed(), office.accepted()
    pull(office.inspector.actor, case_of(pulled).reference or "", [], "Nói về cán bộ.")
    before = [case_of(one).version for one in (held, sealed, pulled)]
    answers = [say("answer.written", case_id=one, outcome="solved", text=ANSWER) for one in (held, sealed, pulled, "0" * 16)]
    assert {json.dumps(one) for one in answers} == {json.dumps(answers[0])}
    assert (answers[0][0], answers[0][1]["error"]["code"]) == (404, "not_found")
    assert "Không có hồ sơ này" in answers[0][1]["error"]["message"]
    assert [case_of(one).version for one in (held, sealed, pulled)] == before


def test_the_account_is_no_way_in(quiet: Link) -> None:
    account = db.session.get_one(User, quiet.row.account_id)
    office: Office = quiet.office
    boss = db.session.get_one(User, office.admin.actor.user_id)
    assert account.sign_in_name not in office.browser(office.admin).get("/can-bo/quan-tri/tai-khoan?tim=he-thong").text
    for act in (accounts.open_again, accounts.reset_password, accounts.lock):
        with pytest.raises(NotFound):
            act(boss, account.public_id)
    for password in ("-", ""):
        with pytest.raises(accounts.WrongSignIn):
            accounts.sign_in(account.sign_in_name, password, "here")
    with pytest.raises(IntegrityError, match="service_never_opens"), transaction():
        account.active = True


def test_the_peer_of_these_tests_refuses_what_is_not_signed() -> None:
    peer = Peer("whsec_" + "A" * 43 + "=")
    seconds = str(int(now().timestamp()))
    good = {"webhook-id": "a", "webhook-timestamp": seconds, "webhook-signature": sign(peer.secret, "a", seconds, b"{}")}
    assert peer.take(good, b"{}") == 204
    assert peer.take(good, b"[]") == 401
    assert peer.take({**good, "webhook-timestamp": "1"}, b"{}") == 401
