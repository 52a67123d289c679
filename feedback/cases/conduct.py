"""Who handles a report about conduct: whom it accuses, who steps back, and cases in which an accusation is noticed late."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from feedback.accounts.models import Role, User
from feedback.audit.services import record
from feedback.cases import learning
from feedback.cases.access import SYSTEM, Actor
from feedback.cases.accused import Competent, Way, way
from feedback.cases.conduct_models import Concern, Exclusion, Verification
from feedback.cases.dialogue import end_pause
from feedback.cases.handover_models import TransferState
from feedback.cases.learning_models import Way as Learnt
from feedback.cases.message_models import Publication
from feedback.cases.models import Case
from feedback.cases.partners import cancel_all
from feedback.cases.sorting import CONDUCT, set_category
from feedback.cases.transfers import end, under_way
from feedback.cases.workflow import OPEN_STATES, Move
from feedback.cases.writing import apply, hide_hour, lock_for_inspectorate, lock_sealed, seal
from feedback.city import queries as city
from feedback.city.models import Agency, Track
from feedback.db import atomic, db, now
from feedback.errors import Conflict, Invalid
from feedback.localtime import local_day
from feedback.notices.models import NoticeKind
from feedback.notices.services import notify_officer

#: The authority that answers for the city's leaders is outside this system; until it has the file, the inspectorate keeps it.
HOLDERS = {Competent.INSPECTORATE: city.triage_agency, Competent.LEADERSHIP: city.desk_agency, Competent.HIGHER: city.triage_agency}


def way_of(accused: Collection[int]) -> Way:
    """The way of a report that accuses these agencies, in the city in force."""
    superiors = {row.id: row.superior_id for row in db.session.scalars(select(Agency))}
    return way(accused, superiors, city.triage_agency().id, city.desk_agency().id)


@atomic
def name_accused(actor: Actor, public_id: str, version: int, agency_ids: Collection[int], user_ids: Collection[int]) -> Way:
    """Say whom a sealed report accuses: these agencies with everything beneath them, and these officers, do not see it from now on.

    What is named takes the place of what was named before. Who may not handle the case loses it, and verifiers who are concerned
    lose their text, in this transaction. Raises Invalid when nobody of this house would be left.
    """
    case = lock_sealed(actor, public_id, version)
    _exclude_officers(case, user_ids, Concern.ACCUSED)
    found = _send_by_accused(case, actor, agency_ids, now())
    _end_concerned_verifications(case)
    return found


def _send_by_accused(case: Case, actor: Actor, agency_ids: Collection[int], at: datetime) -> Way:
    found = way_of(agency_ids)
    if found.competent is Competent.NOBODY:
        raise Invalid(
            _(
                "Cả Thanh tra và Lãnh đạo Thành phố đều bị phản ánh nên không ai ở đây được giải quyết. "
                "Xin ghi Lãnh đạo Thành phố trước, xuất tệp niêm phong cho cấp trên, rồi mới ghi Thanh tra."
            )
        )
    holder = HOLDERS[found.competent]().id
    moves = case.agency_id != holder
    if moves:
        end_pause(case, at)
    with db.session.no_autoflush:  # whom a case accuses and who holds it change in one breath; half of it would break a CHECK
        case.accused_agency_ids, case.excluded_agency_ids = sorted(agency_ids), sorted(found.excluded)
        flag_modified(case, "state")
        if moves:
            _move_to(case, actor, holder, at)
    record(
        "case.accused_named",
        actor=actor,
        subject_kind="case",
        subject_id=case.public_id,
        agencies=sorted(agency_ids),
        competent=found.competent.value,
    )
    if case.handler_id is not None and _is_excluded(case, case.handler_id):
        _hand_to_colleague(case, actor, at)
    return found


def _move_to(case: Case, actor: Actor, agency_id: int, at: datetime) -> None:
    case.handler_id = None
    apply(case, Move.REROUTE, actor, to_agency_id=agency_id, at=at)


@atomic
def recuse(actor: Actor, public_id: str) -> None:
    """Tôi quen người này: the officer steps back from a sealed case and does not see it from this transaction on, in no session.

    A colleague takes over; without one, the city's leaders do (control 4).
    """
    case = lock_sealed(actor, public_id)
    if actor.user_id is not None:
        _exclude_officers(case, [actor.user_id], Concern.RECUSED)
    record("case.recused", actor=actor, subject_kind="case", subject_id=case.public_id)
    flag_modified(case, "state")
    _hand_to_colleague(case, actor, now())
    _end_concerned_verifications(case)


def _hand_to_colleague(case: Case, actor: Actor, at: datetime) -> None:
    """Give the case to whoever of the same office has the fewest; one that nobody has taken up waits for any of them."""
    colleagues = list(_colleagues(case))
    if not colleagues:
        _without_colleague(case, at)
    elif case.handler_id is not None:
        case.handler_id = colleagues[0]
        notify_officer(colleagues[0], NoticeKind.CASE_WAITS, case.public_id)
        record("case.handed_to_colleague", actor=actor, subject_kind="case", subject_id=case.public_id, user=colleagues[0])


def _colleagues(case: Case) -> Collection[int]:
    """Officers who could take the case, whoever has the fewest open ones first."""
    role = Role.INSPECTORATE if case.agency_id == city.triage_agency().id else Role.LEADERSHIP
    load = select(func.count()).where(Case.handler_id == User.id, Case.state.in_(OPEN_STATES)).scalar_subquery()
    free = User.id.not_in(select(Exclusion.user_id).where(Exclusion.case_id == case.id))
    found = select(User.id).where(User.agency_id == case.agency_id, User.role == role, User.active, free).order_by(load, User.id)
    return db.session.scalars(found).all()


def _without_colleague(case: Case, at: datetime) -> None:
    above = city.desk_agency().id
    case.handler_id = None
    if case.agency_id != above and above not in case.excluded_agency_ids:
        end_pause(case, at)
        _move_to(case, SYSTEM, above, at)


@atomic
def pull(actor: Actor, reference: str, agency_ids: Collection[int], reason: str) -> str:
    """The inspectorate takes an open case because it accuses somebody: it is sealed, and its agency does not see it any more, at once.

    Everything under way around it ends; what was published of it disappears. Gives the public id. Raises NotFound for a reference
    that no open case has, Invalid without a reason.
    """
    case = lock_for_inspectorate(actor, reference)
    at = now()
    transfer = under_way(case.id)
    if transfer is not None:
        end(transfer, TransferState.RECALLED, actor, at, reason)
    cancel_all(case, actor, at, reason)
    end_pause(case, at)
    published = db.session.get(Publication, case.id)
    if published is not None:
        db.session.delete(published)
    case.handler_id = None
    apply(case, Move.PULL, actor, to_agency_id=city.triage_agency().id, reason=reason, at=at)
    case.track = Track.CONDUCT
    seal(case)
    hide_hour(case)
    set_category(case, CONDUCT, at)
    learning.note(case, actor, Learnt.SEAL, CONDUCT, at)
    db.session.flush()
    _send_by_accused(case, actor, agency_ids, at)
    return case.public_id


def _exclude_officers(case: Case, user_ids: Collection[int], why: Concern) -> None:
    """Keep these officers away from the case; of those named before, whoever is no longer named may see it again."""
    if why is Concern.ACCUSED:
        for row in db.session.scalars(select(Exclusion).where(Exclusion.case_id == case.id, Exclusion.why == why)):
            if row.user_id not in user_ids:
                db.session.delete(row)
    for user_id in user_ids:
        if db.session.get(Exclusion, (case.id, user_id)) is None:
            db.session.add(Exclusion(case_id=case.id, user_id=user_id, why=why, since=local_day(now())))
    db.session.flush()


def _is_excluded(case: Case, user_id: int) -> bool:
    return db.session.get(Exclusion, (case.id, user_id)) is not None


def is_concerned(case: Case, officer: User) -> bool:
    """Whether an officer must not verify a case: he is named or has stepped back, or works for a body that is excluded."""
    return officer.agency_id in case.excluded_agency_ids or _is_excluded(case, officer.id)


def _end_concerned_verifications(case: Case) -> None:
    waiting = select(Verification, User).join(User, User.id == Verification.verifier_id)
    for asked, officer in db.session.execute(waiting.where(Verification.case_id == case.id, Verification.ended_on.is_(None))):
        if is_concerned(case, officer):
            asked.ended_on = local_day(now())


def refuse_after_handing_up(case: Case) -> None:
    """Raise Conflict for a case that is the higher authority's."""
    if way_of(case.accused_agency_ids).competent is Competent.HIGHER:
        raise Conflict(_("Hồ sơ phản ánh Lãnh đạo Thành phố thuộc thẩm quyền cấp trên; ở đây chỉ xuất tệp niêm phong."))


def officer_called(sign_in_name: str) -> User | None:
    """The account with this sign-in name, whoever wrote it how."""
    return db.session.scalar(select(User).where(User.sign_in_name == sign_in_name.strip().lower()))


def named_officers(case: Case) -> list[str]:
    """Sign-in names of the officers a case names."""
    named = select(User.sign_in_name).join(Exclusion, Exclusion.user_id == User.id)
    return list(db.session.scalars(named.where(Exclusion.case_id == case.id, Exclusion.why == Concern.ACCUSED).order_by(User.id)))
