"""What each move changes besides state and holder: mirrors the services in `feedback.cases`, one function each."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from datetime import datetime
from operator import itemgetter

from analytics.demo import looks, published, verdicts
from analytics.demo.acts import Act, Story
from analytics.demo.codes import demo_code
from analytics.demo.handovers import accept, accept_part, ask_partner, decide, forward, give_back, report_part
from analytics.demo.rows import Fold, Numbers, Office, Rows
from analytics.demo.talk import ask, extend, notice, reopen, report_progress, supplement, tell_sender
from feedback.cases import contacts
from feedback.cases.intake import FIRST_CATEGORY
from feedback.cases.models import Answer, AnswerState, Case, CaseEvent, Contact, Rating, Refusal, Suggestion
from feedback.cases.sorting import CONDUCT, what_was_read
from feedback.cases.workflow import Move, State
from feedback.cases.writing import UNSEEN
from feedback.city.models import Track
from feedback.crypto import new_data_key
from feedback.intake.drafts import hmac_of
from feedback.localtime import day_start, local_day
from feedback.notices.models import NoticeKind, NoticeState
from feedback.sealing import CaseKey, key_place, key_ring
from feedback.text import fold as folded

#: Why the demo's desk takes a report not on: the only reason that any text allows.
REFUSAL = Refusal.SETTLED
#: The same texts come again and again.
_folded = functools.cache(folded)


def rows_of(story: Story, office: Office, numbers: Numbers) -> Rows:
    """Every row of one story, by table."""
    besides: list[tuple[datetime, Callable[[Fold], None]]] = []
    if story.look is not None:
        besides.append((story.look.at, functools.partial(looks.check, look=story.look)))
    if story.published is not None:
        besides.append((story.published.at, functools.partial(published.publish, out=story.published)))
    if story.concluded is not None:
        besides.append((story.concluded.at, functools.partial(verdicts.conclude, found=story.concluded)))
    return Fold(story, office, numbers).all(EFFECTS, sorted(besides, key=itemgetter(0)))


def submit(fold: Fold, act: Act) -> None:
    """`submit_report`."""
    report, public_id = fold.story.opening.report, fold.story.opening.public_id
    fold.case = fold.add(
        Case,
        id=fold.numbers.case_id,
        public_id=public_id,
        reference=None,
        code_hmac=hmac_of(demo_code(fold.office.secret, public_id)),
        track=Track.FEEDBACK,
        sealed=True,
        text=report.text,
        text_folded=_folded(report.text),
        place=report.place,
        area_id=report.area_id,
        citizen_category_code=report.category_code,
        procedure_id=None,
        to_agency_id=None,
        at_desk=True,
        handler_id=None,
        lead_case_id=None,
        split_from_id=None,
        refusal=None,
        guidance="",
        hops=0,
        returns=0,
        reopenings=0,
        questions=0,
        channel=report.channel,
        language=report.language,
        wants_public=report.wants_public,
        anonymous=not report.contact,
        urgent=False,
        received_at=act.at,
        clock_from=act.at,
        forwarded_at=None,
        accepted_at=None,
        answered_at=None,
        closed_at=None,
        version=0,
    )
    fold.set_category(FIRST_CATEGORY, act.at)
    key = new_data_key()
    fold.add(CaseKey, case_id=fold.numbers.case_id, wrapped=key_ring().wrap(key, key_place(public_id)))
    if report.contact:
        row = contacts.sealed(fold.numbers.case_id, key, report.contact.name, report.contact.phone, report.contact.email)
        fold.add(Contact, **{column.name: getattr(row, column.name) for column in Contact.__table__.columns})


def sort(fold: Fold, act: Act) -> None:
    """`classify_case` when nothing points to misconduct."""
    _read(fold, act)
    fold.set_category(fold.story.opening.report.category_code or fold.story.opening.labels.category, act.at)
    _unseal(fold, act)


def seal(fold: Fold, act: Act) -> None:
    """`classify_case` at a sign of misconduct, or `send_to_inspectorate`."""
    fresh, unnamed = fold.case["state"] is State.RECEIVED, fold.case["anonymous"]
    at = day_start(act.at) if fresh and unnamed else act.at
    if fresh:
        _read(fold, dataclasses.replace(act, at=at))
    fold.case.update(sealed=True, reference=None, track=Track.CONDUCT)
    if unnamed:
        _hide_hour(fold)
    fold.set_category(CONDUCT, at)


def _hide_hour(fold: Fold) -> None:
    """`hide_hour`."""
    if fold.case["clock_from"] == fold.case["received_at"]:
        fold.case["clock_from"] = day_start(fold.case["clock_from"])
    fold.case["received_at"] = day_start(fold.case["received_at"])
    for event in fold.rows[CaseEvent]:
        if event["who"] in UNSEEN:
            event["at"] = day_start(event["at"])


def release(fold: Fold, act: Act) -> None:
    """`release`."""
    _unseal(fold, act)
    fold.case["track"] = Track.FEEDBACK
    fold.set_category(act.category_code, act.at)


def take_up(fold: Fold, act: Act) -> None:
    """`take_up`."""
    fold.case.update(accepted_at=act.at, handler_id=act.actor.user_id)


def refuse(fold: Fold, act: Act) -> None:
    """`refuse`."""
    fold.case.update(refusal=REFUSAL, guidance=act.reason, closed_at=act.at)
    tell_sender(fold, act, NoticeKind.REFUSED)


def withdraw(fold: Fold, act: Act) -> None:
    """`withdraw`."""
    fold.case["closed_at"] = act.at


def submit_answer(fold: Fold, act: Act) -> None:
    """`submit_answer`."""
    assert act.reply is not None
    fold.add(
        Answer,
        case_id=fold.case["id"],
        state=AnswerState.SUBMITTED,
        outcome=act.reply.outcome,
        text=act.reply.text,
        author_id=act.actor.user_id,
        written_at=act.at,
        decided_by_id=None,
        decided_at=None,
        comment="",
    )


def send_back(fold: Fold, act: Act) -> None:
    """`send_back`."""
    _decide(fold, act, AnswerState.SENT_BACK)
    answer = fold.rows[Answer][-1]
    answer["comment"] = act.reason
    notice(fold, act, NoticeKind.ANSWER_SENT_BACK, NoticeState.NO_ADDRESS, user_id=answer["author_id"])


def approve(fold: Fold, act: Act) -> None:
    """`approve`."""
    _decide(fold, act, AnswerState.PUBLISHED)
    fold.case["answered_at"] = act.at
    tell_sender(fold, act, NoticeKind.ANSWERED)


def rate(fold: Fold, act: Act) -> None:
    """`rate`."""
    assert act.verdict is not None
    fold.case["closed_at"] = act.at
    verdict = act.verdict
    fold.add(
        Rating,
        case_id=fold.case["id"],
        round=fold.case["reopenings"],
        solved=verdict.solved,
        satisfaction=verdict.satisfaction,
        comment=verdict.comment,
        rated_on=local_day(act.at),
    )


def _read(fold: Fold, act: Act) -> None:
    """What the machine made of the text."""
    labels, bodies = fold.story.opening.labels, fold.story.opening.bodies
    fold.case["urgent"] = labels.urgent
    fold.add(
        Suggestion,
        case_id=fold.case["id"],
        at=act.at,
        worked=True,
        **what_was_read(labels),
        agency_id=bodies.proposed_id,
        routing_reason=bodies.proposed_reason,
        decided_category_code=None,
        decided_agency_id=None,
        decided_by_id=None,
        decided_at=None,
    )
    looks.draw(fold, act)


def _unseal(fold: Fold, act: Act) -> None:
    fold.case.update(sealed=False, reference=f"PA-{act.at.year}-{next(fold.numbers.references):06d}")


def _decide(fold: Fold, act: Act, state: AnswerState) -> None:
    fold.rows[Answer][-1].update(state=state, decided_by_id=act.actor.user_id, decided_at=act.at)


def _noted(effect: Callable[[Fold, Act], None]) -> Callable[[Fold, Act], None]:
    """A decision that is kept when it goes against the machine."""

    def run(fold: Fold, act: Act) -> None:
        effect(fold, act)
        looks.note(fold, act)

    return run


#: What each move changes besides state and holder.
EFFECTS: dict[Move, Callable[[Fold, Act], None]] = {
    Move.SUBMIT: submit,
    Move.SORT: sort,
    Move.SEAL: _noted(seal),
    Move.RELEASE: _noted(release),
    Move.TAKE_UP: take_up,
    Move.FORWARD: _noted(forward),
    Move.ACCEPT: accept,
    Move.RETURN: give_back,
    Move.DECIDE: decide,
    Move.ASK: ask,
    Move.SUPPLEMENT: supplement,
    Move.EXTEND: extend,
    Move.REOPEN: reopen,
    Move.REFUSE: refuse,
    Move.WITHDRAW: withdraw,
    Move.UPDATE: report_progress,
    Move.ASK_PARTNER: ask_partner,
    Move.PARTNER_ACCEPT: accept_part,
    Move.PARTNER_REPORT: report_part,
    Move.SUBMIT_ANSWER: submit_answer,
    Move.SEND_BACK: send_back,
    Move.APPROVE: approve,
    Move.RATE: rate,
}
