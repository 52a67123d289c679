"""What those who watch the service ask: does the process live, and can it work. They learn nothing else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from feedback.operations.readiness import obstacles
from feedback.web import public

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, bool]:
    """The process answers; nothing else is asked."""
    return {"ok": True}


@blueprint.get("/readyz")
@public
def readyz() -> tuple[dict[str, Any], int]:
    """Whether reports can be taken in: database, schema, room on the disk. 503 with the names of what is in the way."""
    try:
        found = obstacles()
    except SQLAlchemyError:
        found = ["database"]
    return {"ok": not found, "wrong": found}, 503 if found else 200
