"""What demo inspectors found of the reports they examined; mirrors `feedback.cases.verifying.record_finding`."""

from __future__ import annotations

from datetime import timedelta

from analytics.demo.acts import Concluded, Story, to_the_millisecond
from analytics.demo.rhythm import Rhythm
from analytics.demo.rows import Fold
from feedback.cases.conduct_models import ConductFinding, Verdict
from feedback.cases.models import Outcome
from feedback.cases.workflow import Move
from feedback.localtime import local_day

FOUND = {
    Outcome.SOLVED: Verdict.SUBSTANTIATED,
    Outcome.PARTLY: Verdict.SUBSTANTIATED,
    Outcome.EXPLAINED: Verdict.NOT_SUBSTANTIATED,
    Outcome.UNFOUNDED: Verdict.NOT_SUBSTANTIATED,
}
#: So long after everything else it is written down.
AFTER = timedelta(minutes=4)


def conclusion(rhythm: Rhythm, story: Story) -> Concluded | None:
    """What is found in a report that the inspectorate took up and has answered; None where it has not, or not yet."""
    last = story.acts[-1]
    if last.move not in (Move.APPROVE, Move.RATE) or not any(act.move is Move.TAKE_UP for act in story.acts):
        return None
    written = next(act for act in reversed(story.acts) if act.reply is not None)
    assert written.reply is not None
    at = to_the_millisecond(last.at + AFTER)
    return None if at > rhythm.now else Concluded(at, written.actor, FOUND[written.reply.outcome])


def conclude(fold: Fold, found: Concluded) -> None:
    """`record_finding`."""
    fold.add(
        ConductFinding,
        case_id=fold.case["id"],
        verdict=found.verdict,
        found_on=local_day(found.at),
        category_code=fold.case["citizen_category_code"] or fold.case["category_code"],
        district_id=fold.office.districts.get(fold.case["area_id"]),
    )
    fold.audit("case.finding", found.at, found.actor, verdict=found.verdict.value)
