"""What kinds of case and requests are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from feedback.retention.models import DeletionState
from feedback.retention.periods import Kind

KINDS = {
    Kind.SPAM: _l("Quảng cáo, nội dung thử"),
    Kind.WITHDRAWN: _l("Người gửi đã rút"),
    Kind.REFUSED: _l("Không thụ lý"),
    Kind.FEEDBACK: _l("Phản ánh, kiến nghị đã trả lời"),
    Kind.CONDUCT: _l("Hành vi của cán bộ"),
    Kind.COMPLAINT: _l("Khiếu nại"),
    Kind.DENUNCIATION: _l("Tố cáo"),
}
REQUESTS = {
    DeletionState.ASKED: (_l("Đang chờ cơ quan trả lời"), "amber"),
    DeletionState.GRANTED: (_l("Cơ quan đồng ý xóa"), "green"),
    DeletionState.DECLINED: (_l("Cơ quan chưa xóa"), "red"),
}
