"""What changes are called, and how their values read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback.administration.models import Change, ChangeKind, Stage
from feedback.city.kinds import AgencyKind, Level
from feedback.escalation.models import Rung

KINDS = {
    ChangeKind.AGENCY_NEW: _l("Thêm cơ quan"),
    ChangeKind.AGENCY_EDIT: _l("Sửa cơ quan"),
    ChangeKind.AGENCY_MERGE: _l("Nhập cơ quan"),
    ChangeKind.ROUTING: _l("Phân tuyến"),
    ChangeKind.CATEGORY: _l("Lĩnh vực"),
    ChangeKind.PROCEDURE_NEW: _l("Thêm thủ tục"),
    ChangeKind.PROCEDURE_EDIT: _l("Sửa thủ tục"),
    ChangeKind.STEP: _l("Nhắc hạn"),
    ChangeKind.AREA: _l("Địa bàn"),
    ChangeKind.TEXT: _l("Văn bản mẫu"),
    ChangeKind.SHAPES: _l("Hình các địa bàn"),
}
STAGES = {
    Stage.TO_APPROVE: (_l("Chờ người thứ hai duyệt"), "amber"),
    Stage.WAITING: (_l("Chờ đến ngày"), "blue"),
    Stage.DONE: (_l("Đã có hiệu lực"), "green"),
    Stage.TAKEN_BACK: (_l("Đã rút lại"), "grey"),
}
AGENCY_KINDS = {
    AgencyKind.CITY_COMMITTEE: _l("UBND Thành phố"),
    AgencyKind.OFFICE: _l("Văn phòng"),
    AgencyKind.DEPARTMENT: _l("Sở, ban"),
    AgencyKind.INSPECTORATE: _l("Thanh tra"),
    AgencyKind.DISTRICT_COMMITTEE: _l("UBND quận, huyện"),
    AgencyKind.WARD_COMMITTEE: _l("UBND phường, xã, đặc khu"),
    AgencyKind.POLICE: _l("Công an"),
    AgencyKind.CENTER: _l("Trung tâm"),
}
LEVELS = {Level.CITY: _l("Thành phố"), Level.DISTRICT: _l("Quận, huyện"), Level.WARD: _l("Phường, xã")}
#: Since 2022; the four levels of 2017 stand in the closed map only.
ONLINE = {"TP": _l("Trực tuyến toàn trình"), "MP": _l("Trực tuyến một phần")}
RUNGS = {
    Rung.HANDLER: _l("Người xử lý"),
    Rung.HEAD: _l("Thủ trưởng cơ quan"),
    Rung.SUPERIOR: _l("Thủ trưởng cơ quan cấp trên"),
    Rung.LEADERSHIP: _l("Lãnh đạo Thành phố"),
}
COMMITTEE_NAMES = {"@ward": _l("UBND phường, xã nơi xảy ra"), "@district": _l("UBND quận, huyện nơi xảy ra")}
FIELDS = {
    "name": _l("Tên"),
    "short_name": _l("Tên ngắn"),
    "field": _l("Lĩnh vực"),
    "superior_id": _l("Cơ quan cấp trên"),
    "email": _l("Thư điện tử"),
    "code": _l("Mã"),
    "kind": _l("Loại cơ quan"),
    "level": _l("Cấp"),
    "old": _l("Thôi hoạt động"),
    "into": _l("Nhập vào"),
    "area": _l("Địa bàn"),
    "shapes": _l("Hình trên bản đồ"),
    "rows": _l("Nơi đến"),
    "name_vi": _l("Tên tiếng Việt"),
    "name_en": _l("Tên tiếng Anh"),
    "hint_vi": _l("Lời giải thích tiếng Việt"),
    "hint_en": _l("Lời giải thích tiếng Anh"),
    "position": _l("Thứ tự"),
    "active": _l("Đang dùng"),
    "category_code": _l("Lĩnh vực"),
    "limit_text": _l("Thời hạn và nơi nộp như đã công bố"),
    "online_level": _l("Mức độ trực tuyến"),
    "working_days": _l("Số ngày làm việc so với hạn"),
    "rung": _l("Ai được nhắc"),
    "kind_label": _l("Loại địa bàn"),
    "title": _l("Tên văn bản mẫu"),
    "text": _l("Nội dung"),
    "legal_reference": _l("Căn cứ pháp lý"),
}


class Reader:
    """Reads values aloud: agencies and categories by their names."""

    def __init__(self, agencies: Mapping[int, str], categories: Mapping[str, str]) -> None:
        self._agencies, self._categories = agencies, categories
        self._ways: dict[str, Callable[[Any], str]] = {
            "superior_id": self._agency,
            "into": self._agency,
            "old": lambda keys: ", ".join(map(self._agency, keys)),
            "field": lambda codes: ", ".join(self._categories.get(code, code) for code in codes.split()),
            "kind": lambda value: str(AGENCY_KINDS[AgencyKind(value)]),
            "category_code": lambda code: self._categories.get(code, code),
            "online_level": lambda code: str(ONLINE.get(code, code)),
            "rung": lambda value: str(RUNGS[Rung(value)]),
            "level": lambda value: str(LEVELS[Level(value)]),
            "area": lambda area: f"{area['code']} {area['name']}",
            "shapes": lambda found: _("%(name)s (%(count)s địa bàn)", name=found["name"], count=found["areas"]),
            "rows": lambda rows: "; ".join(
                f"{LEVELS[Level(level)]}: {COMMITTEE_NAMES.get(target, target)}" for level, target, _why in rows
            ),
        }

    def _agency(self, key: int) -> str:
        return self._agencies.get(key, str(key))

    def say(self, name: str, value: Any) -> str:
        """One value; what is empty says so."""
        if value in (None, "", []):
            return str(_("(trống)"))
        if isinstance(value, bool):
            return str(_("Có") if value else _("Không"))
        return self._ways[name](value) if name in self._ways else str(value)

    def rows(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """What changes: label, how it is, how it shall be. What is new has nothing before."""
        flat = {name: value for name, value in after.items() if value is not None or name in before}
        if isinstance(flat.get("new"), dict):
            flat |= {name: flat["new"][name] for name in ("code", "name", "short_name")}
        return [
            (str(FIELDS[name]), self.say(name, before[name]) if name in before else "", self.say(name, value))
            for name, value in flat.items()
            if name in FIELDS
        ]


def told(change: Change) -> Sequence[tuple[str, str]]:
    """Who did what with a change, and when: label and words, the first first."""
    acts = [
        (_("Đề nghị"), change.asked_by, change.asked_at),
        (_("Duyệt"), change.approved_by, change.approved_at),
        (_("Rút lại"), change.taken_back_by, change.taken_back_at),
    ]
    return [(str(label), f"{who.full_name}, {at:%d/%m/%Y}") for label, who, at in acts if who is not None and at is not None]
