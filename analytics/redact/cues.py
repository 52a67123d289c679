"""Words that tell what the number beside them is. Pure."""

from __future__ import annotations

import bisect
import functools
import re
from dataclasses import dataclass

_BANKS = (
    "vietcombank|vietcom|vcb|techcombank|tech|tcb|bidv|agribank|agri|vietinbank|vietin|ctg|acb|mbbank|mb bank|mb|sacombank|sacom|stb|"
    "vpbank|vp bank|tpbank|tp bank|hdbank|hd bank|vib|shb|eximbank|exim|scb|seabank|msb|ocb|lienvietpostbank|lpbank|lp bank|"
    "nam a bank|namabank|bac a bank|bacabank|pvcombank|kienlongbank|kienlong bank|abbank|vietbank|baovietbank|dong a bank|dongabank|"
    "saigonbank|ncb|pgbank|vrb|shinhan|hsbc|uob|woori|timo|cake"
)
#: Each kind of cue: how it is written without tone marks. "code" protects a number. The first that fits counts.
_KINDS = {
    "card": r"cccd|cmnd|cmt|can cuoc(?: cong dan)?|chung minh(?: nhan dan| thu)?|(?:ma )?(?:so )?dinh danh(?: ca nhan)?|ho chieu|passport|"
    r"so (?:so )?bhxh|ma (?:so )?bhxh|so bao hiem xa hoi|the bhyt|gplx|so giay phep lai xe|giay phep lai xe(?: so)?|bang lai(?: so)?",
    "account": r"stk|so tk|so tai khoan|tk(?: so)?|tai khoan so|so the(?: atm| ngan hang)?|the atm",
    "plate": r"bien so(?: xe)?|bien kiem soat|bks|bsx|bien xe",
    "code": r"ma (?:so )?(?:ho so|thue|khach hang|don(?: hang)?|van don|phan anh|tra cuu|giao dich|buu pham|du an|can|so|hoc sinh|"
    r"hop dong)|"
    r"ma (?:pe|pa|pc|pb|pd|pf)|ma so doanh nghiep|ma kh|mst|ho so(?: so)?|bien nhan(?: so)?|giay hen(?: so)?|hoa don(?: so)?|"
    r"so (?:hoa don|bien nhan|hop dong|seri|series|khung|danh bo|thu tu|hieu|cong van|quyet dinh)|hop dong(?: so)?|danh bo|"
    r"cong van(?: so)?|quyet dinh(?: so)?|giay phep(?: \w{1,10}){0,3} so|bien lai(?: so)?|imei|seri|serial|ma vach|van don|chi so",
    "bank": rf"tai khoan|chuyen khoan|chuyen tien|chuyen vao|ngan hang|banking|\bck\b|{_BANKS}",
    "phone": r"so dien thoai|dien thoai|dthoai|d/?thoai|sdt|so dt|dt|tel|phone|mobile|hotline|zalo|viber|whatsapp|momo|di dong|may ban|goi|"
    r"lien he|lien lac|lh|nhan tin|so may|sim|call|alo|a lo|duong day nong|dau so",
}
_CUE = re.compile(r"(?<![a-z])(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()) + r")(?![a-z])")
#: How far a cue may stand before its number; what protects a number stands right at it.
_REACH = {"code": 16, "plate": 16, "card": 45, "account": 40, "bank": 45, "phone": 40}
_FARTHEST = max(_REACH.values())
#: How far behind a number the bank's name may follow.
_REACH_BACK = 26


@dataclass(frozen=True)
class Cue:
    """A telling word and its place."""

    kind: str
    start: int
    end: int


class Cues:
    """All telling words of one text, asked by place; looked for when first asked."""

    def __init__(self, plain: str) -> None:
        self._plain = plain

    @functools.cached_property
    def _found(self) -> list[Cue]:
        return [Cue(match.lastgroup or "", *match.span()) for match in _CUE.finditer(self._plain)]

    @functools.cached_property
    def _ends(self) -> list[int]:
        return [cue.end for cue in self._found]

    @functools.cached_property
    def _banks(self) -> list[Cue]:
        return [cue for cue in self._found if cue.kind in {"bank", "account"}]

    @property
    def any_bank(self) -> bool:
        """Whether the text names a bank or an account at all."""
        return bool(self._banks)

    @functools.cached_property
    def _bank_starts(self) -> list[int]:
        return [cue.start for cue in self._banks]

    def before(self, start: int) -> str:
        """Kind of the nearest cue before a number that can still mean it; empty when there is none."""
        for index in range(bisect.bisect_right(self._ends, start) - 1, -1, -1):
            cue = self._found[index]
            distance = start - cue.end
            if distance > _FARTHEST:
                break
            if distance <= _REACH[cue.kind] and self._plain.count("\n", cue.end, start) <= 1:
                return self._sharper(index, cue.kind)
        return ""

    def _sharper(self, index: int, kind: str) -> str:
        """The account word before a bank's name decides: "stk vcb 0123"."""
        if kind == "bank" and index > 0:
            earlier = self._found[index - 1]
            if earlier.kind == "account" and self._found[index].start - earlier.end <= _REACH["account"]:
                return "account"
        return kind

    def bank_behind(self, end: int) -> bool:
        """Whether a bank or an account is named right behind a number, before any other digit."""
        index = bisect.bisect_left(self._bank_starts, end)
        if index == len(self._banks) or self._bank_starts[index] - end > _REACH_BACK:
            return False
        return not any(c.isdigit() or c == "\n" for c in self._plain[end : self._bank_starts[index]])
