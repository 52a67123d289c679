"""Reads of the front desk: its tabs, what narrows them, where its transfers stand, what may be a duplicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, func, literal, not_, select
from sqlalchemy.orm import joinedload

from feedback.acting import as_system
from feedback.cases.access import Actor, visible_cases
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.models import Case, CaseEvent, Channel, Suggestion
from feedback.cases.ports import Likely, Likeness
from feedback.cases.queries import CaseLine, Filter
from feedback.cases.workflow import ENDED_STATES, Move, State
from feedback.city.models import Agency
from feedback.db import db, now
from feedback.errors import NotFound

FIRST = "cho-phan-loai"
#: How many likely duplicates are shown beside a case.
MOST_DUPLICATES = 5
#: An officer who sends the same words again so soon has pressed twice.
RESEND = timedelta(minutes=10)
log = structlog.get_logger("desk")

_returned = exists().where(Transfer.case_id == Case.id, Transfer.hop == Case.hops, Transfer.state == TransferState.RETURNED)
#: Cases in which one look is enough; the same as `doubt` says of a case in Python.
_sure = and_(
    Case.returns == 0,
    exists().where(
        Suggestion.case_id == Case.id,
        Suggestion.worked,
        not_(Suggestion.abstain),
        not_(Suggestion.spam),
        not_(Suggestion.misconduct),
        Suggestion.agency_id.is_not(None),
    ),
)
#: Each tab by its name in addresses.
TABS: Mapping[str, tuple[ColumnElement[bool], ...]] = {
    FIRST: (Case.state == State.SORTING,),
    "tra-lai": (Case.state == State.SORTING, _returned),
    "dang-chuyen": (Case.state == State.FORWARDED,),
    "cho-bo-sung": (Case.state == State.AWAITING_SUPPLEMENT,),
    "da-ket-thuc": (Case.state.in_(ENDED_STATES),),
}


def narrowed(actor: Actor, chosen: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """The filters of an address as conditions on the desk's cases; what somebody has edited counts as not there."""
    wanted = Filter(agency_id=actor.agency_id, category_code=chosen.get("linh-vuc", ""), words=chosen.get("tim", ""))
    found = wanted.conditions()
    area = chosen.get("phuong", "")
    if area.isascii() and area.isdigit() and len(area) < 10:
        found.append(Case.area_id == int(area))
    if chosen.get("kenh") in set(Channel):
        found.append(Case.channel == Channel(chosen["kenh"]))
    if chosen.get("chac") in ("co", "khong"):
        found.append(_sure if chosen["chac"] == "co" else not_(_sure))
    return found


