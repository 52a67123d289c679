"""What demo agencies let everybody read: masked text and answer of a case whose sender agreed; mirrors `feedback.answers.publishing`."""

from __future__ import annotations

import functools
from random import Random

from analytics.demo.acts import Publishing, Story, to_the_millisecond
from analytics.demo.rhythm import Rhythm
from analytics.demo.rows import Fold
from analytics.redact import redact
from feedback.answers.publishing import ANSWER_LIMIT, TEXT_LIMIT
from feedback.cases.message_models import Publication
from feedback.cases.sorting import CONDUCT
from feedback.cases.workflow import Move
from feedback.text import clean
from feedback.text import fold as folded

#: How many of the cases that may be public are, and office hours until an officer gets to it.
LET_OUT, HOURS = 0.6, 9


def publishing(rng: Random, rhythm: Rhythm, story: Story) -> Publishing | None:
    """What becomes public of an answered case, after its last act; None where the sender did not agree or nobody has got to it."""
    opening, last = story.opening, story.acts[-1]
    if not opening.report.wants_public or opening.category_code == CONDUCT or last.move not in (Move.APPROVE, Move.RATE):
        return None
    at = to_the_millisecond(rhythm.after(rng, last.at, HOURS))
    if rng.random() >= LET_OUT or at > rhythm.now:
        return None
    written = next(act for act in reversed(story.acts) if act.reply is not None)
    assert written.reply is not None
    (text, in_text), (answer, in_answer) = _masked(opening.report.text, TEXT_LIMIT), _masked(written.reply.text, ANSWER_LIMIT)
    return Publishing(at, written.actor, text, answer, in_text + in_answer)


@functools.cache
def _masked(text: str, limit: int) -> tuple[str, int]:
    """A text as it may be read, and what a second look still marks in it. The same texts come again and again."""
    masked = clean(redact(text).text, limit)
    return masked, len(redact(masked).found)


def publish(fold: Fold, out: Publishing) -> None:
    """`publish`."""
    fold.add(
        Publication,
        case_id=fold.case["id"],
        text=out.text,
        text_folded=folded(f"{out.text} {out.answer}"),
        answer=out.answer,
        published_at=out.at,
        published_by_id=out.actor.user_id,
        followers=0,
    )
    fold.audit("case.publish", out.at, out.actor, left_in=out.left_in)
