"""Cases follow when their agency has become part of another: the successor is responsible, due dates stay, the past stays where it was.

Works for the system. A case that somebody has in hand is left to the next turn: nobody waits for anybody, so there is no deadlock
between an officer who hands a case to an agency and the transaction that closes it. Cases that come to stand with an agency long
ended (opened anew, returned), or whose senders ask something of it, follow in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, any_, literal, select, union

from feedback.administration.successors import last
from feedback.cases.access import SYSTEM, visible_cases
from feedback.cases.accused import beneath
from feedback.cases.handover_models import PARTNER_OPEN, Partner, PartnerState, TransferState
from feedback.cases.models import Case, Suggestion
from feedback.cases.transfers import end, under_way
from feedback.cases.workflow import OPEN_STATES, Move, State
from feedback.cases.writing import apply, leave_trace
from feedback.city.models import Agency
from feedback.db import db, now
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.retention.models import Deletion, DeletionState
from feedback.retention.services import tell_responsible

#: How many cases one transaction takes.
BATCH = 500
#: So long after an agency has ended sealed reports are looked through for it; nobody can name it in a new one.
LOOKED_FOR = timedelta(days=7)
#: Kept with the case, in the office's language.
WORDS = "Sắp xếp bộ máy: {old} nhập vào {new}."


@dataclass(frozen=True)
class _Ended:
    """Agencies that have ended, who does their work today, what all are called, and which ended lately."""

    ends: Mapping[int, int]
    names: Mapping[int, str]
    lately: frozenset[int]

    def today(self, agency_id: int) -> int:
        return self.ends.get(agency_id, agency_id)

    def words(self, old: int) -> str:
        return WORDS.format(old=self.names[old], new=self.names[self.ends[old]])


def successors() -> dict[int, int]:
    """The agencies that have become part of another, each with that one."""
    found = select(Agency.id, Agency.successor_id).where(Agency.successor_id.is_not(None))
    return {key: successor for key, successor in db.session.execute(found) if successor is not None}


def _ended() -> _Ended:
    lines = successors()
    ends = {key: last(key, lines) for key in lines}
    named = select(Agency.id, Agency.name, Agency.valid_to).where(Agency.id.in_([*ends, *ends.values()]))
    rows = db.session.execute(named).all() if ends else []
    since = local_day(now()) - LOOKED_FOR
    return _Ended(ends, {row.id: row.name for row in rows}, frozenset(row.id for row in rows if row.valid_to and row.valid_to >= since))


def standing_with(agencies: list[int]) -> list[ColumnElement[bool]]:
    """Ways in which an open case has to do with agencies: responsible, being sent there, asked to help, proposed at the desk."""
    asked = select(Partner.case_id).where(Partner.agency_id.in_(agencies), Partner.state.in_(PARTNER_OPEN))
    proposed = select(Suggestion.case_id).where(Suggestion.agency_id.in_(agencies), Suggestion.decided_at.is_(None))
    return [
        Case.state.in_(OPEN_STATES) & Case.agency_id.in_(agencies) & Case.sealed.is_(False),
        Case.to_agency_id.in_(agencies),
        Case.id.in_(asked),
        (Case.state == State.SORTING) & Case.id.in_(proposed),
    ]


def _left(ended: _Ended) -> CompoundSelect[tuple[int]]:
    """Keys of everything that has to follow."""
    ways = standing_with(list(ended.ends))
    asked = select(Deletion.case_id).where(Deletion.state == DeletionState.ASKED)
    ways.append(Case.agency_id.in_(ended.ends) & Case.sealed.is_(False) & Case.id.in_(asked))
    for old in sorted(ended.lately & set(ended.ends)):
        new, excluded = ended.ends[old], any_(Case.excluded_agency_ids)
        ways.append(Case.sealed & (literal(old) == excluded) & ~(literal(new) == excluded) & (Case.agency_id != new))
    return union(*(select(Case.id).where(way) for way in ways))


def some() -> int:
    """Let some cases follow, in the caller's transaction; gives their number."""
    ended = _ended()
    if not ended.ends:
        return 0
    left = _left(ended).subquery()
    found = visible_cases(SYSTEM).where(Case.id.in_(select(left.c.id))).order_by(Case.id).limit(BATCH)
    at = now()
    cases = db.session.scalars(found.with_for_update(of=Case, skip_locked=True).execution_options(populate_existing=True)).all()
    for case in cases:
        _follow(case, ended, at)
    db.session.flush()
    return len(cases)


