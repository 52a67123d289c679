"""Errors as pages: what happened and what to do, whatever was typed still there, and nothing of the inside."""

from __future__ import annotations

import math
import secrets
import traceback
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests
from werkzeug.wrappers import Response as BaseResponse

from feedback import patience
from feedback.db import db
from feedback.errors import OfficeError
from feedback.extensions import login_manager, seconds_left

#: Below this programs are answered, in JSON: no cookie counts there, and errors are no pages (feedback/api).
API = "/api/"
#: Shorter answers are typed anew sooner than copied.
WORTH_COPYING = 40
log = structlog.get_logger("web")


def init_error_pages(app: Flask) -> None:
    """Let every error be answered by a page."""
    app.register_error_handler(OfficeError, _office_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SecurityError, _not_our_name)
    app.register_error_handler(Exception, _unexpected)


def _titles() -> dict[int, tuple[str, str]]:
    """Title and advice by status, for errors that bring no words of their own."""
    return {
        400: (_("Yêu cầu không hợp lệ"), _("Trình duyệt gửi dữ liệu mà hệ thống không đọc được. Xin quay lại trang trước và thử lại.")),
        403: (_("Không thực hiện được"), _("Ông/Bà không có quyền thực hiện thao tác này.")),
        404: (_("Không tìm thấy trang"), _("Địa chỉ này không có hoặc không còn nữa. Xin kiểm tra lại, hoặc bắt đầu từ trang chủ.")),
        405: (_("Không mở được trang theo cách này"), _("Xin bắt đầu lại từ trang chủ.")),
        409: (
            _("Hồ sơ đã thay đổi"),
            _("Hồ sơ vừa được cập nhật nên thao tác chưa thực hiện được. Xin tải lại trang để xem tình trạng mới."),
        ),
        413: (_("Tệp hoặc nội dung quá lớn"), _("Mỗi tệp tối đa 10 MB, cả hồ sơ tối đa 20 MB. Xin chọn tệp nhỏ hơn rồi gửi lại.")),
        422: (_("Nội dung chưa dùng được"), _("Xin quay lại trang trước, xem lại nội dung và gửi lại.")),
        429: (_("Xin thử lại sau"), ""),  # whoever says so says when
        500: (_("Hệ thống gặp lỗi"), _("Lỗi đã được ghi nhận. Xin thử lại sau ít phút.")),
        503: (_("Hệ thống đang bận"), _("Xin thử lại sau ít phút. Việc khẩn cấp, xin gọi 113, 114 hoặc 115.")),
    }


def error_page(status: int, message: str = "", *, title: str = "", error_id: str = "", **kept: Any) -> tuple[str, int]:
    """A page that says what happened and what to do.

    `kept` is what was typed: `again` the fields of a form that can be sent once more from there, `typed` texts to be copied where it
    cannot, `files` the names of what came with it and must be chosen anew; `reopen` is the page to begin from once more.
    """
    usual, advice = _titles().get(status, _titles()[400 if status < 500 else 500])
    title = title or usual
    # The way back after a change of language is the start, so that a page hidden from this officer looks like one that is not there.
    said = {"status": status, "title": title, "message": message or advice, "error_id": error_id}
    words = {"again": (), "files": (), **said, **kept, "this_page": "/"}
    try:
        return render_template("errors/error.html", **words), status
    except Exception as error:  # a broken template: the answer is plain but an answer
        log.error("no error page", id=error_id, kind=type(error).__name__, where=_where(error))
        return f"{title} ({error_id or status})", status


def _office_error(error: OfficeError) -> tuple[str, int]:
    db.session.rollback()
    return error_page(error.status, error.message)


def _csrf_error(_error: CSRFError) -> tuple[str, int]:
    """A form of another session than the one that is open now, or a form of somebody else's site.

    What was typed is shown only where the browser itself vouches that the form is ours: nobody else gets words of his onto our pages.
    An officer who has signed in anew meanwhile sends it from there, with a token of the session he has now.
    """
    kept = typed_here()
    if kept and current_user.is_authenticated:
        again = [(name, value) for name, value in _typed()[0] if name != "csrf_token"]
        kept = {"again": [("csrf_token", generate_csrf()), *again], "files": kept["files"]}
    return unsent_page(_("Trang này đã mở quá lâu, hoặc phiên làm việc cũ đã kết thúc."), this_address(), **kept)


