"""What the inbox's pages share: the blueprint, who may come here, and who is asking."""

from __future__ import annotations

from flask import Blueprint

from feedback.accounts.models import Role
from feedback.cases.models import Case
from feedback.cases.pages import actor_here, reload_officer
from feedback.cases.queries import visible_case
from feedback.inbox import services

blueprint = Blueprint("inbox", __name__, url_prefix="/can-bo/ho-so")
AGENCY = (Role.HANDLER, Role.AGENCY_HEAD)
ANSWERING = (*AGENCY, Role.INSPECTORATE)
APPROVING = (Role.AGENCY_HEAD, Role.INSPECTORATE)


def open_case(public_id: str) -> Case:
    """A case the officer sees, to be shown to him. Raises NotFound.

    Whatever leads here, that a sealed case was opened is written down first; when it cannot be, nothing is shown.
    """
    found = visible_case(actor_here(), public_id)
    if services.leaves_trace(actor_here(), found):
        services.note_opening(actor_here(), public_id)
        reload_officer()
        found = visible_case(actor_here(), public_id)
    return found
