"""The administrators' overview, and the changes that wait, that were made and that were taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback.accounts import grants
from feedback.accounts.models import Role
from feedback.administration import agency_views as _agency_views  # noqa: F401 — its pages belong to the blueprint
from feedback.administration import changes as services
from feedback.administration import merging, queries
from feedback.administration import rule_views as _rule_views  # noqa: F401 — its pages belong to the blueprint
from feedback.administration import text_views as _text_views  # noqa: F401 — its pages belong to the blueprint
from feedback.administration.models import Change, ChangeKind, Stage
from feedback.administration.pages import blueprint, reader
from feedback.administration.words import KINDS, STAGES, told
from feedback.cases.pages import actor_here, reload_officer
from feedback.errors import Conflict, Invalid, NotAllowed, NotFound
from feedback.notices import queries as notices
from feedback.notices.models import NoticeState
from feedback.open311 import keys
from feedback.partners import queries as partners
from feedback.web import Page, roles

__all__ = ["blueprint"]


@dataclass(frozen=True)
class Entry:
    """A page of the administrators, what it is for, and how much waits there."""

    endpoint: str
    label: LazyString
    text: LazyString
    waits: Callable[[], int] | None = None


#: All pages of the administrators by subject; those whose feature is not there are left out.
OVERVIEW: tuple[tuple[LazyString, tuple[Entry, ...]], ...] = (
    (
        _l("Con người"),
        (
            Entry("accounts.users", _l("Tài khoản cán bộ"), _l("Thêm, khóa, cấp lại mật khẩu, đổi vai trò.")),
            Entry(
                "accounts.role_grants",
                _l("Đề nghị phân quyền"),
                _l("Một người đề nghị, một người khác duyệt."),
                lambda: len(grants.waiting()),
            ),
        ),
    ),
    (
        _l("Bộ máy Thành phố"),
        (
            Entry("administration.list_agencies", _l("Các cơ quan"), _l("Thêm, đổi tên, đổi lĩnh vực, nhập cơ quan và địa bàn.")),
            Entry("administration.areas", _l("Các địa bàn"), _l("Tên phường, xã, khu vực; phường nhập cùng với UBND của mình.")),
            Entry("shapes.overview", _l("Hình các địa bàn"), _l("Ranh giới từ tệp GeoJSON để vẽ bản đồ thay cho các ô vuông.")),
            Entry(
                "imports.overview",
                _l("Nhập, xuất dữ liệu"),
                _l("Cán bộ, hồ sơ cũ và các bảng của Thành phố, bằng tệp CSV; rút lại được trong bảy ngày."),
            ),
            Entry(
                "administration.changes",
                _l("Thay đổi đã lập"),
                _l("Thay đổi chờ duyệt, chờ đến ngày, đã có hiệu lực, đã rút lại."),
                queries.to_approve,
            ),
        ),
    ),
    (
        _l("Quy tắc"),
        (
            Entry("administration.routing", _l("Phân tuyến"), _l("Phản ánh về mỗi lĩnh vực đến cơ quan nào; thử với tháng trước.")),
            Entry("administration.categories", _l("Các lĩnh vực"), _l("Tên, lời giải thích, thứ tự, còn cho chọn hay không.")),
            Entry("administration.procedures", _l("Các thủ tục"), _l("Tên, mức độ trực tuyến, thời hạn đã công bố.")),
            Entry("administration.ladder", _l("Nhắc hạn"), _l("Ai được nhắc trước và sau hạn bao nhiêu ngày.")),
            Entry("timetable.calendar", _l("Lịch làm việc"), _l("Ngày nghỉ, ngày làm bù; hạn nào đổi theo.")),
            Entry("timetable.limits", _l("Thời hạn theo quy định"), _l("Số ngày, số giờ của từng thời hạn và căn cứ.")),
            Entry("learning.overview", _l("Mô hình phân loại"), _l("Máy đọc đúng bao nhiêu, dùng phiên bản nào.")),
        ),
    ),
    (
        _l("Câu chữ"),
        (
            Entry("administration.prepared", _l("Văn bản mẫu"), _l("Câu trả lời soạn sẵn cho mọi cơ quan.")),
            Entry("notices.preview", _l("Mẫu thông báo"), _l("Mỗi loại thư viết gì, bằng hai thứ tiếng.")),
        ),
    ),
    (
        _l("Kết nối và thông báo"),
        (
            Entry("connections.list_keys", _l("Kết nối"), _l("Hệ thống nào được gửi phản ánh sang đây."), keys.waiting),
            Entry(
                "partners.list_systems",
                _l("Hệ thống đối tác"),
                _l("Phần mềm của các cơ quan được báo về hồ sơ của mình."),
                partners.to_approve,
            ),
            Entry("access_tokens.all_tokens", _l("Mã truy cập của cán bộ"), _l("Chương trình nào làm việc thay cán bộ.")),
            Entry(
                "notices.list_notices",
                _l("Thông báo"),
                _l("Thư và tin nhắn đã đi hay còn bị giữ."),
                lambda: notices.counts()[NoticeState.HELD],
            ),
        ),
    ),
    (
        _l("Sổ cái và lưu giữ"),
        (
            Entry("record.ledger", _l("Sổ cái"), _l("Mỗi ngày một dòng công khai, để ai cũng kiểm tra được.")),
            Entry("retention.periods", _l("Thời hạn lưu giữ"), _l("Hồ sơ đã kết thúc được giữ nguyên bao lâu.")),
        ),
    ),
)


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def overview() -> str:
    """Every page of the administrators by subject, with what waits. At most 10 queries."""
    subjects = [(title, [entry for entry in entries if entry.endpoint in current_app.view_functions]) for title, entries in OVERVIEW]
    waits = {entry.endpoint: entry.waits() for _title, entries in subjects for entry in entries if entry.waits}
    return render_template("staff/administration/overview.html", subjects=subjects, waits=waits)


@blueprint.get("/thay-doi")
@roles(Role.ADMINISTRATOR)
def changes() -> str:
    """Changes of the city's tables: those that wait first."""
    return _changes_page()