def unsent_page(message: str, reopen: str, **kept: Any) -> tuple[str, int]:
    """A page for a form that could not be taken, with what was typed; `reopen` is where to begin once more, empty for nowhere."""
    return error_page(400, message, title=_("Chưa gửi được"), reopen=reopen, **kept)


def this_address() -> str:
    """Where the present request can be asked for as a page; empty where it is none."""
    return request.full_path.rstrip("?") if "GET" in _methods() else ""


def typed_here() -> dict[str, Any]:
    """Texts of a form of ours that are worth copying, and the names of its files; empty where the browser does not vouch for the form."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return {}
    typed, files = _typed()
    return {"typed": [value for name, value in typed if name != "csrf_token" and len(value) > WORTH_COPYING], "files": files}


def _methods() -> set[str]:
    return (request.url_rule.methods if request.url_rule is not None else None) or set()


def _typed() -> tuple[list[tuple[str, str]], list[str]]:
    """What came with a form: its fields and the names of its files; never a password."""
    sent = request.method == "POST" and request.blueprint != "accounts"
    fields = list(request.form.items(multi=True)) if sent else []
    return fields, [file.filename for file in request.files.values() if sent and file.filename]


def _http_error(error: HTTPException) -> tuple[str, int] | tuple[str, int, dict[str, str]] | HTTPException | BaseResponse:
    if error.code is None or error.code < 400:
        return error
    if request.path.startswith(API):  # an address of the API that there is none of
        return _api_problem(error)
    return _too_often(error) if isinstance(error, TooManyRequests) else error_page(error.code)


def _api_problem(error: HTTPException) -> BaseResponse:
    answer: BaseResponse = current_app.extensions["api_problem"](error)
    return answer


def _not_our_name(error: SecurityError) -> tuple[str, int, dict[str, str]] | BaseResponse:
    """Asked for under a name or number that is not the server's: a page with links would lead on under it."""
    if request.path.startswith(API):
        return _api_problem(error)
    words = _("Đây không phải địa chỉ của hệ thống. Xin mở: %(address)s", address=current_app.extensions["config"].public_url)
    return words, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _too_often(error: TooManyRequests) -> tuple[str, int, dict[str, str]]:
    """When to come again, and what was typed, to be sent once more from there then; never a password."""
    (typed, files), seconds = _typed(), seconds_left(error)
    words = _n(
        "Có quá nhiều yêu cầu từ cùng một nơi. Xin thử lại sau %(num)s phút.",
        "Có quá nhiều yêu cầu từ cùng một nơi. Xin thử lại sau %(num)s phút.",
        math.ceil(seconds / 60),
    )
    page, status = error_page(429, words, again=typed, files=files)
    return page, status, {"Retry-After": str(seconds)}


def _unexpected(error: Exception) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    error_id = note_unexpected(error)
    return _outage(error_id) if patience.is_outage(error) else error_page(500, error_id=error_id)


def _outage(error_id: str) -> tuple[str, int, dict[str, str]]:
    """No database: all that was typed stands on the page, to be sent once more from there; never a password.

    Every form may be sent twice: it carries a draft, a version or a code by which the second is known.
    """
    typed, files = _typed()
    page, status = error_page(503, error_id=error_id, again=typed, files=files)
    return page, status, {"Retry-After": "60"}


def note_unexpected(error: Exception) -> str:
    """Last resort: nothing of the error's inside reaches whoever asked; the id given joins answer and log."""
    error_id = secrets.token_hex(4)
    log.error("unexpected", id=error_id, kind=type(error).__name__, endpoint=request.endpoint, where=_where(error))
    # The database may be what failed: the page must not ask it who is reading.
    g._login_user = login_manager.anonymous_user()
    with suppress(SQLAlchemyError):
        db.session.rollback()
    return error_id


def _where(error: Exception) -> str:
    """File names and lines only: an error's message may quote what a person typed."""
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(traceback.extract_tb(error.__traceback__)[-6:]))
