"""Private addresses: a house number with its street that the text says somebody lives at. Pure.

The place of an incident ("ổ gà trước số 12 Nguyễn Trãi", "công trình số 14 đường Vườn Lài") stays: the agency needs it and it names no
home. A house is somebody's home when the words before say so (tôi ở, ngụ, thường trú, nhà tôi, bà Huệ (nhà …)), or when it stands in a
block of contact data as "địa chỉ". Street, alley, ward and district without a house number stay.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence

from analytics.redact.name_words import SMALL_SURNAMES, words
from analytics.redact.view import View

Found = tuple[str, int, int]
_ME = (
    r"(?:toi|tui|em|con|chau|minh|chung toi|chung em|gia dinh|gia dinh toi|gia dinh em|vo chong toi|ba me toi|me toi|cha toi|ba toi|"
    r"ma toi)"
)
_STAY = r"(?:o|song|thue|tro|thue tro|o tro|o thue|song|sinh song|tam tru|dang o|dang song|cu ngu|ngu|hien o|hien ngu)"
_AT = r"(?:(?: o| tai| tro| dia chi| la|:|,){0,3} ?)"
_NUMBER = (
    r"(?P<house>(?:(?:so nha|nha so|so|sn|can ho|can nha|can|nha) ?)?(?:[a-z]{1,2}\d{0,2}[-.])?\d{1,4}[a-z]{0,2}"
    r"(?:[/.-]\d{1,4}[a-z]{0,2}){0,6})(?=[ ,])"
)
_HOME = re.compile(
    rf"(?<![a-z])(?:(?:thuong tru|tam tru|cu tru|cu ngu|ngu|tru tai|tru o|ho khau|song tai|song o|sinh song|o tro|thue tro)|"
    rf"{_ME} (?:hien |dang |hien dang |thi )?{_STAY}|"
    rf"nha (?:rieng )?(?:cua )?{_ME}(?: {_STAY})?|"
    rf"dia chi (?:nha|lien he|lien lac|thuong tru|tam tru|nhan thu|nhan|cua {_ME}|{_ME}|rieng)(?: {_ME})?){_AT}{_NUMBER}"
)
_ADDRESS = re.compile(rf"(?<![a-z])(?:dia chi|d/c|dc|dchi)(?: nha)?{_AT}{_NUMBER}")
_AFTER_NAME = re.compile(rf"[ ,(;:-]{{1,3}}(?:(?:hien )?(?:o|ngu|cu ngu|tru|dia chi|tai|thuong tru|tam tru){_AT})?{_NUMBER}")
_STREET_WORD = re.compile(r"[ ,]{1,2}(?:(?:duong|hem|pho|ngo|kiet|dai lo|quoc lo|tinh lo|ql|tl|d\.|hem so|duong so) ?)+(?:so )?")
_ALLEY_NUMBER = re.compile(r"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4}")
_NEXT_WORD = re.compile(r"[ ,]{0,2}([^\W\d_]+)")
_NOT_A_STREET = words(
    "vnd dong phuong quan xa huyen to khu ap nam thang ngay tuan nguoi tang can ho met m km phan tieng gio trieu lan doi dua mon con cai "
    "lau thanh chung lo block toa tp thi do va ma la bi da dang se nay o tai hien bao xin keu nuoc dien ngap"
)
_UNITS = words("phuong quan xa huyen tp")
#: What the name of a street begins with when it is written small and without tone marks.
_PLAIN_NAMES = words(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly mai dinh truong trinh dao doan luong luu lam cao ton bach cach "
    "pasteur phung to"
)
#: How near other personal data must stand for a bare "địa chỉ" to be somebody's.
_BLOCK_BEFORE, _BLOCK_AFTER = 90, 60


def find_addresses(view: View, others: Sequence[Found]) -> Iterator[Found]:
    """Kind, start and end of every private address; `others` are the names and numbers already found, in order."""
    homes = [match.span("house") for match in _HOME.finditer(view.plain)]
    homes += [match.span("house") for match in _ADDRESS.finditer(view.plain) if _in_block(match, others)]
    behind_names = (_AFTER_NAME.match(view.plain, end) for kind, _start, end in others if kind == "name")
    homes += [match.span("house") for match in behind_names if match]
    for start, house_end in homes:
        end = _street_end(view, house_end)
        if end:
            yield "address", start, end


def _in_block(match: re.Match[str], others: Sequence[Found]) -> bool:
    """Whether other personal data stands near, so that a bare "địa chỉ" is somebody's."""
    here = bisect.bisect_left(others, match.start(), key=lambda other: other[1])
    if here and match.start() - others[here - 1][2] <= _BLOCK_BEFORE:
        return True
    return here < len(others) and others[here][1] - match.end() <= _BLOCK_AFTER


def _street_end(view: View, at: int) -> int:
    """Where the street behind a house number ends; 0 when there is none."""
    plain = view.plain
    street = _STREET_WORD.match(plain, at)
    begin = street.end() if street else at
    alley = _ALLEY_NUMBER.match(plain, begin) if street else None
    if alley:
        begin = alley.end()
        more = _STREET_WORD.match(plain, begin)
        return _words_end(view, more.end() if more else begin, named=bool(more)) or begin
    return _words_end(view, begin, named=bool(street))


def _words_end(view: View, at: int, *, named: bool) -> int:
    """End of the words of a street's name: capitals, or in small letters a family name and what goes with it, three words at most."""
    end, position, capitals = 0, at, False
    for count in range(5):
        word = _NEXT_WORD.match(view.plain, position)
        if word is None or (count and view.plain[position : word.start(1)] != " "):
            break
        written = view.written(*word.span(1))
        capital = written[0].isupper() and (not written.isupper() or count < 3)
        small = count < 3 and not capitals and (named or _begins_street(view, written, word[1], count))
        if word[1] in (_UNITS if capital and view.toned and not written.isupper() else _NOT_A_STREET) or not (capital or small):
            break
        end = position = word.end()
        capitals = capital
    return end


def _begins_street(view: View, written: str, plain: str, count: int) -> bool:
    """Whether a word written small may be part of a street's name: a family name, and in texts without tone marks two words behind it."""
    if count:
        return not view.toned
    return written in SMALL_SURNAMES if view.toned else plain in _PLAIN_NAMES
