"""Verification of a sealed report, and what was found: the verifier reads a redacted text, the figures hold no name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select, all_, false, func, literal, select, true
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from feedback.accounts.models import Role, User
from feedback.acting import as_system, take_up
from feedback.attachments.models import Attachment
from feedback.attachments.services import of_case
from feedback.audit.services import record
from feedback.cases import learning
from feedback.cases.access import AGENCY, Actor, sealed_cases
from feedback.cases.conduct import is_concerned, refuse_after_handing_up
from feedback.cases.conduct_models import ConductFinding, Exclusion, Verdict, Verification
from feedback.cases.handling import ANSWER_LIMIT
from feedback.cases.models import Answer, AnswerState, Case, Outcome
from feedback.cases.ports import Redactor
from feedback.cases.workflow import Move, State, Who
from feedback.cases.writing import apply, lock_sealed
from feedback.city.models import Area
from feedback.codes import new_public_id
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotFound
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_citizen
from feedback.text import clean

TEXT_LIMIT = 5000
#: Below it a figure could point at one case.
SMALLEST_SHOWN = 5
OUTCOMES = {
    Verdict.SUBSTANTIATED: Outcome.SOLVED,
    Verdict.NOT_SUBSTANTIATED: Outcome.UNFOUNDED,
    Verdict.POLICE: Outcome.EXPLAINED,
}


def proposed_text(case: Case) -> str:
    """The report with personal data masked, to be edited; empty when nothing can mask it."""
    return learning.masked(case.text) or ""


def left_in(text: str) -> int:
    """How many places of a text still look like personal data; one when nobody can tell."""
    redactor: Redactor | None = current_app.extensions.get("redactor")
    try:
        return 1 if redactor is None else len(redactor.mask(text)[1])
    except Exception:  # whatever breaks in there, the officer must look himself
        return 1


@atomic
def ask_verifier(actor: Actor, public_id: str, version: int, user_id: int, text: str, *, confirmed: bool) -> None:
    """Let one officer of an agency verify a report by a redacted text; he learns nothing else of the case (Luật Tố cáo 2018 Art 56).

    Raises Invalid for an officer who is concerned, for an empty text, and while something in it looks like personal data that the
    asking officer has not confirmed.
    """
    case = lock_sealed(actor, public_id, version)
    refuse_after_handing_up(case)
    officer = db.session.get(User, user_id)
    if officer is None or not officer.active or officer.role not in (Role.HANDLER, Role.AGENCY_HEAD) or is_concerned(case, officer):
        raise Invalid(_("Người này không được giao xác minh hồ sơ. Xin chọn người khác."))
    words = clean(text, TEXT_LIMIT)
    if not words:
        raise Invalid(_("Xin viết bản trích đã che thông tin."))
    if left_in(words) and not confirmed:
        raise Invalid(_("Bản trích còn chỗ giống thông tin cá nhân. Xin che, hoặc đánh dấu đã xem từng chỗ."))
    same = select(Verification).where(Verification.case_id == case.id, Verification.verifier_id == user_id, Verification.ended_on.is_(None))
    if db.session.scalar(same) is not None:
        raise Conflict(_("Người này đang xác minh hồ sơ."))
    db.session.add(
        Verification(
            public_id=new_public_id(),
            case_id=case.id,
            verifier_id=user_id,
            text=words,
            asked_on=local_day(now()),
            asked_by_id=actor.user_id,
        )
    )
    flag_modified(case, "state")
    record("case.verifier_asked", actor=actor, subject_kind="case", subject_id=case.public_id, user=user_id)


@as_system("verifications")
def waiting_for(actor: Actor) -> Sequence[Verification]:
    """What this officer has been asked to verify and has not reported on, the oldest first; without a word of it."""
    return db.session.scalars(_open_of(actor).order_by(Verification.id)).all()


def _open_of(actor: Actor) -> Select[Verification]:
    """Open verifications of an officer; none of a case that names him or that is not sealed any more."""
    concerned = select(Exclusion.case_id).where(Exclusion.user_id == actor.user_id)
    own = select(Verification).join(Case, Case.id == Verification.case_id)
    return own.where(
        Verification.verifier_id == actor.user_id,
        Verification.ended_on.is_(None),
        Verification.case_id.not_in(concerned),
        Case.sealed.is_(True),
        literal(actor.agency_id) != all_(Case.excluded_agency_ids),
        true() if actor.who in AGENCY else false(),
    )


@atomic
def open_verification(actor: Actor, public_id: str) -> Verification:
    """The redacted text for the officer who verifies; that he read it is written down first. Raises NotFound for everybody else."""
    found = _of(actor, public_id)
    case_id = db.session.get_one(Case, found.case_id).public_id
    record("case.redacted_read", actor=actor, subject_kind="case", subject_id=case_id)
    return found


@atomic
def report_back(actor: Actor, public_id: str, text: str) -> None:
    """The verifier says what he found out; from then on he does not see the text any more."""
    found = _of(actor, public_id)
    words = clean(text, TEXT_LIMIT)
    if not words:
        raise Invalid(_("Xin ghi kết quả xác minh."))
    found.report, found.ended_on = words, local_day(now())
    case = db.session.get_one(Case, found.case_id)
    record("case.verified", actor=actor, subject_kind="case", subject_id=case.public_id)


def _of(actor: Actor, public_id: str) -> Verification:
    with as_system("verifications"):  # he sees nothing of the case itself
        found = db.session.scalar(_open_of(actor).where(Verification.public_id == public_id))
    if found is None:
        raise NotFound
    take_up(found.case_id)
    return found


def verifications(case: Case) -> Sequence[Verification]:
    """Who was asked to verify a case, the oldest first."""
    asked = select(Verification).where(Verification.case_id == case.id).order_by(Verification.id)
    return db.session.scalars(asked.options(joinedload(Verification.verifier))).all()


@atomic
def record_finding(actor: Actor, public_id: str, version: int, verdict: Verdict) -> None:
    """Keep what the examination found, for the figures; said again, the later word counts. Nobody is named."""
    case = lock_sealed(actor, public_id, version)
    if case.state in (State.TRIAGE, State.RECEIVED):
        raise Conflict(_("Xin thụ lý hồ sơ trước khi ghi kết quả."))
    _keep_finding(case, actor, verdict)


def _keep_finding(case: Case, actor: Actor, verdict: Verdict) -> None:
    refuse_after_handing_up(case)
    area = None if case.area_id is None else db.session.get_one(Area, case.area_id)
    row = db.session.get(ConductFinding, case.id) or ConductFinding(case_id=case.id)
    row.verdict, row.found_on = verdict, local_day(now())
    row.category_code = case.citizen_category_code or case.category_code
    row.district_id = None if area is None else area.district_area_id
    db.session.add(row)
    flag_modified(case, "state")
    record("case.finding", actor=actor, subject_kind="case", subject_id=case.public_id, verdict=verdict.value)


@atomic
def conclude(actor: Actor, public_id: str, version: int, verdict: Verdict, text: str) -> None:
    """The city's leaders end the examination of a report that accuses the inspectorate: what was found, and words for its sender."""
    case = lock_sealed(actor, public_id, version)
    at, words = now(), clean(text, ANSWER_LIMIT)
    if not words:
        raise Invalid(_("Xin viết nội dung trả lời."))
    _keep_finding(case, actor, verdict)
    case.answered_at = at
    apply(case, Move.CONCLUDE, actor, reason=words, at=at)
    answer = Answer(case_id=case.id, state=AnswerState.PUBLISHED, outcome=OUTCOMES[verdict], text=words)
    answer.author_id = answer.decided_by_id = actor.user_id or 0
    answer.written_at = answer.decided_at = at
    db.session.add(answer)
    notify_citizen(case, NoticeKind.ANSWERED)


