"""Messages that go out: a peer of the test's own listens, checks the signatures and keeps what it gets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from feedback.accounts.models import Role, User
from feedback.audit.models import AuditEntry
from feedback.cases import desk, ending, handling, partners, transfers
from feedback.cases.conduct import pull
from feedback.cases.handover_models import ReturnReason
from feedback.cases.models import Outcome
from feedback.city import queries as city
from feedback.db import db, now, transaction
from feedback.localtime import local_day
from feedback.notices.models import Notice, NoticeKind
from feedback.operations.doctor import partners as doctors_view
from feedback.partners import delivery, queries, services, transport
from feedback.partners.models import DeliveryState, SystemState
from feedback.partners.rules import PAUSES
from tests.feedback.citizen import TEXT
from tests.feedback.officers import ANSWER, Office, case_of, version_of
from tests.feedback.partners.conftest import Link, linked
from tests.feedback.partners.peer import Peer, listening

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
#: A port of this machine where nobody listens.
NOBODY = "http://127.0.0.1:9/hook"


def test_a_transfer_lands_with_what_the_agency_may_read_and_no_more(link: Link) -> None:
    office = link.office
    public_id = office.named()
    assert link.messages == [], "the desk is still reading it"
    desk.forward(
        office.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", office.agency, note="Xin xem sớm.")
    )
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


def test_the_story_of_a_case_arrives_in_its_order(link: Link) -> None:
    office = link.office
    public_id = office.forwarded()
    transfers.accept(office.handler.actor, public_id, version_of(public_id))
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, "Bản nháp chưa duyệt.")
    handling.approve(office.head.actor, public_id, version_of(public_id), ANSWER)
    link.work()
    assert [kind for kind, _case in link.peer.stories] == [
        "transfer.sent",
        "case.state_changed",
        "case.state_changed",
        "case.answered",
    ]
    numbers = [one["sequence"] for one in link.peer.landed.values()]
    assert numbers == sorted(numbers)
    assert link.peer.last["data"]["case"]["answer"] == {"outcome": "solved", "text": ANSWER}
    assert "Bản nháp" not in json.dumps(list(link.peer.landed.values()), ensure_ascii=False)


def test_who_loses_a_case_learns_that_and_nothing_else(link: Link) -> None:
    office = link.office
    recalled, withdrawn, returned, handed_on = (office.forwarded() for _n in range(4))
    transfers.accept(office.handler.actor, handed_on, version_of(handed_on))
    link.work()
    link.peer.landed.clear()
    transfers.recall(office.desk.actor, recalled, version_of(recalled), "Gửi nhầm.")
    ending.withdraw(case_of(withdrawn).id, "Tôi thôi không gửi nữa.")
    transfers.give_back(office.handler.actor, returned, version_of(returned), ReturnReason.OTHER_AREA, "Ở phường khác.")
    transfers.hand_on(office.handler.actor, handed_on, version_of(handed_on), office.other, "Việc của sở.")
    transfers.accept(office.stranger.actor, handed_on, version_of(handed_on))
    link.work()
    assert link.peer.stories == [
        ("transfer.recalled", False),
        ("transfer.recalled", False),
        ("case.state_changed", False),
        ("case.state_changed", False),  # under way elsewhere when it was queued, gone when it was sent
        ("case.state_changed", False),
    ]
    assert {one["data"]["case_id"] for one in link.peer.landed.values()} == {recalled, withdrawn, returned, handed_on}


def test_the_referees_word_brings_a_case_and_a_co_agency_is_told_nothing(link: Link) -> None:
    office = link.office
    public_id = office.report()
    desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", office.other))
    transfers.accept(office.stranger.actor, public_id, version_of(public_id))
    partners.ask_partner(office.stranger.actor, public_id, version_of(public_id), office.agency, "Xin cùng xem.", local_day(now()))
    assert link.messages == []


def test_only_kinds_that_were_chosen_and_only_systems_that_were_approved(office: Office, peer: Peer) -> None:
    system, _secret = services.propose(
        office.admin.actor, services.Wanted("Hệ thống", office.agency, "https://peer.example", ["case.answered"])
    )
    public_id = office.submitted()
    link = Link(office, peer, system.public_id, office.admin.actor)
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


def test_the_message_itself_asks_the_database_as_the_agency(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same when everything in Python has forgotten to ask: policies show a handler no case of another agency."""
    public_id = link.office.forwarded()
    transfers.recall(link.office.desk.actor, public_id, version_of(public_id), "Gửi nhầm.")
    monkeypatch.setattr(queries, "visible_cases", lambda _actor: select(queries.Case))
    link.work()
    assert link.peer.stories == [("transfer.sent", False), ("transfer.recalled", False)]


