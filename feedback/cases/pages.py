"""What the pages of officers share: who is asking."""

from __future__ import annotations

from flask import g
from flask_login import current_user

from feedback.cases.access import Actor


def actor_here() -> Actor:
    """The officer who asks, as the services know him."""
    return Actor.of(current_user)


def reload_officer() -> None:
    """A commit or rollback empties the signed-in officer's row; the next use reads it again."""
    g.pop("_login_user", None)
