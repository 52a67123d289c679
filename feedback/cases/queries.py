"""Reads of cases: one line of a list, one whole case, its story. Never change anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal, not_, select, tuple_, union
from sqlalchemy.orm import joinedload

from feedback.accounts.models import Role, User
from feedback.acting import as_system
from feedback.cases.access import Actor, follow_code, unconcerned, visible_cases
from feedback.cases.matching import matches
from feedback.cases.models import Answer, AnswerState, Case, CaseEvent, Channel, Rating, Suggestion
from feedback.cases.reach import Reach, arms_of
from feedback.cases.workflow import RUNNING_STATES, STOPPED_STATES, State
from feedback.city.models import Agency, Area, Category, Track
from feedback.db import db
from feedback.errors import NotFound
from feedback.text import excerpt

PAGE_SIZE = 25
EXCERPT_LENGTH = 160


@dataclass(frozen=True)
class CaseLine:
    """What a list shows of one case."""

    public_id: str
    reference: str | None
    excerpt: str
    category: Category
    area_name: str
    agency_name: str
    handler_name: str
    state: State
    urgent: bool
    received_at: datetime
    due_at: datetime
    answered_at: datetime | None
    #: The part of the text that a search found, cut into (piece, whether it was looked for).
    pieces: tuple[tuple[str, bool], ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether the clock stands still: such a case is not late, whatever the day."""
        return self.state in STOPPED_STATES

    @property
    def running(self) -> bool:
        """Whether the city owes an answer and the clock runs."""
        return self.state in RUNNING_STATES


@dataclass(frozen=True)
class Page:
    """One page of a list and the cursor of the next one; None at the end."""

    lines: Sequence[CaseLine]
    next_cursor: str | None


