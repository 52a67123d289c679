"""What the inbox's pages share: the blueprint, who may come here, and who is asking."""

from __future__ import annotations

from flask import Blueprint, g
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from feedback.accounts.models import Role
from feedback.cases.access import Actor

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
