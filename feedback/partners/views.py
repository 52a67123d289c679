"""The door through which partner systems answer: one address for each, JSON in and out (docs/PARTNERS.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from feedback.db import db
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound, OfficeError
from feedback.extensions import csrf, limiter
from feedback.inbox.forms import AnswerForm, ReasonForm, VersionForm
from feedback.limits import source_key
from feedback.page_form import PageForm
from feedback.partners import receiving
from feedback.text import clean
from feedback.web import public

blueprint = Blueprint("partner_door", __name__, url_prefix="/ket-noi/doi-tac")
#: An answer of 10,000 letters, each written as `\\u1ea1`, and what belongs around it.
LARGEST = 128 * 1024
_CASE_ID = re.compile(r"[0-9a-z]{16}")
RATE = "120/minute"
#: The forms of the case page check the same words here: coded reasons, limits, and what is told when something is missing.
FORMS: Mapping[str, type[PageForm]] = {"transfer.accepted": VersionForm, "transfer.returned": ReasonForm, "answer.written": AnswerForm}
#: What the other side's program goes by; the first that fits.
CODES: tuple[tuple[type[OfficeError], str], ...] = (
    *((receiving.Unknown, "signature"), (receiving.Replayed, "replayed"), (NotAllowed, "not_allowed")),
    *((NotFound, "not_found"), (Conflict, "conflict"), (OfficeError, "invalid")),
)


def _caller() -> str:
    """One budget for each system from each source, so that a stranger cannot use up another's."""
    return f"{(request.view_args or {}).get('system_id', '')[:16]} {source_key()}"


def _fault(status: int, code: str, message: str, fields: Mapping[str, str] | None = None) -> Response:
    error: dict[str, Any] = {"code": code, "message": message}
    return _json({"error": error | ({"fields": dict(fields)} if fields else {})}, status)


def _json(content: object, status: int) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), status, mimetype="application/json")


@blueprint.errorhandler(OfficeError)
def _refused(error: OfficeError) -> Response:
    db.session.rollback()
    code = next(code for kind, code in CODES if isinstance(error, kind))
    missing = _("Không có hồ sơ này trong các hồ sơ của cơ quan.") if isinstance(error, NotFound) else ""
    changed = _("Hồ sơ đã chuyển sang bước khác nên không thực hiện được thao tác này nữa.")
    return _fault(error.status, code, error.message or missing or changed)


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return _fault(error.code or 500, "request", error.name)


@blueprint.post("/<system_id>/tra-loi")
@public
@csrf.exempt
@limiter.limit(RATE, key_func=_caller)
def receive(system_id: str) -> Response:
    """What a partner system has done with a case: taken it on, returned it, or written the answer."""
    with force_locale(request.accept_languages.best_match(("vi", "en"), "vi")):
        try:
            return _receive(system_id)
        except OfficeError as error:
            return _refused(error)


def _receive(system_id: str) -> Response:
    if (request.content_length or 0) > LARGEST:
        return _fault(413, "too_large", _("Thông điệp quá lớn."))
    body = request.get_data()
    caller = receiving.identify(system_id, {name.lower(): value for name, value in request.headers}, body)
    kind, given = _read(body)
    wrong = _wrong(kind, given)
    if wrong:
        receiving.refuse(caller, kind)
        return _fault(422, "invalid", next(iter(wrong.values())), wrong)
    receiving.take(caller, kind, given)
    return _json({"done": True}, 200)


def _read(body: bytes) -> tuple[str, dict[str, str]]:
    """Kind and facts of a message. Raises Invalid for what is no message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    given = message.get("data") if isinstance(message, dict) else None
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str) or not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Invalid(_("Thông điệp phải là JSON có “type” và “data”, mọi giá trị trong “data” là chữ."))
    return kind, {name: clean(value) for name, value in given.items()}


def _wrong(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """What cannot be used, by field; empty for a message that is whole."""
    if kind not in FORMS:
        return {"type": _("“type” phải là một trong: %(kinds)s.", kinds=", ".join(FORMS))}
    if not _CASE_ID.fullmatch(given.get("case_id", "")):
        return {"case_id": _("Xin ghi “case_id” như trong thông điệp đã nhận.")}
    form = FORMS[kind](MultiDict({**given, "version": "0"}), meta={"csrf": False})
    form.validate()
    return {field.name: str(field.errors[0]) for field in form if field.errors}
