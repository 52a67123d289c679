"""What administrators read: agencies in force and ended, changes that wait and changes that were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from feedback.accounts.models import Role, User
from feedback.acting import as_system
from feedback.administration.models import Change
from feedback.cases.models import Case
from feedback.cases.workflow import OPEN_STATES
from feedback.city import queries as city
from feedback.city.models import Agency, Area
from feedback.city.order import vietnamese
from feedback.db import db
from feedback.text import fold

LISTED = 100
WAITING = Change.done_at.is_(None) & Change.taken_back_at.is_(None)
_PEOPLE = (joinedload(Change.asked_by), joinedload(Change.approved_by), joinedload(Change.taken_back_by))


@dataclass(frozen=True)
class AgencyNumbers:
    """What an agency has in hand: officers by role, and open cases, sealed ones left out."""

    officers: Mapping[Role, int]
    cases: int


def agencies(words: str, *, ended: bool) -> Sequence[Agency]:
    """Agencies of the set in force by their Vietnamese names: those in force, or those that have ended."""
    over = func.coalesce(Agency.valid_to < city.day_in_force(), false())
    query = select(Agency).where(Agency.unit_set == city.current_units(), over if ended else ~over)
    if folded := fold(words):
        query = query.where(or_(Agency.name_folded.contains(folded, autoescape=True), func.lower(Agency.code) == folded))
    return sorted(db.session.scalars(query), key=lambda row: vietnamese(row.name))


def districts_of_wards() -> dict[int, str]:
    """The name of the district under which each ward of the set in force is counted, by the ward's key."""
    district = aliased(Area)
    pairs = select(Area.id, district.name).join(district, district.id == Area.district_area_id).where(Area.unit_set == city.current_units())
    return dict(db.session.execute(pairs).all())


def agency_names(keys: Sequence[int] | None = None) -> dict[int, str]:
    """Names of agencies, ended ones too, by their keys; of all of them without keys."""
    query = select(Agency.id, Agency.name)
    return dict(db.session.execute(query if keys is None else query.where(Agency.id.in_(keys))).all())


def numbers(agency_id: int) -> AgencyNumbers:
    """Officers and open cases of one agency."""
    people = select(User.role, func.count()).where(User.agency_id == agency_id, User.active).group_by(User.role)
    officers = dict(db.session.execute(people).all())
    held = select(func.count()).select_from(Case).where(Case.agency_id == agency_id, Case.state.in_(OPEN_STATES), Case.sealed.is_(False))
    with as_system("an agency's numbers"):
        return AgencyNumbers(officers, db.session.scalar(held) or 0)


def waiting() -> list[Change]:
    """Changes that are to be approved or whose day is still to come, the nearest first."""
    return list(db.session.scalars(select(Change).where(WAITING).options(*_PEOPLE).order_by(Change.takes_effect, Change.id)))


def past(size: int = LISTED) -> list[Change]:
    """Changes made or taken back, the newest first."""
    return list(db.session.scalars(select(Change).where(~WAITING).options(*_PEOPLE).order_by(Change.id.desc()).limit(size)))


def about(subject: str) -> list[Change]:
    """Everything that was changed about one thing, or is to be, the newest first."""
    mine = select(Change).where(Change.subjects.contains([subject])).options(*_PEOPLE)
    return list(db.session.scalars(mine.order_by(Change.id.desc()).limit(LISTED)))


def change(change_id: int) -> Change | None:
    """One change."""
    return db.session.scalar(select(Change).where(Change.id == change_id).options(*_PEOPLE))


def to_approve() -> int:
    """How many changes wait for a second administrator."""
    query = select(func.count()).select_from(Change).where(WAITING, Change.takes_two, Change.approved_at.is_(None))
    return db.session.scalar(query) or 0
