"""Full-text search over the cases an actor may know of: references first, then words with their marks, then without; newest first.

A word that occurs in every third case is found at once among the newest cases, a rare one at once by the index; each way is slow at what
the other is good at. So the newest `GLANCE` cases are looked at first, and the index is asked only when they do not fill the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, or_, select, tuple_, union

from feedback.cases.access import Actor
from feedback.cases.matching import VECTOR, Words, by_former_number, by_index, glance, pieces
from feedback.cases.models import Case
from feedback.cases.queries import EXCERPT_LENGTH, PAGE_SIZE, CaseLine, Filter, Page, lines_of
from feedback.cases.reach import Reach, arms_of
from feedback.db import db, now

#: How many of the newest cases are looked at before the index is asked.
GLANCE = 2000


class Phase(StrEnum):
    """In which order matches are shown."""

    REFERENCE = "r"
    EXACT = "e"
    FOLDED = "f"


#: Behind which case of which phase a page begins.
Position = tuple[Phase, datetime, int]
Hit = tuple[Phase, datetime, int]
#: That a case holds the words with their marks, and without.
Holds = tuple[ColumnElement[bool], ColumnElement[bool]]


def search(actor: Actor, wanted: Filter, cursor: str | None = None, size: int = PAGE_SIZE) -> Page:
    """One page of the actor's cases that match `wanted.words` and fit the rest of the filter, with the words found marked."""
    words, narrow, position = Words(wanted.words), replace(wanted, words=""), read_cursor(cursor)
    hits: list[Hit] = []
    for phase in _phases(words, position):
        behind = position if position is not None and position[0] is phase else None
        hits += _hits(actor, narrow, words, phase, behind, size + 1 - len(hits))
        if len(hits) > size:
            break
    shown = hits[:size]
    lines = [_marked(case, line, words) for case, line in lines_of(actor, [key for _phase, _due, key in shown])]
    more = len(hits) > size
    return Page(lines, write_cursor(shown[-1]) if more else None)


def _phases(words: Words, position: Position | None) -> list[Phase]:
    if words.is_reference:
        return [Phase.REFERENCE]
    phases = [Phase.REFERENCE] if position is None and (words.references(now()) or by_former_number(words.typed) is not None) else []
    phases += [Phase.EXACT, Phase.FOLDED] if words.marked else [Phase.FOLDED]
    return phases[phases.index(position[0]) :] if position is not None and position[0] in phases else phases


def _hits(actor: Actor, narrow: Filter, words: Words, phase: Phase, behind: Position | None, room: int) -> list[Hit]:
    references, former = words.references(now()), _former(words)
    if phase is Phase.REFERENCE:
        named = or_(Case.reference.in_(references), Case.id.in_(former)) if former else Case.reference.in_(references)
        return _read(phase, [_keys(arm.where(*narrow.conditions(), named)) for arm in arms_of(actor, narrow.reaches)], room)
    if not words.parts:
        return []
    # What the reference has shown is not shown again for its text; a sealed case has none.
    others = [func.coalesce(Case.reference, "").not_in(references)] if references else []
    others += [Case.id.not_in(former)] if former else []
    arms = [arm.where(*narrow.conditions(), *others, *_behind(behind)) for arm in arms_of(actor, narrow.reaches)]
    first = _read(phase, [_among_newest(arm, words, phase, room) for arm in arms], room)
    if len(first) == room:
        return first
    ways = [_by_index(words, actor.agency_id) if reach is Reach.HELD else _by_reading(words) for reach in narrow.reaches] or [
        _by_index(words)
    ]
    return _read(phase, [_all_matches(arm, words, phase, *way) for arm, way in zip(arms, ways, strict=True)], room)


def _former(words: Words) -> Sequence[int]:
    """Keys of cases with this number in a former system, as far as the policies let the actor see them."""
    found = by_former_number(words.typed)
    return [] if found is None else db.session.scalars(found).all()


