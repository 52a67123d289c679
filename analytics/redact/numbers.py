"""Phones, papers and bank accounts among the numbers of a text: what their length, grouping and the words around them make of them. Pure.

Numbers are read as people write them: groups of digits with spaces, dots or dashes between, the letter O for a nought, digits said in
words. Public numbers (1022, 113, 1900…, 1800…), money, dates and the codes of files stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.redact.cues import Cues
from analytics.redact.digits import FEWEST, PHONE, Found, Segment, read_digits, segments
from analytics.redact.spoken import find_spoken

#: What makes of a number an amount, a measure or a count when it follows.
_UNIT = re.compile(r" ?(?:dong|d|vnd|trieu|tr|ty|ti|nghin|ngan(?! hang)|k|usd|do la|m2|m3|met|km|cm|kg|%|kwh)(?![a-z0-9/])")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[ .-](?:0?[1-9]|1[0-2])[ .-](?:19|20)\d\d|(?:19|20)\d\d[ .-](?:19|20)\d\d|"
    r"(?:19|20)\d\d[ .-](?:0[1-9]|1[0-2])[ .-](?:0[1-9]|[12]\d|3[01])"
)
_NUMBER_WORD = re.compile(r"(?<![a-z])so:? \Z")
_DAY_BEFORE = re.compile(r"(?:ngay|tu|den|hom|sinh|cap) \Z")
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d")
_PUBLIC = re.compile(r"1[89]00\d{2,6}|1022|11[1-5]")
_DIALLED = re.compile(r"0[2-9]\d{8}|01[2689]\d{8}|(?:00)?84[2-9]\d{8}")
_CARD = re.compile(r"0(?:0[1-9]|[1-9]\d)\d{9}")
#: The shapes that mean something without a word beside them.
_SHAPE = re.compile(r"0[1-9]\d{8,9}|(?:00)?840?(?:[2-9]\d{8}|2\d{9}|1[2689]\d{8})|0\d{11}|[0-3]\d{8}|9704\d{12,15}")
#: What a number without a word before it must begin with to be looked at in groups.
_LIKELY = re.compile(r"0[1-9]|00[1-9]|0084|84[0-9]|9704")
_ISSUER = re.compile(r"9704\d{12}(?:\d{3})?")
#: Health insurance card: two letters, one digit, the province, ten digits. Passport, with the word before it.
_HEALTH_CARD = re.compile(r"(?<![a-z0-9])[a-z]{2} ?[1-5] ?\d{2}(?: ?\d{2,10}){1,4}(?![a-z0-9])")
_PASSPORT = re.compile(r"(?:ho chieu|passport)(?: so| cua toi|:)* ?(?P<number>[a-z] ?\d{7,8})(?![a-z0-9])")
_FOREIGN = re.compile(r"(?<![\w+])\+(?!84)[1-9]\d{0,2}(?:[ .-]?\d{2,4}){2,4}(?![\d,])")
#: A short number behind a slash or colon, or a letter with a digit, makes the whole a date, a time, a law or a code.
_GLUED_BEFORE = re.compile(r"(?:(?<!\d)\d{1,4}[/:]|\d,)\Z")
_GLUED_AFTER = re.compile(r"/\d{1,4}(?!\d)|,\d|[a-z]\d|:\d")


@dataclass(frozen=True)
class Number:
    """One candidate: where it stands, its digits alone, the kind of the cue before it, and whether nothing soft follows."""

    text: str
    start: int
    end: int
    digits: str
    cue: str
    whole: bool

    @property
    def written(self) -> str:
        """With the signs between its groups."""
        return self.text[self.start : self.end]


def find_numbers(plain: str, cues: Cues) -> list[Found]:
    """Kind, start and end of every personal number, positions in `plain`."""
    readable = read_digits(plain)
    found = [("phone", *match.span()) for match in _FOREIGN.finditer(plain) if _is_foreign(plain, match)]
    found += [("citizen_card", *match.span()) for match in _HEALTH_CARD.finditer(plain) if sum(map(str.isdigit, match.group())) == 13]
    found += [("citizen_card", *match.span("number")) for match in _PASSPORT.finditer(plain)]
    for segment in segments(readable):
        found += _in_segment(readable, segment, cues)
    return [*found, *find_spoken(plain)]


def _is_foreign(plain: str, match: re.Match[str]) -> bool:
    digits = sum(map(str.isdigit, match.group()))
    return 9 <= digits <= 14 and not _UNIT.match(plain, match.end()) and not _THOUSANDS.fullmatch(match.group()[1:])


def _in_segment(text: str, segment: Segment, cues: Cues) -> list[Found]:
    """The personal numbers of one segment, from left to right, the whole rest before a part of it."""
    found: list[Found] = []
    if len(segment.digits) < FEWEST or _is_code(text, segment, cues):
        return found
    offset = index = 0
    while index < len(segment.groups):
        taken = _at(text, segment, offset, index, cues)
        if taken:
            found.append(taken[0])
        offset += taken[1] if taken else segment.groups[index][1] - segment.groups[index][0]
        index = segment.borders[offset]
    return found


def _at(text: str, segment: Segment, offset: int, index: int, cues: Cues) -> tuple[Found, int] | None:
    """The number that begins with this group, and how many digits it has."""
    start, first_end = segment.groups[index]
    rest = segment.digits[offset : offset + 20]
    cue = cues.before(start)
    if not cue and not cues.any_bank and not _LIKELY.match(rest) and first_end - start < 9:
        return None
    for size in _sizes(len(segment.digits) - offset):
        last = segment.borders.get(offset + size)
        if last is not None:
            number = Number(text, start, segment.groups[last - 1][1], rest[:size], cue, whole=last == len(segment.groups))
            kind = _kind(number, cues)
            if kind:
                return (kind, _with_plus(text, start), number.end), size
    return None


def _sizes(left: int) -> list[int]:
    """How many digits to try, the whole rest of the segment first."""
    usual = [size for size in (12, 11, 10, 13, 14, 9) if size < left]
    return [left, *usual] if left <= 19 else usual


def _is_code(text: str, segment: Segment, cues: Cues) -> bool:
    """Digits glued to letters (H29…, PA-2026-…, PE09…) are a code, unless the letters are a cue ("sdt0903…") or a dash parts a phone."""
    start = segment.groups[0][0]
    at = start - 1 if start and text[start - 1] in "-./_#" else start
    letters = 0
    while letters < 12 and at - letters - 1 >= 0 and text[at - letters - 1].isalpha():
        letters += 1
    if not letters or (at < start and _DIALLED.match(segment.digits)):
        return False
    return cues.before(at) in {"", "code", "plate"} or not _ends_with_cue(text[at - letters : at])


def _ends_with_cue(word: str) -> bool:
    return bool(Cues(word).before(len(word))) or word in {"so", "la", "qua", "vao"}


def _with_plus(text: str, start: int) -> int:
    """A plus or a bracket that belongs to the number."""
    while start > 0 and text[start - 1] in "+(":
        start -= 1
    return start


def _domestic(digits: str, plus: bool) -> str:
    """A number of Viet Nam as it is dialled here: +84 (0) 903… and 0084 903… become 0903…"""
    if digits.startswith("0084"):
        digits, plus = digits[2:], True
    if digits.startswith("84") and (plus or len(digits) in {11, 12}):
        return "0" + digits[2:].removeprefix("0")
    return digits


def _kind(number: Number, cues: Cues) -> str | None:
    """What one number is; None leaves it alone."""
    text, digits, cue = number.text, number.digits, number.cue
    if not cue and not cues.any_bank and not _SHAPE.fullmatch(digits) and not (len(digits) > 12 and number.written.isdigit()):
        return None
    plus = "+" in text[max(0, number.start - 2) : number.start]
    if _PUBLIC.fullmatch(digits) or _is_date(number) or not _stands_alone(number):
        return None
    if cue == "code" and number.written.isdigit() and not plus:
        return None
    money = bool(_UNIT.match(text, number.end)) and digits[0] != "0"
    phone = bool(PHONE.fullmatch(_domestic(digits, plus)))
    round_sum = bool(_THOUSANDS.fullmatch(number.written)) and (digits.endswith("000") or not (cue or phone)) and not plus
    if money or (round_sum and cue != "phone"):
        return "bank_account" if cue == "account" and not money and not digits.endswith("000") else None
    if cue == "card" and len(digits) in range(8, 14):
        return "citizen_card"
    if cue == "account" and 6 <= len(digits) <= 19:
        return "bank_account"
    if phone:
        return "phone"
    return _kind_by_shape(number, bank_near=cue == "bank" or cues.bank_behind(number.end))


def _kind_by_shape(number: Number, *, bank_near: bool) -> str | None:
    """What is neither a phone nor named by the word before it."""
    digits, length = number.digits, len(number.digits)
    fewest = 6 if _NUMBER_WORD.search(number.text, max(0, number.start - 4), number.start) else 8
    if number.cue == "phone" and 8 <= length <= 11 and digits[0] in "235789" + "06" * (length > 8):
        return "phone"
    if _ISSUER.fullmatch(digits) or (bank_near and fewest <= length <= 19 and not (length < 11 and digits.endswith("000"))):
        return "bank_account"
    if length == 12 and _CARD.fullmatch(digits):
        return "citizen_card"
    if length == 9 and digits[0] in "0123" and (number.written.isdigit() or digits[0] == "0") and not digits.endswith("0000"):
        return "citizen_card"
    if 13 <= length <= 19 and number.written.isdigit() and not digits.endswith("00000"):
        return "bank_account"
    return None


def _is_date(number: Number) -> bool:
    if _DATE.fullmatch(number.written):
        return True
    return bool(_DAY.fullmatch(number.written) and _DAY_BEFORE.search(number.text, max(0, number.start - 6), number.start))


def _stands_alone(number: Number) -> bool:
    """Whether the number ends here: no more digits in the same breath, no letter or short number behind a slash glued to it."""
    text, start, end = number.text, number.start, number.end
    if _GLUED_BEFORE.search(text, max(0, start - 6), start) or _GLUED_AFTER.match(text, end):
        return False
    if number.whole or (number.written.isdigit() and end - start >= 9):
        return True
    return text[end] == " " or text[end] not in number.written or not text[end + 1 : end + 2].isdigit()
