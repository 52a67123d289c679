"""What people say against the machine, and the second looks at what was drawn: mirrors `feedback.cases.learning`."""

from __future__ import annotations

from typing import Any

from analytics.demo.acts import Act, Look, Story
from analytics.demo.rows import Fold
from feedback.cases.learning import Finding
from feedback.cases.learning_models import CheckDraw, Correction, Way, Why
from feedback.cases.learning_rules import is_drawn, text_mark
from feedback.cases.sorting import CONDUCT
from feedback.cases.workflow import Move

WAYS = {Move.FORWARD: Way.FORWARD, Move.SEAL: Way.SEAL, Move.RELEASE: Way.RELEASE}


def corrections(story: Story) -> dict[int, tuple[Way, str]]:
    """By the place of the act in the story: each decision of an officer that is neither what the machine had said nor said before."""
    labels = story.opening.labels
    said, found = (labels.category, labels.misconduct or labels.category == CONDUCT), {}
    for place, act in enumerate(story.acts):
        if act.move in WAYS and act.actor.user_id is not None:
            category = CONDUCT if act.move is Move.SEAL else act.category_code
            if (category, category == CONDUCT) != said:
                said = (category, category == CONDUCT)
                found[place] = WAYS[act.move], category
    return found


def draw(fold: Fold, act: Act) -> None:
    """`draw`."""
    if is_drawn(fold.office.learning_key, fold.case["public_id"]):
        fold.add(CheckDraw, case_id=fold.case["id"], why=Why.RANDOM, drawn_at=act.at)


def note(fold: Fold, act: Act) -> None:
    """`note`."""
    kept = corrections(fold.story).get(fold.story.acts.index(act))
    if kept is None:
        return
    way, category = kept
    _correct(fold, way, Finding(category, category == CONDUCT), act.at, act.actor.user_id)
    if not fold.rows[CheckDraw]:
        fold.add(CheckDraw, case_id=fold.case["id"], why=Why.CORRECTED, drawn_at=act.at)


def check(fold: Fold, look: Look) -> None:
    """`check`."""
    _correct(fold, Way.CHECK, look.found, look.at, look.actor.user_id)
    fold.audit("case.checked", look.at, look.actor)


def _correct(fold: Fold, way: Way, found: Finding, at: Any, user_id: int | None) -> None:
    labels, blind = fold.story.opening.labels, way is Way.CHECK
    fold.add(
        Correction,
        case_id=fold.case["id"],
        at=at,
        way=way,
        model_version=labels.model_version,
        text_mark=text_mark(fold.office.learning_key, fold.case["text"]),
        suggested_category_code=labels.category,
        confidence=labels.confidence,
        alternatives=[list(pair) for pair in labels.alternatives],
        abstained=labels.abstain,
        suggested_misconduct=labels.misconduct,
        suggested_urgent=labels.urgent,
        suggested_spam=labels.spam,
        suggested_insult=labels.insult,
        category_code=found.category_code,
        misconduct=found.misconduct,
        urgent=found.urgent if blind else None,
        spam=found.spam if blind else None,
        insult=found.insult if blind else None,
        decided_by_id=user_id,
    )
