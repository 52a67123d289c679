"""What the pages of sign-in and of accounts share: the blueprint, the officer's pages by role, and the key in his cookie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask import Blueprint, current_app, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from feedback.accounts.forms import ROLE_NAMES
from feedback.accounts.models import Device, Role, User
from feedback.web import clear_session, confined_to

blueprint = Blueprint("accounts", __name__, url_prefix="/can-bo")
EVERYBODY = tuple(Role)
#: The pages of each role, the one to begin with first.
PAGES: dict[Role, tuple[tuple[str, object], ...]] = {
    Role.FRONT_DESK: (
        ("desk.queue", _l("Hồ sơ chờ phân loại")),
        ("desk.key_in", _l("Nhập phản ánh")),
        ("desk.check_queue", _l("Kiểm tra mẫu")),
        ("retention.kept", _l("Lưu giữ hồ sơ")),
    ),
    Role.HANDLER: (("inbox.list_cases", _l("Hồ sơ của cơ quan")), ("conduct.to_verify", _l("Giao xác minh"))),
    Role.AGENCY_HEAD: (
        ("inbox.list_cases", _l("Hồ sơ của cơ quan")),
        ("conduct.to_verify", _l("Giao xác minh")),
        ("retention.kept", _l("Lưu giữ hồ sơ")),
        ("briefing.choose", _l("Bản tin")),
    ),
    Role.INSPECTORATE: (
        ("desk.triage", _l("Hồ sơ chờ thanh tra")),
        ("inbox.list_cases", _l("Hồ sơ của cơ quan")),
        ("conduct.cases", _l("Hành vi cán bộ")),
        ("desk.check_queue", _l("Kiểm tra mẫu")),
        ("retention.kept", _l("Lưu giữ hồ sơ")),
    ),
    Role.LEADERSHIP: (
        ("dashboard.overview", _l("Tình hình Thành phố")),
        ("dashboard.transit", _l("Luân chuyển hồ sơ")),
        ("alerts.board", _l("Cảnh báo")),
        ("briefing.choose", _l("Bản tin")),
        ("conduct.cases", _l("Hành vi cán bộ")),
    ),
    Role.ADMINISTRATOR: (
        # What is needed every day; the first leads to everything else.
        ("administration.overview", _l("Quản trị")),
        ("accounts.users", _l("Tài khoản cán bộ")),
        ("accounts.role_grants", _l("Đề nghị phân quyền")),
        ("administration.changes", _l("Thay đổi đã lập")),
        ("imports.overview", _l("Nhập, xuất dữ liệu")),
    ),
}


@blueprint.app_context_processor
def names_of_roles() -> dict[str, object]:
    """Every page of an officer names his role and leads to the role's pages."""
    return {"role_names": ROLE_NAMES, "staff_nav": staff_nav}


def pages_here() -> list[tuple[str, object]]:
    """The pages of the officer's role that this application has."""
    return [page for page in PAGES[current_user.role] if page[0] in current_app.view_functions]


def staff_nav() -> list[dict[str, Any]]:
    """The officer's pages for the head of the page, with the number of cases that wait there where the page's blueprint counts them.

    None while his session is confined to a step: every link would lead back to it.
    """
    if confined_to():
        return []
    counts = current_app.extensions.get("nav_counts", {})
    urls = {endpoint: url_for(endpoint) for endpoint, _label in pages_here()}
    here = _here(list(urls.values()))
    return [
        {
            "label": label,
            "url": urls[endpoint],
            "active": urls[endpoint] == here and ("page" if endpoint == request.endpoint else "true"),
            "count": counts[endpoint]() if endpoint in counts else None,
        }
        for endpoint, label in pages_here()
    ]


def _here(urls: Sequence[str]) -> str:
    """The entry that this page stands below by its address: the nearest one, or itself."""
    path = f"{request.script_root}{request.path}"
    return max((url for url in urls if path == url or path.startswith(url.rstrip("/") + "/")), key=len, default="")


def officer_here() -> User:
    """The officer who is signed in."""
    return cast(User, current_user._get_current_object())


def key_here() -> str:
    """The key of this session."""
    return str(session["_user_id"])


def keep_key(key: str) -> None:
    """Put the key of a session into the cookie, where Flask-Login looks for it. Its own login would add a hash of the address."""
    session["_user_id"] = key


def begin_clean(key: str) -> None:
    """Begin a session with nothing in it but the key and the language: what was planted before signing in is gone."""
    clear_session()
    keep_key(key)


def device_here() -> Device:
    """What the officer uses, as coarse as it is kept."""
    named = request.headers.get("User-Agent", "")
    return Device.PHONE if any(word in named for word in ("Mobile", "Android", "iPhone")) else Device.COMPUTER
