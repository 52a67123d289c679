"""Who chose what. Never changes anything."""

from __future__ import annotations

from sqlalchemy import select

from analytics.briefing.models import Rhythm, Wish
from feedback.cases.access import Actor
from feedback.db import db


def rhythm_of(actor: Actor) -> Rhythm | None:
    """How often an officer is told; None for never."""
    return db.session.scalar(select(Wish.rhythm).where(Wish.user_id == actor.user_id))
