"""The ways in which an agency has to do with a case, each a list of its own that one index can give in order."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_

from feedback.cases.access import Actor, helped_by, visible_cases
from feedback.cases.handover_models import PARTNER_OPEN
from feedback.cases.models import Case


class Reach(StrEnum):
    """How the agency has to do with the case."""

    HELD = "held"  # responsible for it now, at its handlers' desks
    INCOMING = "incoming"  # under way to it
    HELPED = "helped"  # asked to co-handle it, now or before
    HELPING = "helping"  # asked to co-handle it, and not yet done


def within(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The reach as a condition."""
    match reach:
        case Reach.HELD:
            return and_(Case.agency_id == actor.agency_id, Case.at_desk.is_(False))
        case Reach.INCOMING:
            return Case.to_agency_id == actor.agency_id
        case Reach.HELPED:
            return helped_by(actor)
        case _:
            return helped_by(actor, PARTNER_OPEN)


def arms_of(actor: Actor, reaches: Sequence[Reach]) -> list[Select[Case]]:
    """The cases the actor may know of, one select for each reach; without any, one for all of them."""
    return [visible_cases(actor).where(within(actor, reach)) for reach in reaches] or [visible_cases(actor)]
