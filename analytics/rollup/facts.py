"""What a case counts for, computed by the database from its rows. The only place that says so: takes in one changed case or all of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Select, String, and_, bindparam, case, cast, exists, func, literal, select, true
from sqlalchemy.orm import aliased

from analytics.rollup.models import NONE, Day
from feedback.cases.clock_models import Extension
from feedback.cases.conduct_models import ConductFinding, Verdict
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.imported_models import ImportedCase
from feedback.cases.models import Case, Rating, Solved
from feedback.cases.workflow import STOPPED_STATES
from feedback.city.models import Area, AreaKind, Procedure, Track
from feedback.escalation.models import Escalation, EscalationStep, Rung
from feedback.localtime import CITY_TIME
from feedback.workdays import SHIFTS

_ANSWERED = Case.answered_at.is_not(None)
#: A case from another system brings no hand-overs along: it would count as never held by anybody.
_MEASURED = and_(_ANSWERED, ~exists().where(ImportedCase.case_id == Case.id))


def facts(wanted: Any) -> Select[*tuple[Any, ...]]:
    """One row for each case whose key equals `wanted` (any of an array), its columns named and ordered as those of `Fact`.

    The batch is the parameter `batch`.
    """
    began, accepted, answered = aliased(Day), aliased(Day), aliased(Day)
    area, first, kept, rating = aliased(Area), aliased(Transfer), _first_accepted(), aliased(Rating)
    life = _minute(answered, Case.answered_at) - _minute(began, Case.received_at)
    waited = func.coalesce(_minute(accepted, kept.c.ended_at), _minute(answered, Case.answered_at)) - _minute(began, Case.received_at)
    columns: dict[str, Any] = {
        **_keys(area),
        **_days(),
        "on_time": func.coalesce(Case.answered_at <= Case.due_at, False),
        "working_days": answered.number - began.number,
        "calendar_days": city_day(Case.answered_at) - city_day(Case.received_at),
        "solved": case((_ANSWERED, rating.solved == Solved.YES)),
        "satisfaction": case((_ANSWERED, rating.satisfaction)),
        "hops": Case.hops,
        "questions": Case.questions,
        "reopenings": Case.reopenings,
        "extensions": _extensions(),
        "escalations": _escalations(),
        "first_right": case((first.ended_at.is_not(None), and_(first.state == TransferState.ACCEPTED, Case.hops == 1))),
        "life_minutes": func.coalesce(case((_MEASURED, life)), 0),
        "unheld_minutes": func.coalesce(case((_MEASURED, func.least(waited + _later_transit(kept), life))), 0),
        "substantiated": case((and_(_ANSWERED, Case.track == Track.CONDUCT), _found_true())),
        "batch": bindparam("batch", type_=BigInteger),
    }
    found: Select[*tuple[Any, ...]] = (
        select(*(value.label(name) for name, value in columns.items()))
        .select_from(Case)
        .outerjoin(area, area.id == Case.area_id)
        .outerjoin(Procedure, Procedure.id == Case.procedure_id)
        .outerjoin(first, and_(first.case_id == Case.id, first.hop == 1))
        .outerjoin(kept, true())
        .outerjoin(rating, and_(rating.case_id == Case.id, rating.round == Case.reopenings))
        .outerjoin(began, began.day == city_day(Case.received_at))
        .outerjoin(accepted, accepted.day == city_day(kept.c.ended_at))
        .outerjoin(answered, answered.day == city_day(Case.answered_at))
        .where(Case.id == wanted)
    )
    return found


def _keys(area: Any) -> dict[str, Any]:
    """What the case is told apart by. Sealed ones keep neither ward nor agency nor procedure."""

    def shown(value: Any, otherwise: Any) -> Any:
        return case((Case.sealed, otherwise), else_=func.coalesce(value, otherwise))

    return {
        "case_id": Case.id,
        "sealed": Case.sealed,
        "conduct": Case.track == Track.CONDUCT,
        "area_id": shown(Case.area_id, NONE),
        "district_id": func.coalesce(_district(area), NONE),
        "agency_id": shown(Case.agency_id, NONE),
        "category_code": Case.category_code,
        "procedure_id": shown(Case.procedure_id, NONE),
        "level": shown(Procedure.online_level, ""),
        "track": cast(Case.track, String),
        "channel": cast(Case.channel, String),
    }


def _days() -> dict[str, Any]:
    """The day of each time axis."""
    due_at = case((Case.state.in_(STOPPED_STATES), None), else_=Case.due_at)
    return {
        "received_on": city_day(Case.received_at),
        "due_at": due_at,
        "due_on": city_day(due_at),
        "answered_on": city_day(Case.answered_at),
        "ended_on": city_day(func.coalesce(Case.answered_at, Case.closed_at)),
        "refusal": func.coalesce(cast(Case.refusal, String), ""),
    }


def city_day(instant: Any) -> Any:
    """The calendar day of an instant on the city's clock."""
    return cast(func.timezone(CITY_TIME.key, instant), Date)


def _district(area: Any) -> Any:
    """The district an area is counted under: a ward's own one, a district itself."""
    return case((area.kind == AreaKind.WARD, area.district_area_id), (area.kind == AreaKind.DISTRICT, area.id))


def _first_accepted() -> Any:
    """The first hop of each case that was accepted: one look into the index for each, never the whole table."""
    hop = aliased(Transfer)
    accepted = select(hop.hop, hop.ended_at).where(hop.case_id == Case.id, hop.state == TransferState.ACCEPTED)
    return accepted.order_by(hop.hop).limit(1).correlate(Case).lateral("kept")


def _later_transit(kept: Any) -> Any:
    """Office minutes on the way after an agency had taken the case on for the first time."""
    later = aliased(Transfer)
    total = select(func.sum(later.working_minutes)).where(later.case_id == Case.id, later.hop > kept.c.hop)
    return func.coalesce(total.scalar_subquery(), 0)


def _extensions() -> Any:
    granted = select(func.count()).select_from(Extension).where(Extension.case_id == Case.id, Extension.granted.is_(True))
    return granted.scalar_subquery()


def _escalations() -> Any:
    """Steps that told somebody above the handler."""
    told = (
        select(func.count())
        .select_from(Escalation)
        .join(EscalationStep, EscalationStep.id == Escalation.step_id)
        .where(Escalation.case_id == Case.id, EscalationStep.rung != Rung.HANDLER)
    )
    return told.scalar_subquery()


def _found_true() -> Any:
    found = select(ConductFinding.verdict == Verdict.SUBSTANTIATED).where(ConductFinding.case_id == Case.id)
    return func.coalesce(found.scalar_subquery(), False)


def _minute(day: Any, instant: Any) -> Any:
    """Office minutes that have passed at an instant, since days are numbered."""
    clock = func.timezone(CITY_TIME.key, instant)
    of_day = cast(func.extract("hour", clock), Integer) * 60 + cast(func.extract("minute", clock), Integer)
    shifts = [(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute) for opens, closes in SHIFTS]
    passed = sum((_passed(of_day, *shift) for shift in shifts), literal(0))
    return case((instant.is_not(None), day.minutes + func.least(day.opens, passed)))


def _passed(minute: Any, opens: int, closes: int) -> Any:
    return func.least(func.greatest(minute - opens, 0), closes - opens)
