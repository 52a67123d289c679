"""Other ends of a case, and its new beginnings: refused, withdrawn, merged, split, opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select

from feedback import jobs
from feedback.acting import as_system
from feedback.cases import contacts
from feedback.cases.access import CITIZEN, SYSTEM, Actor, visible_cases
from feedback.cases.clock import set_clock
from feedback.cases.clock_models import DueCause
from feedback.cases.deadlines import LAST_SECOND
from feedback.cases.dialogue import end_pause, say
from feedback.cases.guards import check_no_partner_at_work
from feedback.cases.handover import held_state
from feedback.cases.handover_models import TransferState
from feedback.cases.intake import TEXT_LIMIT
from feedback.cases.message_models import MessageKind
from feedback.cases.models import Answer, AnswerState, Case, Refusal, Suggestion
from feedback.cases.partners import cancel_all
from feedback.cases.transfers import end, under_way
from feedback.cases.workflow import Move, State, Who, is_legal
from feedback.cases.writing import REASON_LIMIT, apply, leave_trace, lock_by_id, lock_visible, new_case_key
from feedback.city import queries as city
from feedback.codes import new_public_id, unknown_code_hmac
from feedback.db import atomic, db, now
from feedback.errors import Invalid
from feedback.localtime import CITY_TIME, local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_agency, notify_citizen
from feedback.text import clean, fold

#: How long after an answer or a refusal its sender may have the case opened again.
REOPEN_DAYS = 30
SHORTEST_PART = 10
MOST_PARTS = 6
#: The first part is read again at once; the job is there for what a crash leaves undone.
SAFETY_NET_SECONDS = 20


@atomic
def refuse(actor: Actor, public_id: str, version: int, code: Refusal, guidance: str) -> None:
    """Không thụ lý: only for a coded reason, with words on what the citizen can do instead. A wrong agency is handed on, never refused.

    Raises Invalid without guidance, or while co-handling agencies are at work.
    """
    case = lock_visible(actor, public_id, version)
    words = clean(guidance, REASON_LIMIT)
    if not words:
        raise Invalid(_("Xin ghi hướng dẫn để người dân biết phải làm gì tiếp theo."))
    check_no_partner_at_work(case.id)
    at = now()
    case.refusal, case.guidance, case.closed_at = code, words, at
    apply(case, Move.REFUSE, actor, reason=words, at=at)
    notify_citizen(case, NoticeKind.REFUSED)


@atomic
def withdraw(case_id: int, reason: str) -> None:
    """Rút: the sender takes the report back, from wherever it stands. Those who reported the same are still owed an answer."""
    case = lock_by_id(case_id)
    at = now()
    case.closed_at = at
    apply(case, Move.WITHDRAW, CITIZEN, reason=clean(reason), at=at)
    _stop(case, CITIZEN, at, "Người gửi đã rút phản ánh.")
    with as_system("free followers"):  # other people's cases
        _free_followers(case, at)
    notify_agency(case.agency_id, NoticeKind.SUPPLEMENTED, case.public_id)


def _free_followers(lead: Case, at: datetime) -> None:
    """The oldest of the cases that followed goes on by itself, where it lay before, and the others follow that one."""
    first: Case | None = None
    for follower_id in db.session.scalars(select(Case.id).where(Case.lead_case_id == lead.id).order_by(Case.received_at, Case.id)).all():
        follower = lock_by_id(follower_id)
        if first is not None:
            follower.lead_case_id = first.id
            continue
        first = follower
        follower.lead_case_id = follower.closed_at = None
        apply(follower, Move.UNMERGE, SYSTEM, to=held_state(at_desk=follower.at_desk), reason="Hồ sơ chính đã được người gửi rút.", at=at)
        notify_agency(follower.agency_id, NoticeKind.CASE_WAITS, follower.public_id)


def _stop(case: Case, actor: Actor, at: datetime, reason: str) -> None:
    """End what is still going on around a case that has ended."""
    transfer = under_way(case.id)
    if transfer is not None:
        end(transfer, TransferState.RECALLED, actor, at, reason)
    cancel_all(case, actor, at, reason)
    end_pause(case, at)


@atomic
def merge(actor: Actor, public_id: str, version: int, lead_public_id: str) -> None:
    """Nhập hồ sơ: a duplicate follows its lead case; its sender reads the lead's news and answer.

    Raises NotFound when the actor does not see the lead, Invalid when the lead itself follows another or has ended.
    """
    # Both rows, always in the same order: two officers who merge two cases into each other wait and do not block for ever.
    both = visible_cases(actor).where(Case.public_id.in_((public_id, lead_public_id))).order_by(Case.id).with_for_update()
    db.session.scalars(both).all()
    case, lead = lock_visible(actor, public_id, version), lock_visible(actor, lead_public_id)
    if lead.id == case.id or lead.state in (State.MERGED, State.REFUSED, State.WITHDRAWN):
        raise Invalid(_("Hồ sơ chính phải là một hồ sơ khác, chưa bị nhập, từ chối hoặc rút."))
    with as_system("followers"):  # wherever they lie
        followed = db.session.scalar(select(Case.id).where(Case.lead_case_id == case.id).limit(1)) is not None
    if followed:
        raise Invalid(_("Đã có hồ sơ khác nhập vào hồ sơ này, nên nó phải là hồ sơ chính."))
    at = now()
    case.lead_case_id, case.closed_at = lead.id, at
    apply(case, Move.MERGE, actor, reason=lead.reference or "", at=at)
    _stop(case, actor, at, "Hồ sơ đã được nhập vào hồ sơ khác.")


@atomic
def unmerge(actor: Actor, public_id: str, version: int, reason: str) -> None:
    """Tách lại: the two were not one incident after all."""
    case = lock_visible(actor, public_id, version)
    case.lead_case_id = case.closed_at = None
    apply(case, Move.UNMERGE, actor, to=held_state(at_desk=case.at_desk), reason=reason)


@atomic
def split(actor: Actor, public_id: str, version: int, parts: Sequence[str]) -> list[Case]:
    """Tách phản ánh: one report holds several matters. The first part stays, each further one becomes a case of its own.

    The machine reads the new cases like any other report, so that a part about somebody's conduct goes to the inspectorate; its
    word on the whole text is dropped. The sender follows all of them with the one code; files stay with the first part, and the
    report as it was written stays in the history. Raises Invalid for fewer than two parts, more than six, or one too short.
    """
    case = lock_visible(actor, public_id, version)
    texts = [words for part in parts if (words := clean(part, TEXT_LIMIT))]
    if not 2 <= len(texts) <= MOST_PARTS or min(map(len, texts)) < SHORTEST_PART:
        raise Invalid(_("Xin ghi từ hai đến sáu nội dung, mỗi nội dung ít nhất 10 ký tự."))
    at = now()
    apply(case, Move.SPLIT, actor, at=at).reason = case.text
    made = [_part_of(case, words, actor, at) for words in texts[1:]]
    case.text, case.text_folded = texts[0], fold(texts[0])
    db.session.execute(delete(Suggestion).where(Suggestion.case_id == case.id))
    jobs.defer("cases.read_again", seconds=SAFETY_NET_SECONDS, case_id=case.id)
    return made


def _part_of(case: Case, words: str, actor: Actor, at: datetime) -> Case:
    part = Case(
        id=new_case_key(),
        public_id=new_public_id(),
        code_hmac=unknown_code_hmac(),
        text=words,
        text_folded=fold(words),
        state=State.RECEIVED,
        sealed=True,
        split_from_id=case.id,
        **{name: getattr(case, name) for name in _INHERITED},
    )
    db.session.add(part)
    db.session.flush()
    contacts.copy(case, part)
    leave_trace(part, Move.SPLIT, actor, at, from_state=None, from_agency_id=None, reason=case.reference or "")
    return part


#: What a split-off matter takes over from the report it was part of.
_INHERITED = (
    *("track", "place", "area_id", "category_code", "agency_id", "at_desk", "channel", "language", "wants_public", "anonymous", "urgent"),
    *("rule_code", "received_at", "due_at", "clock_from"),
)


@atomic
def reopen(case_id: int, reason: str) -> None:
    """Yêu cầu xem xét lại, within 30 days: the same agency looks again and a new limit begins.

    Raises Invalid after that, Conflict when there is nothing to look at again.
    """
    case = lock_by_id(case_id)
    at = now()
    until = reopen_until(case)
    if until is not None and at > until:
        raise Invalid(_("Đã quá %(days)s ngày kể từ khi trả lời. Xin gửi một phản ánh mới.", days=REOPEN_DAYS))
    case.closed_at = case.answered_at = case.refusal = None
    case.guidance = ""
    apply(case, Move.REOPEN, CITIZEN, to=held_state(at_desk=case.at_desk), reason=reason, at=at)
    say(case, MessageKind.OBJECTION, reason, at, CITIZEN)
    _put_aside(case.id)
    case.reopenings += 1
    case.clock_from = at
    set_clock(case, city.category(case.category_code).rule_code, at, DueCause.REOPENED)
    notify_agency(case.agency_id, NoticeKind.REOPENED, case.public_id)


def reopen_until(case: Case) -> datetime | None:
    """The last instant at which the sender may have the case opened again; None while there is no answer or refusal."""
    ended = case.answered_at or case.closed_at
    if ended is None or not is_legal(Move.REOPEN, case.state, Who.CITIZEN):
        return None
    return datetime.combine(local_day(ended) + timedelta(days=REOPEN_DAYS), LAST_SECOND, CITY_TIME)


def may_reopen(case: Case, at: datetime) -> bool:
    """Whether the sender may still have the case opened again."""
    until = reopen_until(case)
    return until is not None and at <= until


def _put_aside(case_id: int) -> None:
    """The published answer makes room for the next one; the rating it got stays, for its own round."""
    published = select(Answer).where(Answer.case_id == case_id, Answer.state == AnswerState.PUBLISHED)
    for answer in db.session.scalars(published):
        answer.state = AnswerState.SUPERSEDED
