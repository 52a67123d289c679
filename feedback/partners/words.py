"""What systems, messages and tries are called on the administrator's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from feedback.partners.models import DeliveryState, SystemState
from feedback.partners.rules import Kind
from feedback.partners.transport import Fault

#: Label and colour.
SYSTEM_STATES = {
    SystemState.PROPOSED: (_l("Chờ duyệt"), "amber"),
    SystemState.ACTIVE: (_l("Đang hoạt động"), "green"),
    SystemState.PAUSED: (_l("Tạm dừng"), "amber"),
    SystemState.ENDED: (_l("Đã ngừng hẳn"), ""),
}
DELIVERY_STATES = {
    DeliveryState.WAITING: (_l("Đang chờ gửi"), "amber"),
    DeliveryState.SENT: (_l("Đã gửi"), "green"),
    DeliveryState.GIVEN_UP: (_l("Không gửi được"), "red"),
}
KINDS = {
    Kind.TRANSFER_SENT: _l("Hồ sơ chuyển đến"),
    Kind.TRANSFER_RECALLED: _l("Hồ sơ không chuyển đến nữa"),
    Kind.ANSWERED: _l("Đã trả lời người dân"),
    Kind.STATE_CHANGED: _l("Thay đổi khác của hồ sơ"),
    Kind.TEST: _l("Gọi thử"),
}
#: What came from the other side.
ACTS = {
    "transfer.accepted": _l("Thụ lý"),
    "transfer.returned": _l("Đã trả lại"),
    "answer.written": _l("Trình câu trả lời"),
}
FAULTS = {
    Fault.FORBIDDEN: _l("Địa chỉ thuộc mạng không được phép"),
    Fault.UNKNOWN_HOST: _l("Không tìm thấy máy chủ"),
    Fault.TLS: _l("Chứng thư TLS không hợp lệ"),
    Fault.TIMEOUT: _l("Không trả lời kịp"),
    Fault.NETWORK: _l("Không kết nối được"),
}