def test_down_and_up_again_it_is_delivered_once(office: Office, peer: Peer) -> None:
    link = linked(office, peer)
    with transaction():
        link.row.address = NOBODY
    public_id = office.forwarded()
    link.work()
    waiting = link.messages[0]
    assert (waiting.state, waiting.tries, waiting.outcome) == (DeliveryState.WAITING, 1, "network")
    with transaction():
        link.row.address = peer.address
    link.work()
    assert peer.knocks == [], "not before its pause is over"
    peer.moods = [503]
    link.work_later()
    link.work_later()
    link.work_later()
    assert [status for _id, status in peer.knocks] == [503, 204]
    assert list(peer.landed) == [waiting.message_id] == [peer.knocks[0][0]], "the same id on every try"
    assert peer.last["data"]["case_id"] == public_id
    assert link.messages[0].state is DeliveryState.SENT


def test_a_copy_that_a_crash_leaves_has_the_same_id(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    link.office.forwarded()
    with monkeypatch.context() as crash:
        crash.setattr(delivery, "_settle", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            link.work()
    link.work()
    assert [status for _id, status in link.peer.knocks] == [204, 204]
    assert len(link.peer.landed) == 1


def test_later_news_of_a_case_waits_for_the_earlier_and_other_cases_do_not(link: Link) -> None:
    office = link.office
    first, second = office.accepted(), office.forwarded()
    link.peer.moods = [400]
    link.work()
    assert [(one["type"], one["data"]["case_id"]) for one in link.peer.landed.values()] == [("transfer.sent", second)]
    link.work_later()
    assert [one["type"] for one in link.peer.landed.values() if one["data"]["case_id"] == first] == ["transfer.sent", "case.state_changed"]


def test_a_system_that_does_not_answer_is_left_alone_for_a_while(link: Link) -> None:
    """One try for all that waits, so that the worker is free for others."""
    link.office.forwarded()
    link.office.forwarded()
    link.peer.moods = [502, 502]
    link.work()
    link.work()
    assert len(link.peer.knocks) == 1
    at = db.session.scalars(text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'partners.deliver'")).all()
    assert max(one for one in at if one) >= link.row.rest_until, "somebody looks again when the rest is over"


def test_given_up_in_the_end_and_administrators_are_told_once(link: Link) -> None:
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
    kinds = db.session.scalars(select(Notice.kind).where(Notice.kind == NoticeKind.PARTNER_UNREACHABLE)).all()
    assert len(kinds) == 1
    assert ["2 messages" in one.what for one in doctors_view()] == [True]
    assert services.send_again(office.admin.actor, link.public_id, link.messages[0].id)
    link.work()
    assert link.messages[0].state is DeliveryState.SENT
    assert not services.send_again(office.admin.actor, link.public_id, link.messages[0].id)


def test_gone_pauses_and_resuming_sends_what_waited(link: Link) -> None:
    office = link.office
    office.forwarded()
    link.peer.moods = [410]
    link.work()
    assert link.row.state is SystemState.PAUSED
    office.forwarded()
    link.work_later()
    assert link.peer.landed == {}
    assert list(doctors_view()) == []
    with transaction():
        db.session.execute(text("UPDATE partner_delivery SET at = now() - interval '25 hours'"))
    assert "«Một cửa Phường Thử»" in next(iter(doctors_view())).what
    services.resume(office.admin.actor, link.public_id)
    link.work()
    assert link.peer.stories == [("transfer.sent", True)] * 2
    assert list(doctors_view()) == []


def test_the_secret_is_changed_without_a_lost_message(link: Link) -> None:
    office, peer = link.office, link.peer
    office.forwarded()
    older = peer.secret
    _system, fresh = services.change_secret(office.admin.actor, link.public_id)
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


def test_the_older_secret_ends_by_itself(link: Link, clock: Callable[..., None]) -> None:
    services.change_secret(link.office.admin.actor, link.public_id)
    at = now()
    assert len(delivery.secrets_of(link.row, at)) == 2
    assert len(delivery.secrets_of(link.row, at + timedelta(days=7))) == 1
    assert link.peer.secret.encode() not in link.row.secret_sealed


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


def test_a_long_queue_lets_other_work_through(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 1)
    link.office.forwarded()
    link.office.forwarded()
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'partners.deliver'")
    before = db.session.scalar(jobs)
    link.work()
    assert (len(link.peer.landed), db.session.scalar(jobs)) == (1, before + 1)


def test_what_is_old_is_forgotten(link: Link) -> None:
    link.office.forwarded()
    link.work()
    with transaction():
        db.session.execute(text("UPDATE partner_delivery SET ended_at = ended_at - interval '91 days'"))
    link.office.forwarded()
    services.forget()
    assert [row.state for row in link.messages] == [DeliveryState.WAITING]


def test_another_agencys_system_hears_nothing(link: Link) -> None:
    with listening(Peer()) as theirs:
        others = linked(link.office, theirs, link.office.other, "Hệ thống của sở")
        link.office.accepted()
        others.work()
        link.work()
        assert (theirs.knocks, len(link.peer.landed)) == ([], 2)
    assert city.triage_agency().id not in {others.row.agency_id, link.row.agency_id}
