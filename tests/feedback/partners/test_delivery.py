"""Messages that go out: a peer of the test's own listens, checks the signatures and keeps what it gets."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from feedback.accounts.models import Role, User
from feedback.audit.models import AuditEntry
from feedback.cases import desk, ending, handling, partners, transfers
from feedback.cases.conduct import pull
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import Outcome
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from feedback.notices import mail
from feedback.notices.models import Notice, NoticeKind
from feedback.operations.doctor import partners as doctors_view
from feedback.partners import delivery, hook, queries, services, transport
from feedback.partners.models import DeliveryState, SystemState
from feedback.partners.rules import PAUSES, Kind
from feedback.partners.transport import Answer
from tests.feedback.citizen import TEXT
from tests.feedback.officers import ANSWER, Office, case_of, version_of
from tests.feedback.partners.conftest import Link, linked
from tests.feedback.partners.peer import Peer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
#: A port of this machine where nobody listens.
NOBODY = "http://127.0.0.1:9/hook"


def test_a_transfer_lands_with_what_the_agency_may_read_and_no_more(link: Link) -> None:
    office = link.office
    others = linked(office, link.peer, office.other, "Hệ thống của sở")
    link.peer.secret = link.secret
    public_id = office.named()
    assert link.messages == [], "the desk is still reading it"
    desk.forward(
        office.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", office.agency, note="Xin xem sớm.")
    )
    others.work()
    assert link.peer.knocks == [], "another agency's system hears nothing"
    link.work()
    case = case_of(public_id)
    told = link.peer.last
    assert (told["type"], told["data"]["case_id"], told["sequence"]) == ("transfer.sent", public_id, link.messages[0].id)
    shown = told["data"]["case"]
    assert (shown["reference"], shown["text"], shown["state"]) == (case.reference, TEXT, "forwarded")
    assert shown["category"]["code"] == "urban_environment"
    assert shown["received_on"] == local_day(case.received_at).isoformat()
    assert (shown["transfer"]["note"], shown["transfer"]["state"]) == ("Xin xem sớm.", "sent")
    assert shown["url"].endswith(f"/can-bo/ho-so/{public_id}")
    whole = json.dumps(told, ensure_ascii=False)
    assert not [word for word in ("0900000123", "Nguyễn Thị Thử") if word in whole], "who sent it stays in the office"
    facts = db.session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "case.told_partner")).all()
    assert facts == [{"system": link.public_id, "kind": "transfer.sent"}]


def test_only_kinds_that_were_chosen_and_only_systems_that_were_approved(office: Office, peer: Peer) -> None:
    system, _secret = services.propose(
        office.admin.actor, services.Wanted("Hệ thống", office.agency, "https://peer.example", ["case.answered"])
    )
    public_id = office.submitted()
    link = Link(office, peer, system.public_id, "")
    assert link.messages == []
    services.approve(office._hire(Role.ADMINISTRATOR, office.agency).actor, system.public_id)
    handling.approve(office.head.actor, public_id, version_of(public_id))
    assert [row.kind.value for row in link.messages] == ["case.answered"]


def test_nothing_of_a_sealed_case_ever_leaves(link: Link) -> None:
    """Sealed from the start, sealed while its message waits, and sealed between two tries."""
    office = link.office
    office.sealed()
    assert link.messages == []
    waits, tried = office.forwarded(), office.accepted()
    link.peer.moods = [500]
    link.work()
    assert (link.messages[0].tries, link.messages[0].state) == (1, DeliveryState.WAITING)
    for public_id in (waits, tried):
        pull(office.inspector.actor, case_of(public_id).reference or "", [], "Nói về cán bộ của phường.")
    before = len(link.peer.knocks)
    link.work_later()
    assert (len(link.peer.knocks), link.peer.landed, link.messages) == (before, {}, []), "not even a row that would tell of it"
    # Once it is open again the story goes on, and nothing tells that it has been sealed.
    desk.release(office.inspector.actor, waits, version_of(waits), "urban_environment", "Không phải chuyện cán bộ.")
    assert link.messages == []
    office.forwarded(waits)
    link.work()
    assert link.peer.stories == [("transfer.sent", True)]


def test_the_secret_is_changed_without_a_lost_message(link: Link) -> None:
    office, peer = link.office, link.peer
    office.forwarded()
    older, at = peer.secret, now()
    _system, fresh = services.change_secret(office.admin.actor, link.public_id)
    assert [len(delivery.secrets_of(link.row, at + timedelta(days=days))) for days in (6, 8)] == [2, 1], "the older one ends by itself"
    assert base64.b64decode(fresh.removeprefix("whsec_")) not in link.row.secret_sealed
    link.work()  # the peer still has the older one
    peer.secret = fresh
    office.forwarded()
    link.work()
    assert [status for _id, status in peer.knocks] == [204, 204]
    services.drop_older_secret(office.admin.actor, link.public_id)
    peer.secret = older
    office.forwarded()
    link.work()
    assert [status for _id, status in peer.knocks] == [204, 204, 401]
    peer.secret = fresh
    link.work_later()
    assert len(peer.landed) == 3


def test_while_one_worker_sends_another_leaves_and_loses_nothing(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is woken in the middle of the first one's call; what it was woken for goes out all the same, once."""
    office, post = link.office, transport.post
    office.forwarded()
    system_id, app = link.row.id, office.app
    left = threading.Event()

    def wake_another(*args: object) -> object:
        if not left.is_set():
            office.forwarded()

            def second() -> None:
                with app.app_context():
                    delivery.deliver(system_id)
                    db.session.remove()
                left.set()

            thread = threading.Thread(target=second)
            thread.start()
            assert left.wait(60), "it would wait for the first one"
            assert len(link.peer.knocks) == 0
            thread.join()
        return post(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(transport, "post", wake_another)
    link.work()
    assert [status for _id, status in link.peer.knocks] == [204, 204]


def test_the_story_of_a_case_arrives_in_its_order_whatever_fails_between(link: Link) -> None:
    """Later news of a case waits for the earlier; that of other cases does not."""
    office = link.office
    public_id = office.accepted()
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, "Bản nháp chưa duyệt.")
    handling.approve(office.head.actor, public_id, version_of(public_id), ANSWER)
    second = office.forwarded()
    link.peer.moods = [400]
    link.work()
    assert [(one["type"], one["data"]["case_id"]) for one in link.peer.landed.values()] == [("transfer.sent", second)]
    link.work_later()
    story = [one for one in link.peer.landed.values() if one["data"]["case_id"] == public_id]
    assert [one["type"] for one in story] == ["transfer.sent", "case.state_changed", "case.state_changed", "case.answered"]
    numbers = [one["sequence"] for one in story]
    assert numbers == sorted(numbers)
    assert story[-1]["data"]["case"]["answer"] == {"outcome": "solved", "text": ANSWER}
    assert "Bản nháp" not in json.dumps(story, ensure_ascii=False)


