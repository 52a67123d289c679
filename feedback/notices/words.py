"""What each kind of notice says: neutral, without content, names or codes. Subjects tell a passer-by nothing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from feedback.notices.models import NoticeChannel, NoticeKind, NoticeState

#: What officers are told; every sentence says only that something waits.
OFFICER = {
    NoticeKind.CASE_WAITS: _l("Một hồ sơ vừa được chuyển đến cơ quan của Ông/Bà và đang chờ thụ lý."),
    NoticeKind.CASE_RETURNED: _l("Một hồ sơ Ông/Bà đã chuyển vừa được trả lại."),
    NoticeKind.ANSWER_TO_APPROVE: _l("Một câu trả lời đang chờ Ông/Bà duyệt."),
    NoticeKind.ANSWER_SENT_BACK: _l("Một câu trả lời của Ông/Bà được yêu cầu làm lại."),
    NoticeKind.TRANSFER_REMINDER: _l("Một hồ sơ chuyển đến cơ quan của Ông/Bà đã quá giờ mà chưa được thụ lý hoặc trả lại."),
    NoticeKind.REFEREE_WAITS: _l("Một hồ sơ đang chờ Ông/Bà phân định cơ quan giải quyết."),
    NoticeKind.PARTNER_ASKED: _l("Cơ quan của Ông/Bà được đề nghị phối hợp giải quyết một hồ sơ."),
    NoticeKind.PARTNER_REPORTED: _l("Một cơ quan phối hợp đã phản hồi về hồ sơ Ông/Bà chủ trì."),
    NoticeKind.EXTENSION_ASKED: _l("Một đề nghị gia hạn đang chờ Ông/Bà quyết định."),
    NoticeKind.SUPPLEMENTED: _l("Người gửi vừa bổ sung hoặc thay đổi một hồ sơ của cơ quan Ông/Bà."),
    NoticeKind.REOPENED: _l("Người gửi yêu cầu xem xét lại một hồ sơ đã trả lời."),
    NoticeKind.DUE_SOON: _l("Một hồ sơ sắp đến hạn trả lời."),
    NoticeKind.OVERDUE: _l("Một hồ sơ đã quá hạn trả lời."),
    NoticeKind.PROGRESS_DUE: _l("Một hồ sơ quá hạn đã đến ngày phải báo tiến độ cho người dân."),
    NoticeKind.DIGEST: _l("Tình hình hồ sơ sáng nay của cơ quan Ông/Bà:"),
    NoticeKind.RETENTION_SOON: _l(
        "Một số hồ sơ đã kết thúc của cơ quan Ông/Bà sắp được ẩn danh. Hồ sơ nào còn cần, xin giữ lại và ghi lý do."
    ),
    NoticeKind.DELETION_ASKED: _l("Một người gửi yêu cầu xóa dữ liệu cá nhân của mình và đang chờ cơ quan trả lời."),
    NoticeKind.BRIEFING: _l("Bản tin tình hình giải quyết phản ánh đã có. Cũng tại trang này Ông/Bà có thể thôi nhận thư báo."),
    NoticeKind.PARTNER_UNREACHABLE: _l("Thông điệp gửi đến một hệ thống đối tác không đến nơi. Xin kiểm tra kết nối."),
}
#: What the sender of a report is told; the page itself says the rest to whoever has the code.
CITIZEN = {
    NoticeKind.ANSWERED: _l("Cơ quan có trách nhiệm đã trả lời phản ánh mà Ông/Bà gửi đến Thành phố."),
    NoticeKind.QUESTION: _l("Cơ quan đang giải quyết có câu hỏi cho Ông/Bà. Thời hạn tạm dừng trong lúc chờ Ông/Bà trả lời."),
    NoticeKind.PROGRESS: _l("Cơ quan đang giải quyết vừa báo tiến độ về phản ánh của Ông/Bà."),
    NoticeKind.EXTENDED: _l("Thời hạn giải quyết phản ánh của Ông/Bà đã được gia hạn; trang tra cứu ghi hạn mới và lý do."),
    NoticeKind.REFUSED: _l("Phản ánh của Ông/Bà không được thụ lý; trang tra cứu ghi lý do và hướng dẫn việc Ông/Bà có thể làm."),
}
#: Lines of the digest, in the order in which they are read.
DIGEST = {
    "overdue": _l("Quá hạn"),
    "today": _l("Đến hạn hôm nay"),
    "soon": _l("Đến hạn trong 3 ngày"),
    "to_accept": _l("Chờ thụ lý"),
    "to_approve": _l("Chờ duyệt trả lời"),
}
KINDS = {
    NoticeKind.CASE_WAITS: _l("Hồ sơ mới"),
    NoticeKind.CASE_RETURNED: _l("Hồ sơ trả lại"),
    NoticeKind.ANSWER_TO_APPROVE: _l("Chờ duyệt"),
    NoticeKind.ANSWER_SENT_BACK: _l("Yêu cầu làm lại"),
    NoticeKind.ANSWERED: _l("Đã trả lời"),
    NoticeKind.TRANSFER_REMINDER: _l("Nhắc thụ lý"),
    NoticeKind.REFEREE_WAITS: _l("Chờ phân định"),
    NoticeKind.PARTNER_ASKED: _l("Đề nghị phối hợp"),
    NoticeKind.PARTNER_REPORTED: _l("Kết quả phối hợp"),
    NoticeKind.EXTENSION_ASKED: _l("Đề nghị gia hạn"),
    NoticeKind.SUPPLEMENTED: _l("Người dân bổ sung"),
    NoticeKind.REOPENED: _l("Xem xét lại"),
    NoticeKind.DUE_SOON: _l("Sắp đến hạn"),
    NoticeKind.OVERDUE: _l("Quá hạn"),
    NoticeKind.PROGRESS_DUE: _l("Đến ngày báo tiến độ"),
    NoticeKind.DIGEST: _l("Bản tin sáng"),
    NoticeKind.RETENTION_SOON: _l("Sắp ẩn danh"),
    NoticeKind.DELETION_ASKED: _l("Yêu cầu xóa dữ liệu"),
    NoticeKind.BRIEFING: _l("Bản tin"),
    NoticeKind.PARTNER_UNREACHABLE: _l("Mất kết nối đối tác"),
    NoticeKind.QUESTION: _l("Hỏi người dân"),
    NoticeKind.PROGRESS: _l("Báo tiến độ"),
    NoticeKind.EXTENDED: _l("Gia hạn"),
    NoticeKind.REFUSED: _l("Không thụ lý"),
}
CHANNELS = {NoticeChannel.MAIL: _l("Thư điện tử"), NoticeChannel.SMS: _l("Tin nhắn SMS"), NoticeChannel.ZALO: _l("Zalo")}
STATES = {
    NoticeState.WAITING: (_l("Đang chờ gửi"), "amber"),
    NoticeState.SENT: (_l("Đã gửi"), "green"),
    NoticeState.HELD: (_l("Chưa có máy chủ thư"), ""),
    NoticeState.NO_ADDRESS: (_l("Không có địa chỉ"), ""),
}
