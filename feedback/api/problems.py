"""Errors as problem documents (RFC 9457): a type that never changes its meaning, and words in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests

from feedback.api.once import BadKey, KeyTaken, UnderWay
from feedback.api.tokens import NoToken, TooNarrow
from feedback.errors import NotFound, OfficeError
from feedback.extensions import seconds_left

MEDIA_TYPE = "application/problem+json"
#: A name, not an address: it means the same on every server.
PREFIX = "urn:liem-chinh:problem:"
TYPES: Mapping[int, tuple[str, Any]] = {
    400: ("bad-request", _l("Yêu cầu không hợp lệ")),
    401: ("token-required", _l("Cần mã truy cập")),
    403: ("not-allowed", _l("Không thực hiện được")),
    404: ("not-found", _l("Không tìm thấy")),
    405: ("method-not-allowed", _l("Phương thức không dùng được ở đây")),
    409: ("conflict", _l("Hồ sơ đã thay đổi")),
    413: ("too-large", _l("Nội dung quá lớn")),
    422: ("invalid", _l("Nội dung chưa dùng được")),
    429: ("too-many-requests", _l("Quá nhiều yêu cầu")),
    500: ("failed", _l("Hệ thống gặp lỗi")),
    503: ("busy", _l("Hệ thống đang bận")),
}
#: Errors of their own type beside others of the same status.
OWN_TYPES: Mapping[type[OfficeError], tuple[str, Any]] = {
    TooNarrow: ("scope-missing", _l("Mã truy cập không có quyền này")),
    UnderWay: ("in-progress", _l("Yêu cầu đang được thực hiện")),
    KeyTaken: ("key-reused", _l("Idempotency-Key đã dùng")),
    BadKey: ("bad-key", _l("Idempotency-Key chưa đúng")),
}
ADVICE: Mapping[int, Any] = {
    400: _l("Máy chủ không đọc được yêu cầu. Xin xem tài liệu ở /api/v1/openapi.json."),
    404: _l("Không có gì ở địa chỉ này, hoặc không dành cho mã truy cập này."),
    405: _l("Xin xem tài liệu ở /api/v1/openapi.json."),
    409: _l("Hồ sơ vừa thay đổi. Xin đọc lại hồ sơ rồi gửi với số phiên bản mới."),
    413: _l("Xin gửi nội dung nhỏ hơn."),
    422: _l("Xin sửa các mục được nêu rồi gửi lại."),
    429: _l("Xin đợi đến thời điểm nêu trong Retry-After rồi thử lại."),
    500: _l("Lỗi đã được ghi nhận. Xin thử lại sau ít phút."),
    503: _l("Xin thử lại sau ít phút."),
}
#: Seconds after which it is worth trying again, where the limiter does not say.
SOON, LATER = 1, 300
#: The library's own words.
_WORDS: Mapping[str, Any] = {
    "Missing data for required field.": _l("Thiếu mục này."),
    "Field may not be null.": _l("Mục này không được để trống."),
    "Unknown field.": _l("Không có mục này."),
    "Not a valid string.": _l("Mục này phải là chuỗi ký tự."),
    "Not a valid integer.": _l("Mục này phải là số nguyên."),
    "Not a valid boolean.": _l("Mục này phải là true hoặc false."),
    "Invalid input type.": _l("Mục này phải là một đối tượng JSON."),
    "Invalid JSON body.": _l("Nội dung gửi đến không phải là JSON."),
}


class Wrong(OfficeError):
    """One part of a request cannot be used."""

    status = 422

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__("")
        self.errors = [{"pointer": pointer, "detail": detail}]


def problem(
    status: int, detail: str = "", *, kind: tuple[str, Any] | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A problem document; without words of its own it gives the advice that goes with the status."""
    code, title = kind or TYPES.get(status, TYPES[400 if status < 500 else 500])
    said = detail or str(ADVICE.get(status, ADVICE[400]))
    content = {"type": PREFIX + code, "title": str(title), "status": status, "detail": said, **more}
    response = Response(json.dumps(content, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers.extend(headers or {})
    return response


def of_office(error: OfficeError) -> Response:
    """What one of our own errors says. All that may not be known looks alike."""
    if isinstance(error, NotFound):
        return problem(404)
    headers = {}
    if isinstance(error, NoToken):
        headers["WWW-Authenticate"] = 'Bearer realm="liem-chinh"'
    elif isinstance(error, TooNarrow):
        headers["WWW-Authenticate"] = 'Bearer realm="liem-chinh", error="insufficient_scope"'
    elif isinstance(error, UnderWay):
        headers["Retry-After"] = str(SOON)
    elif error.status in (429, 503):
        headers["Retry-After"] = str(LATER)
    more = {"errors": error.errors} if isinstance(error, Wrong) else {}
    return problem(error.status, error.message, kind=OWN_TYPES.get(type(error)), headers=headers, **more)


def of_http(error: HTTPException) -> Response:
    """What an error of the web framework says: an address that is not there, a limit, a body that does not fit its schema."""
    status = error.code or 500
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(seconds_left(error))
    messages = getattr(error, "data", {}).get("messages") if status in (400, 422) else None
    if not messages:
        return problem(status, headers=headers)
    return problem(status, str(_("Xin sửa các mục được nêu rồi gửi lại.")), errors=list(_field_errors(messages)))


def _field_errors(messages: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """One error for each part: from the library's tree of messages, whose top level says where the part stood."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _field_errors(inner, pointer if name in ("json", "_schema") else _below(pointer, str(name)))
    elif isinstance(messages, (list, tuple)):
        for said in messages:
            yield {"pointer": pointer or "/", "detail": str(_WORDS.get(str(said), said))}
    else:
        yield {"pointer": pointer or "/", "detail": str(_WORDS.get(str(messages), messages))}


def _below(pointer: str, name: str) -> str:
    """A parameter is named; a part of the body is pointed to."""
    if not pointer and name in ("query", "headers"):
        return ""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