def follow() -> bool:
    """Let one batch follow, in the caller's transaction; gives whether nothing is left."""
    some()
    ended = _ended()
    return not ended.ends or db.session.scalar(select(_left(ended).subquery().c.id).limit(1)) is None


def _follow(case: Case, ended: _Ended, at: datetime) -> None:
    if case.sealed:
        _keep_from(case, ended)
        return
    holder, receiver = case.agency_id, case.to_agency_id
    _redirect(case, ended, at)
    helped = _partners(case, ended, at)
    if holder in ended.ends:
        _take_over(case, ended.today(holder), ended.words(holder), at)
    for old in dict.fromkeys(key for key in (receiver, *helped) if key is not None and key in ended.ends):
        apply(case, Move.SUCCEED, SYSTEM, other_agency_id=ended.today(old), reason=ended.words(old), at=at)
    suggestion = db.session.get(Suggestion, case.id)
    if suggestion is not None and suggestion.agency_id is not None and suggestion.decided_at is None:
        suggestion.agency_id = ended.today(suggestion.agency_id)


def _take_over(case: Case, to: int, words: str, at: datetime) -> None:
    if case.state in OPEN_STATES:
        apply(case, Move.SUCCEED, SYSTEM, to_agency_id=to, reason=words, at=at)
        return
    # It has ended, but its sender waits for a word about his data.
    before, case.agency_id = case.agency_id, to
    leave_trace(case, Move.SUCCEED, SYSTEM, at, from_state=case.state, from_agency_id=before, reason=words)
    tell_responsible(to, at_desk=case.at_desk, sealed=case.sealed, kind=NoticeKind.DELETION_ASKED)


def _redirect(case: Case, ended: _Ended, at: datetime) -> None:
    """A transfer goes on to the successor; one between two that have become the same has arrived."""
    transfer = under_way(case.id) if case.to_agency_id is not None else None
    if transfer is None or case.to_agency_id is None:
        return
    to = ended.today(case.to_agency_id)
    if to == ended.today(case.agency_id):
        old = case.to_agency_id if case.to_agency_id in ended.ends else case.agency_id
        end(transfer, TransferState.RECALLED, SYSTEM, at, ended.words(old))
        case.state, case.to_agency_id, case.at_desk = State.IN_PROGRESS, None, False
    else:
        transfer.to_agency_id = case.to_agency_id = to


def _partners(case: Case, ended: _Ended, at: datetime) -> list[int]:
    """The parts of co-agencies go over, one for each; whoever leads the case by now has nobody to help. Gives whose parts went over."""
    parts = db.session.scalars(
        select(Partner).where(Partner.case_id == case.id, Partner.state.in_(PARTNER_OPEN)).order_by(Partner.id)
    ).all()
    taken, moved = {ended.today(case.agency_id)}, []
    for part in sorted(parts, key=lambda part: part.agency_id in ended.ends):  # who is there already keeps its part
        old, new = part.agency_id, ended.today(part.agency_id)
        if new in taken:
            part.state, part.ended_at = PartnerState.CANCELLED, at
            part.report = ended.words(old if old in ended.ends else case.agency_id)
        else:
            part.agency_id = new
        taken.add(new)
        moved += [old] if old in ended.ends else []
    return moved


def _keep_from(case: Case, ended: _Ended) -> None:
    """Whoever takes over the officers of an accused body must not learn of the report either, nor what is beneath it (security D7)."""
    superiors = dict(db.session.execute(select(Agency.id, Agency.superior_id)).all())
    accused, excluded = list(case.accused_agency_ids), set(case.excluded_agency_ids)
    for old in [key for key in case.excluded_agency_ids if key in ended.ends]:
        excluded |= beneath(ended.ends[old], superiors) - {case.agency_id}
        if old in accused and ended.ends[old] not in accused:
            accused.append(ended.ends[old])
    case.accused_agency_ids, case.excluded_agency_ids = accused, sorted(excluded)
