"""Who may see a case and who may act on it: the only place that says so (security D6).

Everything that reads cases for staff, be it list, count, search, export or chart, starts from `visible_cases`. The database says the same
once more, for queries that forget it: `walls.SEES`, to be changed together with what is here (tests/feedback/access compares the two).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, LargeBinary, Select, and_, bindparam, exists, false, func, or_, select, true

from feedback.accounts.models import User
from feedback.acting import take_up_by, taking_up
from feedback.cases.conduct_models import Exclusion
from feedback.cases.handover_models import PARTNER_OPEN, Partner, PartnerState
from feedback.cases.learning_models import CheckDraw, Correction, Way
from feedback.cases.models import Case, CaseEvent, Suggestion
from feedback.cases.workflow import MOVES, Move, Side, State, Who, is_legal, moves_for
from feedback.city.models import Agency
from feedback.db import db


@dataclass(frozen=True)
class Actor:
    """Whoever does something: an officer bound to an agency, a citizen holding a code, or the system."""

    who: Who
    user_id: int | None = None
    agency_id: int | None = None

    @classmethod
    def of(cls, user: User) -> Actor:
        """The actor behind a signed-in officer."""
        return cls(Who(user.role.value), user.id, user.agency_id)


CITIZEN = Actor(Who.CITIZEN)
SYSTEM = Actor(Who.SYSTEM)
AGENCY = frozenset({Who.HANDLER, Who.AGENCY_HEAD})


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    own = Case.agency_id == actor.agency_id
    match actor.who:
        case Who.FRONT_DESK:
            # A report that looks like misconduct never reaches the desk; what an agency has accepted is the agency's.
            return and_(own, Case.sealed.is_(False), Case.at_desk.is_(True))
        case Who.HANDLER | Who.AGENCY_HEAD:
            held = and_(own, Case.at_desk.is_(False))
            return and_(Case.sealed.is_(False), or_(held, Case.to_agency_id == actor.agency_id, helped_by(actor)))
        case Who.INSPECTORATE:
            return and_(own, Case.sealed.is_(True), Case.state != State.RECEIVED, unconcerned(actor))
        case Who.LEADERSHIP:
            return Case.sealed.is_(False)
        case Who.SYSTEM:
            return true()
        case _:
            return false()


def helped_by(actor: Actor, states: Collection[PartnerState] = (*PARTNER_OPEN, PartnerState.REPORTED)) -> ColumnElement[bool]:
    """Cases of other agencies that the actor's agency has been asked to co-handle."""
    return Case.id.in_(select(Partner.case_id).where(Partner.agency_id == actor.agency_id, Partner.state.in_(states)))


def unconcerned(actor: Actor) -> ColumnElement[bool]:
    """Sealed cases that neither name this officer nor made him step back, wherever he is employed by now (control 4)."""
    return ~exists().where(Exclusion.case_id == Case.id, Exclusion.user_id == actor.user_id)


def sealed_cases(actor: Actor) -> Select[Case]:
    """Select of the sealed cases this actor examines: the inspectorate's own, and for leadership those that accuse the inspectorate.

    Leadership's are kept apart from `visible_cases`, so that no figure and no list of open cases tells of them.
    """
    if actor.who is Who.LEADERSHIP:
        own = and_(Case.agency_id == actor.agency_id, Case.sealed.is_(True), Case.state != State.RECEIVED)
        return select(Case).where(own, unconcerned(actor))
    return visible_cases(actor).where(Case.sealed.is_(True) if actor.who is Who.INSPECTORATE else false())


def visible_cases(actor: Actor) -> Select[Case]:
    """Select of the cases this actor may know of. For everybody else they do not exist."""
    return select(Case).where(_seen_by(actor))


_FOLLOW = taking_up(select(func.cases_of_code(bindparam("code", type_=LargeBinary))))


def follow_code(code_hmac: bytes) -> list[int]:
    """Keys of what the holder of a tracking code follows: his case, what was split off it, the case one of them was merged into.

    From here on the present request may read and write them; empty for a code that opens nothing.
    """
    found: list[int] | None = take_up_by(_FOLLOW, code=code_hmac).found
    return found or []


def checkable_cases(actor: Actor) -> Select[Case]:
    """Select of the cases drawn for a blind check, joined with their draws, that this officer may be given: decided, not checked yet.

    The desk gets open cases wherever they lie by now, as masked text alone; the inspectorate its own sealed ones. Whoever has had a
    part in a case is no second officer.
    """
    match actor.who:
        case Who.FRONT_DESK:
            decided = exists().where(Suggestion.case_id == Case.id, Suggestion.decided_at.is_not(None))
            at_desk = exists().where(Agency.id == actor.agency_id, Agency.is_desk)
            given = and_(Case.sealed.is_(False), at_desk, or_(decided, Case.state.in_((State.REFUSED, State.MERGED))))
        case Who.INSPECTORATE:
            given = and_(_seen_by(actor), Case.state != State.TRIAGE)
        case _:
            given = false()
    drawn = select(Case).join(CheckDraw, CheckDraw.case_id == Case.id)
    return drawn.where(
        given,
        Case.state != State.WITHDRAWN,
        exists().where(Suggestion.case_id == Case.id, Suggestion.worked),
        ~exists().where(Correction.case_id == Case.id, Correction.way == Way.CHECK),
        ~exists().where(CaseEvent.case_id == Case.id, CaseEvent.actor_id == actor.user_id),
    )


def checked_by(actor: Actor) -> Select[Case]:
    """Select of the cases this officer has checked blindly, joined with what he found."""
    found = and_(Correction.case_id == Case.id, Correction.way == Way.CHECK, Correction.decided_by_id == actor.user_id)
    return select(Case).join(Correction, found)


def may(actor: Actor, move: Move, case: Case) -> bool:
    """Whether this actor may make this move on this case, which he is known to see."""
    return _may(actor, move, case, lambda: _parts(actor, case))


def _may(actor: Actor, move: Move, case: Case, parts: Callable[[], frozenset[PartnerState]]) -> bool:
    if not is_legal(move, case.state, actor.who, case.track):
        return False
    if actor.who in (Who.CITIZEN, Who.SYSTEM):
        return True
    if case.accused_agency_ids and move is not Move.REROUTE and _is_kept_only(case):
        return False
    match MOVES[move].side:
        case Side.RECEIVER:
            return case.to_agency_id == actor.agency_id
        case Side.ANYWHERE:
            return True
        case Side.PARTNER:
            return not parts().isdisjoint({PartnerState.ASKED} if move is Move.PARTNER_ACCEPT else PARTNER_OPEN)
        case _:
            return case.agency_id == actor.agency_id and case.at_desk == (actor.who is Who.FRONT_DESK)


def _is_kept_only(case: Case) -> bool:
    """The leaders over whoever holds a sealed case are accused: it is kept to be handed up, nothing else (security D7)."""
    with db.session.no_autoflush:  # asked in the middle of a move, half of which would break a CHECK
        return db.session.get_one(Agency, case.agency_id).superior_id in case.accused_agency_ids


def _parts(actor: Actor, case: Case) -> frozenset[PartnerState]:
    """How the actor's agency stands to the case as a co-agency; empty when it was never asked."""
    return frozenset(db.session.scalars(select(Partner.state).where(Partner.case_id == case.id, Partner.agency_id == actor.agency_id)))


def open_moves(actor: Actor, case: Case) -> list[Move]:
    """The moves to offer this actor on this case."""
    parts = cache(lambda: _parts(actor, case))
    return [move for move in moves_for(case.state, actor.who, case.track) if _may(actor, move, case, parts)]
