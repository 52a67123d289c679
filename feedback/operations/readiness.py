"""What keeps a process from taking in reports."""

from __future__ import annotations

from flask import current_app

from feedback.attachments.stores import store_of
from feedback.city.queries import is_loaded
from feedback.cli import is_behind


def obstacles() -> list[str]:
    """Names of what is in the way. Raises SQLAlchemyError when the database does not answer."""
    found = ["migrations"] if is_behind() else [] if is_loaded() else ["city"]
    return found if store_of(current_app.extensions["config"]).has_room() else [*found, "disk"]
