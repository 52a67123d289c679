"""What the inbox's pages share: the blueprint, who may come here, and who is asking."""

from __future__ import annotations

from flask import Blueprint, g
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from feedback.accounts.models import Role
from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.cases.queries import visible_case
from feedback.inbox import services

blueprint = Blueprint("inbox", __name__, url_prefix="/can-bo/ho-so")
AGENCY = (Role.HANDLER, Role.AGENCY_HEAD)
ANSWERING = (*AGENCY, Role.INSPECTORATE)
APPROVING = (Role.AGENCY_HEAD, Role.INSPECTORATE)

Page = str | Response | tuple[str, int]


def actor_here() -> Actor:
    """The officer who asks, as the services know him."""
    return Actor.of(current_user)


def locale_here() -> str:
    """Language of the page: vi or en."""
    return str(get_locale() or "vi")


def reload_officer() -> None:
    """A commit or rollback empties the signed-in officer's row; the next use reads it again."""
    g.pop("_login_user", None)


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
