"""A report becomes a case: saved first, read by the machine after, so that nothing the machine does can lose it.

No job is queued for the reading: the state `received` says that it waits, and the worker looks for it (`sorting.classify_waiting`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from feedback.attachments.models import Attachment
from feedback.cases import contacts
from feedback.cases.access import Actor, follow_code
from feedback.cases.clock import due_of
from feedback.cases.models import Case, Channel
from feedback.cases.workflow import Move, State
from feedback.cases.writing import leave_trace, new_case_key
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.models import Track
from feedback.codes import new_public_id
from feedback.db import atomic, db, now
from feedback.intake.models import ReportDraft
from feedback.text import clean, fold

TEXT_LIMIT = 5000
PLACE_LIMIT = 300
#: Until the machine has read the report it counts as a phản ánh without a field.
FIRST_CATEGORY = "other"


@dataclass(frozen=True)
class ReportContact:
    """How to reach the sender; all parts optional, none at all means anonymous."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Report:
    """What a citizen hands in, through whatever door."""

    text: str
    area_id: int | None = None
    place: str = ""
    contact: ReportContact = field(default_factory=ReportContact)
    wants_public: bool = False
    #: The field the citizen chose himself; None leaves it to the machine.
    category_code: str | None = None
    channel: Channel = Channel.WEB
    language: str = "vi"


@dataclass(frozen=True)
class Submitted:
    """The saved case; `new` is False when the same code had been submitted before (double click, reload)."""

    case_id: int
    new: bool


def submit_report(report: Report, code_hmac: bytes, actor: Actor, *, draft_id: int | None = None, at: datetime | None = None) -> Submitted:
    """Save a report as a case under the code the sender already holds. Durable when this returns.

    A second submit under the same code, even at the same moment, finds the first one's case (security D2).
    """
    try:
        return Submitted(_save(report, code_hmac, actor, draft_id, at or now()), new=True)
    except IntegrityError:
        follow_code(code_hmac)
        known = db.session.scalar(select(Case.id).where(Case.code_hmac == code_hmac))
        if known is None:
            raise
        db.session.rollback()
        return Submitted(known, new=False)


@atomic
def _save(report: Report, code_hmac: bytes, actor: Actor, draft_id: int | None, at: datetime) -> int:
    with held():
        return _write(report, code_hmac, actor, draft_id, at)


def _write(report: Report, code_hmac: bytes, actor: Actor, draft_id: int | None, at: datetime) -> int:
    rule_code = city.rule_code_of(FIRST_CATEGORY)
    case = Case(
        id=new_case_key(),
        public_id=new_public_id(),
        code_hmac=code_hmac,
        track=Track.FEEDBACK,
        state=State.RECEIVED,
        sealed=True,
        text=clean(report.text, TEXT_LIMIT),
        text_folded=fold(clean(report.text, TEXT_LIMIT)),
        place=clean(report.place, PLACE_LIMIT),
        area_id=report.area_id,
        category_code=FIRST_CATEGORY,
        citizen_category_code=report.category_code,
        agency_id=city.desk_id(),
        channel=report.channel,
        language=report.language,
        wants_public=report.wants_public,
        anonymous=not report.contact,
        rule_code=rule_code,
        received_at=at,
        due_at=due_of(rule_code, at).due,
        clock_from=at,
    )
    db.session.add(case)
    db.session.flush()
    contacts.keep(case, report.contact.name, report.contact.phone, report.contact.email)
    if draft_id is not None:
        _take_over_draft(draft_id, case)
    leave_trace(case, Move.SUBMIT, actor, at, from_state=None, from_agency_id=None)
    return case.id


def _take_over_draft(draft_id: int, case: Case) -> None:
    """Move the draft's files to the case and drop the draft. Names of an anonymous sender's files may name him: they go (control 5)."""
    files = db.session.scalars(select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id))
    for number, file in enumerate(files, 1):
        file.case_id, file.draft_id = case.id, None
        if case.anonymous:
            file.shown_name = f"Tệp {number}"
    db.session.flush()
    db.session.execute(delete(ReportDraft).where(ReportDraft.id == draft_id))