def finding_of(case: Case) -> ConductFinding | None:
    """What was found in a case."""
    return db.session.get(ConductFinding, case.id)


@dataclass(frozen=True)
class Findings:
    """How often each verdict was found in a year; None for a number too small to be shown."""

    year: int
    numbers: Mapping[Verdict, int | None]


def findings(actor: Actor, year: int) -> Findings:
    """The figures of a year: whole for the inspectorate; for leadership, numbers below five are not shown (control 31)."""
    rows = select(ConductFinding.verdict, func.count()).where(func.extract("year", ConductFinding.found_on) == year)
    counted = dict(db.session.execute(rows.group_by(ConductFinding.verdict)).all())
    whole = actor.who is Who.INSPECTORATE
    numbers = {verdict: counted.get(verdict, 0) for verdict in Verdict}
    return Findings(year, {verdict: number if whole or number >= SMALLEST_SHOWN else None for verdict, number in numbers.items()})


def examined(actor: Actor) -> Sequence[Case]:
    """The sealed cases of this actor that still wait for an answer, what is due first on top."""
    waiting = sealed_cases(actor).where(Case.state.not_in((State.ANSWERED, State.CLOSED, State.REFUSED, State.WITHDRAWN)))
    return db.session.scalars(waiting.order_by(Case.due_at, Case.id).options(joinedload(Case.area))).all()


def opened(actor: Actor, public_id: str) -> Case:
    """A sealed case the actor examines; that he opened it is committed before he sees a word. Raises NotFound."""
    _note_opening(actor, public_id)
    case = db.session.scalar(sealed_cases(actor).where(Case.public_id == public_id).options(joinedload(Case.area), joinedload(Case.agency)))
    if case is None:
        raise NotFound
    return case


@atomic
def _note_opening(actor: Actor, public_id: str) -> None:
    if db.session.scalar(sealed_cases(actor).where(Case.public_id == public_id)) is None:
        raise NotFound
    record("case.opened_sealed", actor=actor, subject_kind="case", subject_id=public_id)


@atomic
def open_file(actor: Actor, public_id: str, file_id: str) -> Attachment:
    """One file of a sealed case the actor examines, after the reading was written down. Raises NotFound."""
    case = db.session.scalar(sealed_cases(actor).where(Case.public_id == public_id))
    found = None if case is None else next((file for file in of_case(case.id) if file.public_id == file_id), None)
    if case is None or found is None:
        raise NotFound
    record("case.file_read", actor=actor, subject_kind="case", subject_id=case.public_id, file=file_id)
    return found
