"""What keeps a process from taking in reports."""

from __future__ import annotations

from flask import current_app

from feedback.attachments.storage import Store
from feedback.cli import is_behind


def obstacles() -> list[str]:
    """Names of what is in the way. Raises SQLAlchemyError when the database does not answer."""
    found = ["migrations"] if is_behind() else []
    return found if Store(current_app.extensions["config"].var / "attachments").has_room() else [*found, "disk"]
