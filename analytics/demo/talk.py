"""What office and sender tell one another along the way: mirrors `feedback.cases.dialogue`, `.extending` and `feedback.notices`."""

from __future__ import annotations

from analytics.demo.acts import Act
from analytics.demo.rows import Fold
from feedback.cases.clock_models import DueCause, Extension, Ground, Pause, PauseKind
from feedback.cases.message_models import Message, MessageKind
from feedback.cases.models import Answer, AnswerState
from feedback.cases.stages import SUPPLEMENT_RULE
from feedback.localtime import local_day
from feedback.notices.models import Notice, NoticeChannel, NoticeKind, NoticeState

#: What heads tick when they extend a limit.
GROUND = Ground.EXPERTISE


def ask(fold: Fold, act: Act) -> None:
    """`ask`."""
    _say(fold, act, MessageKind.QUESTION)
    fold.case["questions"] += 1
    fold.add(
        Pause,
        case_id=fold.case["id"],
        kind=PauseKind.SUPPLEMENT,
        reason=act.reason,
        began_at=act.at,
        began_by_id=act.actor.user_id,
        ends_by=fold.office.due(SUPPLEMENT_RULE, act.at),
        ended_at=None,
    )
    tell_sender(fold, act, NoticeKind.QUESTION)


def supplement(fold: Fold, act: Act) -> None:
    """`supplement`."""
    _say(fold, act, MessageKind.SUPPLEMENT)
    fold.rows[Pause][-1]["ended_at"] = act.at
    fold.recompute(act.at, DueCause.PAUSE)


def report_progress(fold: Fold, act: Act) -> None:
    """`report_progress`."""
    _say(fold, act, MessageKind.PROGRESS)
    tell_sender(fold, act, NoticeKind.PROGRESS)


def extend(fold: Fold, act: Act) -> None:
    """`extend`."""
    fold.add(
        Extension,
        case_id=fold.case["id"],
        rule_code=f"{fold.case['rule_code']}-EXT",
        ground=GROUND,
        reason=act.reason,
        asked_at=act.at,
        asked_by_id=act.actor.user_id,
        decided_at=act.at,
        decided_by_id=act.actor.user_id,
        granted=True,
        clock_from=fold.case["clock_from"],
    )
    fold.recompute(act.at, DueCause.EXTENSION)
    tell_sender(fold, act, NoticeKind.EXTENDED)


def reopen(fold: Fold, act: Act) -> None:
    """`reopen`."""
    _say(fold, act, MessageKind.OBJECTION)
    fold.rows[Answer][-1]["state"] = AnswerState.SUPERSEDED
    fold.case.update(answered_at=None, closed_at=None, reopenings=fold.case["reopenings"] + 1, clock_from=act.at)
    fold.recompute(act.at, DueCause.REOPENED)


def _say(fold: Fold, act: Act, kind: MessageKind) -> None:
    """`say`."""
    said = {"promised_on": None, "author_id": act.actor.user_id}
    fold.add(Message, case_id=fold.case["id"], kind=kind, text=act.reason, on=local_day(act.at), **said)


def tell_sender(fold: Fold, act: Act, kind: NoticeKind) -> None:
    """`notify_citizen`."""
    if not fold.case["anonymous"] and not fold.case["sealed"]:
        notice(fold, act, kind, NoticeState.HELD if fold.story.opening.report.contact.email else NoticeState.NO_ADDRESS)


def notice(fold: Fold, act: Act, kind: NoticeKind, state: NoticeState, user_id: int | None = None) -> None:
    """A notice to an officer, or to the sender, after the worker has taken it up; no mail server is there to bring it."""
    to = {"case_id": None, "case_public_id": fold.case["public_id"]} if user_id else {"case_id": fold.case["id"], "case_public_id": ""}
    fold.add(
        Notice,
        **{"kind": kind, "state": state, "channel": NoticeChannel.MAIL, "user_id": user_id, **to},
        facts={},
        created_at=act.at,
        tries=0,
        last_error="",
    )
