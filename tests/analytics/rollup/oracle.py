"""Every count by hand: one case at a time, in plain Python, from the rows the services left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from analytics.counts import Count
from analytics.dashboard.periods import Span
from analytics.rollup.scope import Group, Key
from feedback.cases.clock_models import Extension
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.models import Case, Rating, Solved
from feedback.cases.workflow import STOPPED_STATES, State
from feedback.city import queries as city
from feedback.city.models import AreaKind
from feedback.db import db
from feedback.escalation.models import Escalation, EscalationStep, Rung
from feedback.localtime import local_day
from feedback.workdays import Calendar


@dataclass(frozen=True)
class Seen:
    """What the oracle knows of one open case."""

    case: Case
    district: int
    transfers: Sequence[Transfer]
    rating: Rating | None
    extended: bool
    escalated: bool

    @property
    def public_id(self) -> str:
        return self.case.public_id

    @property
    def due(self) -> datetime | None:
        return None if self.case.state in STOPPED_STATES else self.case.due_at

    @property
    def ended(self) -> datetime | None:
        return self.case.answered_at or self.case.closed_at

    @property
    def on_time(self) -> bool:
        return self.case.answered_at is not None and self.case.answered_at <= self.case.due_at

    def key(self, group: Group) -> Key:
        case = self.case
        found: dict[Group, Key] = {
            Group.DISTRICT: self.district,
            Group.WARD: case.area_id or 0,
            Group.AGENCY: case.agency_id,
            Group.CATEGORY: case.category_code,
            Group.PROCEDURE: case.procedure_id or 0,
            Group.LEVEL: "" if case.procedure is None else case.procedure.online_level,
            Group.TRACK: case.track.value,
            Group.CHANNEL: case.channel.value,
        }
        return found[group]


def seen() -> list[Seen]:
    """Every case that is not sealed, read row by row."""
    db.session.expire_all()
    hops: dict[int, list[Transfer]] = defaultdict(list)
    for hop in db.session.scalars(select(Transfer).order_by(Transfer.hop)):
        hops[hop.case_id].append(hop)
    ratings = {(row.case_id, row.round): row for row in db.session.scalars(select(Rating))}
    extended = set(db.session.scalars(select(Extension.case_id).where(Extension.granted.is_(True))))
    above = select(Escalation.case_id).join(EscalationStep, EscalationStep.id == Escalation.step_id)
    escalated = set(db.session.scalars(above.where(EscalationStep.rung != Rung.HANDLER)))
    found = []
    for row in db.session.scalars(select(Case).options(joinedload(Case.area), joinedload(Case.procedure))):
        if row.sealed:
            continue
        area = row.area
        district = 0 if area is None else area.id if area.kind is AreaKind.DISTRICT else area.district_area_id or 0
        found.append(Seen(row, district, hops[row.id], ratings.get((row.id, row.reopenings)), row.id in extended, row.id in escalated))
    return found


def counted_by_hand(cases: Iterable[Seen], span: Span, now: datetime) -> dict[Count, set[str]]:
    """Public ids behind every count, decided by days of the city's calendar and by instants, one case at a time."""
    found: dict[Count, set[str]] = {count: set() for count in Count}
    for one in cases:
        for count in (*_came(one, span), *_was_answered(one, span), *_fell_due(one, span, now), *_stands(one, span, now)):
            found[count].add(one.public_id)
    return found


def _inside(instant: datetime | None, span: Span) -> bool:
    return instant is not None and span.first <= local_day(instant) <= span.last


def _came(one: Seen, span: Span) -> Iterable[Count]:
    case, is_answered = one.case, one.case.state in (State.ANSWERED, State.CLOSED)
    if not _inside(case.received_at, span):
        return
    yield Count.RECEIVED
    if is_answered or case.reopenings:
        yield Count.ONCE_ANSWERED
    if case.reopenings:
        yield Count.REOPENED
    if is_answered and one.rating is not None and one.rating.solved is Solved.YES:
        yield Count.RECEIVED_SOLVED


