"""Danger to life that must not hang on a probability: what happens now and kills. Pure; a feature of the model that also wins over it."""

from __future__ import annotations

import re

from analytics.classify.words import Reading

#: Part of the artefact's identity, like the tables.
VERSION = "2026-11-4"
#: Written with tone marks: "cháy" (fire) and "chạy" (run) stay apart.
_MARKED = re.compile(
    r"\b(?:"
    r"đang (?:bốc )?cháy|cháy (?:lớn|to|dữ dội|nhà|phòng|lan|rồi|cháy)|bốc cháy|bốc khói|lửa (?:còn |đang |đã )?(?:cháy|lan|bùng|bén)"
    r"|ngập khói|khói (?:đen |vàng |trắng )?(?:cuộn|đặc|đầy|mù mịt)(?! xe)|nổ lớn"
    r"|(?:xẹt|tóe|phóng) lửa|phát nổ|đang nổ"
    r"|(?:xì|rò|rò rỉ|rỉ) (?:khí |bình )?(?:ga|gas|amoniac|hóa chất|dung môi)|ga xì|gas (?:đang )?xì"
    r"|mùi (?:khí )?(?:ga|gas) (?:nồng|sực|rất)|xăng (?:đang )?(?:chảy|tràn)|hóa chất (?:đang )?(?:tràn|chảy)"
    r"|dây (?:cáp |trung thế |cao thế )?(?:điện )?(?:bị )?(?:đứt|rớt|rơi)|(?:đứt|rớt|rơi) dây (?:điện|cao thế)"
    r"|(?:điện giật|giật điện)(?! thoại)|phóng điện"
    r"|(?:vừa|đang|mới|sắp) (?:bị )?(?:sập|sụp|sụt|đổ sập)|sập (?:nhà|tường|đường|cầu|trần|giàn giáo)|giàn giáo (?:sập|đổ)"
    r"|hố (?:sụt|sâu|tử thần)|hố ga (?:bị )?(?:mất|hở|không)"
    r"|sắp (?:đổ|ngã)|đang (?:sụt|lở|nghiêng|ngả|toác|rung lắc)|nghiêng ra sông|răng rắc|toác ra"
    r"|cây (?:vừa |mới )?(?:ngã|đổ) đè|bật gốc đè|đè (?:người|trúng người|chân)"
    r"|(?:kêu|xin|gọi) cứu(?! xét| hộ| hỏa)|(?<!cấp )cứu (?:với|tôi|e)|kẹt người|còn người (?:ở |kẹt )?(?:trong|trên|dưới)"
    r"|mắc kẹt|kẹt (?:trong|dưới|trên)|(?:rớt|rơi|lọt|té|sụp) xuống (?:sông|kênh|rạch|giếng|cống|hố|hầm)|chới với"
    r"|co giật|bất tỉnh|ngưng (?:thở|tim)|tím tái|khó thở|nguy kịch|đuối nước|thoi thóp|sùi bọt mép|đột quỵ|thở yếu|ngất (?:xỉu )?hàng loạt"
    r"|đang (?:đánh|đập|chém|rượt|đâm|khống chế|cầm dao|hành hung|xúm|lao xuống|trôi dốc|leo lan can)"
    r"|(?:bóp|siết|kề) cổ|(?:đứt|mất) thắng|tàu sắp (?:tới|qua)|chảy máu đầu|cầm (?:dao|mã tấu|kiếm|rựa|súng(?! hơi))|có súng|nổ súng"
    r"|đâm chém|chém nhau|đòi nhảy|định nhảy|không muốn sống|tự thiêu|(?:tẩm|đổ|tưới) xăng"
    r"|lựu đạn|bom (?:xăng|mìn)|đầu đạn|ngộ độc (?:hàng loạt|tập thể)"
    r")\b"
)
#: Written without marks only what cannot be read as anything harmless.
_FOLDED = re.compile(
    r"\b(?:"
    r"boc khoi|dang boc chay|boc chay|chay lon qua|chay nha|(?:xet|toe|phong) lua|phat no"
    r"|(?:xi|ro|ro ri) (?:khi |binh )?(?:ga|gas|amoniac)"
    r"|day (?:cap )?dien (?:bi )?(?:dut|rot)|dien giat|phong dien"
    r"|(?:vua|dang|moi) (?:bi )?sap|sap (?:nha|tuong|duong|cau|gian giao)|ho sut|ho tu than|ho ga (?:mat|ho|khong) nap"
    r"|khoi (?:den|vang) (?:cuon|dac|day)|lua (?:dang |da )?(?:lan|bung)|mui gas nong|xang (?:dang )?(?:chay|tran)|mat thang|dot quy"
    r"|dang (?:sut|lao xuong|rot xuong)|nghieng ra song|(?:bop|siet) co"
    r"|keu cuu|cuu voi|ket nguoi|co giat|bat tinh|ngung (?:tho|tim)|tim tai|nguy kich|duoi nuoc|thoi thop|sui bot"
    r"|dang (?:danh nhau|chem|ruot chem|dam|khong che)|cam (?:dao|ma tau)|co sung|dam chem|chem nhau|luu dan|bom xang|khong muon song"
    r")\b"
)
#: Told of the past, from hearsay, asked as a question of rules, drilled or planned: no reason to send anybody now.
_NOT_NOW = re.compile(
    r"\b(?:nam (?:ngoai|truoc|kia|0000)|thang (?:truoc|roi|00?)|tuan (?:truoc|roi)|hom (?:truoc|no|kia)|bua (?:truoc|hom)"
    r"|hoi (?:nam|thang|do|truoc)|(?<!tu )hom qua|hom bua|cach day|giai trinh|khac phuc|sua roi|da (?:sua|ngat|don|lap)"
    r"|ngay 00?/00?|nhieu (?:nam|thang|lan)|da hon|tung|da dap|dap tat|da xu ly|dien tap|tap huan|neu (?:xay ra|co)|xin hoi"
    r"|cho hoi|cu tri|kien nghi|nghe (?:don|noi)|tin don"
    r"|lan truyen|tren mang|doc bao|boi thuong|che do|tro cap|ho so|tai nan lao dong|cam on|khen)\b"
)
#: So much the model must agree, so that a story of last year stays a story.
LEAST = 0.03


def danger_words(reading: Reading) -> bool:
    """Whether the words speak of danger to life or limb, and of nothing that puts it in the past or in a plan."""
    return bool(words_of_danger(reading)) and not _NOT_NOW.search(reading.folded)


def words_of_danger(reading: Reading) -> str:
    """The first words that speak of danger, in small letters and written out; empty when there are none."""
    folded = reading.folded
    marked = " ".join(word.normal for word in reading.words)
    said = _MARKED.search(marked) or (_FOLDED.search(folded) if marked == folded else None)
    return said.group() if said else ""


def in_danger(reading: Reading, probability: float) -> bool:
    """Whether the words themselves say that life or limb is in danger now, the model not disagreeing."""
    return probability >= LEAST and danger_words(reading)
