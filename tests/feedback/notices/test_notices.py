"""Notices: queued with the act, sent once, without content or names, never to somebody anonymous. A real mail server listens."""

from __future__ import annotations

import dataclasses
import smtplib
import socket
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from feedback.accounts.models import Role, User
from feedback.cases.access import CITIZEN as SENDER
from feedback.cases.access import Actor
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case
from feedback.cases.sorting import classify_case
from feedback.cases.workflow import State
from feedback.codes import new_public_id
from feedback.db import db, now, transaction
from feedback.notices import services
from feedback.notices.mail import short_words
from feedback.notices.models import Notice, NoticeChannel, NoticeKind, NoticeState
from feedback.notices.words import CITIZEN, KINDS, OFFICER
from tests.feedback.accounts.people import agency_id, officer
from tests.feedback.citizen import BRIBE, PlainClassifier

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
CONTENT = "Rác ở đầu hẻm Hoa Sữa ba ngày nay chưa có ai thu gom."
PERSON = ReportContact(name="Lê Thị Thử Nghiệm", phone="0903000111", email="thu.nghiem@example.vn")
CASE = "abcdefgh12345678"


class Postbox:
    """What arrived, and whether the server refuses for now."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refusing = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 — the library's name
        if self.refusing:
            return "451 try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 OK"


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A mail server of the test's own, and the application told to use it."""
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    config = app.extensions["config"]
    app.extensions["config"] = dataclasses.replace(
        config, smtp_host="127.0.0.1", smtp_port=port, mail_from="phan-anh@city.example", public_url="https://phananh.example"
    )
    yield box
    controller.stop()


def case(contact: ReportContact | None = None, language: str = "vi", words: str = CONTENT) -> Case:
    """A report that the machine has read."""
    current_app.extensions["classifier"] = PlainClassifier()
    report = Report(text=words, contact=contact or ReportContact(), language=language)
    submitted = submit_report(report, new_public_id().encode(), SENDER)
    classify_case(submitted.case_id)
    return db.session.get_one(Case, submitted.case_id)


def states() -> list[tuple[NoticeKind, NoticeState]]:
    db.session.expire_all()
    return [(row.kind, row.state) for row in db.session.scalars(select(Notice).order_by(Notice.id))]


def queued() -> list[int]:
    rows = db.session.scalars(text("SELECT args->>'notice_id' FROM procrastinate_jobs WHERE task_name = 'notices.send' ORDER BY id"))
    return [int(value) for value in rows]


def tell_citizen(about: Case) -> None:
    with transaction():
        services.notify_citizen(about, NoticeKind.ANSWERED)


def tell_agency(kind: NoticeKind = NoticeKind.CASE_WAITS) -> None:
    with transaction():
        services.notify_agency(agency_id(), kind, CASE)


def send_all() -> None:
    for notice_id in queued():
        services.send(notice_id)


def test_officers_with_an_address_and_the_right_role_are_told(app: Flask, postbox: Postbox) -> None:
    officer("an", Role.HANDLER, email="an@agency.example")
    officer("binh", Role.AGENCY_HEAD, email="binh@agency.example")
    officer("chi", Role.HANDLER)
    officer("dung", Role.FRONT_DESK, email="dung@agency.example")
    locked = officer("em", Role.HANDLER, email="em@agency.example")
    with transaction():
        locked.active = False
    tell_agency()
    send_all()
    assert sorted(str(message["To"]) for message in postbox.arrived) == ["an@agency.example", "binh@agency.example"]
    assert states() == [(NoticeKind.CASE_WAITS, NoticeState.SENT)] * 2


def test_an_officers_mail_says_that_a_case_waits_and_no_more(app: Flask, postbox: Postbox) -> None:
    officer("an", Role.HANDLER, email="an@agency.example")
    tell_agency()
    send_all()
    message = postbox.arrived[0]
    assert message["Subject"] == "Có một hồ sơ đang chờ Ông/Bà"
    assert message["From"] == "phan-anh@city.example"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert f"https://phananh.example/can-bo/ho-so/{CASE}" in body
    assert "đang chờ thụ lý" in body
    assert "Cán bộ an" not in body


