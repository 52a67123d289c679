"""States, moves, outcomes and tracks in the words people read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback.cases.clock_models import Ground
from feedback.cases.handover_models import PartnerState, ReturnReason, TransferState
from feedback.cases.models import AnswerState, Channel, Outcome, Refusal, Solved
from feedback.cases.workflow import Move, State, Who
from feedback.city.models import Track

#: Label and colour of a state.
STATES = {
    State.RECEIVED: (_l("Đã tiếp nhận"), "blue"),
    State.SORTING: (_l("Đang phân loại"), "blue"),
    State.TRIAGE: (_l("Thanh tra đang xem xét"), "blue"),
    State.FORWARDED: (_l("Đang chuyển cơ quan"), "blue"),
    State.IN_PROGRESS: (_l("Đang xử lý"), "blue"),
    State.AWAITING_APPROVAL: (_l("Chờ duyệt trả lời"), "amber"),
    State.ANSWERED: (_l("Đã trả lời"), "green"),
    State.CLOSED: (_l("Đã đóng"), "green"),
    State.REFEREE: (_l("Chờ phân định thẩm quyền"), "amber"),
    State.AWAITING_SUPPLEMENT: (_l("Chờ người gửi bổ sung"), "amber"),
    State.SUSPENDED: (_l("Tạm đình chỉ"), "amber"),
    State.REFUSED: (_l("Không thụ lý"), ""),
    State.WITHDRAWN: (_l("Người gửi đã rút"), ""),
    State.MERGED: (_l("Đã nhập vào hồ sơ khác"), ""),
}
#: What a state means for the sender, in plain words; agencies, dates and what he can do stand beside it.
STANDINGS = {
    State.RECEIVED: _l("Chúng tôi đã nhận phản ánh và đang đọc lần đầu."),
    State.SORTING: _l("Bộ phận tiếp nhận đang xác định cơ quan có trách nhiệm. Ông/Bà không phải làm gì thêm."),
    State.TRIAGE: _l("Thanh tra Thành phố xem xét phản ánh trước. Người và cơ quan có thể liên quan không thấy phản ánh này."),
    State.FORWARDED: _l("Hồ sơ đang được chuyển sang cơ quan khác. Ông/Bà không phải làm gì thêm."),
    State.REFEREE: _l("Các cơ quan chưa thống nhất ai có trách nhiệm, nên việc này được đưa lên để phân định. Ông/Bà không phải gửi lại."),
    State.IN_PROGRESS: _l("Cơ quan đã nhận và đang giải quyết."),
    State.AWAITING_SUPPLEMENT: _l("Cơ quan cần người gửi cho biết thêm để giải quyết được."),
    State.SUSPENDED: _l("Việc giải quyết đang tạm dừng và sẽ tiếp tục khi lý do tạm dừng không còn."),
    State.AWAITING_APPROVAL: _l("Câu trả lời đã soạn xong và đang chờ người đứng đầu cơ quan duyệt."),
    State.ANSWERED: _l("Cơ quan đã trả lời."),
    State.CLOSED: _l("Hồ sơ đã kết thúc. Câu trả lời vẫn đọc được ở đây."),
    State.REFUSED: _l("“Không thụ lý” nghĩa là cơ quan không nhận giải quyết. Lý do và việc Ông/Bà có thể làm tiếp ghi ở dưới."),
    State.WITHDRAWN: _l("Phản ánh đã được rút nên việc giải quyết dừng lại."),
    State.MERGED: _l(
        "Đã có hồ sơ về cùng sự việc nên hai phản ánh được giải quyết chung. Ông/Bà đọc được tin và câu trả lời chung tại đây."
    ),
}
OUTCOMES = {
    Outcome.SOLVED: _l("Đã giải quyết"),
    Outcome.PARTLY: _l("Đã giải quyết một phần"),
    Outcome.EXPLAINED: _l("Giải thích, hướng dẫn"),
    Outcome.UNFOUNDED: _l("Đã kiểm tra, không đúng như phản ánh"),
}
ANSWER_STATES = {
    AnswerState.DRAFT: (_l("Bản nháp"), ""),
    AnswerState.SUBMITTED: (_l("Chờ duyệt"), "amber"),
    AnswerState.SENT_BACK: (_l("Yêu cầu làm lại"), "red"),
    AnswerState.PUBLISHED: (_l("Đã gửi người dân"), "green"),
    AnswerState.SUPERSEDED: (_l("Đã gửi, được xem xét lại"), ""),
}
SOLVED = {Solved.YES: _l("Đã giải quyết xong"), Solved.PARTLY: _l("Mới giải quyết một phần"), Solved.NO: _l("Chưa giải quyết")}
TRACKS = {
    Track.FEEDBACK: _l("Phản ánh, kiến nghị"),
    Track.SERVICE_DESK: _l("Sự cố qua tổng đài 1022"),
    Track.COMPLAINT: _l("Khiếu nại"),
    Track.DENUNCIATION: _l("Tố cáo"),
    Track.CONDUCT: _l("Thái độ, hành vi của cán bộ"),
}
CHANNELS = {
    Channel.WEB: _l("Trang web"),
    Channel.PHONE: _l("Điện thoại"),
    Channel.PAPER: _l("Thư, đơn giấy"),
    Channel.COUNTER: _l("Tại quầy"),
    Channel.IMPORT: _l("Nhập từ tệp"),
    Channel.PARTNER: _l("Hệ thống khác gửi đến"),
}
#: What officers read in the history of a case; the buttons of the same acts have words of their own.
MOVES = {
    Move.SUBMIT: _l("Tiếp nhận phản ánh"),
    Move.SORT: _l("Phân loại tự động, đưa đến bộ phận tiếp nhận"),
    Move.SEAL: _l("Chuyển Thanh tra xem xét"),
    Move.RELEASE: _l("Thanh tra trả về bộ phận tiếp nhận"),
    Move.TAKE_UP: _l("Thanh tra đã thụ lý"),
    Move.PULL: _l("Thanh tra rút hồ sơ về niêm phong"),
    Move.REROUTE: _l("Chuyển người có thẩm quyền khác xem xét"),
    Move.CONCLUDE: _l("Lãnh đạo Thành phố kết luận và trả lời"),
    Move.FORWARD: _l("Chuyển cơ quan xử lý"),
    Move.ACCEPT: _l("Đã thụ lý"),
    Move.RETURN: _l("Đã trả lại"),
    Move.SUBMIT_ANSWER: _l("Đã trình trả lời"),
    Move.SEND_BACK: _l("Yêu cầu làm lại câu trả lời"),
    Move.APPROVE: _l("Đã duyệt và trả lời người dân"),
    Move.RATE: _l("Người dân đánh giá"),
    Move.HAND_ON: _l("Chuyển tiếp cơ quan khác"),
    Move.RECALL: _l("Đã thu hồi"),
    Move.DECIDE: _l("Phân định cơ quan xử lý"),
    Move.ASK_PARTNER: _l("Đề nghị phối hợp"),
    Move.PARTNER_ACCEPT: _l("Đã nhận phối hợp"),
    Move.PARTNER_RETURN: _l("Đã từ chối phối hợp"),
    Move.PARTNER_REPORT: _l("Báo cáo kết quả phối hợp"),
    Move.CANCEL_PARTNER: _l("Đã thôi đề nghị phối hợp"),
    Move.ASSIGN: _l("Phân công"),
    Move.ASK: _l("Đã yêu cầu người dân bổ sung"),
    Move.SUPPLEMENT: _l("Người dân bổ sung"),
    Move.ADD: _l("Người dân gửi thêm thông tin"),
    Move.RESUME: _l("Đã xử lý tiếp"),
    Move.SUSPEND: _l("Đã tạm đình chỉ"),
    Move.EXTEND: _l("Gia hạn"),
    Move.UPDATE: _l("Báo tiến độ"),
    Move.REOPEN: _l("Người dân yêu cầu xem xét lại"),
    Move.REFUSE: _l("Không thụ lý"),
    Move.WITHDRAW: _l("Người dân rút phản ánh"),
    Move.MERGE: _l("Đã nhập vào hồ sơ khác"),
    Move.UNMERGE: _l("Đã tách lại khỏi hồ sơ chính"),
    Move.SPLIT: _l("Tách thành nhiều hồ sơ"),
    Move.SUCCEED: _l("Cơ quan kế tục tiếp nhận"),
}
RETURN_REASONS = {
    ReturnReason.OTHER_FIELD: _l("Thuộc lĩnh vực của cơ quan khác"),
    ReturnReason.OTHER_AREA: _l("Thuộc địa bàn khác"),
    ReturnReason.OTHER_LEVEL: _l("Thuộc thẩm quyền của cấp khác"),
    ReturnReason.ALREADY_HERE: _l("Đã có hồ sơ về cùng việc"),
    ReturnReason.OTHER: _l("Lý do khác"),
}
REFUSALS = {
    Refusal.UNCLEAR: _l("Không rõ nội dung, đã đề nghị bổ sung mà chưa đủ"),
    Refusal.SETTLED: _l("Đã được trả lời hoặc giải quyết hết thẩm quyền"),
    Refusal.COURT: _l("Đang hoặc đã được Tòa án giải quyết"),
    Refusal.PRIVATE: _l("Tranh chấp dân sự giữa các bên"),
    Refusal.NEEDS_PETITION: _l("Khiếu nại, tố cáo phải có đơn ký tên"),
    Refusal.TIME_BARRED: _l("Đã hết thời hiệu khiếu nại"),
    Refusal.OUTSIDE: _l("Ngoài thẩm quyền của các cơ quan Thành phố"),
    Refusal.SPAM: _l("Nội dung quảng cáo hoặc gửi thử"),
}
TRANSFER_STATES = {
    TransferState.SENT: (_l("Đã gửi, nơi nhận chưa mở"), "blue"),
    TransferState.SEEN: (_l("Nơi nhận đã mở"), "blue"),
    TransferState.ACCEPTED: (_l("Đã thụ lý"), "green"),
    TransferState.RETURNED: (_l("Đã trả lại"), "amber"),
    TransferState.RECALLED: (_l("Đã thu hồi"), ""),
}
PARTNER_STATES = {
    PartnerState.ASKED: (_l("Chờ nhận phối hợp"), "amber"),
    PartnerState.ACCEPTED: (_l("Đang phối hợp"), "blue"),
    PartnerState.REPORTED: (_l("Đã báo cáo"), "green"),
    PartnerState.RETURNED: (_l("Đã từ chối phối hợp"), ""),
    PartnerState.CANCELLED: (_l("Thôi đề nghị"), ""),
}
GROUNDS = {
    Ground.SEVERAL_PLACES: _l("Phải xác minh tại nhiều nơi"),
    Ground.SEVERAL_MATTERS: _l("Có nhiều nội dung"),
    Ground.MANY_PEOPLE: _l("Liên quan nhiều người"),
    Ground.SEVERAL_AGENCIES: _l("Liên quan nhiều cơ quan"),
    Ground.FOREIGN: _l("Có yếu tố nước ngoài"),
    Ground.REMOTE: _l("Vùng sâu, vùng xa, đi lại khó khăn"),
    Ground.EXPERTISE: _l("Cần giám định, đo đạc hoặc xác minh chuyên môn"),
}


#: Moves between agencies: the story of a sealed case leaves them out, for one of them may be the agency it is about.
BETWEEN_AGENCIES = frozenset(
    {
        *(Move.FORWARD, Move.HAND_ON, Move.ACCEPT, Move.RETURN, Move.RECALL, Move.DECIDE),
        *(Move.ASK_PARTNER, Move.PARTNER_ACCEPT, Move.PARTNER_RETURN, Move.PARTNER_REPORT, Move.CANCEL_PARTNER),
        Move.SUCCEED,
    }
)
#: Moves of the sender or about his report alone: whoever follows the case with a report of his own is not told of them.
SENDERS_OWN = frozenset(
    {
        *(Move.SUBMIT, Move.ASK, Move.SUPPLEMENT, Move.ADD, Move.RATE, Move.REOPEN, Move.WITHDRAW),
        *(Move.MERGE, Move.UNMERGE, Move.SPLIT),
    }
)
#: What a move usually means for the sender. Translated one at a time: a story tells a handful of them.
SENTENCES = {
    Move.SUBMIT: _l("Phản ánh được tiếp nhận."),
    Move.SORT: _l("Bộ phận tiếp nhận đang xác định cơ quan có trách nhiệm."),
    Move.SEAL: _l("Thanh tra Thành phố nhận phản ánh để xem xét."),
    Move.RELEASE: _l("Thanh tra đã xem xét và chuyển phản ánh đến bộ phận tiếp nhận."),
    Move.TAKE_UP: _l("Thanh tra Thành phố nhận giải quyết phản ánh (thụ lý)."),
    Move.PULL: _l("Thanh tra Thành phố nhận phản ánh để xem xét."),
    Move.REROUTE: _l("Phản ánh được chuyển đến người có thẩm quyền khác xem xét."),
    Move.CONCLUDE: _l("%(agency)s đã trả lời."),
    Move.FORWARD: _l("%(sender)s chuyển phản ánh đến %(agency)s và còn chịu trách nhiệm đến khi nơi ấy nhận."),
    Move.HAND_ON: _l("%(sender)s chuyển tiếp phản ánh đến %(agency)s. Ông/Bà không phải làm gì."),
    Move.ACCEPT: _l("%(agency)s nhận giải quyết (thụ lý) và chịu trách nhiệm từ bây giờ."),
    Move.RETURN: _l("%(agency)s cho biết việc thuộc cơ quan khác nên trả lại. Ông/Bà không phải gửi lại."),
    Move.RECALL: _l("%(agency)s lấy lại phản ánh từ %(other)s để chuyển cho đúng nơi."),
    Move.DECIDE: _l("Đã phân định: %(agency)s có trách nhiệm giải quyết và không được trả lại nữa."),
    Move.ASK_PARTNER: _l("%(agency)s nhờ %(other)s phối hợp; %(agency)s vẫn là nơi trả lời Ông/Bà."),
    Move.PARTNER_ACCEPT: _l("%(other)s nhận phối hợp."),
    Move.PARTNER_RETURN: _l("%(other)s cho biết mình không có phần việc nào; %(agency)s giải quyết tiếp."),
    Move.PARTNER_REPORT: _l("%(other)s đã gửi kết quả phối hợp cho %(agency)s."),
    Move.CANCEL_PARTNER: _l("%(agency)s không cần %(other)s phối hợp nữa."),
    Move.ASSIGN: _l("%(agency)s đã giao việc cho người xử lý."),
    Move.ASK: _l("%(agency)s hỏi thêm Ông/Bà."),
    Move.SUPPLEMENT: _l("Ông/Bà đã trả lời; %(agency)s xử lý tiếp."),
    Move.ADD: _l("Ông/Bà đã gửi thêm thông tin."),
    Move.RESUME: _l("%(agency)s xử lý tiếp mà không chờ bổ sung nữa."),
    Move.SUSPEND: _l("%(agency)s tạm dừng việc giải quyết."),
    Move.EXTEND: _l("%(agency)s gia hạn trả lời."),
    Move.UPDATE: _l("%(agency)s báo tiến độ."),
    Move.SUBMIT_ANSWER: _l("Câu trả lời đã soạn xong, đang chờ người đứng đầu duyệt."),
    Move.SEND_BACK: _l("Người đứng đầu yêu cầu làm lại câu trả lời cho tốt hơn trước khi gửi."),
    Move.APPROVE: _l("%(agency)s đã trả lời."),
    Move.RATE: _l("Ông/Bà đã đánh giá câu trả lời."),
    Move.REOPEN: _l("Ông/Bà yêu cầu xem xét lại; hồ sơ được mở lại với hạn mới."),
    Move.REFUSE: _l("%(agency)s không nhận giải quyết (không thụ lý)."),
    Move.WITHDRAW: _l("Ông/Bà đã rút phản ánh."),
    Move.MERGE: _l("Phản ánh được giải quyết chung với một hồ sơ về cùng sự việc."),
    Move.UNMERGE: _l("Phản ánh được tách ra để giải quyết riêng."),
    Move.SPLIT: _l("Phản ánh có nhiều việc nên được tách ra; Ông/Bà theo dõi tất cả bằng một mã."),
    Move.SUCCEED: _l("Bộ máy được sắp xếp lại: %(agency)s làm tiếp phần việc của cơ quan đã nhập vào mình, thời hạn không đổi."),
}

#: Between the desk and the agency it is part of: with one name for both a sentence would say that it sends the case to itself.
AT_HOME = {
    Move.FORWARD: _l("Bộ phận tiếp nhận chuyển phản ánh đến bộ phận giải quyết của %(agency)s."),
    Move.RECALL: _l("Bộ phận tiếp nhận lấy lại phản ánh để chuyển cho đúng nơi."),
    Move.RETURN: _l("Bộ phận giải quyết của %(agency)s cho biết việc thuộc cơ quan khác nên trả lại. Ông/Bà không phải gửi lại."),
}


@dataclass(frozen=True)
class Happening:
    """One event of a case as its story tells it, with the names of the agencies it is about; `other` is empty when there is none."""

    at: datetime
    move: Move
    from_state: str | None
    to_state: str
    who: Who
    agency: str
    at_triage: bool
    other: str
    #: Whether another agency is responsible from then on.
    handed_over: bool


def story_line(event: Happening, *, sealed: bool = False) -> str | None:
    """What a move means for the sender, in a sentence.

    Of a `sealed` case no agency is named but the inspectorate; moves between agencies give None.
    """
    if sealed and event.move in BETWEEN_AGENCIES:
        return None
    agency = str(_("Bộ phận tiếp nhận")) if sealed and not event.at_triage else event.agency
    return _turned(event, agency, event.other) or _plain(event.move, agency, event.other)


def _turned(event: Happening, agency: str, other: str) -> str | None:
    """Sentences for moves that mean something else than usual, because of where they come from or lead to."""
    match event.move:
        case Move.FORWARD if not other:  # before hand-overs were kept, the receiver was responsible at once
            return str(_("Phản ánh được chuyển đến %(agency)s.", agency=agency))
        case Move.HAND_ON if event.to_state == State.REFEREE:
            return str(
                _("Phản ánh đã qua nhiều cơ quan nên %(agency)s sẽ phân định ai giải quyết. Ông/Bà không phải làm gì.", agency=agency)
            )
        case Move.RETURN if event.to_state == State.REFEREE:
            return str(
                _(
                    "%(other)s cũng cho biết việc không thuộc trách nhiệm của mình, nên %(agency)s sẽ phân định ai giải quyết. "
                    "Ông/Bà không phải gửi lại.",
                    other=other,
                    agency=agency,
                )
            )
        case Move.RESUME if event.from_state == State.SUSPENDED:
            return str(_("%(agency)s giải quyết tiếp sau thời gian tạm dừng.", agency=agency))
        case Move.RESUME if event.who is Who.SYSTEM:
            return str(_("Đã hết thời gian chờ bổ sung; %(agency)s giải quyết tiếp với những gì đã có.", agency=agency))
        case Move.UNMERGE if event.who is Who.SYSTEM:
            return str(_("Người gửi hồ sơ chung đã rút phản ánh của mình; phản ánh của Ông/Bà được giải quyết tiếp."))
        case Move.SPLIT if event.from_state is None:
            return str(_("Việc này được tách ra từ phản ánh của Ông/Bà để giải quyết riêng."))
        case _:
            return None


def _plain(move: Move, agency: str, other: str) -> str:
    if agency == other and move in AT_HOME:
        return str(AT_HOME[move]) % {"agency": agency}
    match move:
        case Move.FORWARD | Move.HAND_ON:
            names = {"sender": agency, "agency": other}
        case Move.RETURN:
            names = {"agency": other}
        case Move.SUCCEED:
            names = {"agency": other or agency}
        case _:
            names = {"agency": agency, "other": other}
    return str(SENTENCES[move]) % names
