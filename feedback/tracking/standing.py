"""Where a case stands, put together for its sender: who holds it, what the clock says, what was said, what he can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext as _n

from feedback.cases import queries as cases
from feedback.cases import records
from feedback.cases.access import CITIZEN, open_moves
from feedback.cases.clock import due_of, spans
from feedback.cases.clock_models import Pause
from feedback.cases.ending import may_reopen, reopen_until
from feedback.cases.message_models import FROM_CITIZEN, Message, MessageKind
from feedback.cases.models import Case, Rating
from feedback.cases.stages import PETITIONS, UPDATE_RULE
from feedback.cases.story import ANSWERING, SPEAKING, STOPPING, had
from feedback.cases.words import GROUNDS, SENDERS_OWN, story_line
from feedback.cases.workflow import OPEN_STATES, RUNNING_STATES, STOPPED_STATES, Move, State
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.kinds import RuleUnit
from feedback.localtime import local_day
from feedback.tracking import queries
from feedback.tracking.queries import GivenAnswer, Granted, History, Lead, UnderWay


@dataclass(frozen=True)
class Clock:
    """What the sender is told of his date."""

    overdue: bool
    #: Set while the clock stands still: since when, what for, until when at most.
    pause: Pause | None
    #: Whether the law lets this limit stand still at all.
    stands_still: bool
    #: The date that follows if the clock went on today; the same as the due date while it runs.
    due_at: datetime
    steps: Sequence[str]
    extensions: Sequence[str]
    #: When an overdue case is to be reported on next, and the day the office promised last.
    report_due: datetime | None
    promised_on: date | None


@dataclass(frozen=True)
class Following:
    """A merged case's lead as its follower sees it; of a sealed lead nothing but that there is one."""

    lead: Lead
    news: Sequence[tuple[datetime, str]]
    progress: Sequence[Message]
    answers: Sequence[GivenAnswer]
    overdue: bool


@dataclass(frozen=True)
class Standing:
    """Everything the page of one case says."""

    held_since: datetime
    still_open: bool
    under_way: UnderWay | None
    clock: Clock
    story: Sequence[tuple[datetime, str]]
    question: Message | None
    progress: Sequence[Message]
    own_words: Sequence[Message]
    answers: Sequence[GivenAnswer]
    rating: Rating | None
    #: The sender's own moves that are open now.
    moves: frozenset[Move]
    reopen_until: datetime | None
    following: Following | None


def standing_of(case: Case, at: datetime) -> Standing:
    """Put together what the sender of a case reads. The case's agency must be loaded."""
    history = queries.history(case.id)
    with held(history.edition):
        return _standing_of(case, history, _said(case.id, history), at)


def _said(case_id: int, history: History) -> Sequence[Message]:
    return records.messages(case_id) if had(history.events, *SPEAKING) else []


def _answers(case_id: int, history: History) -> Sequence[GivenAnswer]:
    return queries.given_answers([case_id]) if had(history.events, *ANSWERING) else []


def _standing_of(case: Case, history: History, said: Sequence[Message], at: datetime) -> Standing:
    return Standing(
        held_since=next(event.at for event in reversed(history.events) if event.handed_over),
        still_open=case.state in OPEN_STATES,
        under_way=queries.under_way(case.id) if case.state is State.FORWARDED else None,
        clock=_clock(case, history, said, at),
        story=[(event.at, line) for event in history.events if (line := story_line(event, sealed=case.sealed))],
        question=_last(said, MessageKind.QUESTION) if case.state is State.AWAITING_SUPPLEMENT else None,
        progress=_progress(said),
        own_words=[message for message in said if message.kind in FROM_CITIZEN],
        answers=_answers(case.id, history),
        rating=cases.rating(case) if had(history.events, Move.RATE) else None,
        moves=_moves(case, at),
        reopen_until=reopen_until(case),
        following=_following(case, at),
    )


def _moves(case: Case, at: datetime) -> frozenset[Move]:
    moves = set(open_moves(CITIZEN, case))
    return frozenset(moves if may_reopen(case, at) else moves - {Move.REOPEN})


def _last(said: Sequence[Message], kind: MessageKind) -> Message | None:
    return next((message for message in reversed(said) if message.kind is kind), None)


def _progress(said: Sequence[Message]) -> Sequence[Message]:
    """Progress reports, newest first."""
    return [message for message in reversed(said) if message.kind is MessageKind.PROGRESS]


def _clock(case: Case, history: History, said: Sequence[Message], at: datetime) -> Clock:
    running = case.state in RUNNING_STATES
    overdue = running and case.due_at < at
    pauses = records.pauses(case.id) if had(history.events, *STOPPING) else []
    pause = records.open_pause(pauses) if case.state in STOPPED_STATES else None
    granted = queries.granted_extensions(case) if had(history.events, Move.EXTEND) else []
    stops = spans(pauses, case.clock_from, at)
    deadline = due_of(case.rule_code, case.clock_from, stops, [extension.rule_code for extension in granted])
    promise = _last(said, MessageKind.PROGRESS)
    return Clock(
        overdue=overdue,
        pause=pause,
        stands_still=pause is not None and city.rule(case.rule_code, local_day(case.clock_from)).pausable,
        due_at=deadline.due if pause else case.due_at,
        # What the rule of a sealed case is would tell what it is about, to whoever looks over the sender's shoulder.
        steps=[] if case.sealed else [step.render(_) for step in deadline.steps],
        extensions=_extensions(case, granted),
        report_due=_next_report(case, history) if overdue and case.track not in PETITIONS else None,
        promised_on=promise.promised_on if promise and running else None,
    )


def _next_report(case: Case, history: History) -> datetime:
    """When the office must tell how it stands: seven days after the due date or the last report (QĐ 574/QĐ-TTg 2017)."""
    told = [event.at for event in history.events if event.move is Move.UPDATE]
    return due_of(UPDATE_RULE, max([case.due_at, *told])).due


def _extensions(case: Case, granted: Sequence[Granted]) -> Sequence[str]:
    """By how much and why the limit that runs was extended; of a sealed case only why."""
    told = []
    for extension in granted:
        ground = GROUNDS[extension.ground]
        if case.sealed:
            told.append(str(ground))
            continue
        rule = city.rule(extension.rule_code, local_day(case.clock_from))
        words = (
            _n("thêm %(num)s ngày làm việc: %(ground)s", "thêm %(num)s ngày làm việc: %(ground)s", rule.amount, ground=ground)
            if rule.unit is RuleUnit.WORKING_DAY
            else _n("thêm %(num)s ngày: %(ground)s", "thêm %(num)s ngày: %(ground)s", rule.amount, ground=ground)
        )
        told.append(str(words))
    return told


def _following(case: Case, at: datetime) -> Following | None:
    lead = queries.lead_of(case) if case.state is State.MERGED else None
    if lead is None:
        return None
    if lead.sealed:
        return Following(lead, [], [], [], overdue=False)
    history = queries.history(lead.id)
    return Following(
        lead=lead,
        news=[(event.at, line) for event in history.events if event.move not in SENDERS_OWN and (line := story_line(event))],
        progress=_progress(_said(lead.id, history)),
        answers=_answers(lead.id, history),
        overdue=lead.state in RUNNING_STATES and lead.due_at < at,
    )
