"""Titles, family names, given names, and what sounds like a person but is a place. Pure data, written for this project."""

from __future__ import annotations


def words(line: str) -> frozenset[str]:
    """The words of a line; an underscore joins what belongs together."""
    return frozenset(word.replace("_", " ") for word in line.split())


#: Before a name alone: one capital word behind them is a person.
PERSON_TITLES = words(
    "ông bà anh chị cô chú bác dì cậu mợ thím dượng em cháu bé cụ thầy cô_giáo thầy_giáo cán_bộ công_chức chuyên_viên đồng_chí bác_sĩ "
    "bs ls ths bác_sỹ điều_dưỡng y_tá dược_sĩ luật_sư kỹ_sư tài_xế đại_úy thiếu_úy trung_úy thượng_úy đại_uý thiếu_uý trung_uý "
    "thượng_uý thiếu_tá trung_tá thượng_tá đại_tá hộ_ông hộ_bà"
)
#: Before a whole name only: "Giám đốc Sở Y tế" is nobody.
ROLE_TITLES = words(
    "tôi_là tui_là em_là con_là mình_là cháu_là chủ_tịch phó_chủ_tịch trưởng_phòng phó_phòng hiệu_trưởng hiệu_phó giám_đốc "
    "phó_giám_đốc tổ_trưởng tổ_phó trưởng_ấp trưởng_khu_phố bí_thư bảo_vệ nhân_viên công_chứng_viên chấp_hành_viên thanh_tra_viên "
    "điều_tra_viên chủ_nhà chủ_hộ chủ_quán chủ_đất chủ_xe hàng_xóm chồng vợ con_trai con_gái mẹ cha má ba_tôi mẹ_tôi má_tôi cha_tôi "
    "trưởng_ban trưởng_công_an kính_đơn ký_tên người_đứng_tên đứng_tên chủ_tài_khoản người_nhận người_gửi người_viết người_viết_đơn "
    "người_làm_đơn người_phản_ánh người_tố_giác người_báo người_nộp người_đại_diện đại_diện chủ_tk tên vợ_tôi chồng_tôi con_tôi "
    "con_trai_tôi con_gái_tôi anh_tôi chị_tôi em_tôi bố_tôi người_khiếu_nại người_tố_cáo phóng_viên hướng_dẫn_viên công_dân bệnh_nhân "
    "học_sinh cử_tri"
)
#: Before what is surely a name, however it is written.
LABELS = words(
    "tên_là tên_tôi_là tôi_tên_là tôi_tên tên_tôi em_tên con_tên cháu_tên mình_tên tui_tên em_tên_là họ_tên họ_và_tên "
    "tên_chủ_tài_khoản tên_người_nhận người_viết_đơn người_làm_đơn chồng_tôi_tên vợ_tôi_tên con_tôi_tên mẹ_tôi_tên cha_tôi_tên"
)
SURNAMES = words(
    "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý mai đinh trương trịnh đào đoàn lương lưu lâm hà cao châu "
    "tạ tô thái tăng quách phùng vương kiều la mạc nghiêm ninh ôn phí quan sơn tống thạch triệu từ văn viên ung âu_dương bạch bành cù "
    "cung danh diệp doãn đàm điểu đổng đồng giang giáp hàn hầu hứa khổng khuất kha kim lã lại liêu lò lục lữ mã mẫn nông ông quang "
    "sầm sử tất thi thiều thới thân tiêu tôn tòng trang trầm trì tuấn tường úc vi viễn vòng xa yên huyền chu chung chế công hạ lều "
    "lầu tào ngụy từ"
)
#: Titles that are hardly another word without tone marks; "duong", "cu", "chau", "cau" mostly are.
PLAIN_TITLES = words(
    "ong ba anh chi co chu em thay co_giao thay_giao can_bo cong_chuc chuyen_vien dong_chi bac_si bs luat_su ky_su tai_xe ho_ong "
    "ho_ba dai_uy thieu_uy trung_uy thuong_uy thieu_ta trung_ta thuong_ta dai_ta dieu_duong"
)
#: Family names that are sure in small letters too.
SMALL_SURNAMES = words(
    "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương trịnh đoàn lương lưu lâm phùng quách"
)
#: Family names that mean nothing else without tone marks or capitals.
CLEAR_SURNAMES = words("nguyen tran pham huynh phan dang bui trinh truong dinh doan luong vo le ngo vu hoang duong ly cao ho do mai")
MIDDLES = words(
    "văn thị hữu đức ngọc minh thanh kim hoàng xuân thu hồng mỹ bích quốc công đình duy gia bảo anh tuấn đăng thế trọng mạnh như "
    "phương thùy thuỳ diễm cẩm hải hoài khánh lan mai mộng nhật phúc quang quỳnh tấn thục tiến trung tú tuyết uyên viết vĩnh bá a chí "
    "hoàn thiên hạ kiều hà lệ ánh tường nhã thảo trúc vân yến"
)
#: Given names that are hardly another word when nobody wrote a capital; with tone marks.
CLEAR_GIVEN = words(
    "tuấn dũng hằng oanh loan thúy thuý thuỷ huệ trinh khánh phượng nguyệt quyên uyên trúc hiếu quỳnh hùng thắm nhung hương"
)
#: Words that are no name at the beginning but may go on one: "Huỳnh Nhựt Trường", "Lưu Tú Anh".
NAMES_LATER = words(
    "trường nguyên anh em dân vàng hai như quý năm thủ già trời tiểu còn qua sở mai một số thuế cháu cô được thần phật thánh hoả"
)
#: Capital words behind a title that name nobody.
NOT_NAMES = words(
    "ubnd hđnd ủy uỷ chủ phó phường quận huyện xã sở cục ban phòng trưởng giám hiệu bí nguyên kính tôi tui chúng xin có không đề theo "
    "nay hai vneid nhà khi vì và em anh chị ông bà cô chú bác tiếp một tổ khu đội tổng bộ trạm bhxh bql bqt csgt cskv nước trường y "
    "cho ở tại thì là mà này kia ấy ta nói đã đang sẽ chưa bị được bên đó đây nào gì ai với của các những mấy mọi từ đến nhưng hay "
    "hoặc nếu do rất quá lại còn vẫn cũng đừng hãy giúp gọi hỏi trả nhận làm vào ra lên xuống đi về sau trước trong ngoài trên dưới "
    "quý toàn tp thuế thủ lãnh cấp doanh nghiệp số tiểu mình cháu con nhờ đọc nghe thấy biết trời táo tấm hỏa hoả thần chúa thánh "
    "phật vàng tên họ như lúc hôm hồi rồi nên vậy cần muốn phải ngày tháng năm giờ người dân mẹ cha vợ chồng nuôi già trẻ đứng ngồi "
    "nằm chạy bán mua kêu bảo_vệ qua cứ chỉ để bởi tuy dù"
)
#: First words of offices and callings that are given names too; the pair decides.
NOT_NAME_PAIRS = words(
    "công_an công_ty công_chức công_đoàn công_nhân công_chứng công_ích ngân_hàng ngân_sách hải_quan trung_tâm trung_ương thanh_tra "
    "thanh_niên thư_ký nhân_viên nhân_dân bảo_vệ bảo_hiểm thành_phố thành_viên thành_đoàn thành_ủy hành_chính cán_bộ sài_gòn việt_nam "
    "việt_kiều học_sinh phụ_huynh phụ_nữ cảnh_sát địa_chính tư_pháp bệnh_viện hồ_chí hội_đồng hội_phụ viện_kiểm tòa_án toà_án "
    "thi_hành quản_lý quản_trị hộ_tịch giáo_viên an_ninh bí_thư đoàn_thanh đoàn_phường thương_binh chi_cục chi_nhánh mặt_trận kế_toán "
    "điện_lực cấp_nước tổ_trưởng dân_phòng lý_do yên_tâm hà_nội bình_dương bình_thạnh gò_vấp thủ_đức tân_bình tân_phú hóc_môn củ_chi "
    "nhà_bè cần_giờ bình_chánh đà_nẵng vũng_tàu"
)
#: Words before a title that make the whole a place: "chợ Bà Chiểu", "đường Cô Giang", "quán Bà Tư".
#: Before "tên" these speak of a street or a school.
NAMED_AFTER = words("mang đặt đổi đường phường trường")
PLACE_BEFORE = words(
    "chợ cầu đường phường xã huyện quận hẻm thờ khu ấp bến rạch kênh sông núi chùa đền miếu đình lăng vườn tư năm sáu bảy trường trấn "
    "tỉnh phố đồn tuyến đoạn ga trạm viện viên xá cư kho mũi hồ đầm đảo hòn vàm cống xóm bưng phà quán tiệm lò giao lộ vòng xoay bãi "
    "đồng hiệu tên ngã cây tượng tiếng nước người xe thôn dốc thương tự"
)
#: Places of the city and around that begin like a title, and sayings that are nobody's name.
PLACE_NAMES = words(
    "bà_chiểu bà_điểm bà_hom bà_quẹo bà_rịa bà_đen bà_hạt bà_ký bà_lài bà_bướm bà_nghè bà_huyện bà_triệu bà_trưng bà_lê bà_cả bà_láng "
    "bà_thiên bà_tà bà_giang bà_tàng bà_chúa bà_hỏa bà_hoả bà_mụ bà_nà bà_chiêm bà_lụa bà_cò bà_bếp bà_tràng bà_lác bà_mía bà_ngựa "
    "bà_tám_rạch bà_bộ ông_lãnh ông_tạ ông_ích ông_thoàn ông_tiên ông_buông ông_bé ông_bổn ông_dầu ông_lớn ông_đội ông_tố ông_nhiêu "
    "ông_địa ông_trời ông_táo ông_kình ông_cộ ông_tây ông_mười_rạch ông_cạn ông_đồ ông_niệm ông_lung cô_giang cô_bắc chú_ía chú_hỏa "
    "chú_hoả bác_hồ bác_tôn bác_ái cô_tô cô_vy cụ_phan_đình anh_ngữ anh_văn anh_quốc cụ_hồ thầy_cai em_bé cậu_ông chị_hai_lúa cô_vịt "
    "cháu_ngoan bé_ngoan"
)
#: Titles written short, with or without a full stop.
SHORT_TITLES = frozenset({"bs", "ls", "ths", "ts"})
