"""Words that carry much and occur seldom: one feature for a whole family of them. Pure.

Phrases stand here as they are spelt. They are found spelt the same or without tone marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from analytics.classify.topics import TOPICS
from analytics.classify.words import Word, read

#: Part of the model's identity, like the abbreviation table.
VERSION = "2026-11-3"

_SIGNS = {
    "bribe": "hối lộ|nhận tiền|đưa tiền|bồi dưỡng|lót tay|phong bì|bì thư|phong bao|chung chi|chung tiền|đút lót|tiền cà phê|"
    "cà phê nước|trà nước|tiền trà|tiền nước|tiền bia|uống nước|uống trà|làm luật|mãi lộ|ăn tiền|ăn chặn|vòi tiền|vòi vĩnh|vòi|moi tiền|"
    "gạ|ra giá|đòi tiền|đòi chi|xin đểu|ăn chia|chia chác|lại quả|quà cáp|bôi trơn|đấu tay|chạy việc|chạy hồ sơ|chạy chọt|lo lót|"
    "tiền chạy|ăn hối lộ|ăn dày|ăn bẩn|thu tiền ngoài|không biên lai|không có biên lai|không viết biên lai|không hóa đơn|"
    "không ghi phiếu|chuyển khoản riêng|tài khoản cá nhân|tài khoản riêng|nhét tiền|dúi|kẹp tiền|kẹp|xì tiền|cửa kiếng|hoa hồng|"
    "tham nhũng|tham ô|cắt xén|bớt xén|khai khống|kê khống|rút ruột|bỏ túi|đóng hụi|tiền tháng|thu chui|thu riêng|ngoài biên lai|"
    "tiền mặt|mua chuộc|xà xẻo",
    "hint": "biết điều|hiểu ý|tự hiểu|hiểu không|hiểu chuyện|chậm hiểu|hiểu mà|khéo|nhắc khéo|lo cho anh em|anh em|xem thế nào|coi sao|"
    "tính sao|giờ tính sao|gợi ý|ám chỉ|bóng gió|đánh tiếng|nói nhỏ|nói khéo|nháy mắt|ý tứ|chút gì|chút quà|chút đỉnh|tình cảm|quan tâm|"
    "cư xử|gần gũi|đi lại|qua lại|có qua có lại|cảm ơn riêng|muốn nhanh|nhanh hay chậm|cho nhanh|cho lẹ|cho êm|đường tắt|cửa sau|"
    "lối khác|cách khác|linh động|thông cảm|hơi khó|khó lắm|khó nói|giá mềm|có giá|ai cũng biết giá|bữa cơm|chầu nhậu|mời nhậu|mời cơm|"
    "cây thuốc|thẻ cào|sinh nhật sếp|ghé nhà|tới nhà riêng|quán cà phê|ra quán|bên ngoài nói chuyện|nói chuyện riêng|chuẩn bị tinh thần|"
    "bên kia biết|không đưa thì|không có thì|đưa xong|đưa rồi|hôm sau có|chiều có liền|có ngay|lấy liền|được ngay|xong liền|ai cũng vậy|"
    "luật ngầm|lệ|xưa nay vậy|có lòng|suy nghĩ đi|tự về suy nghĩ|cái phong bì|5 cú|cú|lệnh miệng|hẹn nhau tối|vỗ vai|bồi dưỡng xăng xe|"
    "quỹ vận động|trừ quỹ",
    "rude": "hạch sách|hách dịch|cửa quyền|hống hách|quát|quát tháo|quát nạt|mắng|mắng mỏ|chửi|la mắng|nạt|nạt nộ|trở mặt|coi thường|"
    "khinh thường|xem thường|khinh|thách thức|thái độ|đuổi về|đuổi ra|đuổi|phẩy tay|hất hàm|hất|lớn tiếng|to tiếng|xua tay|lên mặt|"
    "cộc lốc|trả lời nhát gừng|liếc|lườm|nguýt|bĩu môi|ném|liệng|quăng|đập bàn|cười nhạo|cười cợt|nhạo|mỉa mai|sỉ nhục|xúc phạm|"
    "thiếu tôn trọng|vô lễ|bất lịch sự|láo|chỉ trỏ|hành hạ|dọa nạt|dọa|đe|hù|gằn giọng|không thèm|không ngẩng|không nhìn|ban ơn|"
    "trịch thượng|kém văn hóa|mặt hầm hầm|hầm hầm|cái bộp|xin cơm|bà điếc",
    "stall": "nhũng nhiễu|sách nhiễu|hành dân|làm khó|gây khó|khó dễ|gây khó dễ|bắt bí|bắt nẹt|bắt đi bắt lại|chạy lòng vòng|"
    "chạy vòng vòng|chạy tới chạy lui|đi tới đi lui|đùn đẩy|đá bóng|né tránh|thoái thác|lần lữa|hẹn tới hẹn lui|hẹn lần hẹn lữa|"
    "ngâm hồ sơ|ngâm|găm|giam hồ sơ|cố tình|cố ý|làm mất hồ sơ|mất hồ sơ|thất lạc hồ sơ|không chịu lập biên bản|không lập biên bản|"
    "không ghi|không nhận đơn|không chịu nhận|từ chối nhận|trả hồ sơ|mỗi lần một|lòi ra|thiếu một tờ|bổ sung hoài|tự ý|tự đặt|"
    "bắt buộc mua|ép mua|ép ký|ký khống|bắt ký|giữ giấy|cất hồ sơ|hẹn nữa|cười cợt hẹn|phát số|giữ số|tổ chức thi hành|chờ hoài",
    "cover": "bao che|bảo kê|chống lưng|ô dù|bưng bít|làm ngơ|làm lơ|ngó lơ|phớt lờ|nhắm mắt|như không thấy|giả vờ|không thấy|bỏ qua|"
    "cho qua|tha|cho tồn tại|tiếp tay|thông đồng|móc nối|cấu kết|bắt tay|báo trước|báo giờ|báo tin|đánh động|lộ tin|rò rỉ thông tin|"
    "lộ thông tin|tiết lộ|đưa đơn của tôi|ai báo|sao nó biết|sao họ biết|đoàn tới|đoàn về|dọn sạch|dọn trước|chìm xuồng|ém|im lặng|"
    "nhậu với|ngồi nhậu|uống bia với|ăn nhậu với|tiếp xong|xử cho có|phạt cho có|làm cho có|chiếu lệ|kiểm tra cho có|hợp thức",
    "favour": "người nhà|người quen|quen biết|bà con|họ hàng|con cháu|cháu ruột|em vợ|em rể|chị vợ|anh vợ|sân sau|thân quen|thân hữu|"
    "ưu ái|thiên vị|bên trọng bên khinh|chen ngang|vào trước|đến sau|cửa trong|gửi gắm|ưu tiên cho|phe cánh|chia phần|gạch tên|bị loại|"
    "lợi dụng chức vụ|vụ lợi|tư lợi|tư túi|trục lợi|chiếm dụng|của riêng|về nhà riêng|xe công|đất công|quỹ đen|lạm quyền|lộng quyền|"
    "lợi dụng|trả thù|trù dập|đì|trả đũa|vu khống dân|ép cung|đánh dân|ai xúi|dằn mặt",
    "absent": "vắng mặt|bỏ vị trí|bỏ quầy|để trống quầy|quầy trống|không có ai|không ai tiếp|lướt điện thoại|bấm điện thoại|chơi game|"
    "coi phim|xem phim|ngủ gật|ngủ|tám chuyện|nói chuyện riêng|đi ăn sáng|ăn sáng|đi trễ|về sớm|đóng cửa sớm|nghỉ sớm|chưa tới giờ|"
    "hết giờ rồi|giờ hành chính|giờ làm việc mà|trong giờ|say xỉn|mùi rượu|mùi bia|uống rượu|mặt đỏ|tiệc|sinh nhật",
    "official": "cán bộ|công chức|viên chức|chuyên viên|nhân viên phường|chủ tịch|phó chủ tịch|bí thư|trưởng phòng|phó phòng|cảnh sát|"
    "công an|đại úy|thiếu úy|thượng úy|trung úy|thượng tá|trung tá|thiếu tá|thanh tra|kiểm lâm|quản lý thị trường|địa chính|tư pháp|"
    "hộ tịch|cán bộ thuế|tổ trưởng|tổ phó|trưởng ấp|dân phòng|dân quân|trưởng khu phố|đội trưởng|đội phó|giám đốc sở|một cửa|"
    "bộ phận một cửa|tiếp dân|người trực|trực ban|chỉ huy|lãnh đạo|quầy số|ngồi quầy|ở quầy|hiệu trưởng|điều dưỡng|y tá|bác sĩ|"
    "trật tự đô thị|tổ trật tự|đội trật tự|anh trật tự|kiểm tra liên ngành|đoàn kiểm tra|đoàn liên ngành|liên ngành|hải quan|"
    "đăng kiểm viên|giám thị|thụ lý|người thụ lý|phụ trách|người phụ trách|sếp|quan|mấy ổng trên|trên phường|ủy ban|bảo vệ ủy ban|"
    "bảo vệ dân phố|ban quản lý|kế toán phường|quân sự phường|chú công an|anh công an|cô hộ tịch|chị hộ tịch|ông chủ tịch|anh địa chính|"
    "nhân viên nhà nước|lương nhà nước",
    "danger": "đang cháy|bốc cháy|cháy lớn|cháy nhà|hỏa hoạn|bốc khói|khét|nổ bình gas|rò rỉ|xì gas|rò gas|xì ga|mùi gas|đứt dây|"
    "dây điện đứt|hở điện|phóng điện|xẹt lửa|tóe lửa|giật điện|rò điện|sập|đổ sập|sụp|sụt lún|hố sụt|hố sâu|nứt toác|nghiêng|cấp cứu|"
    "kêu cứu|cứu với|cứu|nguy kịch|bất tỉnh|co giật|ngộ độc|chết người|đâm chém|chém|đang đánh|đâm nhau|cầm dao|hung khí|đang đốt|"
    "lật xe|chảy máu|máu|mắc kẹt|kẹt trong|khống chế|nhảy lầu|nhảy cầu|tự tử|tự thiêu|đuối nước|chìm|trôi|hóa chất|axit|amoniac|xỉu|"
    "ngất|ngạt|tím tái|khó thở|hôn mê|gục|nằm bất động|rớt xuống|lọt xuống|sắp đổ|sắp sập|bẻ cong|lắc lư|rung|tràn ra|bén lửa|không rào|"
    "chưa rào|chưa rào chắn",
    "now": "đang|ngay bây giờ|ngay|gấp|khẩn|khẩn cấp|liền|lúc này|bây giờ|nhanh lên|lẹ lên|mau|mau lên|vừa mới|vừa|mấy bạn|chưa ai|"
    "chưa tới|còn kẹt|còn trong|tới liền|tới gấp|hỏa tốc|tức thì|114|115|113|trời ơi|kẻo",
    "past": "năm ngoái|năm trước|năm kia|tháng trước|tháng rồi|tuần trước|tuần rồi|hôm trước|hôm nọ|hôm kia|bữa trước|đã lâu|lâu nay|"
    "lâu rồi|nhiều năm|bao lâu|cho hỏi|xin hỏi|diễn tập|quy định|kế hoạch|kiến nghị|đề xuất|hồi đó|trước đây|từng|đã dập|đã xử lý|"
    "nghe đồn|nghe nói|tin đồn|đồn|đọc báo|coi tivi|lo ngại|sợ rằng|phòng ngừa|nếu",
    "foul": "địt mẹ|địt|mẹ mày|con mẹ|mẹ kiếp|đồ chó|chó má|lũ chó|thằng chó|đồ ngu|ngu như|ngu học|lũ khốn|khốn nạn|khốn kiếp|mất dạy|"
    "mặt dày|mặt lồn|lồn|cặc|vãi|vô học|bọn chó|súc vật|lũ heo|như heo|đồ heo|con mụ|thằng cha|con chó|đồ khốn|cút|óc chó|óc heo|óc bò|"
    "đồ ăn hại|ăn hại|đồ ăn bám|chó chết|chết tiệt|chết bầm|mẹ nó|má nó|mịa|cán bã|hút máu|lũ giặc|lũ ruồi|đồ mắc dịch|tiên sư|tổ sư|"
    "tổ cha|đồ ăn cướp|lũ ăn cướp|thằng ngu|con ngu|lũ ngu|láo như chó|bố láo|đồ mặt|thứ mặt|mẹ cha|cha mày|trời đánh|đồ quỷ|đồ điên|"
    "cái lũ|cái quân",
    "advert": "khuyến mãi|giảm giá|giảm nửa giá|ưu đãi|miễn phí|liên hệ ngay|inbox|ib|nhắn tin|zalo|telegram|tele|hotline|ship|"
    "giao hàng|bán gấp|cần bán|sang nhượng|cần sang|tuyển gấp|tuyển ctv|ctv|cần tuyển|vay tiền|vay nhanh|cho vay|giải ngân|cá cược|"
    "nhà cái|casino|lãi suất|đăng ký ngay|click|truy cập|http|https|www|com|shop|sale|mua 0|tặng 0|mua một tặng|tri ân|chia sẻ tin|"
    "nhận quà|trúng thưởng|soạn tin|chốt đơn|nhận làm|nhận giặt|nhận dạy|uy tín|chuyển nhượng|thanh lý|khai trương|giá sỉ|giá rẻ|"
    "giá gốc|trọn gói|bảo hành|bao ship|ai cần|gọi em|kết bạn|đặt lịch|giữ chỗ|mở bán|căn hộ chỉ|chiết khấu|lợi nhuận|sinh lời|"
    "nạp lần đầu|soi cầu|số đẹp|gia truyền|đặc trị|báo giá|xả kho|hút hầm|chuyển nhà|xe ghép|phí tùy tâm|dành cho khách|follow|"
    "kênh của mình|ủng hộ mình|đối tác|lô đất mặt tiền|giá hời|tuyển|việc làm tại nhà|kiếm thêm|thu nhập thêm|hoa hồng cao|giảm 00|"
    "tặng quà|nhận vay|đăng ký kênh|combo|voucher|flash sale",
    "nuisance": "làm phiền|quấy rầy|gọi hoài|gọi liên tục|chặn số|cuộc gọi rác|tin nhắn rác|số lạ|tờ rơi|dán quảng cáo|quảng cáo dán|"
    "cột điện dán|bị gọi|mời vay|mời mua|tràn lan|xử lý nạn|dẹp nạn|tôi nhận được tin",
    "test": "test|testing|lorem|ipsum|asdf|qwerty|abc|xyz|thử hệ thống|kiểm thử|gửi thử|nội dung mẫu|tin nhắn tự động|demo|alo|"
    "kiểm tra hệ thống|biểu mẫu|bỏ qua nội dung|đừng xử lý|xóa sau khi",
    "praise": "cảm ơn|cám ơn|khen|tuyên dương|biết ơn|tri ân|hoan nghênh|rất hài lòng|hài lòng|nhiệt tình|tận tình|tận tâm|dễ thương|"
    "chu đáo|nhẹ nhàng|niềm nở|lịch sự|nhanh gọn|không phiền|góp ý|đề xuất|ý tưởng",
}  # fmt: skip

#: The spelt words of a phrase, and the features a match counts for.
Entry = tuple[tuple[Word, ...], tuple[str, ...]]


@cache
def phrases() -> dict[str, tuple[Entry, ...]]:
    """Whole phrases and the families each belongs to, by their first two words without tone marks.

    Read when the first text is: not every process reads one, and all of them want to start soon.
    """
    families = {family: (family,) for family in _SIGNS} | {topic: (topic, topic.partition(".")[0]) for topic in TOPICS}
    index: dict[str, list[Entry]] = {}
    for family, spelt in (_SIGNS | TOPICS).items():
        for phrase in sorted(set(spelt.split("|"))):
            words = read(phrase).words
            index.setdefault(" ".join(word.folded for word in words[:2]), []).append((words, families[family]))
    return {first: tuple(entries) for first, entries in index.items()}


def stands(phrase: tuple[Word, ...], written: Sequence[Word]) -> bool:
    """Whether the words are a phrase: spelt the same or without tone marks; a single word only as spelt, "khi" (when) is no "khỉ" (ape)."""
    if len(written) != len(phrase):
        return False
    if len(phrase) == 1:
        return written[0].normal == phrase[0].normal
    return all(one.normal in (word.normal, word.folded) for one, word in zip(written, phrase, strict=True))