def test_who_loses_a_case_learns_that_and_nothing_else(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when everything in Python has forgotten to ask: the message is written under the policies of a handler of the agency."""
    office = link.office
    recalled, withdrawn, returned, handed_on = (office.forwarded() for _n in range(4))
    transfers.accept(office.handler.actor, handed_on, version_of(handed_on))
    link.work()
    link.peer.landed.clear()
    transfers.recall(office.desk.actor, recalled, version_of(recalled), "Gửi nhầm.")
    ending.withdraw(case_of(withdrawn).id, "Tôi thôi không gửi nữa.")
    link.work()
    transfers.give_back(office.handler.actor, returned, version_of(returned), ReturnReason.OTHER_AREA, "Ở phường khác.")
    transfers.hand_on(office.handler.actor, handed_on, version_of(handed_on), office.other, "Việc của sở.")
    transfers.accept(office.stranger.actor, handed_on, version_of(handed_on))
    monkeypatch.setattr(queries, "visible_cases", lambda _actor: select(queries.Case))
    link.work()
    # Under way elsewhere when the fourth was queued, gone when it was sent.
    assert link.peer.stories == [("transfer.recalled", False)] * 2 + [("case.state_changed", False)] * 3
    assert {one["data"]["case_id"] for one in link.peer.landed.values()} == {recalled, withdrawn, returned, handed_on}
    # As a co-agency it sees the report again, as on its page, and nothing of who sent the case where.
    partners.ask_partner(office.stranger.actor, handed_on, version_of(handed_on), office.agency, "Xin cùng xem.", local_day(now()))
    with transaction():
        hook.queue(link.row, Kind.STATE_CHANGED, now(), case_of(handed_on).id)
    link.work()
    shown = link.peer.last["data"]["case"]
    assert (shown["text"], shown["transfer"]) == (TEXT, None)


def test_down_and_up_again_it_is_delivered_once(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    peer, office = link.peer, link.office
    with transaction():
        link.row.address = NOBODY
    public_id = office.forwarded()
    link.work()
    waiting = link.messages[0]
    assert (waiting.state, waiting.tries, waiting.outcome) == (DeliveryState.WAITING, 1, "network")
    at = db.session.scalars(text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'partners.deliver'")).all()
    assert max(one for one in at if one) >= link.row.rest_until, "somebody looks again when the rest is over"
    with transaction():
        link.row.address = peer.address
    second = office.forwarded()
    link.work()
    assert peer.knocks == [], "not before its rest is over, whatever else waits"
    peer.moods = [503, 503]
    link.work_later()
    assert [status for _id, status in peer.knocks] == [503], "one try for all that waits"
    with monkeypatch.context() as crash:
        crash.setattr(delivery, "_settle", lambda *_args: 1 / 0)
        peer.moods = []
        with pytest.raises(ZeroDivisionError):
            link.work_later()
    link.work_later()
    link.work_later()
    assert [status for _id, status in peer.knocks] == [503, 204, 204, 204]
    assert [knock[0] for knock in peer.knocks][:3] == [waiting.message_id] * 3, "the same id on every try, also after a crash"
    assert [one["data"]["case_id"] for one in peer.landed.values()] == [public_id, second]


def test_what_cannot_be_delivered_is_given_up_and_told(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    office = link.office
    with transaction():
        db.session.get_one(User, office.admin.actor.user_id).email = "admin@city.example"
    office.forwarded()
    office.forwarded()
    with transaction():
        db.session.execute(text("UPDATE partner_delivery SET tries = :tries"), {"tries": len(PAUSES)})
    link.peer.moods = [500, 500]
    link.work()
    link.work_later()
    assert [(row.state, row.tries) for row in link.messages] == [(DeliveryState.GIVEN_UP, len(PAUSES) + 1)] * 2
    told = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.PARTNER_UNREACHABLE)).all()
    assert len(told) == 1, "once a day, not once a message"
    letter = mail.compose(office.app.extensions["config"], told[0], "admin@city.example", "vi")
    assert (letter["Subject"], "/can-bo/quan-tri/doi-tac" in letter.get_content()) == ("Có một kết nối cần Ông/Bà kiểm tra", True)
    assert ["2 messages" in one.what for one in doctors_view()] == [True]
    assert services.send_again(office.admin.actor, link.public_id, link.messages[0].id)
    link.work()
    assert link.messages[0].state is DeliveryState.SENT
    assert not services.send_again(office.admin.actor, link.public_id, link.messages[0].id)
    with transaction():
        db.session.execute(text("UPDATE partner_delivery SET ended_at = ended_at - interval '91 days'"))
    office.forwarded()
    services.forget()
    assert [row.state for row in link.messages] == [DeliveryState.WAITING], "what ended long ago is forgotten, what waits is not"
    # Ended by an administrator while its last message was on its way: it stays ended.
    monkeypatch.setattr(transport, "post", lambda *_args: services.end(office.admin.actor, link.public_id) or Answer(204))
    link.work()
    assert [(row.state, row.tries) for row in link.messages] == [(DeliveryState.GIVEN_UP, 0)]


def test_gone_pauses_and_resuming_sends_what_waited(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    office = link.office
    office.forwarded()
    link.peer.moods = [410]
    link.work()
    assert link.row.state is SystemState.PAUSED
    office.forwarded()
    link.work_later()
    assert (link.peer.landed, list(doctors_view())) == ({}, [])
    with transaction():
        db.session.execute(text("UPDATE partner_delivery SET at = now() - interval '25 hours'"))
    assert "«Một cửa Phường Thử»" in next(iter(doctors_view())).what
    services.resume(office.admin.actor, link.public_id)
    monkeypatch.setattr(delivery, "BATCH", 1)
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'partners.deliver'")
    before = db.session.scalar(jobs)
    link.work()
    assert (len(link.peer.landed), db.session.scalar(jobs)) == (1, before + 1), "a long queue lets other work through"
    link.work()
    assert link.peer.stories == [("transfer.sent", True)] * 2
    assert list(doctors_view()) == []
