"""What the story of a case tells of other tables: a page that has read the story asks only for what can be there."""

from __future__ import annotations

from collections.abc import Iterable

from feedback.cases.models import CaseEvent
from feedback.cases.words import Happening
from feedback.cases.workflow import Move

#: Moves that leave a message, a pause, an answer for the sender, besides the event.
SPEAKING = frozenset({Move.ASK, Move.SUPPLEMENT, Move.ADD, Move.UPDATE, Move.REOPEN})
STOPPING = frozenset({Move.ASK, Move.SUSPEND})
ANSWERING = frozenset({Move.APPROVE, Move.CONCLUDE})


def had(story: Iterable[CaseEvent | Happening], *moves: Move) -> bool:
    """Whether one of these moves was ever made."""
    return any(line.move in moves for line in story)
