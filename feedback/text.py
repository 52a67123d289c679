"""Cleaning and folding of what people type. Pure.

Only NFC is used: NFKC would turn the full-width ＜script＞ into <script> (security, control 27).
"""

from __future__ import annotations

import re
import unicodedata

#: Longest token that reaches language tools; some of them are quadratic in it (security, control 21).
TOKEN_LIMIT = 60
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES_AT_LINE_END = re.compile(r" *\n *")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
#: Control, invisible format (zero width, bidi), surrogate, private-use and unassigned characters.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: Letters and marks that show as nothing: joiner, Hangul and Braille fillers, Khmer inherent vowels, variation selectors.
_BLANKS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class _Bare(dict[int, str]):
    """What remains of each sign without its marks, worked out when it first occurs."""

    def __missing__(self, sign: int) -> str:
        apart = unicodedata.normalize("NFD", chr(sign)).replace("đ", "d")
        self[sign] = bare = "".join(part for part in apart if not unicodedata.combining(part))
        return bare


_BARE = _Bare()


def clean(text: str, limit: int | None = None) -> str:
    """What a person typed, without what cannot be seen: NFC, no control, zero-width or bidi characters, tidy spaces.

    `limit` cuts to that many characters; checking the length and telling the person is the form's business.
    """
    text = _BLANKS.sub("", _LINE_ENDS.sub("\n", text))
    if not text.replace("\n", "").isprintable():  # which nearly every text is, and then it holds nothing of the kind
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNWANTED)
    text = unicodedata.normalize("NFC", text)  # last: a letter and its mark may only now stand side by side
    text = _SPACES_AT_LINE_END.sub("\n", _SPACES.sub(" ", text))
    text = _BLANK_LINES.sub("\n\n", text).strip()
    return text if limit is None else text[:limit].rstrip()


def fold(text: str) -> str:
    """The text for searching and comparing without tone marks: "Đường Lê Lợi" -> "duong le loi"."""
    return " ".join(unicodedata.normalize("NFC", text.lower().translate(_BARE)).split())


def cut_long_tokens(text: str, limit: int = TOKEN_LIMIT) -> str:
    """Cut every run of non-space characters to `limit`; no Vietnamese syllable comes near it."""
    return re.sub(r"\S{" + str(limit) + r",}", lambda found: found.group()[:limit], text)


def excerpt(text: str, length: int) -> str:
    """The beginning of a text on one line, cut between words with an ellipsis, at most `length` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    head = line[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip(" ,.;:") + "…"
