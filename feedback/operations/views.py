"""What those who watch the service ask: does the process live, and can it work. They learn nothing else."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from feedback.config import Config
from feedback.errors import NotFound
from feedback.operations.readiness import obstacles
from feedback.operations.watching import figures
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
    """Whether reports can be taken in: database, schema, a city, room on the disk. 503 with the names of what is in the way."""
    try:
        found = obstacles()
    except SQLAlchemyError:
        found = ["database"]
    return {"ok": not found, "wrong": found}, 503 if found else 200


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Counts for Prometheus, to whoever shows METRICS_TOKEN; for everybody else, and where none is set, there is no such page."""
    config: Config = current_app.extensions["config"]
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not config.metrics_token or not hmac.compare_digest(shown.encode(), config.metrics_token.encode()):
        raise NotFound
    return Response(figures(), content_type=CONTENT_TYPE_LATEST)
