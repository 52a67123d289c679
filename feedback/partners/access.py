"""As whom a partner system acts: a handler of its agency, by an account that nobody can sign in to."""

from __future__ import annotations

from feedback.cases.access import Actor
from feedback.cases.workflow import Who
from feedback.partners.models import PartnerSystem


def actor_of(system: PartnerSystem) -> Actor:
    """The actor that workflow and policies know: it sees and may do what a handler of the agency does, and never approves an answer."""
    return Actor(Who.HANDLER, system.account_id, system.agency_id)
