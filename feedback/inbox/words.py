"""What the inbox says of stages, dates and messages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from feedback.cases.clock_models import DueCause
from feedback.cases.message_models import MessageKind
from feedback.cases.stages import StageKind
from feedback.cases.words import STATES
from feedback.cases.workflow import State

#: The citizen reads that he is waited for; officers read that the citizen is.
OFFICE_STATES = STATES | {State.AWAITING_SUPPLEMENT: (_l("Chờ người dân bổ sung"), "amber")}
STAGES = {
    StageKind.FORWARD: _l("Chuyển cơ quan xử lý"),
    StageKind.TRIAGE: _l("Thanh tra xem xét"),
    StageKind.ACCEPT: _l("Thụ lý"),
    StageKind.URGENT: _l("Xử lý việc khẩn cấp"),
    StageKind.ANSWER: _l("Trả lời người dân"),
}
CAUSES = {
    DueCause.CATEGORY: _l("Đổi lĩnh vực hoặc loại đơn"),
    DueCause.PAUSE: _l("Đồng hồ dừng"),
    DueCause.EXTENSION: _l("Gia hạn"),
    DueCause.ACCEPTED: _l("Thụ lý"),
    DueCause.REOPENED: _l("Xem xét lại theo yêu cầu của người dân"),
    DueCause.CALENDAR: _l("Lịch nghỉ thay đổi"),
    DueCause.RULE: _l("Quy định về thời hạn thay đổi"),
}
MESSAGES = {
    MessageKind.QUESTION: _l("Cơ quan yêu cầu bổ sung"),
    MessageKind.SUPPLEMENT: _l("Người dân bổ sung"),
    MessageKind.ADDED: _l("Người dân gửi thêm"),
    MessageKind.PROGRESS: _l("Cơ quan báo tiến độ"),
    MessageKind.OBJECTION: _l("Người dân yêu cầu xem xét lại"),
}


def office_time(minutes: int) -> str:
    """Minutes of office time in words: 26 giờ làm việc."""
    if minutes < 60:
        return str(_n("%(num)s phút làm việc", "%(num)s phút làm việc", minutes))
    hours, rest = divmod(minutes, 60)
    whole = str(_n("%(num)s giờ làm việc", "%(num)s giờ làm việc", hours))
    return " ".join([whole, _n("%(num)s phút", "%(num)s phút", rest)]) if rest and hours < 10 else whole
