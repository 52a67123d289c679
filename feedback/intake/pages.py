"""What the pages of the report form share: the blueprint, the case or draft of this browser, and how it is forgotten."""

from __future__ import annotations

from flask import Blueprint, redirect, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from feedback.cases import queries
from feedback.cases.models import Case
from feedback.intake import drafts
from feedback.intake.drafts import Draft
from feedback.language import locale_here

blueprint = Blueprint("intake", __name__)


def my_case() -> tuple[str, Case] | None:
    """The code in this browser and the case it has become."""
    code = session.get("code")
    case = queries.case_of_code(drafts.hmac_of(code)) if code else None
    return None if code is None or case is None else (code, case)


def my_draft() -> Draft | None:
    """The report being written in this browser."""
    code = session.get("code")
    return drafts.open_draft(code) if code else None


def forget(endpoint: str) -> BaseResponse:
    """Leave nothing of the report in the browser but the language, and go on to another page."""
    language = locale_here()
    session.clear()
    response = redirect(url_for("language.choose", code=language, ve=url_for(endpoint)))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
