"""Subjects of the fields in the words people and offices use for them: public knowledge that a small corpus does not hold. Pure data.

A key is a field and a subject; a phrase found in a text counts for both.
"""

from __future__ import annotations

TOPICS: dict[str, str] = {
    # land_construction
    "land.paper": "sổ đỏ|sổ hồng|sổ trắng|giấy chứng nhận quyền sử dụng đất|quyền sử dụng đất|giấy chứng nhận nhà|cấp sổ|ra sổ|làm sổ|"
    "sang tên|sang sổ|đính chính sổ|cấp đổi giấy chứng nhận|bằng khoán|trích lục bản đồ|đăng ký đất đai|văn phòng đăng ký|đăng bộ|"
    "trước bạ|công nhận đất ở|hợp thức hóa|giấy tay|mua bán giấy tay|đồng sở hữu|chủ quyền|xóa thế chấp|đăng ký biến động|kê biên|"
    "chuyển nhượng đất",
    "land.plot": "thửa đất|tách thửa|hợp thửa|ranh đất|ranh giới|mốc ranh|cắm mốc|lấn đất|lấn ranh|đo đạc|đo vẽ|bản vẽ hiện trạng|"
    "diện tích đất|đất nông nghiệp|đất lúa|đất vườn|đất ở|đất công|đất hương hỏa|đất ruộng|lên thổ cư|thổ cư|chuyển mục đích|"
    "mục đích sử dụng đất|giao đất|cho thuê đất|tờ bản đồ|số thửa|lối đi chung|phân lô|bán nền|nền đất|lô đất|đất đai|địa chính|"
    "tranh chấp đất|san lấp|thu hồi đất|miếng đất|mảnh đất|khu đất|ao vườn",
    "land.plan": "quy hoạch|quy hoạch treo|dự án treo|lộ giới|chỉ giới|tái định cư|giải tỏa|giải phóng mặt bằng|đền bù|bồi thường đất|"
    "giá đất|bảng giá đất|bồi thường giải phóng|áp giá|kiểm đếm|kiểm kê đất|nhà ven kênh|di dời|nhận nền|suất tái định cư|thu hồi|"
    "hẻm giới|đồ án|điều chỉnh cục bộ|phân khu|hành lang an toàn|dính quy hoạch|lằn đỏ|bố trí nền",
    "land.build": "giấy phép xây dựng|phép xây dựng|xin phép xây|xây sai phép|sai phép|trái phép|không phép|xây lố|lố tầng|vượt tầng|"
    "cơi nới|cơi tầng|lấn chiếm không gian|hoàn công|bản vẽ|mật độ xây dựng|số tầng|xây nhà|sửa nhà|cất nhà|nâng nền|nâng tầng|đào móng|"
    "ép cọc|công trình kế bên|công trình liền kề|nứt tường|lún nứt|nứt nhà|tường nứt|nhà nghiêng|nhà xưởng|nhà tạm|ban công|tầng hầm|"
    "xây dựng trái|trật tự xây dựng|cưỡng chế tháo dỡ|tháo dỡ|phần xây dựng|móng nhà|mái tôn|vách nhà|chung vách|nhà ba gian|đúc giả|"
    "gác đúc|kết cấu|khoan nhồi|chủ thầu|nhà hàng xóm xây|hàng xóm cất|lợp mái|lấn qua|cất thêm|gác lấn|cơi thêm|tường rào|rào lấn|"
    "mái che lấn|đua ra",
    "land.flat": "chung cư|căn hộ|ban quản trị|phí bảo trì|quỹ bảo trì|phí quản lý|hội nghị nhà chung cư|thang máy|chủ đầu tư|"
    "bàn giao căn hộ|cư dân|tòa nhà|block|sở hữu chung|hầm xe|hầm để xe|nhà ở xã hội|nhà tập thể|khu tập thể|cư xá|nhà trọ cho thuê|"
    "thuê nhà nhà nước|nhà thuộc sở hữu nhà nước|hợp đồng thuê nhà|đặt cọc|mua nhà|bán nhà|hóa giá|nhà ở hình thành|môi giới|condotel|"
    "officetel|penthouse|nhà phố|sảnh|hộp kỹ thuật|nhà cấp bốn|khai nhận di sản|di sản|hành lang lầu|vữa rớt|chung cư cũ|chủ nhà trọ|"
    "sơ đồ tầng",
    "land.number": "số nhà|cấp số nhà|biển số nhà|đổi số nhà|trùng số nhà|đánh số nhà|địa chỉ nhà",
    # civil_status
    "civil.birth": "khai sinh|giấy khai sinh|trích lục khai sinh|con nuôi|nhận con nuôi|nhận cha con|nhận con|họ tên con|mới sinh|"
    "đặt tên con|giấy chứng sinh|chứng sinh|họ cha|họ mẹ|quốc tịch|dân tộc thành|bản sao khai sinh|sổ gốc|làm giấy cho bé|"
    "con ngoài giá thú|giám hộ",
    "civil.marriage": "kết hôn|đăng ký kết hôn|giấy kết hôn|tình trạng hôn nhân|độc thân|xác nhận độc thân|hôn thú|ly hôn|"
    "vợ người nước ngoài|chồng người nước ngoài|cưới|giấy chứng nhận kết hôn|lấy chồng|lấy vợ|cô dâu|chú rể",
    "civil.death": "khai tử|giấy khai tử|chứng tử|giấy chứng tử|báo tử|giấy báo tử|qua đời|người mất",
    "civil.register": "hộ tịch|cải chính|cải chính hộ tịch|sai tên|sai năm sinh|sai ngày sinh|sai họ|chữ lót|đổi tên|đổi họ|ghi sai|"
    "ghi chú kết hôn|trích lục|sao y|bản sao|bản chính|chứng thực|chứng thực chữ ký|công chứng|phòng công chứng|hợp pháp hóa|dịch thuật|"
    "lãnh sự|ủy quyền|giấy ủy quyền|di chúc|thừa kế|xác nhận quan hệ|xác nhận thân nhân|lý lịch tư pháp|phiếu lý lịch|sơ yếu lý lịch|"
    "tư pháp|tư pháp hộ tịch|người thân ruột|họ hàng",
    "civil.home": "thường trú|tạm trú|tạm vắng|lưu trú|hộ khẩu|sổ hộ khẩu|nhập khẩu|nhập hộ|tách hộ|tách khẩu|cắt khẩu|chuyển khẩu|"
    "xóa khẩu|nhân khẩu|chủ hộ|cư trú|nơi ở hiện tại|xác nhận cư trú|thông tin cư trú|đăng ký ở trọ|giấy xác nhận thông tin|mất hộ khẩu|"
    "ct00|ct01|ct07",
    "civil.card": "căn cước|thẻ căn cước|căn cước công dân|chứng minh nhân dân|chứng minh thư|làm căn cước|lăn tay|vân tay|sinh trắc|"
    "mống mắt|thu nhận|trả thẻ|thẻ gắn chíp|gắn chíp|hộ chiếu|passport|xuất nhập cảnh|thị thực|visa|thẻ tạm trú|số định danh|"
    "mã định danh|nhận dạng|chụp hình căn cước|thẻ căn|xuất cảnh",
    # business_licensing
    "biz.register": "đăng ký kinh doanh|giấy phép kinh doanh|đăng ký doanh nghiệp|đăng ký thành lập|hộ kinh doanh|giấy đăng ký hộ|"
    "thành lập công ty|giải thể|ngưng kinh doanh|tạm ngừng kinh doanh|ngành nghề|mã ngành|vốn điều lệ|cổ đông|người đại diện|pháp nhân|"
    "chi nhánh|văn phòng đại diện|doanh nghiệp|công ty tnhh|hợp tác xã|con dấu|phòng đăng ký|mở tiệm|mở quán|mở cửa hàng|khởi nghiệp|"
    "mở shop|địa điểm kinh doanh|kinh doanh có điều kiện|sang quán|mã số doanh nghiệp|đầu tư",
    "biz.tax": "thuế|cơ quan thuế|chi cục thuế|cục thuế|đội thuế|cán bộ thuế|thuế khoán|mức khoán|khoán thuế|doanh thu khoán|doanh thu|"
    "môn bài|thuế môn bài|mã số thuế|quyết toán|quyết toán thuế|hoàn thuế|nợ thuế|truy thu|ấn định thuế|kê khai|tờ khai thuế|"
    "thuế thu nhập|thu nhập cá nhân|giá trị gia tăng|hóa đơn điện tử|hóa đơn đỏ|xuất hóa đơn|máy tính tiền|hóa đơn|khấu trừ|"
    "phạt chậm nộp|chậm nộp|phụ thuộc|giảm trừ gia cảnh|etax|thuế xe|cưỡng chế thuế|thuế đất|lệ phí trước bạ|phi nông nghiệp|"
    "bán hàng online|sàn thương mại|sàn tmđt|livestream bán|shopee|lazada|tiktok shop",
    "biz.licence": "giấy phép con|giấy phép bán rượu|giấy phép thuốc lá|giấy phép karaoke|giấy phép hoạt động|giấy phép lữ hành|"
    "giấy phép in|chứng nhận an ninh trật tự|điều kiện kinh doanh|cửa hàng xăng|cây xăng|bán lẻ xăng|gas lẻ|bán rượu|bán thuốc lá|"
    "cầm đồ|lữ hành|khách sạn|homestay|karaoke phép|bảng hiệu|biển hiệu|biển quảng cáo|quảng cáo ngoài trời|pano|treo băng rôn|"
    "phép quảng cáo|xin phép quảng cáo|hội chợ|khuyến mại|đăng ký khuyến mại|nhượng quyền|nhãn hiệu|mã vạch|sở hữu trí tuệ|bản quyền|"
    "tác quyền|xuất xứ|c/o|tiểu thương|sạp chợ|quầy sạp|thuê sạp|ban quản lý chợ|chợ truyền thống|môi giới bất động sản|"
    "ký lại hợp đồng sạp|tiền sạp|kiốt|ki ốt|tiểu thương chợ|sắp xếp sạp|hỗ trợ lãi suất|lãi suất doanh nghiệp",
    "biz.market": "quản lý thị trường|hàng giả|hàng nhái|hàng lậu|gian lận thương mại|cân thiếu|niêm yết giá|bán phá giá|"
    "hàng kém chất lượng|bảo vệ người tiêu dùng|tạm giữ hàng|hàng hóa|kho hàng|đa cấp",
    "biz.customs": "hải quan|tờ khai hải quan|thông quan|luồng đỏ|luồng vàng|mã hs|container hàng|lô hàng|xuất khẩu|nhập khẩu hàng|"
    "hàng nhập|tham vấn giá|kiểm hóa|cảng cát lái|kho ngoại quan|phí lưu bãi|lưu kho|tạm nhập|vận đơn|hàng xuất|nguyên liệu nhập",
    # social_welfare
    "welfare.insurance": "bảo hiểm xã hội|sổ bảo hiểm|chốt sổ|đóng bảo hiểm|nợ bảo hiểm|trốn đóng|bảo hiểm thất nghiệp|"
    "trợ cấp thất nghiệp|thất nghiệp|rút một lần|rút bảo hiểm|bảo hiểm một lần|thai sản|nghỉ thai sản|tiền thai sản|ốm đau|nghỉ ốm|"
    "hưu trí|lương hưu|nghỉ hưu|về hưu|tử tuất|tuất|mai táng phí|mai táng|bảo hiểm y tế|thẻ bảo hiểm|thẻ bảo hiểm y tế|mua bảo hiểm|"
    "bảo hiểm tự nguyện|bảo hiểm hộ gia đình|vssid|c00|nơi khám ban đầu|mức đóng|năm đóng|gộp sổ|dưỡng sức",
    "welfare.support": "trợ cấp|bảo trợ xã hội|bảo trợ|hộ nghèo|cận nghèo|hộ cận nghèo|khuyết tật|người khuyết tật|"
    "giấy xác nhận khuyết tật|mức độ khuyết tật|người cao tuổi|người già neo đơn|neo đơn|mồ côi|trẻ mồ côi|đơn thân|trợ cấp hàng tháng|"
    "tiền hỗ trợ|gói hỗ trợ|hỗ trợ covid|quà tết|gạo cứu trợ|cứu trợ|từ thiện|mái ấm|viện dưỡng lão|dưỡng lão|trung tâm bảo trợ|"
    "vô gia cư|lang thang|ăn xin|xin ăn|nhà tình thương|nhà tình nghĩa|mái ấm tình thương|vay vốn|ngân hàng chính sách|vay hộ nghèo|"
    "giảm nghèo|thoát nghèo|xét hộ nghèo|sổ hộ nghèo|chăm sóc người|tiền người già|trên tám mươi|bảo mẫu|bé bị bỏ rơi|xe lăn|tật nguyền|"
    "bại liệt|trẻ bị bỏ rơi|bỏ rơi|bình xét|tiền mồ côi|cứu đói|suất quà|phát quà|quà từ thiện|góa|người điên|bán vé số dạo",
    "welfare.merit": "người có công|thương binh|bệnh binh|liệt sĩ|mẹ việt nam anh hùng|gia đình chính sách|chế độ chính sách|"
    "thanh niên xung phong|kháng chiến|huân chương|chất độc da cam|da cam|nhiễm chất độc|bộ đội|xuất ngũ|quyết định 0000|"
    "nghĩa trang liệt|thờ cúng liệt sĩ|cựu chiến binh|dân công hỏa tuyến|tù đày|mộ liệt|hài cốt|giám định thương tật|tỷ lệ thương tật|"
    "đi lính|nghĩa vụ quân sự|thân nhân liệt|ưu đãi người có công|tù chính trị|cách mạng|giấy báo tử liệt|tìm mộ|đồng đội|chiến trường|"
    "du kích|tổ quốc ghi công|bà mẹ liệt sĩ",
    "welfare.work": "lương|tiền lương|nợ lương|trả lương|chậm lương|lương tháng|tháng lương|lương tối thiểu|quỵt lương|thưởng tết|"
    "tăng ca|làm thêm giờ|hợp đồng lao động|thử việc|sa thải|đuổi việc|cho nghỉ việc|nghỉ việc|mất việc|thôi việc|trợ cấp thôi việc|"
    "công nhân|người lao động|lao động|công đoàn|đình công|ngừng việc|nhà máy|xưởng may|khu công nghiệp|tai nạn lao động|"
    "an toàn lao động|việc làm|trung tâm việc làm|giới thiệu việc làm|tìm việc|tuyển dụng|học nghề|dạy nghề|đào tạo nghề|"
    "xuất khẩu lao động|phụ hồ|giúp việc|thợ may|ca đêm|chủ sử dụng lao động|giám đốc công ty|giữ bằng gốc|ngày phép|phép năm|"
    "lao động trẻ em|thuê trẻ em|chủ quỵt",
    # health
    "health.hospital": "bệnh viện|phòng khám|khám bệnh|khám chữa bệnh|cấp cứu|phòng cấp cứu|bác sĩ|y tá|điều dưỡng|hộ lý|nhập viện|"
    "xuất viện|chuyển viện|giấy chuyển viện|chuyển tuyến|giường bệnh|nằm viện|viện phí|mổ|ca mổ|phẫu thuật|siêu âm|xét nghiệm|"
    "chụp x quang|chụp ct|mri|khoa nhi|khoa sản|sản khoa|hồi sức|đẻ|sinh mổ|bệnh nhân|người bệnh|nuôi bệnh|kê toa|toa thuốc|trạm y tế|"
    "trung tâm y tế|y tế|giám định y khoa|bệnh án|chẩn đoán|tái khám|lấy số khám|khám sức khỏe|hẹn khám|bs|khoa khám|nha khoa|nhổ răng|"
    "thẩm mỹ|spa tiêm|tiêm filler|phòng mạch|chứng chỉ hành nghề|hành nghề y|thầy lang|lang băm|chạy thận|ung thư|hóa trị|tim mạch|"
    "lồng ấp|băng bó|115|bệnh tật|thai phụ|sản phụ|phá thai|tâm thần|trầm cảm|đột quỵ|hiến máu|chậm nói|tự kỷ|phục hồi chức năng|tâm lý|"
    "bệnh viện tư|băng ca|tạm ứng|đặt lịch khám|methadone|bác sỹ|chữa bệnh|nha sĩ|răng|mắt|gãy tay|vết mổ|đau tim|nhồi máu",
    "health.disease": "dịch bệnh|sốt xuất huyết|tay chân miệng|covid|sởi|ho gà|cúm|thủy đậu|dại|chó dại|bệnh dại|tả|tiêu chảy|lao phổi|"
    "bạch hầu|viêm gan|viêm não|nhiễm khuẩn|ổ dịch|phun thuốc muỗi|phun muỗi|muỗi|diệt muỗi|lăng quăng|loăng quăng|khử khuẩn|tiêm chủng|"
    "tiêm ngừa|chích ngừa|tiêm vắc xin|vắc xin|vaccine|vacxin|mũi tiêm|mũi một|tiêm cho bé|phòng dịch|cách ly|lây bệnh|lây nhiễm|"
    "bệnh truyền nhiễm|hiv|phun xịt|khẩu trang|đau mắt đỏ|ghẻ|chấy",
    "health.food": "an toàn thực phẩm|vệ sinh thực phẩm|thực phẩm bẩn|thực phẩm|ngộ độc|ngộ độc thực phẩm|ói mửa|nôn ói|đau bụng|"
    "quán ăn|quán cơm|quán bún|quán phở|bún|phở|bánh mì|bánh tráng|trà sữa|nước đá|nước mía|thức ăn|đồ ăn|món ăn|phẩm màu|hàn the|"
    "hóa chất bảo quản|chất cấm|hết hạn sử dụng|hết date|ôi thiu|ôi|thiu|mốc|dòi|giòi|ruồi bu|lò mổ|giết mổ|mổ heo|heo bệnh|thịt heo|"
    "thịt bò|gà bệnh|kiểm dịch|không nguồn gốc|nguồn gốc xuất xứ|nước đóng bình|nước bình|chế biến|bếp ăn|dầu chiên|dầu ăn|nước tương|"
    "nước mắm|rau bẩn|thuốc trừ sâu|cá ươn|hải sản|nem chua|giò chả|thực khách|bánh trung thu|chén dĩa|rửa chén|rửa tô|thau nước đục|"
    "bơm nước|bơm tạp chất|tạp chất|tôm|suất ăn công nghiệp|cơm hộp|cơm tấm|hủ tiếu|kem|nước ngọt|rượu giả|mất vệ sinh|côn trùng|giun|"
    "sán|đồ nguội|xúc xích|lạp xưởng|giá đỗ|thịt ôi|bán đồ ăn",
    "health.drug": "nhà thuốc|tiệm thuốc|hiệu thuốc|thuốc tây|thuốc giả|thuốc men|thuốc bảo hiểm|hết thuốc|thiếu thuốc|kháng sinh|"
    "thực phẩm chức năng|thuốc nam|thuốc đông y|thuốc gia truyền|mua thuốc|bán thuốc|insulin|vitamin|mỹ phẩm giả|kem trộn|"
    "thuốc giảm cân|cấp phát thuốc|toa bác sĩ|vật tư y tế",
    # education
    "edu.school": "trường|trường học|nhà trường|học sinh|phụ huynh|giáo viên|thầy giáo|cô giáo|cô chủ nhiệm|chủ nhiệm|hiệu trưởng|"
    "hiệu phó|lớp học|lớp 0|lớp 00|lớp một|mầm non|mẫu giáo|nhà trẻ|nhóm trẻ|giữ trẻ|tiểu học|trung học|cấp một|cấp hai|cấp ba|"
    "phòng giáo dục|sở giáo dục|giáo dục|thầy cô|cô nuôi|học trò|giờ học|tiết học|sân trường|cổng trường|phòng học|bàn ghế|sĩ số|"
    "thời khóa biểu|bài tập|sách giáo khoa|đồng phục|bạo hành trẻ|bạo lực học đường|bắt nạt|tan học|tan trường|con tôi học|cháu học|"
    "bảo mẫu đánh|lớp lá|lớp chồi",
    "edu.admission": "tuyển sinh|đúng tuyến|trái tuyến|xét tuyển|chuyển trường|nhập học|nộp hồ sơ vào lớp|vào lớp một|vào lớp 0|"
    "lớp 00 công lập|thi vào|thi tuyển|điểm chuẩn|nguyện vọng|kỳ thi|thi lớp|thi tốt nghiệp|tốt nghiệp|phúc khảo|chấm thi|điểm thi|"
    "điểm số|học bạ|bằng tốt nghiệp|văn bằng|chứng chỉ|cấp bằng|cấp lại bằng|bằng cấp|bằng đại học|chứng chỉ tiếng anh|phổ cập|"
    "thi học kỳ|bảng điểm|hạnh kiểm|khai giảng|trường chuyên|trường điểm",
    "edu.money": "học phí|tiền trường|thu tiền trường|tiền học|khoản thu|thu đầu năm|quỹ lớp|quỹ phụ huynh|hội phụ huynh|"
    "ban đại diện cha mẹ|đóng góp tự nguyện|xã hội hóa|tiền máy lạnh|tiền cơ sở|lạm thu|miễn giảm học phí|học bổng|hoàn học phí|"
    "trả học phí|bán trú|bữa ăn bán trú|suất ăn|căn tin|cơm trường|bếp trường|sữa học đường|bảo hiểm học sinh|tiền bán trú|thu quỹ",
    "edu.centre": "dạy thêm|học thêm|lớp học thêm|trung tâm ngoại ngữ|trung tâm anh ngữ|anh văn|tiếng anh|ielts|gia sư|trung tâm|"
    "học viên|khóa học|trung cấp|cao đẳng|đại học|sinh viên|ký túc xá|giảng viên|học nghề trường|thư viện|giáo dục thường xuyên|"
    "lớp kỹ năng|năng khiếu|luyện thi|trung tâm gia sư|thực tập|luận văn",
    # transport
    "road.surface": "ổ gà|ổ voi|mặt đường|đường hư|đường xấu|lồi lõm|lún|sụt lún|nhựa đường|trải nhựa|tráng nhựa|bê tông hóa|bong tróc|"
    "nâng đường|mở đường|mở rộng đường|đường đất|sình lầy|lầy lội|đào đường|tái lập|tái lập mặt đường|rào chắn|lô cốt|thi công đường|"
    "gờ giảm tốc|dải phân cách|con lươn|lề đường|taluy|đường hẻm|làm đường|vá đường|đá dăm|gồ ghề|ngã tư|ngã ba|giao lộ|vòng xoay|cầu|"
    "cầu vượt|cầu sắt|cầu khỉ|mố cầu|lan can cầu|hầm chui|phà|bến phà|bến đò|đò ngang|cao tốc|quốc lộ|tỉnh lộ|đại lộ|xa lộ|vành đai|"
    "trạm thu phí|bot|thu phí đường|đường nhựa|đường bị đào|lan can|cầu bộ hành|bộ hành|khe co giãn|chắn đường|xới",
    "road.signal": "đèn tín hiệu|đèn giao thông|đèn xanh|đèn đỏ|đèn vàng|biển báo|biển cấm|vạch kẻ|vạch sơn|vạch qua đường|sang đường|"
    "qua đường|cấm xe|cấm tải|cấm dừng|cấm đậu|một chiều|tốc độ|giờ cao điểm|kẹt xe|ùn tắc|tắc đường|kẹt cứng|ùn ứ|phân luồng|quay đầu|"
    "rẽ trái|rẽ phải|làn đường|làn xe|ngược chiều|lấn làn|người đi bộ|vượt đèn|điều tiết giao thông|phạt nguội|camera phạt|giao thông|"
    "gương cầu|bảng tên đường|tên đường|cột km|csgt|tai nạn giao thông|té xe|đụng xe|tông xe|chiều lưu thông|đổi chiều|cấm rẽ|"
    "xe máy chạy ngược|chở quá khổ|quá khổ|phạt tốc độ|bắn tốc độ",
    "road.kerb": "vỉa hè|lề đường bán|lấn chiếm vỉa hè|lấn chiếm lòng đường|lòng đường|lòng lề đường|chiếm vỉa hè|hàng rong|"
    "buôn bán lấn chiếm|đậu xe|đỗ xe|đậu ô tô|đỗ ô tô|đậu chắn|bãi xe|bãi giữ xe|giữ xe|gửi xe|giá giữ xe|vé xe|trông xe|chắn lối|"
    "bít lối|lối đi|mái che lấn|dựng dù|bày bàn|đậu kín|phí đậu xe|xe tải đậu|xe dù|bến cóc|xe ba gác|xe ôm|bến xe|chợ tự phát",
    "road.transit": "xe buýt|xe bus|trạm xe buýt|trạm dừng|nhà chờ|tuyến buýt|vé tháng|tài xế xe buýt|metro|tàu điện|nhà ga|ga metro|"
    "tuyến số|taxi|grab|xe khách|xe đưa rước|buýt sông|bến bạch đằng|tài xế|lơ xe|bỏ trạm|xe lửa|đường sắt|tàu hỏa|sân bay|xe công nghệ|"
    "xe đạp công cộng|bến thủy|sà lan|container|xe tải|xe ben|xe quá tải|xe đầu kéo|buýt|chạy ẩu|xe trợ giá|vé xe buýt|vé tàu|thẻ metro|"
    "tuyến xe|cáp treo|tàu cao tốc",
    "road.licence": "bằng lái|giấy phép lái xe|đổi bằng lái|cấp lại bằng lái|thi bằng lái|sát hạch|sát hạch lái xe|học lái xe|"
    "trường lái|bằng b0|bằng a0|đăng kiểm|kiểm định xe|trạm đăng kiểm|đăng ký xe|cà vẹt|biển số xe|biển số định danh|phù hiệu|"
    "phù hiệu xe|sang tên xe|rút hồ sơ xe|tước bằng|trừ điểm bằng|mô phỏng|hoán cải|cải tạo xe|xe biển|đề pa|phí đường bộ|etc|vetc|"
    "thẻ thu phí|biển số|đổi gplx|bằng hạng|thi lái",
    # urban_environment
    "urban.waste": "rác|thu gom rác|thùng rác|xe rác|bãi rác|bô rác|đổ rác|vứt rác|xả rác|gom rác|phân loại rác|rác thải|phế liệu|"
    "xà bần|đổ xà bần|vệ sinh môi trường|phí vệ sinh|tiền rác|quét rác|quét đường|lao công|công nhân vệ sinh|đốt rác|rác cồng kềnh|"
    "xác động vật|xác chuột|phóng uế|nhà vệ sinh công cộng|bọc ni lông|rác sinh hoạt|dầu mỡ",
    "urban.water": "ngập|ngập nước|ngập lụt|nước ngập|triều cường|nước cống|cống|miệng cống|nghẹt cống|tắc cống|thoát nước|hố ga|"
    "nắp cống|nắp hố ga|mương|kênh|rạch|kênh rạch|bùn|nạo vét|nước tràn|tràn vô nhà|hố thu nước|cửa triều|ngăn triều|bờ kè|bờ kênh|"
    "bờ sông|sạt lở|mùa mưa|nước thải|hầm cầu|bể phốt|cống hộp|nước đọng|nước đen|lục bình|con kinh|kinh sau nhà|ni lông|mốp xốp|"
    "lềnh bềnh|nước lớn|nước rút|ngập tới",
    "urban.air": "ô nhiễm|khói|khói bụi|bụi|mùi hôi|mùi thối|hôi thối|bốc mùi|mùi khét|mùi hóa chất|xả thải|xả khói|xưởng sơn|"
    "xưởng nhuộm|lò đốt|đốt than|khí thải|nước giếng|phân heo|chăn nuôi|nuôi heo|nuôi gà|nuôi bò|chuồng heo|trại heo|nuôi yến|chim yến|"
    "hôi|nồng nặc|mùi sơn|ruồi|xưởng tái chế|cơ sở sản xuất|cá chết|tro bụi|bụi cưa|bụi bay|bụi mịn|không khí|đốt rơm|đốt đồng|"
    "khói thuốc|sơn pu|hàn cắt|thúi|thúi hoắc",
    "urban.noise": "tiếng ồn|ồn ào|ồn|karaoke|loa kẹo kéo|kẹo kéo|loa|hát hò|mở nhạc|nhạc|nhạc sống|dàn loa|quán bar|bar|beer club|"
    "quán nhậu|nhậu nhẹt|inh ỏi|ầm ĩ|đinh tai|khuya|nửa đêm|không ngủ được|khoan đục|máy nổ|máy phát điện|cục nóng|rung lắc|đám tang|"
    "đám cưới|giờ nghỉ|công trường|xe trộn bê tông|cẩu|đóng cọc|xưởng cưa|xưởng gỗ|xưởng cơ khí|gõ mõ|gà gáy",
    "urban.tree": "cây xanh|cây cổ thụ|nhánh cây|cành cây|cành|tán cây|gãy nhánh|cây ngã|cây đổ|bật gốc|cây nghiêng|mé cây|mé nhánh|"
    "tỉa cành|cắt tỉa|chặt cây|đốn cây|trồng cây|công viên|mảng xanh|bồn cây|bồn hoa|cây dầu|cây bàng|cây me|cây sao|phượng vĩ|"
    "lăng xăng|sâu đục|rễ cây|thảm cỏ|ghế đá|cây sung|cây đa|cây điệp|xà cừ",
    "urban.light": "đèn đường|chiếu sáng|chiếu sáng công cộng|đèn hẻm|trụ đèn|cột đèn|bóng đèn|đèn cao áp|tối thui|tối om|tối hù|"
    "hẻm tối|đường tối|đèn công cộng|đèn hư|đèn tắt|đèn không sáng",
    "urban.supply": "cúp điện|mất điện|cắt điện|điện lực|tiền điện|giá điện|hóa đơn tiền điện|công tơ|đồng hồ điện|trụ điện|cột điện|"
    "trạm biến áp|biến thế|dây điện|cáp viễn thông|dây cáp|cáp quang|bó cáp|dây nhợ|điện yếu|bậc thang|cúp nước|mất nước|cắt nước|"
    "nước máy|nước sạch|cấp nước|đồng hồ nước|tiền nước|hóa đơn nước|ống nước|bể ống|vỡ ống|rò rỉ nước|nước yếu|nước đục|nước vàng|"
    "nước phèn|thủy cục|điện kế|gắn điện|gắn đồng hồ|bồn nước|chất lượng nước|định mức nước|khối nước|ký điện|tủ điện|nhiễm phèn|"
    "trụ viễn thông|hóa đơn điện|bình điện|điện chập chờn|điện giật xuống|giá nước|van nước|đường ống",
    # public_order
    "order.theft": "trộm|ăn trộm|trộm cắp|mất trộm|bẻ khóa|mất xe|cướp|cướp giật|giật dọc|giật điện thoại|giật túi|móc túi|mất cắp|"
    "đột nhập|cạy cửa|phá khóa|cuỗm|lấy cắp|rạch giỏ|camera ghi|trình báo|tang vật|kẻ gian|lấy mất|mất đồ|tiêu thụ|bị mất",
    "order.fight": "đánh nhau|ẩu đả|hành hung|hỗn chiến|chém|đâm|mã tấu|hung khí|dao|súng|gậy gộc|giang hồ|côn đồ|băng nhóm|bảo kê|"
    "đòi nợ|hăm dọa|đe dọa|dọa giết|khủng bố|tạt sơn|mắm tôm|gây rối|gây lộn|quậy phá|say xỉn|thương tích|gây thương tích|đập phá|"
    "quấy rối|sàm sỡ|dâm ô|hiếp|biến thái|xâm hại|bạo lực gia đình|đánh vợ|đánh con|bạo hành|bạo lực|bắt cóc|mất tích|đi lạc|"
    "thanh niên tụ tập|ném đá|chọi|chọi đá|đập xe|ép rượu|tự tử|nhảy cầu|rình|theo dõi tôi|quay lén|nhìn trộm|rình trộm|flycam|đòi nhảy|"
    "leo lan can|nhốt|giam giữ|trói|cha dượng|mẹ kế|bạo hành trẻ|đánh bé|bắt nạt trên mạng",
    "order.vice": "ma túy|hút chích|nghiện|con nghiện|chích choác|cai nghiện|cần sa|bóng cười|kẹo ke|đập đá|thuốc lắc|ống chích|"
    "kim tiêm|cờ bạc|đánh bạc|đá gà|lô đề|số đề|ghi đề|sòng bài|tài xỉu|cá độ|xóc đĩa|bầu cua|mại dâm|gái mại dâm|massage trá hình|"
    "kích dục|chứa chấp|thuốc lá điện tử|pod|tệ nạn|tệ nạn xã hội|gá bạc|trường gà|đánh bài",
    "order.fraud": "lừa đảo|lừa|lừa tiền|bị lừa|giả danh|mạo danh|tự xưng|chiếm đoạt|chiếm đoạt tài sản|số lạ|cuộc gọi lạ|cuộc gọi rác|"
    "tin nhắn rác|đường dẫn|đường link|link lạ|mất tiền|tài khoản ngân hàng|hack|deepfake|sàn ảo|tiền ảo|đầu tư ảo|app vay|vay app|"
    "tín dụng đen|cho vay nặng lãi|nặng lãi|lãi cắt cổ|vay nóng|giật hụi|bể hụi|hụi|tiền hụi|ghép ảnh|khủng bố điện thoại|bùng nợ|"
    "đòi nợ thuê|việc nhẹ lương cao|campuchia|shipper giả|cọc tiền|bán dâm|bôi nhọ|vu khống|tung ảnh|trúng thưởng|quà trúng|mã độc|"
    "tống tiền|bẫy tình|đa cấp lừa|sim lạ|xưng cán bộ|xưng công an|gọi video|mượn tiền|giả giọng|chữ ký giả|cảnh giác|suýt chuyển|"
    "chặn đầu số",
    "order.race": "đua xe|nẹt pô|bô xe|pô xe|rú ga|quái xế|bốc đầu|lạng lách|tụ tập đua|độ xe|xe độ",
    "order.fire": "cháy|hỏa hoạn|phòng cháy|chữa cháy|phòng cháy chữa cháy|bình chữa cháy|báo cháy|lối thoát hiểm|thoát hiểm|thoát nạn|"
    "chuồng cọp|bình gas|xì gas|rò gas|mùi gas|khói đen|bốc cháy|lính cứu hỏa|cứu hỏa|trụ nước chữa cháy|họng nước|hầm xe cháy|"
    "chập điện|nổ|pháo|đốt pháo|pháo nổ|thuốc nổ|xăng dầu|sạc xe điện|cứu nạn|diễn tập chữa cháy|sang chiết gas",
    "order.dog": "chó thả rông|thả rông|chó cắn|chó dữ|rọ mõm|pitbull|bẹc giê|becgie|chó hàng xóm|dắt chó|trộm chó|bắt chó|xích chó|"
    "con chó|bầy chó|nuôi chó|rắn|khỉ",
    "order.police": "công an|công an phường|công an xã|công an khu vực|cảnh sát khu vực|cảnh sát|dân phòng|an ninh|an ninh trật tự|"
    "mất an ninh|trật tự|tuần tra|trực ban|khởi tố|tố giác|trình báo công an|tố cáo tội|điều tra|hiện trường|113|bảo vệ dân phố|"
    "tổ bảo vệ|an ninh cơ sở|vũ khí|tội phạm|đối tượng",
    # online_services
    "online.account": "vneid|định danh điện tử|định danh mức|mức 0|kích hoạt|tài khoản định danh|đăng nhập|đăng xuất|mật khẩu|"
    "quên mật khẩu|khóa tài khoản|mã otp|otp|mã xác thực|xác thực|xác thực khuôn mặt|quét khuôn mặt|quét mặt|khuôn mặt không khớp|nfc|"
    "đổi số điện thoại|sim chính chủ|tài khoản|đăng ký tài khoản|ký số|chữ ký số|token|đổi máy|đồng bộ|tích hợp giấy tờ|dữ liệu dân cư|"
    "giấy tờ điện tử|ví giấy tờ",
    "online.portal": "cổng dịch vụ công|dịch vụ công|dịch vụ công trực tuyến|cổng thông tin|trang dịch vụ|nộp trực tuyến|nộp qua mạng|"
    "nộp online|nộp hồ sơ online|hồ sơ trực tuyến|hồ sơ điện tử|một cửa điện tử|biểu mẫu điện tử|e form|eform|tải lên|đính kèm|"
    "dung lượng|định dạng|file pdf|file|pdf|scan|bấm gửi|nút gửi|trạng thái|trạng thái hồ sơ|mã hồ sơ|tra cứu hồ sơ|tra cứu|"
    "mã biên nhận|nộp lại|trả kết quả điện tử|bản điện tử|thanh toán trực tuyến|thanh toán online|trừ tiền|hoàn tiền|qr|mã qr|quét mã|"
    "cổng thanh toán|ví điện tử|biên lai điện tử|thủ tục trên mạng|trên mạng|kê khai trên mạng|cổng",
    "online.fault": "báo lỗi|lỗi|bị lỗi|lỗi hệ thống|lỗi 000|treo|treo máy|văng|văng ra|đứng hình|xoay vòng|quay vòng|loading|"
    "không tải được|không mở được|không vào được|sập mạng|trang trắng|bảo trì hệ thống|nghẽn|hết phiên|cập nhật|phiên bản|cài lại|"
    "xóa app|lag|chậm rì|hiển thị|màn hình|nút bấm|giao diện|trình duyệt|chrome|điện thoại cũ|android|iphone|không nhận được mã|captcha|"
    "link hỏng|404|máy quét|kiosk|máy lấy số|app|ứng dụng|phần mềm|hệ thống|website|trang web|web|zalo oa|chatbot|trợ lý ảo|"
    "ứng dụng công dân số|công dân số|tổng đài ảo|wifi|chuyển đổi số|dữ liệu mở|bản đồ số|phản ánh qua app|1022|trợ lý|tổng đài tự động|"
    "máy bận|đường dây bận|bản đồ trên app|đơ|xoay hoài|tải hoài|không phản hồi",
    # other
    "other.thanks": "cảm ơn|cám ơn|chân thành cảm ơn|biết ơn|tri ân|khen|khen ngợi|tuyên dương|ngợi khen|hoan nghênh|tuyệt vời|hài lòng|"
    "rất hài lòng|nhiệt tình|tận tình|tận tâm|chu đáo|dễ thương|tử tế|vui mừng|phấn khởi|lịch sự|ân cần|niềm nở|chúc sức khỏe|chúc mừng|"
    "chúc",
    "other.idea": "góp ý|đề xuất|hiến kế|ý tưởng|nên có|nên mở|nên tổ chức|mong có|mong thành phố|sáng kiến|mong muốn|thành phố nên|"
    "giá mà|ước gì|tượng đài|lễ hội|đường hoa|pháo hoa|bắn pháo hoa|du lịch|tham quan|bảo tàng|di tích|đường sách|nhà văn hóa|nhà hát|"
    "phố đi bộ|văn nghệ|thể thao|sân bóng|hồ bơi|xổ số|vé số|tem|kỷ niệm|lịch sử|thư pháp|tết|sân chơi|chim|thời tiết|bầu cử|biểu tượng|"
    "lưu trữ|ký ức|hồi xưa|kể chuyện|tìm lại|hội đồng nhân dân|tiếp xúc cử tri|sáp nhập|sắp xếp đơn vị|tên gọi|tên phường|giếng cổ|taxi",
    "other.ask": "cho hỏi|xin hỏi|hỏi thăm|hỏi đường|ở đâu|số điện thoại|giờ làm việc|mấy giờ|lịch làm việc|đường dây nóng|tổng đài|"
    "liên hệ ai|hỏi chơi|ngân hàng|đổi tiền|xem bói|thất lạc|nhặt được|tìm người|tìm bạn|rút lại phản ánh|rút phản ánh|"
    "không có nội dung|không rõ nội dung|gác máy|cúp máy|ngắt máy|im lặng|nhầm số|bấm nhầm|gửi nhầm|thử|test|alo|hello|chào|"
    "không biết nói|không cần xử lý",
}  # fmt: skip
