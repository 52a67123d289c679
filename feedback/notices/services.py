"""Queueing notices inside the act they tell of, and sending them once."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.acting import as_system
from feedback.audit.services import Doer, record
from feedback.cases import contacts
from feedback.cases.models import Case
from feedback.config import Config
from feedback.db import atomic, db, now
from feedback.errors import NotFound
from feedback.notices.channels import messengers
from feedback.notices.mail import compose, handing_over, short_words
from feedback.notices.models import Notice, NoticeChannel, NoticeKind, NoticeState

#: Reaches whoever takes a notice; inside, what hands it over.
Way = AbstractContextManager[Callable[[], object]]
#: Who at an agency is written to for which reason; the others see it in their inbox anyway.
READERS = {
    NoticeKind.CASE_WAITS: (Role.AGENCY_HEAD, Role.HANDLER),
    NoticeKind.CASE_RETURNED: (Role.FRONT_DESK, Role.AGENCY_HEAD, Role.HANDLER),
    NoticeKind.ANSWER_TO_APPROVE: (Role.AGENCY_HEAD, Role.INSPECTORATE),
    NoticeKind.TRANSFER_REMINDER: (Role.AGENCY_HEAD,),
    NoticeKind.REFEREE_WAITS: (Role.AGENCY_HEAD,),
    NoticeKind.PARTNER_ASKED: (Role.AGENCY_HEAD, Role.HANDLER),
    NoticeKind.PARTNER_REPORTED: (Role.AGENCY_HEAD, Role.HANDLER),
    NoticeKind.EXTENSION_ASKED: (Role.AGENCY_HEAD, Role.INSPECTORATE),
    NoticeKind.SUPPLEMENTED: (Role.FRONT_DESK, Role.AGENCY_HEAD, Role.HANDLER, Role.INSPECTORATE),
    NoticeKind.REOPENED: (Role.FRONT_DESK, Role.AGENCY_HEAD, Role.HANDLER, Role.INSPECTORATE),
    NoticeKind.OVERDUE: (Role.AGENCY_HEAD,),
}


def notify_agency(agency_id: int, kind: NoticeKind, case_public_id: str) -> None:
    """Tell the officers of an agency who have an address that a case waits. Part of the caller's transaction."""
    readers = select(User.id).where(User.agency_id == agency_id, User.active, User.role.in_(READERS[kind]), User.email.is_not(None))
    for user_id in db.session.scalars(readers):
        _queue(Notice(kind=kind, user_id=user_id, case_public_id=case_public_id))


def notify_officer(user_id: int, kind: NoticeKind, case_public_id: str) -> None:
    """Tell one officer. Part of the caller's transaction."""
    _queue(Notice(kind=kind, user_id=user_id, case_public_id=case_public_id))


def notify_role(agency_id: int, role: Role, kind: NoticeKind, case_public_id: str) -> None:
    """Tell everybody with one role at an agency who has an address. Part of the caller's transaction."""
    readers = select(User.id).where(User.agency_id == agency_id, User.active, User.role == role, User.email.is_not(None))
    for user_id in db.session.scalars(readers):
        notify_officer(user_id, kind, case_public_id)


def queue_digest(user_id: int, day: date, numbers: Mapping[str, int]) -> bool:
    """One officer's morning mail; False when he has had it already. Part of the caller's transaction."""
    made = db.session.scalar(
        insert(Notice)
        .values(kind=NoticeKind.DIGEST, state=NoticeState.WAITING, user_id=user_id, facts=dict(numbers), digest_on=day, created_at=now())
        .on_conflict_do_nothing(index_elements=["user_id", "digest_on"], index_where=Notice.digest_on.is_not(None))
        .returning(Notice.id)
    )
    if made is None:
        return False
    jobs.defer("notices.send", notice_id=made)
    return True


def notify_citizen(case: Case, kind: NoticeKind) -> None:
    """Tell the sender of a case, and those whose reports follow it, that there is news. Part of the caller's transaction.

    An anonymous sender is never written to, nor anybody about a sealed case.
    """
    if case.sealed:
        return
    theirs = Case.anonymous.is_(False) & Case.sealed.is_(False) & ((Case.id == case.id) | (Case.lead_case_id == case.id))
    with as_system("followers"):  # wherever they lie
        readers = db.session.scalars(select(Case.id).where(theirs).order_by(Case.id)).all()
    for case_id in readers:
        _queue(Notice(kind=kind, case_id=case_id))


