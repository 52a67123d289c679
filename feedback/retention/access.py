"""Who decides about keeping: the head of the agency that holds a case, the inspectorate for sealed ones, the desk for what lies there."""

from __future__ import annotations

from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.cases.workflow import Who


def may_hold(actor: Actor, case: Case) -> bool:
    """Place or lift a hold on a case the actor is known to see."""
    if actor.who is Who.INSPECTORATE:
        return True
    return actor.who is Who.AGENCY_HEAD and case.agency_id == actor.agency_id and not case.at_desk


def may_decide(actor: Actor, case: Case) -> bool:
    """Answer a sender's request for deletion."""
    return may_hold(actor, case) or (actor.who is Who.FRONT_DESK and case.at_desk)
