"""What the responsible agency does: accept or return, write an answer, approve it or send it back."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from feedback.accounts.models import Role, User
from feedback.answers.places import places
from feedback.audit.services import record
from feedback.cases.access import Actor, may
from feedback.cases.guards import check_no_partner_at_work
from feedback.cases.models import Answer, AnswerState, Case, Outcome
from feedback.cases.workflow import Move, State
from feedback.cases.writing import apply, lock_visible
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid, NotAllowed
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency, notify_citizen, notify_officer
from feedback.text import clean

ANSWER_LIMIT = 10000
#: Kept with the event when one person has written and approved: allowed in a small office, and seen by whoever reads the history.
OWN_ANSWER = "Người duyệt cũng là người soạn câu trả lời."
#: Stands in the comment of the version a head has changed before approving: it was not sent back, its successor went out at once.
EDITED = "Người duyệt đã sửa câu trả lời rồi duyệt."


@atomic
def assign(actor: Actor, public_id: str, version: int | None, handler_id: int) -> None:
    """Phân công: the head, or a handler for himself, says who works on the case. Raises Invalid for somebody of another agency."""
    case = lock_visible(actor, public_id, version)
    officer = db.session.get(User, handler_id)
    if officer is None or officer.agency_id != case.agency_id or not officer.active or officer.role not in (Role.HANDLER, Role.AGENCY_HEAD):
        raise Invalid(_("Xin chọn một người đang làm việc tại cơ quan."))
    apply(case, Move.ASSIGN, actor)
    case.handler_id = handler_id
    if handler_id != actor.user_id:
        notify_officer(handler_id, NoticeKind.CASE_WAITS, case.public_id)


@atomic
def save_draft(actor: Actor, public_id: str, version: int, outcome: Outcome, text: str) -> None:
    """Keep an unfinished answer; nobody but the agency sees it."""
    case = lock_visible(actor, public_id, version)
    if case.state is not State.IN_PROGRESS:
        raise Conflict
    if not may(actor, Move.SUBMIT_ANSWER, case):
        raise NotAllowed
    _write(case, actor, outcome, text)
    # An answer is part of its case: whoever holds the page from before is told so when he saves.
    flag_modified(case, "state")
    record("case.save_draft", actor=actor, subject_kind="case", subject_id=case.public_id)


@atomic
def submit_answer(actor: Actor, public_id: str, version: int, outcome: Outcome, text: str) -> None:
    """Trình: hand the answer to the head for approval. Raises Invalid while a place of a prepared text is not filled in."""
    case = lock_visible(actor, public_id, version)
    if case.state is not State.IN_PROGRESS:
        raise Conflict
    _check_filled_in(text)
    answer = _write(case, actor, outcome, text)
    answer.state = AnswerState.SUBMITTED
    apply(case, Move.SUBMIT_ANSWER, actor)
    notify_agency(case.agency_id, NoticeKind.ANSWER_TO_APPROVE, case.public_id)


@atomic
def send_back(actor: Actor, public_id: str, version: int, comment: str) -> None:
    """Yêu cầu xử lý lại: the head wants the answer done again and says why."""
    case = lock_visible(actor, public_id, version)
    at = now()
    apply(case, Move.SEND_BACK, actor, reason=comment, at=at)
    answer = current_answer(case.id)
    answer.state, answer.comment = AnswerState.SENT_BACK, comment.strip()
    answer.decided_by_id, answer.decided_at = actor.user_id, at
    notify_officer(answer.author_id, NoticeKind.ANSWER_SENT_BACK, case.public_id)


@atomic
def approve(actor: Actor, public_id: str, version: int, text: str | None = None) -> None:
    """Duyệt: the answer becomes the agency's word and reaches the citizen.

    With a `text` of the head's own the handler's version is kept and what the head wrote is what goes out.
    Raises Invalid for an empty text and while a place of a prepared text is not filled in.
    """
    case = lock_visible(actor, public_id, version)
    at = now()
    if case.state is not State.AWAITING_APPROVAL:
        raise Conflict
    check_no_partner_at_work(case.id)
    written = current_answer(case.id)
    words = written.text if text is None else clean(text, ANSWER_LIMIT)
    _check_filled_in(words)
    case.answered_at = at
    apply(case, Move.APPROVE, actor, reason=_remark(written, actor, words), at=at)
    answer = written if words == written.text else _edited(written, actor, words, at)
    answer.state = AnswerState.PUBLISHED
    answer.decided_by_id, answer.decided_at = actor.user_id, at
    notify_citizen(case, NoticeKind.ANSWERED)


def _check_filled_in(text: str) -> None:
    left = places(text)
    if left:
        names = ", ".join(f"“{name}”" for name in left)
        raise Invalid(_("Câu trả lời còn chỗ chưa điền: %(places)s. Xin điền hoặc xóa những chỗ này.", places=names))


def _remark(written: Answer, actor: Actor, words: str) -> str:
    own = OWN_ANSWER if written.author_id == actor.user_id else ""
    return own or (EDITED if words != written.text else "")


def _edited(written: Answer, actor: Actor, words: str, at: datetime) -> Answer:
    """The head's version beside the one it came from, which stays as it was."""
    if not words:
        raise Invalid(_("Xin viết nội dung trả lời."))
    written.state, written.comment = AnswerState.SENT_BACK, EDITED
    written.decided_by_id, written.decided_at = actor.user_id, at
    db.session.flush()  # only one version at a time may be the current one
    answer = Answer(
        case_id=written.case_id, outcome=written.outcome, text=words, author_id=actor.user_id or written.author_id, written_at=at
    )
    db.session.add(answer)
    return answer


def current_answer(case_id: int) -> Answer:
    """The answer that is being written or waits for approval. Raises Conflict when there is none."""
    answer = _open_answer(case_id)
    if answer is None:
        raise Conflict
    return answer


def _open_answer(case_id: int) -> Answer | None:
    open_states = (AnswerState.DRAFT, AnswerState.SUBMITTED)
    return db.session.scalar(select(Answer).where(Answer.case_id == case_id, Answer.state.in_(open_states)))


def _write(case: Case, actor: Actor, outcome: Outcome, text: str) -> Answer:
    answer = _open_answer(case.id)
    if answer is None:
        answer = Answer(case_id=case.id, state=AnswerState.DRAFT, outcome=outcome, text="", author_id=actor.user_id, written_at=now())
        db.session.add(answer)
    answer.outcome, answer.text = outcome, clean(text, ANSWER_LIMIT)
    answer.author_id, answer.written_at = actor.user_id or answer.author_id, now()
    return answer
