"""What it means that a text matches words, in terms the database has an index for.

The index holds every word of a text twice, with its marks and folded without them, and the agency responsible as one more word:
so "đường" can be told from "dương", "duong" finds both, and a common word within one agency is a short walk in the index.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select

from feedback.cases.imported_models import ImportedCase
from feedback.cases.models import Case
from feedback.localtime import local
from feedback.text import fold

#: Written exactly as the index is (migration 0004).
VECTOR: ColumnElement[Any] = literal_column(
    "to_tsvector('simple'::regconfig, cases.text_folded || ' ' || lower(cases.text) || ' agency' || cases.agency_id::text)"
)
#: The dictionary without stemming, written as a literal so that the index is used.
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
_QUOTED = re.compile(r'["“”]([^"“”]+)["“”]')
_WORD = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(r"(?:PA[-–\s]*)?(\d{4})[-–](\d{1,9})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}")
#: Years whose references a bare number is looked up in.
YEARS = 3
#: More words than these narrow nothing and cost time.
MOST_WORDS = 12


@dataclass(frozen=True)
class Words:
    """What somebody looks for: words that must all occur, and phrases in quotes whose words must follow each other."""

    typed: str

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """Pieces of the search and whether each is a phrase."""
        phrases = [(found, True) for found in _QUOTED.findall(self.typed)]
        loose = " ".join(_WORD.findall(_QUOTED.sub(" ", self.typed))[:MOST_WORDS])
        return [*phrases, (loose, False)] if loose else phrases

    @property
    def folded(self) -> list[str]:
        """Every word without marks."""
        return _WORD.findall(fold(self.typed))[: 2 * MOST_WORDS]

    @property
    def marked(self) -> bool:
        """Whether somebody has taken the trouble to write tone marks."""
        return " ".join(self.typed.lower().split()) != fold(self.typed)

    def query(self, *, exact: bool, agency_id: int | None = None) -> ColumnElement[Any]:
        """The search for the index: with its marks or without, within one agency or everywhere.

        Words of a phrase need only be there; that they follow each other is asked of the text (`follow`).
        """
        made: ColumnElement[Any] | None = None if agency_id is None else func.plainto_tsquery(_SIMPLE, f"agency{agency_id}")
        for text, _is_phrase in self.parts:
            part = func.plainto_tsquery(_SIMPLE, text.lower() if exact else fold(text))
            made = part if made is None else made.op("&&")(part)
        return made if made is not None else func.plainto_tsquery(_SIMPLE, "")

    def follow(self, text: Any, folded: Any, *, exact: bool) -> list[ColumnElement[bool]]:
        """That the words of each phrase follow each other. The index could tell, but would read each text into a vector again for it."""
        column, written = (func.lower(text), str.lower) if exact else (folded, fold)
        phrases = [_WORD.findall(written(phrase)) for phrase, is_phrase in self.parts if is_phrase]
        return [column.op("~")(r"(^|[^[:alnum:]])" + r"[^[:alnum:]]+".join(words) + r"($|[^[:alnum:]])") for words in phrases if words]

    def references(self, at: datetime) -> list[str]:
        """References the search may mean: PA-2026-004512, 2026-4512 or the bare number of the last years."""
        typed = self.typed.strip()
        whole = _REFERENCE.fullmatch(typed)
        if whole:
            return [f"PA-{whole[1]}-{int(whole[2]):06d}"]
        if _NUMBER.fullmatch(typed):
            return [f"PA-{local(at).year - back}-{int(typed):06d}" for back in range(YEARS)]
        return []

    @property
    def is_reference(self) -> bool:
        """Whether it can be nothing but a reference."""
        return _REFERENCE.fullmatch(self.typed.strip()) is not None


def by_index(query: ColumnElement[Any], since: datetime | None = None, until: datetime | None = None) -> ColumnElement[bool]:
    """Cases that match by the text index, among those received within a time. Asked by way of a function: under a policy
    PostgreSQL would not use the index for a bare `@@` (docs/adr/0007-access.md).
    """
    found = func.cases_matching(query, since, until).column_valued("match")
    return Case.id.in_(select(found))


def matches(typed: str, agency_id: int | None = None) -> ColumnElement[bool]:
    """A reference or the number in a former system exactly, or all the words, written with or without tone marks.

    With the agency responsible the index is asked for its cases alone, however many of the city hold the words.
    """
    words = Words(typed)
    whole = _REFERENCE.fullmatch(typed.strip())
    if whole:
        return Case.reference == f"PA-{whole[1]}-{int(whole[2]):06d}"
    found = and_(by_index(words.query(exact=False, agency_id=agency_id)), *words.follow(Case.text, Case.text_folded, exact=False))
    former = by_former_number(typed)
    return found if former is None else or_(found, Case.id.in_(former))


def by_former_number(typed: str) -> Select[int] | None:
    """Keys of the cases that had this number in the system they were brought in from; None for words that can be none."""
    number = typed.strip()
    return select(ImportedCase.case_id).where(ImportedCase.number == number) if any(sign.isdigit() for sign in number) else None


def glance(words: Words, text: Any, folded: Any, *, exact: bool) -> list[ColumnElement[bool]]:
    """Cheap conditions that every match fulfils, the cheapest first, so that the dear one is asked of few rows only."""
    near = [folded.contains(word) for word in words.folded]
    if exact:
        near += [func.lower(text).contains(word) for word in _WORD.findall(words.typed.lower())[: 2 * MOST_WORDS]]
    return near + [folded.op("~")(rf"(^|[^[:alnum:]]){word}($|[^[:alnum:]])") for word in words.folded]


def pieces(text: str, words: Words, length: int) -> list[tuple[str, bool]]:
    """A part of the text, at most about `length` characters, around its first word that was looked for: (piece, whether it matches)."""
    line = " ".join(text.split())
    spans = _spans(line, set(words.folded))
    begin = max(spans[0][0] - length // 3, 0) if spans else 0
    begin = line.find(" ", begin) + 1 if begin else 0
    end = len(line) if len(line) <= begin + length else max(line.rfind(" ", begin, begin + length), begin + length // 2)
    cut: list[tuple[str, bool]] = [("…", False)] if begin else []
    here = begin
    for start, stop in spans:
        if begin <= start and stop <= end:
            cut += [(line[here:start], False), (line[start:stop], True)]
            here = stop
    cut += [(line[here:end], False), ("…" if end < len(line) else "", False)]
    return [piece for piece in cut if piece[0]]


def _spans(line: str, wanted: set[str]) -> list[tuple[int, int]]:
    """Where the words stand that are wanted without their marks."""
    bare = fold(line)
    if len(bare) == len(line):  # then every letter has kept its place
        return [found.span() for found in _WORD.finditer(bare) if found.group() in wanted]
    return [found.span() for found in _WORD.finditer(line) if fold(found.group()) in wanted]
