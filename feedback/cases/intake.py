"""A report becomes a case: saved first, read by the machine after, so that nothing the machine does can lose it.

No job is queued for the reading: the state `received` says that it waits, and the worker looks for it (`sorting.classify_waiting`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BigInteger, String, bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError

from feedback.acting import take_up_by, taking_up
from feedback.attachments.models import Attachment
from feedback.audit.services import link, place_of_first
from feedback.cases import contacts
from feedback.cases.access import Actor, follow_code
from feedback.cases.clock import due_of
from feedback.cases.models import Case, Channel
from feedback.cases.sealed import data_key_of
from feedback.cases.workflow import Move, State
from feedback.cases.writing import NEXT_KEY, trace_of
from feedback.city import queries as city
from feedback.city.holding import EDITION, held
from feedback.city.models import Track
from feedback.codes import new_public_id
from feedback.db import Base, atomic, db, now
from feedback.intake.models import ReportDraft
from feedback.sealing import CaseKey
from feedback.text import clean, fold
from feedback.together import write_together

TEXT_LIMIT = 5000
PLACE_LIMIT = 300
#: Until the machine has read the report it counts as a phản ánh without a field.
FIRST_CATEGORY = "other"


#: What a new case wants to know: its key, the place of its first audit row, the city's edition, and whether its draft has files.
_DRAW = taking_up(
    NEXT_KEY,
    first_seq=place_of_first("case", bindparam("public_id", type_=String)).scalar_subquery(),
    edition=EDITION.scalar_subquery(),
    has_files=func.draft_has_files(bindparam("draft_id", type_=BigInteger)),
)


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
    """The saved case."""

    case_id: int
    #: False when the same code had been submitted before (double click, reload).
    new: bool
    #: Whether the machine has read it; until then nobody can see it.
    read: bool = False


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
    """Two statements, however much there is to a report; a few more where its draft has files."""
    public_id = new_public_id()
    drawn = take_up_by(_DRAW, public_id=public_id, draft_id=draft_id)
    with held(drawn.edition):
        case = _new_case(report, drawn.found[0], public_id, code_hmac, at)
    rows = _sealed(case, report.contact)
    event, entry = trace_of(case, Move.SUBMIT, actor, at, from_state=None, from_agency_id=None)
    link(entry, drawn.first_seq)
    if draft_id is not None and drawn.has_files:
        write_together(*rows, event, entry)
        _take_over_draft(draft_id, case.id)
    else:
        write_together(*rows, event, entry, gone=None if draft_id is None else (ReportDraft, draft_id))
    return case.id


def _sealed(case: Case, contact: ReportContact) -> list[Base]:
    """The rows of a new case with all its words sealed: nobody has read yet whom it is about (security D12)."""
    key = CaseKey.made_for(case)
    key.case_id = case.id
    data_key = data_key_of(case)
    case.seal_words(data_key)
    left = contact.name, contact.phone, contact.email
    return [case, key, *([contacts.sealed(case.id, data_key, *left)] if contacts.is_any(*left) else [])]


def _new_case(report: Report, key: int, public_id: str, code_hmac: bytes, at: datetime) -> Case:
    rule_code, text = city.rule_code_of(FIRST_CATEGORY), clean(report.text, TEXT_LIMIT)
    return Case(
        id=key,
        public_id=public_id,
        code_hmac=code_hmac,
        track=Track.FEEDBACK,
        state=State.RECEIVED,
        sealed=True,
        text=text,
        text_folded=fold(text),
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


def _take_over_draft(draft_id: int, case_id: int) -> None:
    """Move the draft's files to the case and drop the draft. Names of an anonymous sender's files may name him: they go (control 5)."""
    case = db.session.get_one(Case, case_id)
    files = db.session.scalars(select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id))
    for number, file in enumerate(files, 1):
        file.case_id, file.draft_id = case.id, None
        if case.anonymous:
            file.shown_name = f"Tệp {number}"
    db.session.flush()
    db.session.execute(delete(ReportDraft).where(ReportDraft.id == draft_id))
