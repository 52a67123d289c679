"""Where a reader stands to a case, and what he may read of it besides the report itself."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from feedback.cases.access import Actor
from feedback.cases.models import Answer, AnswerState, Case
from feedback.cases.workflow import Who

#: Answers that have been the agency's word; the others are drafts that only the agency reads.
GIVEN = frozenset({AnswerState.PUBLISHED, AnswerState.SUPERSEDED})


class Stand(StrEnum):
    """Who is reading."""

    HOLDER = "holder"  # the agency responsible now
    RECEIVER = "receiver"  # the agency a transfer is under way to
    PARTNER = "partner"  # a co-agency: the report and its own part, nothing else
    LEADER = "leader"  # leadership: everything that is official, no person's data


def stand_of(actor: Actor, case: Case) -> Stand:
    """Where this actor stands; he is known to see the case."""
    if actor.who is Who.LEADERSHIP:
        return Stand.LEADER
    if case.agency_id == actor.agency_id:
        return Stand.HOLDER
    return Stand.RECEIVER if case.to_agency_id == actor.agency_id else Stand.PARTNER


def shown_answers(actor: Actor, case: Case, written: Sequence[Answer]) -> list[Answer]:
    """Every version for the agency that answers, for others what the citizen was told."""
    own_agency = stand_of(actor, case) is Stand.HOLDER
    return [row for row in written if own_agency or row.state in GIVEN]
