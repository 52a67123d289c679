"""What the API's addresses share: the blueprint, who is asking, how often, errors, and doing things once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request
from flask_smorest import Blueprint
from werkzeug.exceptions import HTTPException

from feedback import extensions, patience
from feedback.api import once, problems
from feedback.api.models import Scope
from feedback.api.shapes import Problem
from feedback.api.tokens import HOLDERS
from feedback.cases.access import Actor
from feedback.db import db
from feedback.error_views import API, note_unexpected
from feedback.errors import Busy, OfficeError
from feedback.extensions import csrf
from feedback.language import locale_here
from feedback.web import by_token

View = TypeVar("View", bound=Callable[..., Any])
ROOT = f"{API}v1"
blueprint = Blueprint("api", __name__, url_prefix=ROOT)
#: No cookie signs anybody in here, so that no other site can make a browser act.
csrf.exempt(blueprint)
READS, ACTS = "240/minute", "60/minute"
#: The largest answer has 10,000 characters, each of which JSON may write with six bytes twice over.
LARGEST_BODY = 128 * 1024
#: How long reference data may be used without asking again.
FRESH_SECONDS = 600
KEY_HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"


def limited(budget: str) -> Callable[[View], View]:
    """So often for one token, or for one place without one."""
    return extensions.limited(budget, lambda: request.headers.get("Authorization", ""))


def answers(*statuses: int) -> Callable[[View], View]:
    """Note in the document which errors an address may answer with; those that every address may are added."""

    def mark(view: View) -> View:
        for status in sorted({*statuses, 400, 429}):
            code, _title = problems.TYPES[status]
            told = blueprint.alt_response(status, schema=Problem, content_type=problems.MEDIA_TYPE, description=code)
            view = told(view)
        return view

    return mark


def for_officers(scope: Scope) -> Callable[[View], View]:
    """An address for officers with a token of this scope, noted in the document too."""

    def mark(view: Any) -> Any:
        return by_token(scope, *HOLDERS)(blueprint.doc(security=[{"token": [scope.value]}])(view))

    return mark


def actor_here() -> Actor:
    """The officer whose token was shown, as the services know him."""
    actor: Actor = g.actor
    return actor


def reference_data() -> None:
    """What is answered now is the same for everybody and may be kept for a while; whoever has it is told so by its ETag."""
    g.kept_seconds = FRESH_SECONDS


@blueprint.before_request
def _keep_small() -> None:
    request.max_content_length = LARGEST_BODY


@blueprint.after_request
def _finish(response: Response) -> Response:
    response.headers["Content-Language"] = locale_here()
    response.vary.add("Accept-Language")
    if response.status_code == 200 and "kept_seconds" in g:
        response.headers["Cache-Control"] = f"public, max-age={g.kept_seconds}"
        # Open data: pages of other sites may read it. Nothing that a token or a code opens is.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.add_etag()
        return response.make_conditional(request)  # type: ignore[return-value]
    return response


@blueprint.errorhandler(OfficeError)
def _office_error(error: OfficeError) -> Response:
    db.session.rollback()
    return problems.of_office(error)


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    return problems.of_http(error)


@blueprint.errorhandler(Exception)
def _unexpected(error: Exception) -> Response:
    error_id = note_unexpected(error)
    gone = patience.is_outage(error)
    return problems.of_office(Busy()) if gone else problems.problem(500, id=error_id)


def done_once(view: View) -> View:
    """Do what is asked once for one Idempotency-Key; refusals count as answers, what failed or came too often does not.

    Stands inside whatever reads the body: a body that does not fit is refused again each time.
    """

    @wraps(view)
    def run(*args: Any, **parts: Any) -> Any:
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return view(*args, **parts)
        body = json.dumps(request.get_json(), sort_keys=True)
        found = once.claim(_owner(), key, request.path, body)
        if isinstance(found, once.Kept):
            return _replayed(found)
        g.claim = found
        try:
            response = _answered(view, *args, **parts)
        except BaseException:
            once.let_go(found)
            raise
        once.keep(found, response.status_code, response.get_data())
        return response

    return blueprint.doc(parameters=[_KEY_PARAMETER])(run)  # type: ignore[no-any-return]


_KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "description": "The same key with the same body is done once and answered alike for 24 hours; a random UUID will do.",
    "schema": {"type": "string", "minLength": once.SHORTEST, "maxLength": once.LONGEST, "pattern": "^[ -~]+$"},
}


def _owner() -> str:
    """Keys of one officer are not those of another, whichever of his tokens he uses."""
    return f"officer {actor_here().user_id}" if "actor" in g else "everybody"


def _answered(view: Callable[..., Any], *args: Any, **parts: Any) -> Response:
    try:
        response: Response = view(*args, **parts)
    except OfficeError as error:
        if error.status >= 429:
            raise
        response = _office_error(error)
    return response


def _replayed(found: once.Kept) -> Response:
    media_type = "application/json" if found.status < 400 else problems.MEDIA_TYPE
    return Response(found.body, found.status, mimetype=media_type, headers={REPLAYED: "true"})