def _changes_page(problem: str = "") -> str:
    read, waiting, past = reader(), queries.waiting(), queries.past()
    return render_template(
        "staff/administration/changes.html",
        waiting=waiting,
        past=past,
        rows={change.id: read.rows(change.before, change.after) for change in (*waiting, *past)},
        told=told,
        kinds=KINDS,
        stages=STAGES,
        to_approve=Stage.TO_APPROVE,
        can_be_decided=grants.can_be_decided(),
        problem=problem,
    )


@blueprint.get("/thay-doi/<int:change_id>")
@roles(Role.ADMINISTRATOR)
def change(change_id: int) -> str:
    """One change with what it moves as things are now. Raises NotFound."""
    return _change_page(change_id)


def _change_page(change_id: int, problem: str = "") -> str:
    found = queries.change(change_id)
    if found is None:
        raise NotFound
    waits = found.stage in (Stage.TO_APPROVE, Stage.WAITING)
    return render_template(
        "staff/administration/change.html",
        change=found,
        rows=reader().rows(found.before, found.after),
        told=told(found),
        kinds=KINDS,
        stages=STAGES,
        waits=waits,
        to_approve=Stage.TO_APPROVE,
        moves=merging.moves(found) if waits and found.kind is ChangeKind.AGENCY_MERGE else None,
        problem=problem,
    )


@blueprint.post("/thay-doi/<int:change_id>/duyet")
@roles(Role.ADMINISTRATOR)
def approve(change_id: int) -> Page:
    """The second administrator agrees."""
    return _decide(change_id, services.approve, {Stage.DONE: _("Đã duyệt, có hiệu lực ngay."), Stage.WAITING: _("Đã duyệt.")})


@blueprint.post("/thay-doi/<int:change_id>/rut")
@roles(Role.ADMINISTRATOR)
def take_back(change_id: int) -> Page:
    """What has not come into force is taken back."""
    return _decide(change_id, services.take_back, {Stage.TAKEN_BACK: _("Đã rút lại thay đổi này.")})


def _decide(change_id: int, act: Callable[..., Change], said: dict[Stage, Any]) -> Page:
    try:
        decided = act(actor_here(), change_id)
    except (Conflict, Invalid, NotAllowed) as error:
        reload_officer()
        return _change_page(change_id, error.message), error.status
    flash(said[decided.stage])
    return redirect(url_for("administration.changes"))
