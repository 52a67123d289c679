"""Choosing to be told by mail, and telling: once for each period, whoever runs and whatever breaks off.

The mail says that a briefing is ready and where; the figures stay in the house. An attachment would lie in mailboxes for ever, go on to
others without a sign-in, and keep small numbers of an agency that only its readers may see.
"""

from __future__ import annotations

from sqlalchemy import select, update

from analytics.briefing.models import Rhythm, Wish
from analytics.briefing.periods import newest
from feedback import jobs
from feedback.accounts.models import Role, User
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.db import atomic, db, now
from feedback.errors import NotFound
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_officer

#: Who may read a briefing: the city's leaders any, a head that of his agency.
READERS = (Role.LEADERSHIP, Role.AGENCY_HEAD)


@atomic
def choose(actor: Actor, rhythm: Rhythm | None) -> None:
    """Be told from the next briefing on, or no longer. Raises NotFound for somebody who is no officer."""
    if actor.user_id is None:
        raise NotFound
    wish = db.session.get(Wish, actor.user_id, with_for_update=True)
    if (wish.rhythm if wish else None) is rhythm:
        return
    if wish is not None:
        db.session.delete(wish)
        db.session.flush()
    if rhythm is not None:
        db.session.add(Wish(user_id=actor.user_id, rhythm=rhythm, told_of=newest(rhythm, now()).first))
    record("briefing.chosen", actor=actor, subject_kind="user", subject_id=str(actor.user_id), rhythm=rhythm.value if rhythm else "none")


@jobs.task("briefing.tell", cron="*/5 * * * *")
def tell() -> None:
    """Every five minutes: who waits for a briefing that has become ready meanwhile."""
    tell_once()


@atomic
def tell_once() -> int:
    """Tell everybody whose briefing has become ready, late when the worker stood still; how many that were.

    The row moves to the new period and the mail is queued in one transaction: a second worker waits for the row and finds it moved; if
    the first one dies, nothing has moved.
    """
    told = 0
    for rhythm in Rhythm:
        first = newest(rhythm, now()).first
        moved = update(Wish).where(Wish.rhythm == rhythm, Wish.told_of < first).values(told_of=first).returning(Wish.user_id)
        wished = db.session.scalars(moved).all()
        readers = select(User.id).where(User.id.in_(wished), User.active, User.role.in_(READERS), User.email.is_not(None))
        for user_id in db.session.scalars(readers.order_by(User.id)).all() if wished else ():
            notify_officer(user_id, NoticeKind.BRIEFING, "")
            told += 1
    return told
