"""The citizen's own application and browser."""

from __future__ import annotations

from tests.feedback.citizen import app, client

__all__ = ["app", "client"]
