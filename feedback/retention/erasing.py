"""What anonymising takes away and what it leaves: the row, its field, its place in the city and its days, so that figures stay true."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, update

from feedback.attachments.models import Attachment
from feedback.cases.access import SYSTEM
from feedback.cases.clock_models import Extension, Pause
from feedback.cases.conduct_models import Verification
from feedback.cases.handover_models import Partner, Transfer
from feedback.cases.imported_models import ImportedCase
from feedback.cases.message_models import Message, Publication
from feedback.cases.models import Answer, Case, CaseEvent, Contact, Rating, Suggestion
from feedback.cases.sealed import destroy_key
from feedback.codes import unknown_code_hmac
from feedback.db import db
from feedback.retention.models import Deletion, Hold

#: Stands where a text must not be empty.
GONE = "(đã xoá)"


def erase(case: Case) -> Sequence[str]:
    """Take everything that somebody wrote, sent or is called off a locked case; gives the stored names of its files, to be removed after
    the commit. The tracking code opens nothing any more.
    """
    destroy_key(case, SYSTEM)
    db.session.flush()
    names = db.session.scalars(delete(Attachment).where(Attachment.case_id == case.id).returning(Attachment.stored_name)).all()
    for whole in (Contact, Message, Publication, Verification):
        db.session.execute(delete(whole).where(whole.case_id == case.id))
    _blank(case.id)
    case.words_sealed = None
    if not case.sealed:
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
        (Deletion, {"plea": "", "answer": GONE}),
        (Partner, {"request": GONE, "report": GONE}),
        (ImportedCase, {"number": ""}),
    )
    for table, values in words:
        plain = {f"plain_{name}" if name in table.WORDS else name: value for name, value in values.items()}
        db.session.execute(update(table).where(table.case_id == case_id).values({**plain, "words_sealed": None}))
