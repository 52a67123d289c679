"""What can be brought in and out, column by column: how each is filled in, and an invented example. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback.cases.steps import N_

DAY = N_("Ngày, ví dụ 2025-07-01.")
DAY_OR_EMPTY = N_("Ngày, ví dụ 2025-07-01; để trống nếu còn hiệu lực.")
DAY_FROM_TODAY = N_("Ngày, từ hôm nay trở đi với dòng mới, ví dụ 2035-01-01.")
LEVEL = N_("Cấp: city, district hoặc ward.")
CATEGORY = N_("Mã lĩnh vực, ví dụ urban_environment.")
YES = N_("yes hoặc no.")
KINDS_OF_AGENCY = N_("Loại: city_committee, office, department, inspectorate, district_committee, ward_committee, police hoặc center.")
#: Characters of the name of the system that old cases come from.
SOURCE_LIMIT = 60


class Kind(StrEnum):
    """What a file holds."""

    OFFICERS = "officers"
    CASES = "cases"
    AGENCIES = "agencies"
    AREAS = "areas"
    PROCEDURES = "procedures"
    HOLIDAYS = "holidays"
    CATEGORIES = "categories"
    ROUTING = "routing"
    RULES = "rules"
    STEPS = "steps"
    TEXTS = "texts"
    PERIODS = "periods"


#: What can be taken out. Cases leave by the pages of those who may read them, never by the administrator's.
OUTGOING = tuple(kind for kind in Kind if kind is not Kind.CASES)


@dataclass(frozen=True)
class Column:
    """A column of a file, how it is filled in, an example, and whether the first line may leave it out."""

    name: str
    help: str
    example: str
    optional: bool = False


_VALID = (Column("valid_from", DAY, "2025-07-01"), Column("valid_to", DAY_OR_EMPTY, ""))
COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.OFFICERS: (
        Column("sign_in_name", N_("Tên đăng nhập, viết thường, không dấu cách; không đổi được về sau."), "nguyen.van.vi.du"),
        Column("full_name", N_("Họ và tên."), "Nguyễn Văn Ví Dụ"),
        Column("email", N_("Thư điện tử công vụ để báo việc; có thể để trống."), "vi.du@co-quan.example", optional=True),
        Column("role", N_("Vai trò: front_desk, handler, agency_head, inspectorate, leadership hoặc administrator."), "handler"),
        Column("agency_code", N_("Mã cơ quan đang hoạt động, như trong tệp cơ quan."), "SO-XD"),
    ),
    Kind.CASES: (
        Column("number", N_("Số hồ sơ trong hệ thống cũ, tối đa 60 ký tự."), "PA/2024/000123"),
        Column("received", N_("Ngày tiếp nhận: 2024-05-12, 12/05/2024 hoặc 2024-05-12 14:30; không ở tương lai."), "2024-05-12 14:30"),
        Column("text", N_("Nội dung phản ánh, từ 10 đến 5.000 ký tự."), "Ví dụ: rác ở đầu hẻm ba ngày nay chưa được thu gom."),
        Column("state", N_("open (đang xử lý), answered (đã trả lời) hoặc closed (đã đóng)."), "answered"),
        Column("category", N_("Mã lĩnh vực; để trống thì máy đọc nội dung."), "urban_environment", optional=True),
        Column("area_code", N_("Mã phường, xã theo Tổng cục Thống kê; có thể để trống."), "", optional=True),
        Column("place", N_("Nơi xảy ra, tối đa 300 ký tự."), "Hẻm Hoa Sữa", optional=True),
        Column("agency_code", N_("Mã cơ quan đang giữ hoặc đã trả lời; để trống thì hồ sơ vào bàn tiếp nhận."), "SO-XD", optional=True),
        Column("answered", N_("Ngày trả lời, không trước ngày tiếp nhận; cần khi đã trả lời hoặc đã đóng."), "2024-05-20", optional=True),
        Column("answer", N_("Nội dung trả lời, tối đa 10.000 ký tự; cần khi đã trả lời hoặc đã đóng."), "Đã thu gom.", optional=True),
        Column("outcome", N_("Kết quả: solved, partly, explained hoặc unfounded; để trống là explained."), "solved", optional=True),
        Column("misconduct", N_("yes nếu phản ánh về hành vi cán bộ; hồ sơ sẽ niêm phong cho thanh tra."), "no", optional=True),
        Column("contact_name", N_("Tên người gửi; để trống cả ba ô là ẩn danh."), "", optional=True),
        Column("contact_phone", N_("Điện thoại người gửi, 10 hoặc 11 chữ số."), "", optional=True),
        Column("contact_email", N_("Thư điện tử người gửi."), "", optional=True),
    ),
    Kind.AGENCIES: (
        Column("code", N_("Mã cơ quan: chữ hoa, chữ số, dấu gạch; không đổi được về sau."), "SO-VIDU"),
        Column("name", N_("Tên đầy đủ."), "Sở Ví dụ"),
        Column("short_name", N_("Tên ngắn."), "Sở Ví dụ"),
        Column("kind", KINDS_OF_AGENCY, "department"),
        Column("level", LEVEL, "city"),
        Column("superior", N_("Mã cơ quan cấp trên, không tạo thành vòng."), "UBND-TP"),
        Column("area_code", N_("Mã địa bàn; ủy ban nhân dân phải có."), ""),
        Column("field", N_("Mã các lĩnh vực phụ trách, cách nhau một dấu cách."), "other"),
        Column("role", N_("desk (bàn tiếp nhận) hoặc triage (thanh tra) như đang có; các cơ quan khác để trống."), ""),
        Column("email", N_("Thư điện tử của cơ quan; có thể để trống."), ""),
        *_VALID,
    ),
    Kind.AREAS: (
        Column("code", N_("Mã theo Tổng cục Thống kê."), "99999"),
        Column("name", N_("Tên địa bàn."), "Phường Ví dụ"),
        Column("kind", N_("Cấp: city, district hoặc ward."), "ward"),
        Column("kind_label", N_("Từ gọi: Phường, Xã, Đặc khu…"), "Phường"),
        Column("parent_code", N_("Mã địa bàn cấp trên."), "79"),
        Column("district_code", N_("Mã quận, huyện để thống kê; chỉ phường, xã có và phải có."), "760"),
        Column("approximate", YES, "no"),
        Column("tile_row", N_("Hàng trên bản đồ ô, số nguyên; đi cùng tile_col, không trùng ô khác."), ""),
        Column("tile_col", N_("Cột trên bản đồ ô, số nguyên; đi cùng tile_row."), ""),
        Column("population", N_("Dân số, số nguyên."), "30000"),
        Column("area_km2", N_("Diện tích theo km², dùng dấu chấm thập phân."), "2.5"),
        Column("latitude", N_("Vĩ độ, từ 8 đến 12."), "10.77"),
        Column("longitude", N_("Kinh độ, từ 105 đến 108."), "106.69"),
        *_VALID,
    ),
    Kind.PROCEDURES: (
        Column("code", N_("Mã thủ tục quốc gia; có thể để trống."), ""),
        Column("name", N_("Tên thủ tục."), "Thủ tục ví dụ"),
        Column("category_code", CATEGORY, "other"),
        Column("level", LEVEL, "ward"),
        Column("limit_text", N_("Thời hạn đã công bố, bằng chữ."), "3 ngày làm việc"),
        Column("online_level", N_("Mức trực tuyến: 1, 2, 3, 4, TP hoặc MP."), "TP"),
        *_VALID,
    ),
    Kind.HOLIDAYS: (
        Column("day", N_("Ngày, ví dụ 2027-01-01; mỗi ngày một dòng."), "2027-01-01"),
        Column("kind", N_("off (nghỉ) hoặc half (nghỉ chiều) cho thứ Hai đến thứ Sáu; made_up (làm bù) cho thứ Bảy, Chủ nhật."), "off"),
        Column("name", N_("Tên ngày."), "Tết Dương lịch"),
        Column("source", N_("Căn cứ: văn bản hoặc thông báo."), "Thông báo ví dụ"),
    ),
    Kind.CATEGORIES: (
        Column("code", N_("Mã lĩnh vực đang có; tệp không thêm lĩnh vực mới."), "other"),
        Column("name_vi", N_("Tên tiếng Việt."), "Lĩnh vực khác"),
        Column("name_en", N_("Tên tiếng Anh."), "Other"),
        Column("hint_vi", N_("Lời giải thích tiếng Việt."), "Ví dụ: việc chưa có tên trong danh sách."),
        Column("hint_en", N_("Lời giải thích tiếng Anh."), "Example: a matter that is not in the list."),
        Column("track", N_("Quy trình, như đang có; không đổi được bằng tệp."), "feedback"),
        Column("rule_code", N_("Mã thời hạn trả lời, như đang có; không đổi được bằng tệp."), "PAKN-ANS"),
        Column("position", N_("Thứ tự, số nguyên."), "99"),
        Column("active", N_("yes nếu còn cho người gửi chọn, no nếu không."), "yes"),
    ),
    Kind.ROUTING: (
        Column("category_code", CATEGORY, "urban_environment"),
        Column("level", N_("Cấp của nơi xảy ra: city, district hoặc ward."), "city"),
        Column("target", N_("Mã cơ quan, hoặc @ward, @district cho UBND nơi xảy ra."), "SO-XD"),
        Column("reason_vi", N_("Câu để bộ phận tiếp nhận hiểu vì sao; {place} là nơi xảy ra."), "Ví dụ: việc ở {place} thuộc Sở."),
        Column("position", N_("Thứ tự, số nguyên."), "9"),
        Column("valid_from", DAY_FROM_TODAY, "2035-01-01"),
        Column("valid_to", DAY_OR_EMPTY, ""),
    ),
    Kind.RULES: (
        Column("code", N_("Mã thời hạn: chữ hoa, chữ số, dấu gạch."), "VI-DU"),
        Column("name", N_("Tên thời hạn."), "Thời hạn ví dụ"),
        Column("amount", N_("Số, từ 0; để trống cùng unit nếu quy định không có thời hạn riêng."), "5"),
        Column("unit", N_("minute, working_hour, day hoặc working_day; không đổi được về sau."), "working_day"),
        Column("start_event", N_("Tính từ đâu, bằng chữ."), "ngày tiếp nhận"),
        Column("extensions", N_("Mã các thời hạn được cộng thêm; để trống nếu không có."), ""),
        Column("pausable", N_("yes nếu được tạm dừng, no nếu không."), "yes"),
        Column("cutoff", N_("Giờ, ví dụ 15:00: đến sau giờ này tính sang ngày làm việc sau; có thể để trống."), ""),
        Column("legal_basis", N_("Căn cứ pháp lý."), "Văn bản ví dụ"),
        Column("confidence", N_("V (đã đối chiếu văn bản), V2, G hoặc D (tự đặt)."), "D"),
        Column("valid_from", DAY_FROM_TODAY, "2035-01-01"),
        Column("valid_to", DAY_OR_EMPTY, ""),
        Column("note", N_("Ghi chú; có thể để trống."), ""),
    ),
    Kind.STEPS: (
        Column("code", N_("Mã bước nhắc hạn: chữ thường, chữ số, dấu gạch dưới."), "vi_du"),
        Column("working_days", N_("Số ngày làm việc so với hạn, từ -30 (trước) đến 60 (sau)."), "-1"),
        Column("rung", N_("Ai được nhắc: handler, head, superior hoặc leadership."), "handler"),
        Column("active", YES, "no"),
    ),
    Kind.TEXTS: (
        Column("code", N_("Mã văn bản mẫu: chữ thường, chữ số, dấu gạch dưới."), "vi_du"),
        Column("category_code", N_("Mã lĩnh vực; để trống nếu dùng cho mọi lĩnh vực."), ""),
        Column("outcome", N_("Kết quả: solved, partly, explained hoặc unfounded."), "explained"),
        Column("title", N_("Tên văn bản mẫu."), "Ví dụ"),
        Column("text", N_("Nội dung, tối đa 4.000 ký tự; chỗ cần điền viết như [[ngày kiểm tra]]."), "Ngày [[ngày kiểm tra]], đã xem."),
        Column("legal_reference", N_("Căn cứ pháp lý; có thể để trống."), ""),
        Column("position", N_("Thứ tự, số nguyên."), "99"),
        Column("active", YES, "no"),
    ),
    Kind.PERIODS: (
        Column("code", N_("Mã loại hồ sơ, như đang có."), "feedback"),
        Column("months", N_("Số tháng giữ nguyên hồ sơ sau khi kết thúc."), "60"),
        Column("reason", N_("Căn cứ của thời hạn."), "Văn bản ví dụ"),
    ),
}  # fmt: skip


def names_of(kind: Kind) -> tuple[str, ...]:
    """The columns of a file by name, in their order."""
    return tuple(column.name for column in COLUMNS[kind])


def required_of(kind: Kind) -> frozenset[str]:
    """The columns that the first line must name."""
    return frozenset(column.name for column in COLUMNS[kind] if not column.optional)
