"""What the demo agencies answer and what the senders say of it; invented, and as dull as such letters are. Pure but for value types."""

from __future__ import annotations

from random import Random

from feedback.cases.models import Outcome, Solved

GREETINGS = (
    "Cảm ơn Ông/Bà đã phản ánh.",
    "Chúng tôi đã nhận được phản ánh của Ông/Bà và xin trả lời như sau.",
    "Cơ quan chúng tôi xin cảm ơn ý kiến của Ông/Bà.",
)
CLOSINGS = (
    "Nếu việc còn tái diễn, xin Ông/Bà cho biết để chúng tôi tiếp tục giải quyết.",
    "Nếu cần trao đổi thêm, mời Ông/Bà liên hệ bộ phận tiếp nhận trong giờ làm việc.",
    "Trân trọng cảm ơn Ông/Bà đã góp ý để việc phục vụ được tốt hơn.",
)
#: What was done, by field.
SOLVED = {
    "land_construction": (
        "Cán bộ địa chính đã rà soát hồ sơ, đính chính thông tin và mời Ông/Bà đến nhận kết quả tại bộ phận một cửa.",
        "Tổ kiểm tra đã lập biên bản tại công trình, yêu cầu dừng thi công và khôi phục phần vi phạm; đến nay việc này đã xong.",
    ),
    "civil_status": (
        "Hồ sơ hộ tịch đã được bổ sung và giải quyết; giấy tờ đã sẵn sàng, Ông/Bà có thể nhận tại quầy hoặc qua bưu điện.",
        "Chúng tôi đã tra cứu sổ gốc, chỉnh lại thông tin bị sai và cấp bản mới cho Ông/Bà, không thu thêm lệ phí.",
    ),
    "business_licensing": (
        "Hồ sơ đăng ký của Ông/Bà đã được xử lý; giấy chứng nhận đã được cấp trên hệ thống.",
        "Chúng tôi đã hướng dẫn đúng thành phần hồ sơ và nhận lại ngay trong ngày, kết quả đã gửi qua thư điện tử.",
    ),
    "social_welfare": (
        "Danh sách chi trả đã được rà soát; khoản trợ cấp còn thiếu đã chuyển vào tài khoản của Ông/Bà.",
        "Chúng tôi đã phối hợp với cơ quan bảo hiểm xã hội để xác nhận quá trình đóng; chế độ đã được giải quyết.",
    ),
    "health": (
        "Đoàn kiểm tra đã đến cơ sở, lập biên bản các thiếu sót và yêu cầu khắc phục; kết quả kiểm tra lại đạt yêu cầu.",
        "Cơ sở y tế đã bố trí thêm người ở khâu tiếp nhận và niêm yết lại quy trình để người bệnh không phải chờ lâu.",
    ),
    "education": (
        "Nhà trường đã họp với phụ huynh, công khai các khoản thu và hoàn lại khoản thu chưa đúng quy định.",
        "Hồ sơ chuyển trường đã được giải quyết; nhà trường sẽ liên hệ với gia đình để sắp xếp lớp cho cháu.",
    ),
    "transport_infrastructure": (
        "Đơn vị duy tu đã vá lại mặt đường và sơn kẻ vạch; đoạn đường đã lưu thông bình thường.",
        "Đèn chiếu sáng hư hỏng đã được thay, nắp cống đã được lắp lại trong đêm.",
    ),
    "urban_environment": (
        "Đơn vị thu gom đã dọn sạch điểm rác và điều chỉnh lịch thu gom trong hẻm.",
        "Đơn vị thoát nước đã nạo vét hố ga, khơi thông đoạn cống bị nghẹt và sẽ theo dõi trong các trận mưa tới.",
    ),
    "public_order": (
        "Lực lượng trật tự đã nhắc nhở, lập biên bản và yêu cầu giải tỏa phần lấn chiếm; lịch kiểm tra được tăng thêm vào buổi tối.",
        "Công an khu vực đã làm việc với chủ hộ; bên gây ồn đã cam kết không tái phạm sau 22 giờ.",
    ),
    "online_services": (
        "Lỗi trên cổng dịch vụ công đã được khắc phục; hồ sơ của Ông/Bà đã được tiếp nhận trên hệ thống.",
        "Chúng tôi đã mở lại tài khoản và đối soát khoản thanh toán; biên lai điện tử đã gửi cho Ông/Bà.",
    ),
    "staff_conduct": (
        "Nội dung phản ánh đã được xác minh. Người có trách nhiệm đã kiểm điểm và nhận hình thức xử lý; cơ quan đã xin lỗi Ông/Bà.",
        "Qua xác minh, phản ánh của Ông/Bà có cơ sở. Cán bộ liên quan đã được chuyển khỏi vị trí tiếp dân.",
    ),
    "other": (
        "Nội dung Ông/Bà nêu đã được chuyển đến đúng bộ phận và giải quyết xong.",
        "Chúng tôi đã liên hệ đơn vị có liên quan và việc này đã được giải quyết.",
    ),
}
PARTLY = (
    "Chúng tôi đã kiểm tra và giải quyết được một phần. Phần còn lại đang chờ đơn vị phối hợp và sẽ được thông báo đến Ông/Bà.",
    "Trước mắt, việc cấp bách đã được xử lý. Giải pháp lâu dài đã đưa vào kế hoạch của quý tới.",
    "Nội dung thứ nhất đã giải quyết xong; nội dung còn lại cần thêm thời gian để thống nhất với các bên liên quan.",
)
EXPLAINED = (
    "Việc Ông/Bà nêu đang được thực hiện đúng trình tự, thủ tục hiện hành. Các bước và giấy tờ cần có được niêm yết tại bộ phận một cửa.",
    "Theo quy định hiện hành, nội dung này cần thêm giấy tờ chứng minh. Bộ phận một cửa sẽ hướng dẫn Ông/Bà chuẩn bị trong một lần.",
    "Việc này nằm trong kế hoạch đã được phê duyệt; thời gian thực hiện được công khai trên trang thông tin của cơ quan.",
)
UNFOUNDED = (
    "Chúng tôi đã kiểm tra tại chỗ và đối chiếu hồ sơ nhưng không ghi nhận sự việc. Nếu có thêm hình ảnh, xin Ông/Bà gửi bổ sung.",
    "Qua hai lần kiểm tra vào các khung giờ khác nhau, chúng tôi chưa thấy tình trạng Ông/Bà nêu.",
)
COMMENTS = {
    Solved.YES: (
        "Cảm ơn, việc đã xong.",
        "Giải quyết nhanh, rất hài lòng.",
        "Cán bộ gọi lại giải thích rõ ràng.",
        "Hẻm sạch hẳn rồi, cảm ơn.",
    ),
    Solved.PARTLY: ("Mới làm được một nửa.", "Có đỡ hơn nhưng chưa hết.", "Chờ thêm xem có làm tiếp không."),
    Solved.NO: ("Trả lời chung chung, việc vẫn y nguyên.", "Chưa thấy ai xuống kiểm tra.", "Hẹn mãi mà chưa xong."),
}
#: Most people tick a box and write nothing.
SILENT = 0.6


def answer_text(rng: Random, category_code: str, outcome: Outcome) -> str:
    """A letter that fits the field and says how the matter ended."""
    bodies = {
        Outcome.SOLVED: SOLVED.get(category_code, SOLVED["other"]),
        Outcome.PARTLY: PARTLY,
        Outcome.EXPLAINED: EXPLAINED,
        Outcome.UNFOUNDED: UNFOUNDED,
    }
    return " ".join((rng.choice(GREETINGS), rng.choice(bodies[outcome]), rng.choice(CLOSINGS)))


def comment_text(rng: Random, solved: Solved) -> str:
    """What the sender adds in words; mostly nothing."""
    return "" if rng.random() < SILENT else rng.choice(COMMENTS[solved])
