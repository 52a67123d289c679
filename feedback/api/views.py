"""The document of the API, for programs and as a page for people; all its addresses belong to this feature."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request

from feedback.api import case_views, once, public_views, report_views  # noqa: F401 - their addresses, and the nightly job
from feedback.api.pages import FRESH_SECONDS, READS, ROOT, blueprint, limited
from feedback.api.problems import of_http
from feedback.api.spec import document
from feedback.api.token_views import blueprint as token_blueprint
from feedback.web import public

docs_blueprint = Blueprint("api_docs", __name__)


def register(app: Flask) -> None:
    """Bind the API's addresses, its pages, and its errors for addresses that are not there."""
    for pages in (blueprint, docs_blueprint, token_blueprint):
        app.register_blueprint(pages)
    app.extensions["api_problem"] = of_http


@docs_blueprint.get(f"{ROOT}/openapi.json")
@public
@limited(READS)
def openapi() -> Response:
    """The document (OpenAPI 3.1)."""
    response = Response(json.dumps(document(), ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Accept-Language")
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@docs_blueprint.get("/ket-noi")
@public
def guide() -> str:
    """What other systems can do here, on one page: the addresses of the document in the order of its parts."""
    found = document()
    return render_template("public/api/guide.html", parts=_parts(found), root=ROOT)


def _parts(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    for path, methods in found["paths"].items():
        for method, told in methods.items():
            if method in ("get", "post"):
                parts.setdefault(told["tags"][0], []).append({"method": method.upper(), "path": path, **told})
    return parts