@pytest.mark.parametrize(("language", "subject"), [("vi", "Có tin mới về phản ánh của Ông/Bà"), ("en", None)])
def test_a_citizens_mail_has_no_code_no_content_no_name(app: Flask, postbox: Postbox, language: str, subject: str | None) -> None:
    about = case(PERSON, language)
    tell_citizen(about)
    send_all()
    message = postbox.arrived[0]
    assert message["To"] == PERSON.email
    body = message.get_content()
    assert "https://phananh.example/tra-cuu" in body.splitlines()
    if subject:
        assert message["Subject"] == subject
    else:
        assert "Ông/Bà" not in body
    whole = str(message["Subject"]) + body
    for private in ("Hoa Sữa", "Thử Nghiệm", "0903000111", about.public_id):
        assert private not in whole


def test_nobody_anonymous_and_nobody_in_a_sealed_case_is_written_to(app: Flask, postbox: Postbox) -> None:
    tell_citizen(case())
    tell_citizen(case(PERSON, words=BRIBE))
    assert states() == []
    assert queued() == []


def test_who_left_no_address_is_not_written_to(app: Flask, postbox: Postbox) -> None:
    tell_citizen(case(ReportContact(phone="0903000111")))
    send_all()
    assert states() == [(NoticeKind.ANSWERED, NoticeState.NO_ADDRESS)]
    assert postbox.arrived == []