def _queue(notice: Notice) -> None:
    notice.state = NoticeState.WAITING
    notice.created_at = now()
    notice.facts = {}
    with as_system("notice"):  # whoever acts does not read other people's post
        db.session.add(notice)
        db.session.flush()
    jobs.defer("notices.send", notice_id=notice.id)


@jobs.task("notices.send")
def send(notice_id: int) -> None:
    """Send one notice; a second run finds it sent. The stable Message-ID lets the mail server drop the copy that a crash may leave.

    A process or a database that dies between the server's word that it has the mail and the commit that notes it leaves a notice that
    goes out again: a copy does less harm than a notice nobody gets, and no protocol of mail rules out both. So nothing else is done
    in between.
    Whatever the mail server answers wrong is counted and raised, so that the queue tries again later.
    """
    way = _way_out(notice_id)
    if way is None:
        return
    try:
        with way as hand_over:
            _send(notice_id, hand_over)
    except (OSError, smtplib.SMTPException) as error:
        _note_failure(notice_id, type(error).__name__)
        raise


def _waiting(notice_id: int) -> Notice | None:
    """The notice, locked until the caller commits; None when it is gone or needs no sending any more."""
    return db.session.scalar(select(Notice).where(Notice.id == notice_id, Notice.state == NoticeState.WAITING).with_for_update())


@atomic
def _way_out(notice_id: int) -> Way | None:
    """How a notice is to go out; None when it has gone, or cannot, which is then noted."""
    notice = _waiting(notice_id)
    if notice is None:
        return None
    reader, config = _reader(notice), current_app.extensions["config"]
    if reader.email is not None and not config.smtp_host:
        notice.state = NoticeState.HELD
        return None
    way = _way(config, notice, reader)
    if way is None:
        notice.state = NoticeState.NO_ADDRESS
    return way


@atomic
def _send(notice_id: int, hand_over: Callable[[], object]) -> None:
    notice = _waiting(notice_id)
    if notice is None:
        return
    hand_over()
    notice.state, notice.sent_at = NoticeState.SENT, now()
    notice.tries += 1


def _way(config: Config, notice: Notice, reader: _Reader) -> Way | None:
    """How to reach the reader: by mail, else by the first way to a telephone that there is; the notice remembers which."""
    if reader.email is not None:
        notice.channel = NoticeChannel.MAIL
        return handing_over(config, compose(config, notice, reader.email, reader.language))
    if reader.phone is not None:
        for channel, messenger in messengers(config).items():
            notice.channel = channel
            return nullcontext(partial(messenger.send, reader.phone, short_words(config, notice, reader.language), f"notice-{notice.id}"))
    return None


@atomic
def _note_failure(notice_id: int, kind: str) -> None:
    """The kind of an error only: its text may quote an address."""
    db.session.execute(update(Notice).where(Notice.id == notice_id).values(tries=Notice.tries + 1, last_error=kind))


@atomic
def send_again(actor: Doer, notice_id: int) -> bool:
    """The administrator has a notice sent that was held or got stuck; False when it has gone out meanwhile."""
    notice = db.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
    if notice is None:
        raise NotFound
    if notice.state is NoticeState.SENT:
        return False
    notice.state = NoticeState.WAITING
    record("notice.send_again", actor=actor, subject_kind="notice", subject_id=str(notice.id), kind=notice.kind.value)
    jobs.defer("notices.send", notice_id=notice.id)
    return True


@dataclass(frozen=True)
class _Reader:
    """Where whoever a notice is for can be reached, and in which language."""

    email: str | None
    phone: str | None
    language: str


def _reader(notice: Notice) -> _Reader:
    if notice.user_id is not None:
        user = db.session.get(User, notice.user_id)
        return _Reader(user.email if user is not None and user.active else None, None, "vi")
    case = db.session.get_one(Case, notice.case_id)
    known = contacts.opened(case.id)
    return _Reader(known.get("email"), known.get("phone"), case.language)
