"""Words of addresses, without tone marks. Pure data, written for this project."""

from __future__ import annotations

from analytics.places.words import key
from analytics.redact.name_words import words
from feedback.text import fold

#: A phrase as words with their tone marks and without.
Phrase = tuple[tuple[str, str], ...]


def _phrases(listed: str) -> tuple[Phrase, ...]:
    return tuple(tuple((key(word), fold(word)) for word in phrase.split()) for phrase in listed.split(","))


#: What names the kind of a street; behind it comes its name or number.
STREETS = _phrases("đường,phố,hẻm,quốc lộ,tỉnh lộ,hương lộ,đại lộ,xa lộ,lộ,ql,tl")
ALLEY = _phrases("hẻm")[0]
#: Landmarks; behind these comes a name.
MARKS = _phrases(
    "ngã tư,ngã ba,ngã năm,ngã sáu,vòng xoay,bùng binh,cầu,chợ,chung cư,khu dân cư,trường tiểu học,trường trung học,trung học cơ sở,"
    "trung học phổ thông,trường mầm non,tiểu học,mầm non,bệnh viện,trạm y tế,trung tâm y tế,công viên,bến xe,kênh,rạch,khu công nghiệp,"
    "chùa,nhà thờ,cao ốc,tòa nhà"
)
#: Landmarks; behind these comes a number.
NUMBERED = _phrases("khu phố,tổ dân phố,tổ,ấp")
#: Words so common that only a capital behind them makes a name.
COMMON = frozenset(_phrases("cầu,chợ,kênh,rạch,chùa,lộ"))
HOUSE_WORDS = words("so nha sn")
#: Stand before an alley or street and belong to it.
ENDS_OF_STREETS = words("dau cuoi goc")
#: First syllables of most street names; without capitals a name must begin with one of them.
NAMES = words(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly mai dinh truong trinh dao doan luong luu lam cao ton bach cach "
    "pasteur phung to ung hai dien ba thanh an hoa binh xuan tan au kha quang hau thong hung phu thich van huong bau"
)
#: Words no name goes on with; they end a name written small.
ENDS = words(
    "bi co khong ko thuoc phuong p quan q xa huyen h tp hom sang chieu toi dem trua khuya nay la va thi dang da se do cua cho o "
    "tai gan truoc sau canh ben doi dien ngay chua roi qua den vao ra len xuong nhieu mot hai ba ngap ket mat rac nuoc nguoi xe day doan "
    "cay dau cuoi khu ap to so ngoai trong moi cu hoai luon can xin de nghi gui nho bao con cung nhung ma boc hoi om tac sut lun duong hem "
    "cau"
)
#: Words before a name that make it the name of something else.
OTHER_THINGS = words(
    "duong cau cho truong vien chua tu ba cu kenh rach san ga nha hem pho song lo cong hang tiem quan khach dinh xe tau ong ba co anh chi"
)
#: Words before a name without its kind that say it is a place.
AT = words("o tai ben duoi khu vuc tren dan ve qua")
#: Words that lead from where the writer lives to where it happened.
BUT = words("nhung con ma")
#: Words after which an address is where the writer lives, not where it happened.
HOME = ("thuong tru", "tam tru", "ngu tai", "cu ngu", "ho khau", "que o", "toi o", "toi song", "em o", "lien he", "nha rieng")
