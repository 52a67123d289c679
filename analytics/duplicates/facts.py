"""What identifies an incident in a report: words, figures, names of places and people, the way it goes. Pure.

Facts are read once for each report; those of many candidates can be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analytics.duplicates.figures import Figures, read_figures
from analytics.duplicates.reading import Reading, Word, read
from analytics.redact.name_words import words
from analytics.redact.names import find_names

#: Capital words that open a sentence and name nothing.
_OPENERS = words(
    "toi con chung em nha nguoi ba ong anh chi co chu bac kinh sang chieu dem trua khuya hom ngay xe quan duong cay nuoc den "
    "cong rac cho hai mot may nhom tu cu khi luc trong truoc sau tai o gan doi benh vien truong lop can nhan bo cau ho so mat "
    "xin de nghi sv ai moi trinh hoi doan khong mong cam thang tuan bi vi do khoang nguyen la cuoi day nen ten va bao phong "
    "thuoc"
)
_WAYS = frozenset({"hướng", "chiều", "từ"})
_TOWARDS = frozenset({"ve", "ra", "sang", "di", "qua", "den", "toi", "xuong", "len", "vao"})
_NOT_A_WAY = words("nay qua thu hom ngay luc mai nao thang nam sang dau chieu toi dem do day khi choi tang nua")
_NOT_AN_END = words("quan q cau phia ben cho gio nay nam thang het")
Name = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """One report, read for comparing."""

    reading: Reading
    figures: Figures
    names: frozenset[Name]
    people: frozenset[str]
    #: First words of where something goes: "hướng về sân bay" -> {"san", "bay"}.
    heading: frozenset[str]
    words: frozenset[str]
    plain: frozenset[str]


def facts(text: str) -> Facts:
    """Read the facts of one report."""
    reading = read(text)
    plain = reading.plain
    return Facts(
        reading=reading,
        figures=read_figures(reading.words, toned=reading.seen.toned),
        names=frozenset(_names(reading.words)),
        people=frozenset(reading.seen.plain[start:end] for _, start, end in find_names(reading.seen)),
        heading=frozenset(_heading(reading)),
        words=frozenset(reading.bag),
        plain=frozenset(plain),
    )


def _names(row: Sequence[Word]) -> Iterator[Name]:
    """Runs of capitals; a text that is all capitals, or has none but at the beginning of sentences, names nothing."""
    capital = [word.written[:1].isupper() and word.written[:1].isalpha() for word in row]
    if sum(capital) * 2 > len(row):
        return
    run: list[Word] = []
    for word, flag in zip([*row, Word("", "", "", first=True)], [*capital, False], strict=True):
        if run and (not flag or word.first):
            # A lone word at the beginning of a sentence is capital anyway.
            if (len(run) > 1 or not run[0].first) and any(len(part.plain) > 1 for part in run):
                yield tuple(part.plain for part in run)
            run = []
        if flag and not (word.first and word.plain in _OPENERS) and not (word.written.isupper() and len(word.written) > 1):
            run.append(word)


def _heading(reading: Reading) -> Iterator[str]:
    """Two words behind "hướng … về", "từ … ra": where a lane or a vehicle leads. "Q7" and "quận 7" are one."""
    plain = reading.plain
    for index, word in enumerate(reading.words[:-1]):
        behind = plain[index + 1]
        leads = word.lower in _WAYS if reading.seen.toned else word.plain == "huong"
        if not leads or behind in _NOT_A_WAY or behind[0].isdigit():
            continue
        for step in range(index + 1, min(index + 9, len(plain) - 1)):
            if plain[step] in _TOWARDS:
                ends = (part.removeprefix("q") if part[1:].isdigit() else part for part in plain[step + 1 : step + 3])
                yield from (part for part in ends if part not in _NOT_AN_END)
                break


def holds(facts_of: Facts, name: Name) -> bool:
    """Whether a name stands in another report: its words side by side, its last two, or its first letters ("LQD")."""
    plain = facts_of.reading.plain
    tail = name[-2:]
    if any(plain[index : index + len(tail)] == tail for index in range(len(plain) - len(tail) + 1)):
        return True
    return len(name) > 2 and "".join(part[0] for part in name) in facts_of.plain
