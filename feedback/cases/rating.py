"""The citizen's own moves, made with the tracking code."""

from __future__ import annotations

from feedback.cases.access import CITIZEN
from feedback.cases.models import Rating, Solved
from feedback.cases.workflow import Move
from feedback.cases.writing import apply, lock_by_id
from feedback.db import atomic, db, now
from feedback.localtime import local_day
from feedback.text import clean

COMMENT_LIMIT = 2000


@atomic
def rate(case_id: int, solved: Solved, satisfaction: int | None, comment: str) -> None:
    """Đánh giá: is it really solved, and how satisfied is the sender. Closes the case."""
    case = lock_by_id(case_id)
    at = now()
    case.closed_at = at
    apply(case, Move.RATE, CITIZEN, at=at)
    db.session.add(
        Rating(
            case_id=case_id,
            round=case.reopenings,
            solved=solved,
            satisfaction=satisfaction,
            comment=clean(comment, COMMENT_LIMIT),
            rated_on=local_day(at),
        )
    )
