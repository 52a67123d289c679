"""Names of the keys that figures are broken down by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from analytics.rollup.once import once
from analytics.rollup.scope import Group, Key
from feedback.city import queries as city
from feedback.city.models import Agency, Area, AreaKind, Procedure
from feedback.db import db
from feedback.language import locale_here

LEVELS: Mapping[Key, LazyString] = {
    "1": _l("Mức độ 1"),
    "2": _l("Mức độ 2"),
    "3": _l("Mức độ 3"),
    "4": _l("Mức độ 4"),
    "TP": _l("Trực tuyến toàn trình"),
    "MP": _l("Trực tuyến một phần"),
}
TRACKS: Mapping[Key, LazyString] = {
    "feedback": _l("Phản ánh, kiến nghị"),
    "service_desk": _l("Sự cố (1022)"),
    "complaint": _l("Khiếu nại"),
    "denunciation": _l("Tố cáo"),
    "conduct": _l("Hành vi cán bộ"),
}
CHANNELS: Mapping[Key, LazyString] = {
    "web": _l("Trang web"),
    "phone": _l("Điện thoại"),
    "paper": _l("Văn bản"),
    "counter": _l("Tại quầy"),
    "import": _l("Dữ liệu cũ"),
    "partner": _l("Hệ thống kết nối"),
}
#: What a key means that stands for "none".
NOWHERE: Mapping[Group, LazyString] = {
    Group.DISTRICT: _l("Chưa rõ khu vực"),
    Group.WARD: _l("Chưa rõ nơi xảy ra"),
    Group.PROCEDURE: _l("Không gắn với thủ tục"),
    Group.LEVEL: _l("Không gắn với thủ tục"),
}


def names(group: Group) -> dict[Key, str]:
    """The name of every key of a group, "none" included, as the reader calls it. One query at most, once in a transaction."""
    return once(("names", group, str(get_locale())), lambda: _names(group))


def _names(group: Group) -> dict[Key, str]:
    words: dict[Group, Callable[[], dict[Key, Any]]] = {
        Group.DISTRICT: lambda: _from(Area, Area.kind == AreaKind.DISTRICT),
        # Who names no ward may have named a district.
        Group.WARD: lambda: _from(Area, Area.kind != AreaKind.CITY),
        Group.AGENCY: lambda: _from(Agency),
        Group.PROCEDURE: lambda: _from(Procedure),
        Group.CATEGORY: lambda: {one.code: one.name(locale_here()) for one in city.categories()},
        Group.LEVEL: lambda: {**LEVELS},
        Group.TRACK: lambda: {**TRACKS},
        Group.CHANNEL: lambda: {**CHANNELS},
    }
    found = {key: str(name) for key, name in words[group]().items()}
    if group in NOWHERE:
        found["" if group is Group.LEVEL else 0] = str(NOWHERE[group])
    return found


def _from(table: type[Area] | type[Agency] | type[Procedure], *only: ColumnElement[bool]) -> dict[Key, Any]:
    return {row.id: row.name for row in db.session.execute(select(table.id, table.name).where(*only))}


def name_of(group: Group, key: Key) -> str | None:
    """The name of one key; None when there is no such thing."""
    return names(group).get(key)


def title_of(group: Group) -> str:
    """What the group is called in a heading."""
    titles: dict[Group, str] = {
        Group.DISTRICT: _("Khu vực"),
        Group.WARD: _("Phường, xã"),
        Group.AGENCY: _("Cơ quan"),
        Group.CATEGORY: _("Lĩnh vực"),
        Group.PROCEDURE: _("Thủ tục"),
        Group.LEVEL: _("Mức độ trực tuyến"),
        Group.TRACK: _("Loại hồ sơ"),
        Group.CHANNEL: _("Kênh tiếp nhận"),
    }
    return titles[group]