def counts(actor: Actor, narrow: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    """How many of the desk's cases each tab holds, in one query."""
    columns = [func.count().filter(and_(literal(True), *conditions)) for conditions in TABS.values()]
    row = db.session.execute(visible_cases(actor).where(*narrow).with_only_columns(*columns)).one()
    return dict(zip(TABS, row, strict=True))


def urgent_texts(actor: Actor, lines: Sequence[CaseLine]) -> dict[str, str]:
    """The whole texts of the urgent ones among these lines, in one query; nothing is asked when none is urgent."""
    urgent = [line.public_id for line in lines if line.urgent]
    if not urgent:
        return {}
    rows = visible_cases(actor).where(Case.public_id.in_(urgent)).with_only_columns(Case.public_id, Case.text)
    return dict(db.session.execute(rows).all())


def last_transfers(public_ids: Sequence[str]) -> dict[str, Transfer]:
    """The newest hop of each of these cases with its receiver; cases that never went anywhere are left out."""
    rows = db.session.execute(
        select(Case.public_id, Transfer)
        .join(Transfer, and_(Transfer.case_id == Case.id, Transfer.hop == Case.hops))
        .where(Case.public_id.in_(public_ids))
        .options(joinedload(Transfer.to_agency))
    )
    return {row[0]: row[1] for row in rows}


def kin(actor: Actor, case: Case) -> Sequence[Case]:
    """Cases bound to this one that the actor sees too: its lead, its followers, the report it was split from, its other parts."""
    bound = (Case.lead_case_id == case.id) | (Case.split_from_id == case.id) | Case.id.in_([case.lead_case_id, case.split_from_id])
    return db.session.scalars(visible_cases(actor).where(bound).order_by(Case.id)).all()


def sent_before(actor: Actor, public_id: str, move: Move, words: str | None, agency_id: int | None = None) -> bool:
    """Whether this officer has just made this very move himself, with these words and towards this agency. Tells him nothing new."""
    made = select(CaseEvent).where(
        CaseEvent.case_id.in_(select(Case.id).where(Case.public_id == public_id)),
        CaseEvent.actor_id == actor.user_id,
        CaseEvent.move == move.value,
        CaseEvent.at > now() - RESEND,
    )
    if agency_id is not None:
        made = made.where(CaseEvent.other_agency_id == agency_id)
    with as_system("own acts"):
        return any(words is None or event.reason == words for event in db.session.scalars(made))


@dataclass(frozen=True)
class Duplicate:
    """A case that may tell of the same incident, with how alike the two are, 0 to 1."""

    case: Case
    score: float


def duplicates(actor: Actor, case: Case) -> list[Duplicate]:
    """At most five likely duplicates the actor sees and could merge this case into; none when nobody proposes any.

    Whatever the port gives is read again through the access rules, so that no fault in it shows a case to the wrong officer.
    """
    found = {one.public_id: one.score for one in _asked(actor, case) if one.public_id != case.public_id}
    if not found:
        return []
    rows = visible_cases(actor).where(Case.public_id.in_(found), Case.state.not_in((State.MERGED, State.REFUSED, State.WITHDRAWN)))
    seen = db.session.scalars(rows.options(joinedload(Case.agency), joinedload(Case.to_agency), joinedload(Case.area)))
    alike = sorted(seen, key=lambda other: (-found[other.public_id], other.id))
    return [Duplicate(other, found[other.public_id]) for other in alike[:MOST_DUPLICATES]]


def _asked(actor: Actor, case: Case) -> Sequence[Likely]:
    likeness: Likeness[Actor, Case] | None = current_app.extensions.get("likeness")
    if likeness is None:
        return ()
    try:
        with db.session.begin_nested():  # a query that fails in there must not spoil the page's transaction
            return likeness.likely(actor, case)
    except Exception as error:  # a comfort only: the desk works without it
        log.error("no duplicates", kind=type(error).__name__)
        return ()


@dataclass(frozen=True)
class Chosen:
    """A case chosen with others, with what the machine proposes for it."""

    case: Case
    thought: Suggestion | None
    agency_name: str


def chosen_cases(actor: Actor, public_ids: Sequence[str]) -> Sequence[Chosen]:
    """Those of the cases that the actor sees, what is due first on top."""
    rows = db.session.execute(
        visible_cases(actor)
        .where(Case.public_id.in_(public_ids))
        .outerjoin(Suggestion, Suggestion.case_id == Case.id)
        .outerjoin(Agency, Agency.id == Suggestion.agency_id)
        .with_only_columns(Case, Suggestion, func.coalesce(Agency.name, ""))
        .options(joinedload(Case.category), joinedload(Case.area))
        .order_by(Case.due_at, Case.id)
    )
    return [Chosen(*row) for row in rows]


@dataclass(frozen=True)
class Sent:
    """One case of a bulk and how its transfer stands."""

    public_id: str
    reference: str
    transfer: Transfer


def sent_in(actor: Actor, bulk_id: str) -> Sequence[Sent]:
    """What this officer has sent in one go.

    He sees where his own transfers stand even when the agency has the case by now; what was sealed since is left out.
    """
    sent = (
        select(Case.public_id, Case.reference, Transfer)
        .join(Transfer, Transfer.case_id == Case.id)
        .where(Transfer.bulk_id == bulk_id, Transfer.sent_by_id == actor.user_id, Case.sealed.is_(False))
        .options(joinedload(Transfer.to_agency))
        .order_by(Transfer.id)
    )
    with as_system("own acts"):
        rows = db.session.execute(sent).all()
    return [Sent(public_id, reference or "", transfer) for public_id, reference, transfer in rows]


def bulk(actor: Actor, bulk_id: str) -> Sequence[Sent]:
    """The same. Raises NotFound when there is no such bulk of his."""
    sent = sent_in(actor, bulk_id)
    if not sent:
        raise NotFound
    return sent


def sent_at(sent: Sequence[Sent]) -> datetime:
    """When a bulk began."""
    return min(one.transfer.sent_at for one in sent)


def may_undo(sent: Sequence[Sent], at: datetime, within: timedelta) -> bool:
    """Whether something of a bulk is still under way and the time for taking it back has not passed."""
    return any(one.transfer.ended_at is None for one in sent) and at <= sent_at(sent) + within
