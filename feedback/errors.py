"""What can go wrong, by name. Views let these rise; `web.py` turns them into pages.

Each carries a sentence for the person in front of the screen, already in the person's language.
"""

from __future__ import annotations


class OfficeError(Exception):
    """Parent of every error a person may read. `message` says what happened and what to do."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(OfficeError):
    """No such thing, or not for this person: the two look the same, byte for byte."""

    status = 404


class NotAllowed(OfficeError):
    """The person may see this case but not do this to it."""

    status = 403


class Conflict(OfficeError):
    """Somebody else changed the case in the meantime, or the move is no longer possible."""

    status = 409


class Invalid(OfficeError):
    """What was sent cannot be used as it is."""

    status = 422


class Busy(OfficeError):
    """Too many requests from one place, or no room left: come back later."""

    status = 503