def test_an_act_undone_tells_nobody(app: Flask) -> None:
    officer("an", Role.HANDLER, email="an@agency.example")

    def act_and_fail() -> None:
        with transaction():
            services.notify_agency(agency_id(), NoticeKind.CASE_WAITS, CASE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()
    assert states() == []
    assert queued() == []


def test_a_second_run_sends_nothing(app: Flask, postbox: Postbox) -> None:
    officer("an", Role.HANDLER, email="an@agency.example")
    tell_agency()
    send_all()
    send_all()
    assert len(postbox.arrived) == 1
    services.send(987654)


def test_a_refusing_server_is_tried_again_with_the_same_message(app: Flask, postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash after the server took the mail and before we noted it: the copy carries the same Message-ID, byte for byte the same mail."""
    officer("an", Role.HANDLER, email="an@agency.example")
    tell_agency()
    postbox.refusing = True
    with pytest.raises(smtplib.SMTPDataError):
        send_all()
    assert states() == [(NoticeKind.CASE_WAITS, NoticeState.WAITING)]
    postbox.refusing = False
    monkeypatch.setattr(services, "NoticeState", BrokenAfterwards())
    with pytest.raises(RuntimeError):
        send_all()
    monkeypatch.undo()
    send_all()
    first, second = postbox.arrived
    assert first["Message-ID"] == second["Message-ID"] == f"<notice-{queued()[0]}@phananh.example>"
    assert postbox.raw[0] == postbox.raw[1]
    assert states() == [(NoticeKind.CASE_WAITS, NoticeState.SENT)]


class BrokenAfterwards:
    """Fails at the moment when a sent mail is noted."""

    WAITING = NoticeState.WAITING

    def __getattr__(self, _name: str) -> NoticeState:
        raise RuntimeError


def test_without_a_mail_server_notices_are_held_and_nothing_fails(app: Flask) -> None:
    officer("an", Role.HANDLER, email="an@agency.example")
    tell_agency()
    send_all()
    assert states() == [(NoticeKind.CASE_WAITS, NoticeState.HELD)]


def test_an_officer_who_left_is_not_written_to(app: Flask, postbox: Postbox) -> None:
    user = officer("an", Role.HANDLER, email="an@agency.example")
    with transaction():
        services.notify_officer(user.id, NoticeKind.ANSWER_SENT_BACK, CASE)
        db.session.get_one(User, user.id).active = False
    send_all()
    assert states() == [(NoticeKind.ANSWER_SENT_BACK, NoticeState.NO_ADDRESS)]
    assert postbox.arrived == []


def test_every_kind_says_its_own_sentence(app: Flask, postbox: Postbox) -> None:
    user = officer("an", Role.HANDLER, email="an@agency.example")
    kinds = [kind for kind in NoticeKind if kind in OFFICER and kind is not NoticeKind.DIGEST]
    with transaction():
        for kind in kinds:
            services.notify_officer(user.id, kind, CASE)
        assert services.queue_digest(user.id, date(2026, 3, 2), {"overdue": 4, "today": 0})
        assert not services.queue_digest(user.id, date(2026, 3, 2), {"overdue": 9})
        assert services.queue_digest(user.id, date(2026, 3, 3), {"today": 2})
    kinds += [NoticeKind.DIGEST, NoticeKind.DIGEST]
    send_all()
    digests = [message.get_content() for message in postbox.arrived if "sáng nay" in str(message["Subject"])]
    assert [("- Quá hạn: 4" in text, "- Đến hạn hôm nay: 2" in text) for text in digests] == [(True, False), (False, True)]
    assert len({message.get_content() for message in postbox.arrived}) == len(kinds)


@pytest.mark.parametrize(
    "change", ["UPDATE notice SET sent_at = now()", "UPDATE notice SET user_id = NULL", "UPDATE notice SET state = 'lost'"]
)
def test_the_database_refuses_half_truths(app: Flask, change: str) -> None:
    officer("an", Role.HANDLER, email="an@agency.example")
    tell_agency()
    with pytest.raises(IntegrityError):
        db.session.execute(text(change))
    db.session.rollback()


def test_every_kind_has_its_words_and_one_reader() -> None:
    assert set(OFFICER) | set(CITIZEN) == set(NoticeKind) == set(KINDS)
    assert not set(OFFICER) & set(CITIZEN)


@pytest.mark.parametrize("kind", sorted(CITIZEN))
def test_senders_are_told_each_kind_without_content(app: Flask, postbox: Postbox, kind: NoticeKind) -> None:
    named, silent = case(PERSON), case()
    with transaction():
        for about in (named, silent):
            services.notify_citizen(about, kind)
    send_all()
    assert len(postbox.arrived) == 1, "nobody writes to an anonymous sender"
    text = postbox.arrived[0].get_content()
    assert str(CITIZEN[kind]) in text
    assert CONTENT not in text
    assert named.public_id not in text


def test_a_failure_is_counted_without_its_words_and_can_be_sent_again(app: Flask, postbox: Postbox) -> None:
    boss = officer("quan.tri", Role.ADMINISTRATOR)
    officer("an", Role.HANDLER, email="an@agency.example")
    tell_agency()
    postbox.refusing = True
    [notice_id] = queued()
    with pytest.raises(smtplib.SMTPException):
        services.send(notice_id)
    row = db.session.get_one(Notice, notice_id)
    assert (row.state, row.tries, row.last_error) == (NoticeState.WAITING, 1, "SMTPDataError")
    postbox.refusing = False
    assert services.send_again(Actor.of(boss), notice_id)
    send_all()
    assert len(postbox.arrived) == 1
    assert not services.send_again(Actor.of(boss), notice_id)


def test_who_left_a_telephone_only_gets_a_short_message_where_there_is_a_way(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.extensions["config"] = dataclasses.replace(app.extensions["config"], sms_sender="log")
    tell_citizen(case(dataclasses.replace(PERSON, email="")))
    send_all()
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.state, notice.channel) == (NoticeState.SENT, NoticeChannel.SMS)
    line = capsys.readouterr().err + capsys.readouterr().out
    assert PERSON.phone not in line
    assert PERSON.name not in line


def test_zalo_comes_before_sms_and_mail_before_both(app: Flask, postbox: Postbox) -> None:
    app.extensions["config"] = dataclasses.replace(app.extensions["config"], sms_sender="log", zalo_sender="log")
    tell_citizen(case(dataclasses.replace(PERSON, email="")))
    tell_citizen(case(PERSON))
    send_all()
    channels = [row.channel for row in db.session.scalars(select(Notice).order_by(Notice.id))]
    assert channels == [NoticeChannel.ZALO, NoticeChannel.MAIL]
    assert len(postbox.arrived) == 1


def test_without_a_way_to_telephones_nothing_is_sent(app: Flask, postbox: Postbox) -> None:
    tell_citizen(case(dataclasses.replace(PERSON, email="")))
    send_all()
    assert states() == [(NoticeKind.ANSWERED, NoticeState.NO_ADDRESS)]


def test_a_short_message_says_where_to_look_and_nothing_else(app: Flask) -> None:
    config = dataclasses.replace(app.extensions["config"], public_url="https://phananh.example")
    notice = Notice(id=7, kind=NoticeKind.ANSWERED, case_public_id=CASE)
    words = short_words(config, notice, "vi")
    assert words.startswith("Liêm Chính: ")
    assert "https://phananh.example/tra-cuu" in words
    assert CASE not in words


def test_senders_whose_reports_follow_a_case_are_told_too(app: Flask, postbox: Postbox) -> None:
    lead, follower, other = case(), case(PERSON), case(PERSON)
    with transaction():
        follower.state, follower.lead_case_id, follower.closed_at = State.MERGED, lead.id, now()
    tell_citizen(lead)
    send_all()
    assert [row.case_id for row in db.session.scalars(select(Notice))] == [follower.id]
    assert other.id != follower.id
