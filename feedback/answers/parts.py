"""What the case page shows of answers beside their words: prepared texts, marked changes, a letter owed, the way to publication."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback.answers import publishing, queries
from feedback.answers.changes import changes
from feedback.cases.access import Actor
from feedback.cases.handling import EDITED
from feedback.cases.models import Answer, Case
from feedback.cases.workflow import Move


def answer_parts(actor: Actor, case: Case, written: Sequence[Answer], moves: frozenset[Move], at: datetime) -> dict[str, Any]:
    """Plain values for `_answer.html` and `_publish.html`; nothing of the agency's drafts for whoever does not hold the case."""
    holds = case.agency_id == actor.agency_id and not case.at_desk
    return {
        "prepared": queries.templates(case.category_code) if Move.SUBMIT_ANSWER in moves else {},
        "marked": _marked(written) if holds else {},
        "edited_remark": EDITED,
        "apology_owed": holds and queries.apology_facts(case, at) is not None,
        "may_publish": publishing.may_publish(actor, case),
        "publication": publishing.current(case) if publishing.may_publish(actor, case) else None,
    }


def _marked(written: Sequence[Answer]) -> dict[int, Any]:
    """By version: what changed since the one before it, when anything did."""
    return {new.id: changes(old.text, new.text) for old, new in itertools.pairwise(written) if old.text != new.text}