def _was_answered(one: Seen, span: Span) -> Iterable[Count]:
    case = one.case
    if _inside(one.ended, span):
        yield Count.ENDED
        if case.state is State.REFUSED:
            yield Count.REFUSED
    if not _inside(case.answered_at, span):
        return
    first = one.transfers[0] if one.transfers else None
    facts = {
        Count.ANSWERED: True,
        Count.ANSWERED_ON_TIME: one.on_time,
        Count.RATED: one.rating is not None,
        Count.SOLVED: one.rating is not None and one.rating.solved is Solved.YES,
        Count.SCORED: one.rating is not None and one.rating.satisfaction is not None,
        Count.SATISFIED: one.rating is not None and (one.rating.satisfaction or 0) >= 4,
        Count.ASKED: case.questions > 0,
        Count.EXTENDED: one.extended,
        Count.ESCALATED: one.escalated,
        Count.ADDRESSED: first is not None and first.ended_at is not None,
        Count.FIRST_RIGHT: first is not None and first.state is TransferState.ACCEPTED and len(one.transfers) == 1,
    }
    yield from (count for count, holds in facts.items() if holds)


def _fell_due(one: Seen, span: Span, now: datetime) -> Iterable[Count]:
    gone = one.case.state in (State.REFUSED, State.WITHDRAWN, State.MERGED)
    if one.due is None or gone or not _inside(one.due, span) or one.due >= now:
        return
    yield Count.DUE
    yield Count.ON_TIME if one.on_time else Count.LATE


def _stands(one: Seen, span: Span, now: datetime) -> Iterable[Count]:
    if local_day(one.case.received_at) > span.last or (one.ended is not None and local_day(one.ended) <= span.last):
        return
    yield Count.OPEN
    running = span.last >= local_day(now)
    if one.due is None or not (one.due < now if running else local_day(one.due) <= span.last):
        yield Count.NOT_DUE
        return
    yield Count.OPEN_PAST_DUE
    late = (min(span.last, local_day(now)) - local_day(one.due)).days
    yield Count.LATE_WEEK if late <= 7 else Count.LATE_MONTH if late <= 30 else Count.LATE_LONG


def days_by_hand(cases: Iterable[Seen], span: Span, *, working: bool = True) -> float | None:
    """The middle of the days from receipt to answer."""
    calendar, days = city.calendar(), []
    for one in cases:
        if one.case.answered_at is not None and _inside(one.case.answered_at, span):
            start, end = local_day(one.case.received_at), local_day(one.case.answered_at)
            days.append(calendar.working_days_between(start, end) if working else (end - start).days)
    return float(median(days)) if days else None


def minutes_by_hand(one: Seen, calendar: Calendar) -> tuple[int, int]:
    """Office minutes from receipt to answer, and those in which no agency had taken the case on. To the minute for each part."""
    assert one.case.answered_at is not None
    life = _minutes(calendar, one.case.received_at, one.case.answered_at)
    kept = next((hop for hop in one.transfers if hop.state is TransferState.ACCEPTED), None)
    if kept is None or kept.ended_at is None:
        return life, life
    later = sum(hop.working_minutes or 0 for hop in one.transfers if hop.hop > kept.hop)
    return life, _minutes(calendar, one.case.received_at, kept.ended_at) + later


def _minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    def whole(instant: datetime) -> datetime:
        return instant.replace(second=0, microsecond=0)

    return calendar.working_time_between(whole(start), whole(end)) // timedelta(minutes=1)


def spans_around(today: date) -> list[Span]:
    """A long period that runs, a day, one that has ended, one before anything."""
    day = timedelta(days=1)
    return [
        Span(today - 120 * day, today),
        Span(today, today),
        Span(today - 40 * day, today - 10 * day),
        Span(today - 9 * day, today - day),
        Span(date(2016, 1, 1), date(2016, 3, 1)),
    ]
