"""Figures of a report and what each counts or numbers: house, day, hour, money, class, floor, … Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.duplicates.reading import Word
from analytics.redact.name_words import words

_HOUSE = frozenset({"so", "nha", "sn"})
_ALLEY = frozenset({"hem", "ngo", "kiet", "ngach", "duong", "kenh"})
_UNITS = {
    "phuong": "ward", "p": "ward", "quan": "ward", "q": "ward", "to": "to", "pho": "pho", "kp": "pho", "ap": "ap", "tang": "floor",
    "lau": "floor", "block": "block", "lo": "block", "toa": "block", "thap": "block", "phong": "room", "kham": "room", "tro": "room",
    "quay": "room", "cong": "room", "lop": "class", "tuyen": "route", "buyt": "route", "bus": "route", "chuyen": "route", "hang": "class",
    "tram": "route", "xe": "route", "thue": "office", "dot": "round", "lan": "round",
}  # fmt: skip
#: These are told apart by letters too: "lô A".
_LETTERED = frozenset({"block", "lo", "toa", "thap"})
_MONEY = {
    "dong": 1, "d": 1, "vnd": 1, "k": 1_000, "ngan": 1_000, "nghin": 1_000, "trieu": 1_000_000, "tr": 1_000_000,
    "ty": 1_000_000_000,
}  # fmt: skip
_MEASURES = frozenset({"cm", "m", "km", "kg", "met", "tac", "phan", "tan", "m2", "m3"})
_DAY_WORDS = words("ngay sang trua chieu toi dem hom mung tu den hen nop cap khuya thu nhat xe")
#: Hours of the parts of a day; those after midnight go on counting.
_PARTS = {
    "sang": range(4, 12), "trua": range(10, 15), "chieu": range(12, 20), "toi": range(17, 25), "dem": range(18, 31), "khuya": range(21, 30),
    "rang": range(24, 31),
}  # fmt: skip
_PART_WORDS = {"sáng": "sang", "trưa": "trua", "chiều": "chieu", "tối": "toi", "đêm": "dem", "khuya": "khuya", "rạng": "rang"}
#: Without tone marks "sang" is mostly "sang", "toi" mostly "tôi": one of these must stand beside them.
_BESIDE_PART = words("qua nay thu hom ngay mai cuoi luc vao moi gio ruoi hang suot som khuya")
#: "chiều đi", "không sáng": no time of day.
_NO_PART = frozenset({"đi", "về", "dài", "rộng", "ngược", "hướng", "thui", "trưng", "chói", "om", "đèn"})
_NO_PART_BEFORE = frozenset({"không", "chiếu", "phát", "tới", "ngược", "mặt", "trời", "hẻm", "bữa"})
_DATE = re.compile(r"([0-3]?\d)[/.-]([01]?\d)(?:[/.-](?:19|20)?\d\d)?")
_MONTH = re.compile(r"([01]?\d)[/-]((?:19|20)\d\d)")
_TIME = re.compile(r"([0-2]?\d)(?:h|g|gio|:)([0-5]\d)?")
_MONEY_GLUED = re.compile(r"(\d+(?:[.,]\d+)*)(k|tr|ty|d|cu)(\d{0,3})")
_CLASS = re.compile(r"(?:[1-9]|1[0-2])[a-z]\d{0,2}|(?:[1-9]|1[0-2])/\d{1,2}")
_HOUSE_NUMBER = re.compile(r"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?)+|\d{1,4}[a-z]?")
_GLUED = re.compile(r"([a-z]{1,5})(\d{1,4})")


#: Kinds that have their own comparison; the others hold plain numbers.
_NO_PLAIN = frozenset({"date", "month", "day", "year", "weekday", "amount", "class", "mark"})


@dataclass(frozen=True)
class Figures:
    """Values by kind ("house", "date", …), every number at all, the hours told and those of the parts of the day named."""

    kinds: dict[str, frozenset[str]]
    numbers: frozenset[str]
    #: Numbers of two digits and more that are no date, hour or money, whatever they number: house, stall, lamp, kilometre.
    long: frozenset[str]
    #: Minutes of the day that each told hour may mean: "5 giờ" is 5 or 17 o'clock.
    clocks: tuple[frozenset[int], ...]
    #: Hours of the parts of the day (sáng, chiều, …), from the clocks where there are any; empty when nothing is told.
    hours: frozenset[int]


class _Reader:
    def __init__(self, row: Sequence[Word], *, toned: bool) -> None:
        self.words = [word.plain for word in row]
        self.lower = [word.lower for word in row]
        self.capital = [word.written[:1].isupper() and not word.written.isupper() for word in row]
        self.toned = toned
        self.kinds: dict[str, set[str]] = {}
        self.clocks: list[frozenset[int]] = []
        self.parts: set[int] = set()

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def note(self, kind: str, value: str) -> None:
        self.kinds.setdefault(kind, set()).add(value)

    def read(self) -> None:
        index = 0
        while index < len(self.words):
            word = self.words[index]
            self.parts.update(_PARTS.get(self._part(index), ()))
            if word == "nhat" and self.word(index - 1) == "chu":
                self.note("weekday", "8")
            if word in _LETTERED and len(self.word(index + 1)) == 1 and self.word(index + 1).isalpha():
                self.note("block", self.word(index + 1))
            index += self._time(index) or (self._figure(index) if any(c.isdigit() for c in word) else 1)

    def _part(self, index: int) -> str:
        """The part of the day this word names; empty when it names none."""
        if self.toned:
            behind = self.lower[index + 1] if index + 1 < len(self.lower) else ""
            before = self.lower[index - 1] if index else ""
            return "" if behind in _NO_PART or before in _NO_PART_BEFORE else _PART_WORDS.get(self.lower[index], "")
        beside = self.word(index - 1), self.word(index + 1)
        named = self.words[index] in _PARTS and any(word in _BESIDE_PART or (word[:1].isdigit() and not word.isdigit()) for word in beside)
        return self.words[index] if named else ""

    def _time(self, index: int) -> int:
        """Hours: 17h30, 5 giờ rưỡi chiều, 5 rưỡi, 12 giờ đêm, nửa đêm. The number of words taken; 0 when it is none."""
        word, behind = self.words[index], self.word(index + 1)
        if word == "nua" and behind == "dem":
            self.clocks.append(frozenset({0}))
            return 2
        glued = _TIME.fullmatch(word)
        if glued and not word.isdigit():
            self._clock(int(glued[1]), int(glued[2] or 0), index + 1, literal="h" in word or ":" in word)
            return 1
        if word.isdigit() and len(word) < 3 and behind in {"gio", "h", "g", "ruoi"} and int(word) <= 24:
            minute = self.word(index + 2)
            taken = 2 + (behind != "ruoi" and (minute == "ruoi" or (minute.isdigit() and len(minute) == 2)))
            half = 30 if "ruoi" in (behind, minute) else int(minute) if taken == 3 else 0
            self._clock(int(word), half, index + taken, literal=behind == "h")
            return taken
        return 0

    def _clock(self, hour: int, minute: int, behind: int, *, literal: bool) -> None:
        """Note an hour. The part of the day right behind it decides; else whoever writes "5h" means five in the morning."""
        part = next((word for word in self.words[behind : behind + 2] if word in _PARTS), "")
        either = (hour, hour + 12, hour + 24)
        fits = [one for one in either if part and one in _PARTS[part]] or ([hour] if literal or hour > 12 else [hour, hour + 12])
        self.clocks.append(frozenset((one * 60 + minute) % 1440 for one in fits))

    def _figure(self, index: int) -> int:
        """One word with figures; the number of words taken."""
        word = self.words[index]
        taken = self._money(index)
        if taken:
            return taken
        if self._date(index) or self._numbered(index):
            return 1
        glued = _GLUED.fullmatch(word)
        if glued and glued[1] in _UNITS:
            self.note(_UNITS[glued[1]], glued[2])
        elif word[0].isdigit():
            behind = self.word(index + 1)
            kind = f"measure {behind}" if behind in _MEASURES else f"count {behind}"
            self.note(kind, word.strip(".,"))
        else:
            self.note("mark", word)
        return 1

    def _money(self, index: int) -> int:
        word, behind = self.words[index], self.word(index + 1)
        glued = _MONEY_GLUED.fullmatch(word)
        if glued and (glued[2] != "d" or len(glued[1]) > 3):
            return int(self._amount(glued[1], _MONEY[glued[2]], glued[3]))
        if not word.replace(".", "").replace(",", "").isdigit() or behind not in _MONEY or self.capital[index + 1]:
            return 0
        rest = self.word(index + 2)
        taken = 2 + (rest == "ruoi" or (_MONEY[behind] >= 1_000_000 and rest.isdigit() and len(rest) == 1))
        return taken if self._amount(word, _MONEY[behind], "5" if rest == "ruoi" else rest if taken == 3 else "") else 0

    def _amount(self, written: str, unit: int, tenths: str) -> bool:
        """Note a sum of money; False when it is too small to be one."""
        whole = written.replace(".", "").replace(",", "") if unit == 1 or re.search(r"[.,]\d{3}", written) else written.replace(",", ".")
        value = float(whole) * unit + (float("0." + tenths) * unit if tenths else 0)
        if value < 1_000:
            return False
        self.note("amount", f"{value:.0f}")
        return True

    def _before_street(self, index: int) -> bool:
        """Whether the name of a street follows: "công trình 14 Vườn Lài"."""
        return index + 1 < len(self.words) and self.capital[index + 1] and self.words[index].isdigit() and self.words[index - 1] != "so"

    def _date(self, index: int) -> bool:
        word, before = self.words[index], self.word(index - 1)
        if before in {"so", "nha", "hem", "lop", "can"} or (before in _UNITS and before != "xe"):
            return False
        month = _MONTH.fullmatch(word)
        if month and 1 <= int(month[1]) <= 12:
            self.note("month", str(int(month[1])))
            return True
        found = _DATE.fullmatch(word)
        if found and 1 <= int(found[1]) <= 31 and 1 <= int(found[2]) <= 12 and (before in _DAY_WORDS or "." not in word):
            self.note("date", f"{int(found[1])}/{int(found[2])}")
            self.note("month", str(int(found[2])))
            return True
        if before in {"ngay", "mung"} and word.isdigit() and len(word) < 3:
            with_month = self.word(index + 1) == "thang" and self.word(index + 2).isdigit()
            self.note(*(("date", f"{int(word)}/{int(self.word(index + 2))}") if with_month else ("day", word)))
            return True
        return self._calendar(index, before, word)

    def _calendar(self, index: int, before: str, word: str) -> bool:
        """A month, a weekday ("thứ 2") or a year."""
        if before == "thang" and word.isdigit() and 1 <= int(word[:3]) <= 12:
            self.note("month", str(int(word)))
        elif before == "thu" and word in {"2", "3", "4", "5", "6", "7"} and not self._is_ordinal(index):
            self.note("weekday", word)
        elif re.fullmatch(r"(?:19|20)\d\d", word):
            self.note("year", word)
        else:
            return False
        return True

    def _is_ordinal(self, index: int) -> bool:
        """No weekday: "lần thứ ba", "thử ba lần"."""
        return self.word(index - 2) in {"lan", "lop", "tang"} or (self.toned and self.lower[index - 1] != "thứ")

    def _numbered(self, index: int) -> bool:
        """What the words before make of a number: house, alley, floor, class, …"""
        word, before, earlier = self.words[index], self.word(index - 1), self.word(index - 2)
        place = earlier if before == "so" else before
        if earlier == "lop" and word.isdigit() and before.isalpha():
            self.note("class", before + word)
        elif _CLASS.fullmatch(word) and (place == "lop" or (word[-1].isdigit() and not word.isdigit() and "/" not in word)):
            self.note("class", word)
        elif place in _UNITS and not (place == "cong" and earlier == "truoc"):
            self.note(_UNITS[place], word)
        elif place in _ALLEY and _HOUSE_NUMBER.fullmatch(word):
            self.note("house" if place in {"duong", "hem"} and before != "so" and place == "duong" else place, word)
        elif _HOUSE_NUMBER.fullmatch(word) and (before in _HOUSE or "/" in word or self._before_street(index)):
            self.note("house", word)
        else:
            return False
        return True


def _bare(word: str) -> str:
    glued = _GLUED.fullmatch(word)
    return glued[2] if glued else word.strip(".,")


def read_figures(row: Sequence[Word], *, toned: bool) -> Figures:
    """The figures of a report whose numerals are figures already; without tone marks (`toned`) some words say less."""
    reader = _Reader(row, toned=toned)
    reader.read()
    numbers = {part for word in reader.words if any(c.isdigit() for c in word) for part in (_bare(word), *word.split("-"))}
    kinds = {kind: frozenset(values) for kind, values in reader.kinds.items()}
    parts = frozenset(hour % 24 for hour in reader.parts)
    clocks = tuple(_likely(clock, parts) for clock in reader.clocks)
    long = (part for kind, values in kinds.items() if kind not in _NO_PLAIN for value in values for part in value.split("-"))
    hours = frozenset(minute // 60 for clock in clocks for minute in clock) or parts
    return Figures(kinds, frozenset(numbers), frozenset(part for part in long if len(part) > 1 and part[0].isdigit()), clocks, hours)


def _likely(clock: frozenset[int], parts: frozenset[int]) -> frozenset[int]:
    """Of what an hour may mean, what suits the part of the day named elsewhere: "sáng nay khoảng 7 giờ"."""
    return frozenset(minute for minute in clock if minute // 60 in parts) or clock
