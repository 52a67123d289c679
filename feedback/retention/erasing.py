"""What anonymising takes away and what it leaves: the row, its field, its place in the city and its days, so that figures stay true."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import delete, update

from feedback.attachments.models import Attachment
from feedback.cases.clock_models import Extension, Pause
from feedback.cases.handover_models import Partner, Transfer
from feedback.cases.message_models import Message, Publication
from feedback.cases.models import Answer, Case, CaseEvent, Contact, Rating, Suggestion
from feedback.codes import unknown_code_hmac
from feedback.db import db
from feedback.retention.models import Deletion, Hold

#: Stands where a text must not be empty.
GONE = "(đã xoá)"
#: What else holds something of a case: each is called with it, inside the same transaction. Other features add theirs here.
ALSO: list[Callable[[Case], object]] = []


def destroy_key(case: Case) -> None:
    """Make what is sealed for this case unreadable for ever, in every copy of the database: its wrapped key goes (security D5)."""
    db.session.execute(delete(Contact).where(Contact.case_id == case.id))


def erase(case: Case) -> Sequence[str]:
    """Take everything that somebody wrote, sent or is called off a locked case; gives the stored names of its files, to be removed after
    the commit. The tracking code opens nothing any more.
    """
    destroy_key(case)
    for also in ALSO:
        also(case)
    names = db.session.scalars(delete(Attachment).where(Attachment.case_id == case.id).returning(Attachment.stored_name)).all()
    for whole in (Message, Publication):
        db.session.execute(delete(whole).where(whole.case_id == case.id))
    _blank(case.id)
    case.text, case.text_folded, case.place = GONE, "", ""
    case.guidance = GONE if case.guidance else ""
    case.wants_public, case.anonymous = False, True
    case.code_hmac = unknown_code_hmac()
    return names


def _blank(case_id: int) -> None:
    """Empty the words in rows that figures are counted from."""
    words = (
        (CaseEvent, {"reason": ""}),
        (Pause, {"reason": GONE}),
        (Extension, {"reason": GONE}),
        (Transfer, {"note": "", "end_note": ""}),
        (Answer, {"text": GONE, "comment": ""}),
        (Rating, {"comment": ""}),
        (Suggestion, {"reasons": [], "routing_reason": ""}),
        (Hold, {"reason": GONE}),
        (Deletion, {"words": "", "answer": GONE}),
    )
    for table, values in words:
        db.session.execute(update(table).where(table.case_id == case_id).values(values))
    db.session.execute(update(Partner).where(Partner.case_id == case_id).values(request=GONE))
    db.session.execute(update(Partner).where(Partner.case_id == case_id, Partner.report != "").values(report=GONE))
