"""What is out of the ordinary today, from the same figures as the pages show; and the alerts there are. Never changes anything.

Sealed cases are in none of these figures, and reports about officials raise no alert at all: it would tell that one came in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from analytics.alerts.models import Alert, AlertDay, AlertKind
from analytics.alerts.rules import RECENT_WEEKS, WEEKS, is_worse, rise_limit, rises, worse_limit
from analytics.counts import Count, Period
from analytics.rollup.models import NONE, Fact, Touched
from analytics.rollup.queries import figures
from analytics.rollup.scope import Group, Keys, Scope
from analytics.rollup.transit import hops_of_pairs, midnight
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.sorting import CONDUCT
from feedback.db import db
from feedback.localtime import local_day

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
#: Alerts that are over stay on the page for so long.
REMEMBERED = timedelta(days=30)
#: So many changes may wait to be counted without making the figures old.
BEHIND = 100


def found_on(at: datetime) -> list[Alert]:
    """Everything out of the ordinary at an instant, as alerts that are not saved yet; each subject once."""
    monday = local_day(at) - timedelta(days=local_day(at).weekday())
    return [*_rises(monday, at), *_later(monday, at), *_bounces(monday, at)]


def _rises(monday: date, at: datetime) -> Iterator[Alert]:
    """Fields of districts with unusually many reports in the last closed week, or already in the one that runs."""
    began = db.session.scalar(select(func.min(Fact.received_on)).where(Fact.sealed.is_(False)))
    firsts = [monday - WEEK * back for back in range(WEEKS + 1, -1, -1)]
    counts = [_reports(first, at) if began is not None and first >= began else None for first in firsts]
    seen: set[Keys] = set()
    # The running week first: what is out of the ordinary by Wednesday is so on Sunday, and the newer numbers say more.
    for place in (WEEKS + 1, WEEKS):
        before = [week for week in counts[place - WEEKS : place] if week is not None]
        first, last = firsts[place], min(firsts[place] + WEEK - DAY, max(local_day(at) - DAY, firsts[place]))
        for key, number in sorted((counts[place] or {}).items()):
            usual = [week.get(key, 0) for week in before]
            limit = rise_limit(usual)
            if key in seen or limit is None or not rises(number, limit):
                continue
            seen.add(key)
            yield _alert(
                AlertKind.RISE, first, last, number, number, limit.usual, limit.limit, usual, district_id=key[0], category_code=key[1]
            )


def _reports(first: date, at: datetime) -> Mapping[Keys, int]:
    """Reports of a week by district and field, up to yesterday, without those that have no place and those about officials."""
    last = min(first + WEEK - DAY, local_day(at) - DAY)
    found = figures(Period(first, last, at), Scope(), (Group.DISTRICT, Group.CATEGORY), days=False, only=frozenset({Count.RECEIVED}))
    return {key: one.of(Count.RECEIVED) for key, one in found.items() if key[0] != NONE and key[1] != CONDUCT}


def _later(monday: date, at: datetime) -> Iterator[Alert]:
    """Agencies that answer late more often than in the weeks before."""
    first = monday - RECENT_WEEKS * WEEK
    recent, before = (
        figures(Period(start, end - DAY, at), Scope(), (Group.AGENCY,), days=False, only=frozenset({Count.LATE, Count.DUE}))
        for start, end in ((first, monday), (first - WEEKS * WEEK, first))
    )
    for key, one in sorted(recent.items()):
        if key not in before or key[0] == NONE:
            continue
        numbers = [part.of(count) for part in (one, before[key]) for count in (Count.LATE, Count.DUE)]
        yield from _worse(AlertKind.LATE, first, monday - DAY, numbers, agency_id=int(key[0]))


def _bounces(monday: date, at: datetime) -> Iterator[Alert]:
    """Pairs of agencies whose cases come back more often than those of all others in the same weeks."""
    first = monday - RECENT_WEEKS * WEEK
    pairs = hops_of_pairs(Period(first, monday - DAY, at))
    returned, accepted = sum(one.returned for one in pairs.values()), sum(one.accepted for one in pairs.values())
    for (sender, receiver), one in sorted(pairs.items()):
        whole = one.accepted + one.returned
        numbers = [one.returned, whole, returned - one.returned, accepted + returned - whole]
        yield from _worse(AlertKind.BOUNCE, first, monday - DAY, numbers, agency_id=sender, to_agency_id=receiver)


def _worse(kind: AlertKind, first: date, last: date, numbers: Sequence[int], **about: int) -> Iterator[Alert]:
    part, whole, usual_part, usual_whole = numbers
    limit = worse_limit(part, whole, usual_part, usual_whole)
    if limit is not None and is_worse(part, whole, limit):
        yield _alert(kind, first, last, part, whole, limit.usual, limit.limit, [usual_part, usual_whole], **about)


def _alert(
    kind: AlertKind, first: date, last: date, part: int, whole: int, usual: float, limit: float, before: Sequence[int], **about: int | str
) -> Alert:
    keys = {"district_id": 0, "category_code": "", "agency_id": 0, "to_agency_id": 0, **about}
    return Alert(
        kind=kind,
        first_on=first,
        last_on=last,
        part=part,
        whole=whole,
        usual=usual,
        limit=limit,
        before=list(before),
        muted_reason="",
        **keys,
    )


def are_behind() -> bool:
    """Whether more cases wait to be counted than those of the last seconds."""
    waiting = select(Touched.id).limit(BEHIND + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(waiting)) or 0) > BEHIND


def open_alerts() -> Sequence[Alert]:
    """All that hold, the newest first."""
    return db.session.scalars(select(Alert).where(Alert.closed_on.is_(None)).order_by(Alert.opened_on.desc(), Alert.id.desc())).all()


def news(today: date) -> Sequence[Alert]:
    """Those of them that nobody has muted."""
    return [alert for alert in open_alerts() if not alert.muted(today)]


def over_since(today: date) -> Sequence[Alert]:
    """Those that ended in the last month, the last to end first."""
    ended = select(Alert).where(Alert.closed_on >= today - REMEMBERED)
    return db.session.scalars(ended.order_by(Alert.closed_on.desc(), Alert.id.desc())).all()


def looked_at() -> datetime | None:
    """When everything was last looked at."""
    return db.session.scalar(select(func.max(AlertDay.at)))


def returned_cases(alert: Alert) -> Select[int]:
    """Keys of the cases that came back between the pair of an alert, for a list that starts from the access rules."""
    return (
        select(Transfer.case_id)
        .join(Fact, (Fact.case_id == Transfer.case_id) & Fact.sealed.is_(False))
        .where(
            Transfer.from_agency_id == alert.agency_id,
            Transfer.to_agency_id == alert.to_agency_id,
            Transfer.state == TransferState.RETURNED,
            Transfer.binding.is_(False),
            Transfer.sent_at >= midnight(alert.first_on),
            Transfer.sent_at < midnight(alert.last_on + DAY),
        )
    )
