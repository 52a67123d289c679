"""The digits of a text as people group them, and what stands for a digit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Found = tuple[str, int, int]
#: Numbers as they are dialled in Viet Nam: mobile, landline since 2017, and both before (eleven digits; 08 and eight).
PHONE = re.compile(r"0[2-9]\d{8}|02\d{9}|01[2689]\d{8}|06\d{9}")
#: Digits and letters taken for digits, as one token; it must hold a real digit.
_LIKE_DIGITS = re.compile(
    r"(?<![a-z0-9])(?=[oil]{0,9}[0-9])[0-9oil]{2,25}(?![a-z])|(?<=[0-9o][ .-])o{1,4}(?=[ .-][0-9o])|(?<=[0-9o][ .-])o{2,4}(?![a-z0-9])|"
    r"(?<![a-z0-9])o(?=(?: [0-9o]){8})"
)
_AS_DIGITS = str.maketrans("oil", "011")
#: Fewer digits are no personal number.
FEWEST = 6
_GROUP = re.compile(r"\d+")
_SOFT = frozenset(" .-_*()|·•+")
#: Money in thousands, and the numbers of procedures (1.004873, 2.001234.000.00.00.H29): no part of them is looked at.
_NEVER = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?:[., ]\d{3}){1,5} ?(?:dong|d|vnd|usd|do la)(?![a-z0-9/])|(?<![\d.])\d\.\d{6}(?:\.\d{2,3}){0,4}(?![\d])"
)


@dataclass(frozen=True)
class Segment:
    """Groups of digits with only soft signs between them: where each stands, and how many digits come before it."""

    groups: tuple[tuple[int, int], ...]
    digits: str
    borders: dict[int, int]


def read_digits(plain: str) -> str:
    """The text with letters that stand for digits turned into them and what is never personal crossed out; places stay."""
    digits = _LIKE_DIGITS.sub(lambda match: match.group().translate(_AS_DIGITS), plain)
    return _NEVER.sub(lambda match: "x" * len(match.group()), digits)


def segments(text: str) -> Iterator[Segment]:
    """Cut the digits of a text where something hard stands between two groups."""
    groups: list[tuple[int, int]] = []
    for match in _GROUP.finditer(text):
        if groups and not _is_soft(text[groups[-1][1] : match.start()]) and not _phone_slashes(text, groups, match):
            if groups[-1][1] - groups[0][0] >= FEWEST:
                yield _segment(text, groups)
            groups = []
        groups.append(match.span())
    if groups and groups[-1][1] - groups[0][0] >= FEWEST:
        yield _segment(text, groups)


def _is_soft(gap: str) -> bool:
    return gap == "," or (0 < len(gap) <= 4 and _SOFT.issuperset(gap))


def _phone_slashes(text: str, groups: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """Slashes part dates and laws, but some write 0903/123/456."""
    start, end = groups[0]
    return (
        text[groups[-1][1] : match.start()].strip(" ") == "/" and end - start == 4 and text[start] == "0" and len(match.group()) in {3, 6}
    )


def _segment(text: str, groups: list[tuple[int, int]]) -> Segment:
    borders: dict[int, int] = {}
    count = 0
    for index, (start, end) in enumerate(groups):
        borders[count] = index
        count += end - start
    borders[count] = len(groups)
    return Segment(tuple(groups), "".join(text[start:end] for start, end in groups), borders)