@dataclass(frozen=True)
class Filter:
    """What a list may be narrowed by; every part travels in the address of the page."""

    states: frozenset[State] = frozenset()
    category_code: str = ""
    agency_id: int | None = None
    area_id: int | None = None
    district_id: int | None = None
    handler_id: int | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None
    received_from: datetime | None = None
    received_before: datetime | None = None
    track: Track | None = None
    channel: Channel | None = None
    urgent: bool | None = None
    words: str = ""
    #: How the actor's agency has to do with the cases; none: in whatever way it may know of them.
    reaches: tuple[Reach, ...] = ()
    #: What is due last on top, instead of what is due first.
    newest_first: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions over Case; a district counts the wards that belong to it."""
        same: tuple[tuple[Any, Any], ...] = (
            (Case.category_code, self.category_code or None),
            (Case.agency_id, self.agency_id),
            (Case.area_id, self.area_id),
            (Case.handler_id, self.handler_id),
            (Case.track, self.track),
            (Case.channel, self.channel),
            (Case.urgent, self.urgent),
        )
        found: list[ColumnElement[bool]] = [column == value for column, value in same if value is not None]
        if self.states:
            found.append(Case.state.in_(self.states))
        if self.district_id is not None:
            found.append(Case.area_id.in_(select(Area.id).where(Area.district_area_id == self.district_id)))
        if self.due_before is not None:
            found.append(Case.due_at < self.due_before)
        if self.due_from is not None:
            found.append(Case.due_at >= self.due_from)
        if self.received_from is not None:
            found.append(Case.received_at >= self.received_from)
        if self.received_before is not None:
            found.append(Case.received_at < self.received_before)
        if self.words.strip():
            found.append(matches(self.words, self.agency_id))
        return found


def case_lines(
    actor: Actor,
    wanted: Filter,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    extra: Sequence[ColumnElement[bool]] = (),
    *,
    urgent_first: bool = False,
) -> Page:
    """The actor's cases that fit, what is due first on top; with `urgent_first`, danger to life or property above everything.

    `cursor` is the `next_cursor` of the page before.
    """
    order = _order(urgent_first=urgent_first, newest_first=wanted.newest_first)
    position = _read_cursor(cursor)
    arms = [arm.where(*wanted.conditions(), *extra, *_behind(order, position)) for arm in arms_of(actor, wanted.reaches)]
    # Names are looked up for the rows of the page, not for all that are sorted to find them.
    found = arms[0] if len(arms) == 1 and not extra else _joined(arms, order, size + 1)
    rows = db.session.execute(_with_names(found).order_by(*order.by).limit(size + 1)).all()
    lines = [_line(*row) for row in rows[:size]]
    last = rows[size - 1][0] if len(rows) > size else None
    return Page(lines, None if last is None else f"{int(not last.urgent)}_{last.due_at.timestamp():.6f}_{last.id}")


@dataclass(frozen=True)
class _Order:
    """Columns of an order and how they are sorted."""

    columns: tuple[Any, ...]
    newest_first: bool

    @property
    def by(self) -> tuple[Any, ...]:
        return tuple(column.desc() for column in self.columns) if self.newest_first else self.columns


def _order(*, urgent_first: bool, newest_first: bool) -> _Order:
    if urgent_first:
        return _Order((not_(Case.urgent), Case.due_at, Case.id), newest_first=False)
    return _Order((Case.due_at, Case.id), newest_first=newest_first)


def _behind(order: _Order, position: tuple[bool, datetime, int] | None) -> list[ColumnElement[bool]]:
    """What lies behind a position in an order."""
    if position is None:
        return []
    here, there = tuple_(*order.columns), tuple_(*(literal(part) for part in position[-len(order.columns) :]))
    return [here < there if order.newest_first else here > there]


def _joined(arms: Sequence[Select[Case]], order: _Order, size: int) -> Select[Case]:
    """The first cases of several lists in one: each gives its own first ones by its own index, so that none is read whole."""
    firsts = [arm.with_only_columns(Case.id).order_by(*order.by).limit(size).subquery() for arm in arms]
    return select(Case).where(Case.id.in_(union(*(select(first.c.id) for first in firsts))))


def lines_of(actor: Actor, ids: Sequence[int]) -> Sequence[tuple[Case, CaseLine]]:
    """The lines of those of these cases that the actor may know of, in this order."""
    rows = db.session.execute(_with_names(visible_cases(actor).where(Case.id.in_(ids)))).all()
    lines = {row[0].id: (row[0], _line(*row)) for row in rows}
    return [lines[key] for key in ids if key in lines]


def _with_names(found: Select[Case]) -> Select[Case, Category, str, str, str]:
    return (
        found.join(Category, Category.code == Case.category_code)
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(Area, Area.id == Case.area_id)
        .outerjoin(User, User.id == Case.handler_id)
        .with_only_columns(Case, Category, Agency.name, func.coalesce(Area.name, ""), func.coalesce(User.full_name, ""))
    )


def _line(case: Case, category: Category, agency_name: str, area_name: str, handler_name: str) -> CaseLine:
    return CaseLine(
        public_id=case.public_id,
        reference=case.reference,
        # No list shows a word of a sealed case: every reading is an opening.
        excerpt="" if case.sealed else excerpt(case.text, EXCERPT_LENGTH),
        category=category,
        area_name=area_name,
        agency_name=agency_name,
        handler_name=handler_name,
        state=case.state,
        urgent=case.urgent,
        received_at=case.received_at,
        due_at=case.due_at,
        answered_at=case.answered_at,
    )


def _read_cursor(cursor: str | None) -> tuple[bool, datetime, int] | None:
    """Position behind which the next page starts; a cursor somebody has edited starts from the top."""
    try:
        rank, stamp, key = (cursor or "").split("_")
        return rank == "1", datetime.fromtimestamp(float(stamp), UTC), min(int(key), 2**62)
    except (ValueError, OverflowError, OSError):
        return None


def count(actor: Actor, wanted: Filter, extra: Sequence[ColumnElement[bool]] = ()) -> int:
    """How many of the actor's cases fit."""
    arms = [arm.where(*wanted.conditions(), *extra).with_only_columns(Case.id) for arm in arms_of(actor, wanted.reaches)]
    found = arms[0] if len(arms) == 1 else union(*arms)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def counts(actor: Actor, within: Filter, wanted: Mapping[str, Filter]) -> dict[str, int]:
    """How many of the actor's cases fit `within` and each of the named filters: one query for each way to have to do with them."""
    total = dict.fromkeys(wanted, 0)
    for reach in dict.fromkeys(reach for narrow in wanted.values() for reach in narrow.reaches or (None,)):
        names = [name for name, narrow in wanted.items() if reach in (narrow.reaches or (None,))]
        columns = [func.count().filter(and_(literal(True), *wanted[name].conditions())) for name in names]
        states = [wanted[name].states for name in names]
        narrowed = replace(within, states=frozenset().union(*states)) if all(states) and not within.states else within
        arm = arms_of(actor, (reach,) if reach else ())[0].where(*narrowed.conditions())
        for name, number in zip(names, db.session.execute(arm.with_only_columns(*columns)).one(), strict=True):
            total[name] += number
    return total


