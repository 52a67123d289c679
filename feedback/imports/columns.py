"""What can be brought in and out, column by column: how each is filled in, and an invented example. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback.cases.steps import N_
from feedback.city import reading as city

DAY = N_("Ngày, ví dụ 2025-07-01.")
DAY_OR_EMPTY = N_("Ngày, ví dụ 2025-07-01; để trống nếu còn hiệu lực.")
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
    #: These go out only: what they mean for routing is changed on pages of their own, or loaded with the whole city.
    CATEGORIES = "categories"
    ROUTING = "routing"


#: What can be brought in.
INCOMING = (Kind.OFFICERS, Kind.CASES, Kind.AGENCIES, Kind.AREAS, Kind.PROCEDURES, Kind.HOLIDAYS)
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
    Kind.CATEGORIES: tuple(Column(name, "", "") for name in city.CATEGORIES),
    Kind.ROUTING: tuple(Column(name, "", "") for name in city.ROUTES),
}  # fmt: skip


def names_of(kind: Kind) -> tuple[str, ...]:
    """The columns of a file by name, in their order."""
    return tuple(column.name for column in COLUMNS[kind])


def required_of(kind: Kind) -> frozenset[str]:
    """The columns that the first line must name."""
    return frozenset(column.name for column in COLUMNS[kind] if not column.optional)
