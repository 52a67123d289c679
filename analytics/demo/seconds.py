"""Second looks at demo cases: who reads again what was drawn for a blind check, when, and what he finds. Pure but for value types."""

from __future__ import annotations

from random import Random

from analytics.demo.acts import Cast, Look, Opening, Story, to_the_millisecond
from analytics.demo.rhythm import Rhythm
from feedback.cases.learning import Finding
from feedback.cases.sorting import CONDUCT
from feedback.cases.workflow import Move

#: Of the cases drawn, how many nobody has come to yet; office hours until somebody does; how often two people disagree.
NOT_YET, HOURS, DISAGREES = 0.04, 16, 0.06


def second_look(rng: Random, rhythm: Rhythm, cast: Cast, story: Story) -> Look | None:
    """A look by somebody who has no part in the case, some time after it was decided; None while it waits for one."""
    decided = next((act for act in story.acts if act.move in (Move.FORWARD, Move.TAKE_UP)), None)
    if decided is None or rng.random() < NOT_YET:
        return None
    at = to_the_millisecond(rhythm.after(rng, decided.at, HOURS))
    part = {act.actor.user_id for act in story.acts}
    others = [one for one in (cast.desk if decided.move is Move.FORWARD else cast.inspectors) if one.user_id not in part]
    gone = any(act.move is Move.WITHDRAW and act.at <= at for act in story.acts)
    if gone or not others or at > rhythm.now:
        return None
    return Look(at, rng.choice(others), _found(rng, story.opening))


def _found(rng: Random, opening: Opening) -> Finding:
    """Mostly what the report is about, now and then the next likely field; a sign that the machine saw is now and then not seen."""
    labels, category = opening.labels, opening.category_code
    if rng.random() < DISAGREES and labels.alternatives:
        category = labels.alternatives[0][0]
    urgent, insult = (seen and rng.random() >= DISAGREES for seen in (labels.urgent, labels.insult))
    return Finding(category, category == CONDUCT, urgent, spam=False, insult=insult)
