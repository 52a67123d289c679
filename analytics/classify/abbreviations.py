"""What people write short. A versioned table: changing it means training anew. Pure.

Only what is unambiguous in reports to an office stands here: "hem" is an alley, never "không"; "hs" may be a pupil or a file.
"""

from __future__ import annotations

#: Part of the model's identity: an artefact trained with another table is refused.
VERSION = "2026-11-1"

_OFFICE = {
    "ubnd": "ủy ban nhân dân", "hđnd": "hội đồng nhân dân", "hdnd": "hội đồng nhân dân", "csgt": "cảnh sát giao thông",
    "cskv": "cảnh sát khu vực", "pccc": "phòng cháy chữa cháy", "tthc": "thủ tục hành chính", "tnhh": "trách nhiệm hữu hạn",
    "bhxh": "bảo hiểm xã hội", "bhyt": "bảo hiểm y tế", "bhtn": "bảo hiểm thất nghiệp", "gplx": "giấy phép lái xe",
    "cccd": "căn cước công dân", "cmnd": "chứng minh nhân dân", "cmt": "chứng minh thư", "dvc": "dịch vụ công",
    "dvctt": "dịch vụ công trực tuyến",
    "gpxd": "giấy phép xây dựng", "gpkd": "giấy phép kinh doanh", "đkkd": "đăng ký kinh doanh", "dkkd": "đăng ký kinh doanh",
    "hkd": "hộ kinh doanh", "vat": "thuế giá trị gia tăng", "gtgt": "giá trị gia tăng", "tncn": "thu nhập cá nhân", "mst": "mã số thuế",
    "gcn": "giấy chứng nhận", "gcnqsdđ": "giấy chứng nhận quyền sử dụng đất", "qsdđ": "quyền sử dụng đất", "qsdd": "quyền sử dụng đất",
    "attp": "an toàn thực phẩm", "vsattp": "vệ sinh an toàn thực phẩm", "gd": "giáo dục", "thcs": "trung học cơ sở",
    "thpt": "trung học phổ thông",
    "ttgt": "thanh tra giao thông", "gtvt": "giao thông vận tải", "qlđt": "quản lý đô thị", "qldt": "quản lý đô thị",
    "đktt": "đăng ký thường trú",
    "bqt": "ban quản trị", "bql": "ban quản lý", "cđt": "chủ đầu tư", "cdt": "chủ đầu tư", "tphcm": "thành phố hồ chí minh",
    "tp": "thành phố", "hcm": "hồ chí minh", "bv": "bệnh viện", "bs": "bác sĩ", "gv": "giáo viên", "gvcn": "giáo viên chủ nhiệm",
    "ph": "phụ huynh",
    "hv": "học viên", "sv": "sinh viên", "cb": "cán bộ", "cbcc": "cán bộ công chức", "cbccvc": "cán bộ công chức viên chức",
    "nv": "nhân viên",
    "nlđ": "người lao động", "nld": "người lao động", "hđlđ": "hợp đồng lao động", "dn": "doanh nghiệp", "cty": "công ty", "cc": "chung cư",
    "vpđk": "văn phòng đăng ký", "vpdk": "văn phòng đăng ký", "kcn": "khu công nghiệp", "kdc": "khu dân cư", "kp": "khu phố",
    "tdp": "tổ dân phố",
    "đt": "điện thoại", "sđt": "số điện thoại", "sdt": "số điện thoại", "stk": "số tài khoản", "ck": "chuyển khoản", "tk": "tài khoản",
    "mxh": "mạng xã hội", "xd": "xây dựng", "vp": "văn phòng", "ttyt": "trung tâm y tế",
}  # fmt: skip
_EVERYDAY = {
    "ko": "không", "k": "không", "kh": "không", "hok": "không", "hông": "không", "hổng": "không", "hong": "không", "khum": "không",
    "kg": "không",
    "dc": "được", "đc": "được", "đk": "được", "dk": "được", "đx": "được", "ng": "người", "ngta": "người ta", "mn": "mọi người",
    "mng": "mọi người", "ae": "anh em", "r": "rồi", "rùi": "rồi", "roài": "rồi", "z": "vậy", "v": "vậy", "zậy": "vậy", "j": "gì",
    "vs": "với", "w": "với", "cx": "cũng", "cũg": "cũng", "cug": "cũng", "trc": "trước", "ms": "mới", "m": "mày", "e": "em",
    "a": "anh", "c": "chị", "mk": "mình", "mik": "mình", "mh": "mình", "ns": "nói", "lm": "làm", "bh": "bây giờ", "bgio": "bây giờ",
    "h": "giờ",
    "ntn": "như thế nào", "nt": "nhắn tin", "ib": "nhắn tin", "lq": "liên quan", "lđ": "lãnh đạo", "pá": "phản ánh", "pa": "phản ánh",
    "đg": "đường", "đườg": "đường", "vn": "việt nam", "kcs": "không có", "tl": "trả lời", "rep": "trả lời", "ktra": "kiểm tra",
    "kt": "kiểm tra", "ht": "hệ thống", "đn": "đăng nhập", "pass": "mật khẩu", "mkhau": "mật khẩu", "hsơ": "hồ sơ", "hso": "hồ sơ",
    "gto": "giấy tờ",
    "gtờ": "giấy tờ", "xn": "xác nhận", "xnhan": "xác nhận", "ctac": "công tác", "thg": "thằng", "nc": "nước", "đm": "địt mẹ",
    "dm": "địt mẹ", "đmm": "địt mẹ", "vcl": "vãi", "vl": "vãi", "cmm": "con mẹ mày", "cmn": "con mẹ nó", "vkl": "vãi", "clgt": "cái gì thế",
    "tui": "tôi", "nhìu": "nhiều", "ik": "đi", "bik": "biết", "bít": "biết", "wa": "quá", "wá": "quá", "iu": "yêu", "thui": "thôi",
}  # fmt: skip

ABBREVIATIONS: dict[str, str] = {**_OFFICE, **_EVERYDAY}
