"""Wards and districts that a text names, with or without tone marks, in full or short ("P.12 Q.Gò Vấp"). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from analytics.places.gazetteer import District, Gazetteer, Name, Ward
from analytics.places.lexicon import AT, BUT, HOME, OTHER_THINGS
from analytics.places.words import KINDS, Text, Word
from feedback.text import fold

U = TypeVar("U", Ward, District)

_WARD_KINDS = {("phuong",): "phường", ("xa",): "xã", ("thi", "tran"): "thị trấn", ("dac", "khu"): "đặc khu"}
_DISTRICT_KINDS = {("quan",): "quận", ("huyen",): "huyện", ("thanh", "pho"): "thành phố", ("thi", "xa"): "thị xã"}
#: First words of kinds; nearly every word of a text is none.
_BEGINNINGS = frozenset(kind[0] for kind in (*_WARD_KINDS, *_DISTRICT_KINDS))
#: So many words back are looked at.
_NEAR = 8


@dataclass(frozen=True)
class Named:
    """One unit named in a text: from which word to which; `sure` when its kind stands before it."""

    first: int
    last: int
    wards: tuple[Ward, ...] = ()
    districts: tuple[District, ...] = ()
    sure: bool = True
    #: It is where the writer lives.
    home: bool = False


def named_units(text: Text, names: Gazetteer) -> list[Named]:
    """Every ward and district a text names, in order; a longer name is preferred to a shorter one inside it."""
    found: list[Named] = []
    index = 0
    while index < len(text.words):
        unit = _unit_at(text, index, names)
        if unit is None:
            index += 1
        else:
            found.append(unit)
            index = unit.last + 1
    return found


def _unit_at(text: Text, index: int, names: Gazetteer) -> Named | None:
    for kinds, is_ward in ((_WARD_KINDS, True), (_DISTRICT_KINDS, False)):
        kind, begin = _kind_at(text, index, kinds)
        unit = _longest(text, begin, names, is_ward=is_ward, kind=kind) if kind else None
        if unit is not None:
            return replace(unit, first=index, home=is_home(text, index))
    return _without_kind(text, index, names)


def _kind_at(text: Text, index: int, kinds: dict[Name, str]) -> tuple[str, int]:
    """The kind that is named here, in full or short, and where its name begins; empty when there is none."""
    words = text.words
    if words[index].plain not in _BEGINNINGS and words[index].written.lower() not in KINDS:
        return "", index
    for plain, toned in kinds.items():
        row = words[index : index + len(plain)]
        full_stop = index + len(plain) < len(words) and "." in words[index + len(plain)].gap
        if tuple(word.plain for word in row) == plain and not full_stop and (not text.marked or _same(row, toned)):
            return toned, index + len(plain)
    long = KINDS.get(words[index].written.lower(), "")
    return (long, index + 1) if long in kinds.values() else ("", index)


def _same(row: tuple[Word, ...], toned: str) -> bool:
    """In a text with tone marks "phương Nam" is no ward; what is written without any mark may still be one."""
    return all(word.written.lower() in (part, word.plain) for word, part in zip(row, toned.split(), strict=True))


def _longest(text: Text, begin: int, names: Gazetteer, *, is_ward: bool, kind: str = "") -> Named | None:
    """The longest name of a ward or district that begins here."""
    if begin < len(text.words) and _counted(text.words[begin], text.words[begin].plain) not in names.beginnings[is_ward]:
        return None
    for length in range(min(names.longest, len(text.words) - begin), 0, -1):
        row = text.words[begin : begin + length]
        if any(set(word.gap) & set(",.;:!?()\n") for word in row[1:]) or (kind and set(row[0].gap) & set(",;:!?()\n")):
            continue
        plain = tuple(_counted(word, word.plain) for word in row)
        toned = tuple(_counted(word, word.toned) for word in row)
        if is_ward and plain in names.wards:
            wards = _best(names.wards[plain], text, toned, kind)
            if wards:
                return Named(begin, begin + length - 1, wards=wards)
        if not is_ward and plain in names.districts:
            districts = _best(names.districts[plain], text, toned, kind)
            if districts:
                return Named(begin, begin + length - 1, districts=districts)
    return None


def _counted(word: Word, written: str) -> str:
    """A number without the zeros before it: "P.03" is ward 3."""
    return written.lstrip("0") if word.number else written


def _best(found: tuple[U, ...], text: Text, toned: Name, kind: str) -> tuple[U, ...]:
    """Those written so: with these very marks, else (a text may leave them out here and there) without any; of this kind if any is."""
    if text.marked:
        bare = all(part.isascii() and part == fold(part) for part in toned)
        found = tuple(one for one in found if one.toned == toned) or (found if bare else ())
    return tuple(one for one in found if kind and one.name.lower().startswith(f"{kind} ")) or found


def _without_kind(text: Text, index: int, names: Gazetteer) -> Named | None:
    """A name by itself: a district ("ở Gò Vấp"), or a ward whose district follows ("Bà Điểm, Hóc Môn")."""
    word = text.words[index]
    if word.number or not (word.capital or text.small):
        return None
    before = text.words[index - 1] if index else None
    at = before is not None and before.plain in AT
    goes_on = before is not None and before.capital and not (at or text.small or set(word.gap) & set(",.;:-(\n"))
    if goes_on or (before is not None and before.plain in OTHER_THINGS):
        return None
    unit = _longest(text, index, names, is_ward=True)
    if unit is not None and unit.last > index:
        district = _district_after(text, unit.last + 1, names)
        own = [ward for ward in unit.wards if district is not None and district & ward.districts]
        if own:
            return Named(index, unit.last, wards=tuple(own), sure=False, home=is_home(text, index))
    unit = _longest(text, index, names, is_ward=False)
    if unit is not None and unit.last > index and (not text.small or at or (before is not None and before.number)):
        return Named(index, unit.last, districts=unit.districts, sure=False, home=is_home(text, index))
    return None


def _district_after(text: Text, begin: int, names: Gazetteer) -> frozenset[Name] | None:
    """Names of the district that follows at once."""
    if begin >= len(text.words):
        return None
    kind, start = _kind_at(text, begin, _DISTRICT_KINDS)
    for at in (start, begin) if kind else (begin,):
        unit = _longest(text, at, names, is_ward=False, kind=kind) if at < len(text.words) else None
        if unit is not None:
            return frozenset(one.plain for one in unit.districts)
    return None


def is_home(text: Text, index: int) -> bool:
    """Whether the words before, in the same part of the sentence, say that the writer lives here."""
    begin = index
    while begin > max(index - _NEAR, 0) and text.words[begin - 1].plain not in BUT and not set(text.words[begin].gap) & set(".;:!?\n"):
        begin -= 1
    before = " ".join(word.plain for word in text.words[begin:index])
    return any(cue in before for cue in HOME)


def follows(text: Text, one: Named, other: Named) -> bool:
    """Whether a unit stands right behind another, with nothing but a comma or a dash between."""
    return other.first == one.last + 1 and not set(text.words[other.first].gap) & set(";!?\n")
