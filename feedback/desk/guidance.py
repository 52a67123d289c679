"""What a citizen can do when a report is not taken on: a prepared text for each reason, which the officer makes fit the case."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from feedback.cases.models import Case, Refusal

#: Petitions: Luật Khiếu nại 2011 Art 8 and 9, Luật Tố cáo 2018 Art 22 and 23, Luật Tiếp công dân 2013 Art 28.
PREPARED = {
    Refusal.UNCLEAR: _l(
        "Chúng tôi đã hỏi thêm nhưng chưa đủ thông tin để kiểm tra. Ông/Bà có thể gửi một phản ánh mới, ghi rõ việc gì đã xảy ra, ở "
        "đâu, lúc nào, và kèm ảnh nếu có. Nếu khó viết, xin gọi 1022 để được ghi giúp."
    ),
    Refusal.SETTLED: _l(
        "Việc này đã được giải quyết và trả lời. Nếu có tình tiết mới, xin gửi một phản ánh mới và nêu rõ tình tiết ấy. Nếu không đồng "
        "ý với quyết định đã ban hành, Ông/Bà có quyền khiếu nại tiếp hoặc khởi kiện tại Tòa án theo Luật Tố tụng hành chính."
    ),
    Refusal.COURT: _l(
        "Việc này thuộc thẩm quyền của Tòa án, cơ quan hành chính không được giải quyết thay. Xin gửi yêu cầu, chứng cứ đến Tòa án "
        "đang giữ vụ việc; nếu cần, Ông/Bà có thể hỏi Trung tâm Trợ giúp pháp lý nhà nước của Thành phố."
    ),
    Refusal.PRIVATE: _l(
        "Đây là tranh chấp giữa các bên với nhau. Ông/Bà có thể đề nghị tổ hòa giải ở cơ sở hoặc Ủy ban nhân dân phường, xã hòa giải; "
        "nếu không thành, xin khởi kiện tại Tòa án nhân dân khu vực."
    ),
    Refusal.NEEDS_PETITION: _l(
        "Ông/Bà khiếu nại một quyết định, hành vi hành chính hoặc tố cáo vi phạm của một người cụ thể. Pháp luật đòi hỏi đơn ký tên, "
        "trang này không thay được đơn.\n"
        "Đơn ghi rõ ngày viết, họ tên và địa chỉ của Ông/Bà; cơ quan hoặc người bị khiếu nại, tố cáo; việc đã xảy ra, lý do và yêu "
        "cầu; kèm giấy tờ liên quan; ký tên hoặc điểm chỉ.\n"
        "Khiếu nại lần đầu gửi cơ quan đã ra quyết định, trong 90 ngày từ ngày nhận hoặc biết quyết định. Tố cáo gửi người đứng đầu cơ "
        "quan quản lý người bị tố cáo; họ tên của người tố cáo được giữ bí mật.\n"
        "Xin nộp trực tiếp hoặc qua bưu điện; Ban Tiếp công dân Thành phố hướng dẫn và nhận đơn."
    ),
    Refusal.TIME_BARRED: _l(
        "Thời hiệu khiếu nại là 90 ngày từ ngày nhận hoặc biết quyết định, hành vi hành chính. Nếu ốm đau, thiên tai, đi công tác, học "
        "tập ở nơi xa hoặc trở ngại khách quan khác làm chậm, thời gian ấy không tính vào thời hiệu; xin gửi giấy tờ chứng minh kèm "
        "đơn khiếu nại."
    ),
    Refusal.OUTSIDE: _l(
        "Việc này không thuộc cơ quan nào của Thành phố. Xin gửi đến cơ quan có thẩm quyền qua mục Phản ánh, kiến nghị của Cổng Dịch "
        "vụ công quốc gia (dichvucong.gov.vn), hoặc gọi 1022 để được chỉ dẫn."
    ),
    Refusal.SPAM: _l(
        "Nội dung gửi đến không nêu việc gì để cơ quan nhà nước giải quyết. Nếu Ông/Bà có việc cần phản ánh, xin gửi một phản ánh mới "
        "và ghi rõ việc gì, ở đâu, lúc nào."
    ),
}


def prepared(code: Refusal, case: Case) -> str:
    """The prepared words for a reason in the language the sender wrote in."""
    with force_locale(case.language):
        return str(PREPARED[code])


def reasons_for(case: Case) -> list[Refusal]:
    """The reasons that may be given for a case: nothing is unclear before its sender has been asked."""
    return [code for code in Refusal if code is not Refusal.UNCLEAR or case.questions]
