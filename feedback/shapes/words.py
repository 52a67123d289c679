"""What can be wrong with a file of shapes, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from feedback.shapes.reading import Wrong

FILE: Mapping[Wrong, LazyString] = {
    Wrong.EMPTY: _l("Tệp trống. Xin chọn một tệp GeoJSON."),
    Wrong.TOO_LARGE: _l("Tệp lớn hơn %(most)s MB. Xin đơn giản hóa ranh giới trong phần mềm bản đồ rồi xuất lại, giữ 5 chữ số thập phân."),
    Wrong.PACKED: _l("Đây là tệp nén. Xin giải nén rồi chọn tệp GeoJSON bên trong; nếu là Shapefile, xin xuất ra GeoJSON trước."),
    Wrong.ENCODING: _l("Không đọc được chữ trong tệp. Xin xuất lại với bảng mã UTF-8."),
    Wrong.NO_JSON: _l("Tệp không phải JSON hợp lệ: sai ở dòng %(line)s. Xin xuất lại từ phần mềm bản đồ, định dạng GeoJSON."),
    Wrong.TOO_DEEP: _l("Tệp lồng quá nhiều cấp, không phải GeoJSON. Xin xuất lại từ phần mềm bản đồ."),
    Wrong.NO_NUMBER: _l("Trong tệp có tọa độ không phải là số thật (NaN, Infinity hoặc số quá dài). Xin sửa hình rồi xuất lại."),
    Wrong.NO_COLLECTION: _l("Tệp không phải là FeatureCollection của GeoJSON. Xin xuất cả lớp địa bàn thành một tệp GeoJSON."),
    Wrong.NO_FEATURES: _l("Trong tệp không có vùng nào vẽ được. Xin xuất lớp có hình vùng (Polygon, MultiPolygon)."),
    Wrong.TOO_MANY: _l("Tệp có quá nhiều điểm hoặc quá nhiều vùng. Xin chỉ xuất các địa bàn của Thành phố và đơn giản hóa ranh giới."),
    Wrong.OTHER_CRS: _l("Tọa độ không phải kinh độ, vĩ độ. Xin xuất lại với hệ WGS 84 (EPSG:4326), không dùng VN-2000."),
    Wrong.TOO_DETAILED: _l("Ranh giới quá chi tiết để vẽ trên một trang. Xin đơn giản hóa rồi xuất lại."),
    Wrong.NOTHING_MATCHED: _l(
        "Không vùng nào trong tệp khớp với địa bàn của Thành phố. Xin kiểm tra mã địa bàn (ví dụ cột MA_XA) hoặc tên kèm loại, "
        "ví dụ Phường Sài Gòn."
    ),
}
FEATURE: Mapping[Wrong, LazyString] = {
    Wrong.NO_SHAPE: _l("Không có hình vùng. Xin vẽ là Polygon hoặc MultiPolygon."),
    Wrong.BAD_POINTS: _l("Có tọa độ hỏng hoặc vòng ít hơn ba điểm. Xin sửa hình trong phần mềm bản đồ."),
    Wrong.OUTSIDE: _l("Có điểm nằm ngoài Việt Nam. Xin kiểm tra tọa độ."),
    Wrong.UNKNOWN: _l("Mã và tên không phải của địa bàn nào hiện nay."),
    Wrong.AMBIGUOUS: _l("Tên này là của nhiều địa bàn. Xin ghi mã, hoặc tên kèm loại."),
    Wrong.DOUBLED: _l("Có hình khác cũng là của địa bàn này. Xin giữ một; nếu là các phần rời nhau, xin gộp thành một MultiPolygon."),
}