def _keys(arm: Select[Any]) -> Any:
    return arm.with_only_columns(Case.id, Case.due_at)


def _behind(position: Position | None) -> list[ColumnElement[bool]]:
    return [] if position is None else [tuple_(Case.due_at, Case.id) < tuple_(literal(position[1]), literal(position[2]))]


def _among_newest(arm: Select[Any], words: Words, phase: Phase, room: int) -> Select[Any]:
    """Matches among the newest cases of a list; the limit inside keeps the planner from going further."""
    columns = (Case.id, Case.due_at, Case.text, Case.text_folded, Case.agency_id)
    newest = arm.with_only_columns(*columns).order_by(Case.due_at.desc(), Case.id.desc()).limit(GLANCE).subquery("cases")
    likely = glance(words, newest.c.text, newest.c.text_folded, exact=phase is Phase.EXACT)
    exact, loose = (VECTOR.op("@@")(words.query(exact=exact)) for exact in (True, False))
    found = select(newest.c.id, newest.c.due_at).where(*likely, *_match(words, phase, exact, loose, newest.c.text, newest.c.text_folded))
    first = found.order_by(newest.c.due_at.desc(), newest.c.id.desc()).limit(room).subquery()
    return select(first.c.id, first.c.due_at)


def _by_index(words: Words, agency_id: int | None = None) -> Holds:
    return by_index(words.query(exact=True, agency_id=agency_id)), by_index(words.query(exact=False, agency_id=agency_id))


def _by_reading(words: Words) -> Holds:
    """For lists that are short, whatever the city is like: what is under way to an agency, what it helps with."""
    exact, loose = (
        and_(*glance(words, Case.text, Case.text_folded, exact=exact), VECTOR.op("@@")(words.query(exact=exact))) for exact in (True, False)
    )
    return exact, loose


def _all_matches(arm: Select[Any], words: Words, phase: Phase, exact: ColumnElement[bool], loose: ColumnElement[bool]) -> Select[Any]:
    """Matches of a whole list; apart from order and limit, which would tempt the planner to read it in order."""
    found = _keys(arm).where(*_match(words, phase, exact, loose, Case.text, Case.text_folded)).cte().prefix_with("MATERIALIZED")
    return select(found.c.id, found.c.due_at)


def _match(
    words: Words, phase: Phase, holds_exact: ColumnElement[bool], holds_loose: ColumnElement[bool], text: Any, folded: Any
) -> list[ColumnElement[bool]]:
    """The phase as conditions on the words held with and without marks: what an earlier phase has shown is left out."""
    exact = and_(holds_exact, *words.follow(text, folded, exact=True))
    if phase is Phase.EXACT:
        return [exact]
    loose = and_(holds_loose, *words.follow(text, folded, exact=False))
    return [loose, not_(exact)] if words.marked else [loose]


def _read(phase: Phase, parts: Sequence[Select[Any]], room: int) -> list[Hit]:
    together = union(*parts).subquery() if len(parts) > 1 else parts[0].subquery()
    newest = select(together.c.id, together.c.due_at).order_by(together.c.due_at.desc(), together.c.id.desc()).limit(room)
    return [(phase, due_at, key) for key, due_at in db.session.execute(newest)]


def _marked(case: Case, line: CaseLine, words: Words) -> CaseLine:
    return replace(line, pieces=tuple(pieces(case.text, words, EXCERPT_LENGTH)))


def write_cursor(hit: Hit) -> str:
    """A position for an address."""
    return f"{hit[0].value}_{hit[1].timestamp():.6f}_{hit[2]}"


def read_cursor(cursor: str | None) -> Position | None:
    """Position behind which the next page starts; a cursor somebody has edited starts from the top."""
    try:
        phase, stamp, key = (cursor or "").split("_")
        return Phase(phase), datetime.fromtimestamp(float(stamp), UTC), min(int(key), 2**62)
    except (ValueError, OverflowError, OSError):
        return None
