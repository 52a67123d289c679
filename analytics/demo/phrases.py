"""What people say and write along the way of a demo case, besides report and answer. All invented."""

from __future__ import annotations

GUIDANCE = (
    "Việc này đã được trả lời ở phản ánh trước. Nếu chưa đồng ý, xin Ông/Bà mở hồ sơ cũ bằng mã tra cứu và yêu cầu xem xét lại.",
    "Cơ quan đã giải quyết xong việc này. Nếu sự việc lại xảy ra, xin Ông/Bà gửi phản ánh mới và ghi ngày xảy ra.",
)
CHANGES_OF_MIND = ("Việc đã được giải quyết trước khi có trả lời.", "Tôi gửi nhầm, sẽ gửi lại đầy đủ hơn.")
REQUESTS = (
    "Xin cho biết ranh giới quản lý và kế hoạch sửa chữa tại địa điểm này.",
    "Xin cử người cùng kiểm tra thực địa và cho ý kiến chuyên môn.",
)
PARTS = (
    "Đã cùng kiểm tra thực địa; phần thuộc chúng tôi quản lý đã xử lý xong.",
    "Đã rà soát hồ sơ: địa điểm có trong kế hoạch sửa chữa quý này.",
)
PROGRESS = (
    "Đã kiểm tra thực địa và đang chờ đơn vị thi công sắp xếp; xin lỗi Ông/Bà vì trả lời chậm.",
    "Hồ sơ còn một bước thẩm định nội bộ; chúng tôi xin lỗi vì đã quá hạn và sẽ trả lời ngay khi xong.",
)
QUESTIONS = (
    "Xin Ông/Bà cho biết số nhà hoặc điểm mốc gần nhất để chúng tôi đến kiểm tra.",
    "Xin Ông/Bà gửi thêm hình ảnh hoặc cho biết sự việc xảy ra vào ngày nào.",
    "Xin Ông/Bà cho biết mã hồ sơ và ngày nộp ghi trên giấy hẹn.",
)
SUPPLEMENTS = (
    "Chỗ này gần cổng chợ, đối diện tiệm thuốc tây, đi vào khoảng hai mươi mét.",
    "Việc xảy ra từ đầu tuần, mấy ngày nay vẫn còn, nhất là buổi tối.",
    "Tôi nộp hồ sơ hôm đầu tháng, giấy hẹn ghi trả kết quả tuần trước mà chưa có.",
)
EXTENSIONS = (
    "Phải xác minh tại nhiều nơi và đối chiếu hồ sơ lưu.",
    "Cần đo đạc lại tại thực địa cùng đơn vị chuyên môn.",
)
OBJECTIONS = (
    "Trả lời là đã xong nhưng hôm nay tôi xem lại thì vẫn như cũ, xin kiểm tra lại giúp.",
    "Câu trả lời chưa đúng việc tôi hỏi, mong cơ quan xem xét lại.",
)
DECISIONS = (
    "Nội dung chính thuộc nhiệm vụ được phân công của cơ quan này.",
    "Địa điểm thuộc địa bàn quản lý; cơ quan này chủ trì, phối hợp đơn vị liên quan.",
)
RETURN_REASONS = (
    "Nội dung thuộc thẩm quyền của cơ quan khác.",
    "Địa điểm phản ánh không nằm trên địa bàn chúng tôi quản lý.",
    "Cần chuyển sở chuyên ngành xem xét.",
)
RELEASE_REASONS = (
    "Không phản ánh hành vi của cán bộ cụ thể.",
    "Người dân hỏi về thủ tục, không nêu hành vi vi phạm.",
    "Nội dung thuộc việc chuyên môn, đề nghị bộ phận tiếp nhận chuyển cơ quan có thẩm quyền.",
)
HEAD_COMMENTS = (
    "Nêu rõ ngày đã kiểm tra thực tế và kết quả.",
    "Bổ sung căn cứ pháp lý và hướng dẫn bước tiếp theo cho người dân.",
    "Viết ngắn gọn hơn, trả lời đúng câu người dân hỏi.",
)