def visible_case(actor: Actor, public_id: str) -> Case:
    """One case with everything a page shows of it. Raises NotFound when there is none for this actor."""
    found = (
        visible_cases(actor)
        .where(Case.public_id == public_id)
        .options(
            joinedload(Case.agency), joinedload(Case.area), joinedload(Case.category), joinedload(Case.procedure), joinedload(Case.handler)
        )
    )
    case = db.session.scalar(found)
    if case is None:
        raise NotFound
    return case


#: A sender reads the names of agency and ward, and nothing else of theirs.
_WITH_NAMES = joinedload(Case.agency).load_only(Agency.name), joinedload(Case.area).load_only(Area.name)
_OWN = select(Case).where(Case.code_hmac == bindparam("code")).options(*_WITH_NAMES)


def case_of_code(code_hmac: bytes) -> Case | None:
    """The case a tracking code opens, for its sender."""
    return next(iter(family_of_code(code_hmac)), None)


def family_of_code(code_hmac: bytes) -> Sequence[Case]:
    """The case a tracking code opens and what was split off it; nothing for a code that opens none."""
    keys = follow_code(code_hmac)
    if not keys:
        return []
    first = db.session.scalars(_OWN, {"code": code_hmac}).one()
    return [first] if len(keys) == 1 else [first, *parts_of(first.id)]


def parts_of(case_id: int) -> Sequence[Case]:
    """What was split off a case, and off that again, oldest first, for its sender: he follows all of it with one code."""
    tree = select(Case.id).where(Case.split_from_id == case_id).cte(recursive=True)
    tree = tree.union_all(select(Case.id).where(Case.split_from_id == tree.c.id))
    return db.session.scalars(select(Case).where(Case.id.in_(select(tree.c.id))).order_by(Case.id).options(*_WITH_NAMES)).all()


def events(case_id: int) -> Sequence[CaseEvent]:
    """The story of a case, oldest first."""
    return db.session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.id)
        .options(joinedload(CaseEvent.to_agency), joinedload(CaseEvent.other_agency), joinedload(CaseEvent.actor))
    ).all()


def suggestion(case_id: int) -> Suggestion | None:
    """What the machine thought of the case."""
    return db.session.get(Suggestion, case_id)


def suggestions(public_ids: Sequence[str]) -> dict[str, tuple[Suggestion, str]]:
    """What the machine thought of several cases, with the name of the agency proposed; by the cases' public ids."""
    rows = db.session.execute(
        select(Case.public_id, Suggestion, func.coalesce(Agency.name, ""))
        .join(Suggestion, Suggestion.case_id == Case.id)
        .outerjoin(Agency, Agency.id == Suggestion.agency_id)
        .where(Case.public_id.in_(public_ids))
    )
    return {public_id: (found, agency) for public_id, found, agency in rows}


def has_acted(actor: Actor, public_id: str) -> bool:
    """Whether this officer has himself made a move on the case, even if it has left him since. Tells him nothing new.

    Not when he must not know of it any more.
    """
    made = exists().where(
        CaseEvent.case_id == Case.id, CaseEvent.actor_id == actor.user_id, Case.public_id == public_id, unconcerned(actor)
    )
    with as_system("own acts"):
        return actor.user_id is not None and bool(db.session.scalar(select(made)))


def handlers(agency_id: int | None, *, at_work: bool = True) -> Sequence[tuple[int, str]]:
    """Key and name of the officers of an agency who can be in charge of a case; locked accounts too when not only those at work."""
    able = (Role.HANDLER, Role.AGENCY_HEAD, Role.INSPECTORATE)
    query = select(User.id, User.full_name).where(User.agency_id == agency_id, User.role.in_(able)).order_by(User.full_name, User.id)
    if at_work:
        query = query.where(User.active)
    return [(key, name) for key, name in db.session.execute(query)]


def answers(case_id: int) -> Sequence[Answer]:
    """Every version of the answer, oldest first."""
    return db.session.scalars(select(Answer).where(Answer.case_id == case_id).order_by(Answer.id).options(joinedload(Answer.author))).all()


def published_answer(case_id: int) -> Answer | None:
    """The answer the citizen may read; None before the head has approved one."""
    return db.session.scalar(select(Answer).where(Answer.case_id == case_id, Answer.state == AnswerState.PUBLISHED))


def rating(case: Case) -> Rating | None:
    """The sender's word on the answer of the case's present round."""
    return db.session.get(Rating, (case.id, case.reopenings))


def open_past_due(at: datetime) -> ColumnElement[bool]:
    """Overdue (quá hạn): still open although the due instant has passed. Derived, never stored."""
    return Case.state.in_(RUNNING_STATES) & (Case.due_at < at)
