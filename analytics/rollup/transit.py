"""Transit between agencies: how long a case was on its way, pair by pair, against what was usual before (the promised cut of 90 %).

A hop begins when it is sent and ends when the receiver accepts it; office time only. Returned hops count for the sender's wrong addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased

from analytics.counts import Period
from analytics.hops import Hops, hop_condition
from analytics.measures import FEWEST_TO_RANK, share
from analytics.rollup.models import Fact
from analytics.rollup.names import names
from analytics.rollup.scope import COLUMNS, Group, Key
from feedback.acting import as_system
from feedback.cases.handover_models import Transfer, TransitBaseline
from feedback.cases.models import Case
from feedback.db import db
from feedback.localtime import CITY_TIME
from feedback.workdays import HOURS_A_DAY

MINUTES_A_DAY = HOURS_A_DAY * 60
#: Found by the index over references, for a sealed case has none; they are few.
_SEALED = select(Case.id).where(Case.sealed, Case.reference.is_(None))


@dataclass(frozen=True)
class Transit:
    """The hops of one pair, of one sender, or of all. Times in minutes of office time; None where nothing was accepted."""

    sender: str
    receiver: str
    sent: int
    accepted: int
    returned: int
    within_hour: int
    median: float | None
    p90: float | None
    #: Working days a hop took before, the mean over these hops; None where nothing is recorded.
    usual_days: float | None
    #: Keys of the two agencies; None for all.
    from_id: int | None = None
    to_id: int | None = None

    @property
    def cut(self) -> float | None:
        """By which share the middle hop is shorter than what was usual; negative when it is longer."""
        if self.median is None or not self.usual_days:
            return None
        return 1 - self.median / (self.usual_days * MINUTES_A_DAY)

    @property
    def returned_share(self) -> float | None:
        """Wrong addresses: returned of those that have ended."""
        return share(self.returned, self.accepted + self.returned)

    @property
    def quick_share(self) -> float | None:
        """Share accepted within one hour of office time."""
        return share(self.within_hour, self.accepted)


@dataclass(frozen=True)
class TransitBoard:
    """Everything the page shows; pairs and senders only with enough hops to compare, the longest median and the most returns first."""

    total: Transit
    before: Transit
    pairs: Sequence[Transit]
    senders: Sequence[Transit]
    #: Pairs with too few hops to be listed.
    rare: int


def transit_board(period: Period) -> TransitBoard:
    """Count the hops sent in the period, of open cases. Four queries."""
    called = names(Group.AGENCY)
    keys = [Transfer.from_agency_id, Transfer.to_agency_id]
    pairs = [
        replace(_transit(row, called.get(row[7], ""), called.get(row[8], "")), from_id=row[7], to_id=row[8])
        for row in _ask(_hops(period, keys))
    ]
    senders: dict[int | None, list[Transit]] = {}
    for pair in pairs:
        senders.setdefault(pair.from_id, []).append(pair)
    enough = [pair for pair in pairs if pair.accepted >= FEWEST_TO_RANK]
    merged = [_sum(rows) for rows in senders.values()]
    return TransitBoard(
        total=total_transit(period),
        before=total_transit(period.before()),
        pairs=sorted(enough, key=lambda pair: -(pair.median or 0)),
        senders=sorted(
            (row for row in merged if row.accepted + row.returned >= FEWEST_TO_RANK), key=lambda row: -(row.returned_share or 0)
        ),
        rare=len(pairs) - len(enough),
    )


def transit_by(period: Period, group: Group | None, *, sent: bool = False) -> dict[tuple[Key, ...], Transit]:
    """Hops by a group of their cases; by agency they count for the receiver, with `sent` for the sender. One query."""
    agency = Transfer.from_agency_id if sent else Transfer.to_agency_id
    keys = [] if group is None else [agency if group is Group.AGENCY else getattr(Fact, COLUMNS[group])]
    found = _hops(period, keys)
    if group not in (None, Group.AGENCY):
        found = found.join(Fact, Fact.case_id == Transfer.case_id)
    return {tuple(row[7:]): _transit(row) for row in _ask(found)}


def hops_of_pairs(period: Period) -> dict[tuple[int, int], Transit]:
    """Hops sent in the period, by sender and receiver. One query."""
    return {(row[7], row[8]): _transit(row) for row in _ask(_hops(period, [Transfer.from_agency_id, Transfer.to_agency_id]))}


def _sum(rows: Sequence[Transit]) -> Transit:
    """A sender's hops to everybody; medians do not add up, so it has none."""

    def add(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    first = rows[0]
    sent, accepted, returned, quick = (add(name) for name in ("sent", "accepted", "returned", "within_hour"))
    return Transit(first.sender, "", sent, accepted, returned, quick, None, None, None, first.from_id)


def _hops(period: Period, keys: Sequence[Any] = ()) -> Select[*tuple[Any, ...]]:
    """Seven numbers of hops, by some keys, which stand behind them."""
    own, usual = aliased(TransitBaseline), aliased(TransitBaseline)
    accepted, minutes = hop_condition(Hops.ACCEPTED), Transfer.working_minutes
    columns: list[ColumnElement[Any]] = [
        func.count().label("sent"),
        func.count().filter(accepted).label("accepted"),
        func.count().filter(hop_condition(Hops.RETURNED)).label("returned"),
        func.count().filter(hop_condition(Hops.QUICK)).label("within_hour"),
        func.percentile_cont(0.5).within_group(minutes).filter(accepted).label("median"),
        func.percentile_cont(0.9).within_group(minutes).filter(accepted).label("p90"),
        func.avg(func.coalesce(own.working_days, usual.working_days)).filter(accepted).label("usual_days"),
    ]
    found: Select[*tuple[Any, ...]] = (
        select(*columns, *keys)
        .select_from(Transfer)
        .outerjoin(own, (own.from_agency_id == Transfer.from_agency_id) & (own.to_agency_id == Transfer.to_agency_id))
        .outerjoin(usual, usual.from_agency_id.is_(None))
        .where(*sent_in(period))
    )
    return found.group_by(*keys) if keys else found


def sent_in(period: Period) -> list[ColumnElement[bool]]:
    """Over `Transfer`: the hops of a period, of cases that are not sealed. Numbers and lists use the same.

    The referee's decision counts as accepted at once and would flatter.
    """
    first, end = midnight(period.first), midnight(period.last + timedelta(days=1))
    return [Transfer.sent_at >= first, Transfer.sent_at < end, Transfer.binding.is_(False), Transfer.case_id.not_in(_SEALED)]


def count_hops(*conditions: ColumnElement[bool]) -> int:
    """How many hops fulfil conditions, `sent_in` among them. One query."""
    [(number,)] = _ask(select(func.count()).select_from(Transfer).where(*conditions))
    return int(number)


@as_system("figures of transit")
def _ask(counted: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Count as the city's own work: asking of each hop of a quarter whether its reader sees the case takes longer than counting them."""
    return db.session.execute(counted).all()


def midnight(day: date) -> datetime:
    """The instant a day begins in the city."""
    return datetime.combine(day, time.min, CITY_TIME)


def total_transit(period: Period) -> Transit:
    """All hops sent in the period together. One query."""
    [row] = _ask(_hops(period))
    return _transit(row)


def _transit(row: Any, sender: str = "", receiver: str = "") -> Transit:
    median, p90, usual = (None if value is None else float(value) for value in row[4:7])
    return Transit(sender, receiver, row.sent, row.accepted, row.returned, row.within_hour, median, p90, usual)
