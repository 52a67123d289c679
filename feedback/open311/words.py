"""What keys are called on the administrator's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from feedback.open311.models import KeyState

#: Label and colour.
KEY_STATES = {
    KeyState.PROPOSED: (_l("Chờ duyệt"), "amber"),
    KeyState.ACTIVE: (_l("Đang dùng"), "green"),
    KeyState.REFUSED: (_l("Không được duyệt"), ""),
    KeyState.ENDED: (_l("Đã ngừng"), ""),
}
