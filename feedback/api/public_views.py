"""What everybody may read without a key: the city's reference data, public cases, figures, and one's own report by its code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app

from feedback.answers import queries as published
from feedback.api import schemas
from feedback.api.pages import READS, answers, blueprint, limited, reference_data
from feedback.api.ports import PublicMeasures
from feedback.api.problems import Wrong
from feedback.api.shapes import unknown_code
from feedback.cases import queries as cases
from feedback.cases.models import Case
from feedback.cases.words import REFUSALS, STANDINGS, STATES
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.models import Area, AreaKind
from feedback.codes import read_code
from feedback.db import now
from feedback.errors import NotFound
from feedback.intake.drafts import hmac_of
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.replica.pages import from_replica
from feedback.text import clean
from feedback.tracking.standing import Standing, standing_of
from feedback.tracking.views import all_guesses, guesses, mistake_in
from feedback.web import public

Content = Mapping[str, Any]


@blueprint.route("/areas", tags=["city"])
@public
@limited(READS)
@from_replica
@answers()
@blueprint.response(200, schemas.Areas)
def areas() -> Content:
    """Areas: districts and wards in force."""
    reference_data()
    with held():
        rows = [*city.districts(), *city.wards()]
        return {"unit_set": city.current_units().value, "items": [_area(row) for row in rows]}


def _area(row: Area) -> Content:
    return {
        **_columns(row, "code", "name", "kind_label", "valid_from", "valid_to"),
        "kind": row.kind.value,
        "district": row.district_area.code if row.kind is AreaKind.WARD and row.district_area else None,
    }


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@blueprint.route("/agencies", tags=["city"])
@public
@limited(READS)
@from_replica
@answers()
@blueprint.response(200, schemas.Agencies)
def agencies() -> Content:
    """Agencies: who can be responsible, in force."""
    reference_data()
    rows = city.agencies()
    codes = {row.id: row.code for row in rows}
    items = [
        {
            **_columns(row, "code", "name", "short_name", "valid_from", "valid_to"),
            "kind": row.kind.value,
            "level": row.level.value,
            "area": row.area.code if row.area else None,
            "superior": codes.get(row.superior_id or 0),
            "categories": row.fields,
        }
        for row in rows
    ]
    return {"items": items}


@blueprint.route("/categories", tags=["city"])
@public
@limited(READS)
@from_replica
@answers()
@blueprint.response(200, schemas.Categories)
def categories() -> Content:
    """Categories: what a report can be about today."""
    reference_data()
    locale = locale_here()
    rows = [row for row in city.categories() if row.active]
    return {"items": [{"code": row.code, "name": row.name(locale), "hint": row.hint(locale)} for row in rows]}


@blueprint.route("/procedures", tags=["city"])
@public
@limited(READS)
@from_replica
@answers(422)
@blueprint.arguments(schemas.ProceduresAsked, location="query")
@blueprint.response(200, schemas.Procedures)
def procedures(asked: Content) -> Content:
    """Procedures in force, of one category or of all."""
    reference_data()
    items = [
        {
            **_columns(row, "code", "name", "online_level", "valid_from", "valid_to"),
            "category": row.category_code,
            "level": row.level.value,
            "limit": row.limit_text,
        }
        for row in city.procedures(clean(asked["category"]) or None)
    ]
    return {"items": items}


@blueprint.route("/public-cases", tags=["public cases"])
@public
@limited(READS)
@from_replica
@answers(422)
@blueprint.arguments(schemas.PublicCasesAsked, location="query")
@blueprint.response(200, schemas.PublicCases)
def public_cases(asked: Content) -> Content:
    """Public cases, the newest first: what stands under /cong-khai. At most 5 queries."""
    chosen = {name: clean(typed) for name, typed in asked.items()}
    district = _district(chosen["district"]) if chosen["district"] else None
    rows, following = published.published(chosen["q"], chosen["category"], district, chosen["cursor"])
    return {"items": [_public_case(row) for row in rows], "next_cursor": following}


def _district(code: str) -> int:
    try:
        area = city.area_by_code(code)
    except NotFound as unknown:
        raise Wrong("/district", unknown_code()) from unknown
    return area.id


def _public_case(row: published.PublicCase) -> Content:
    return {
        **_columns(row, "text", "answer", "ward", "agency"),
        "id": row.public_id,
        "category": row.category.code,
        "published_on": row.published_at,
    }


@blueprint.route("/public-cases/<public_id>", tags=["public cases"])
@public
@limited(READS)
@from_replica
@answers(404)
@blueprint.response(200, schemas.PublicCase)
def public_case(public_id: str) -> Content:
    """One public case with its answer."""
    return _public_case(published.public_case(public_id))


@blueprint.route("/measures", tags=["city"])
@public
@limited(READS)
@from_replica
@answers()
@blueprint.response(200, schemas.Measures)
def measures() -> Content:
    """Figures of the whole city in the last twelve closed months."""
    reference_data()
    figures: PublicMeasures = current_app.extensions["public_measures"]
    first, last, rows = figures.public_measures(local_day(now()))
    return {"first_day": first, "last_day": last, "items": rows}


@blueprint.route("/tracking", tags=["reports"])
@public
@guesses
@all_guesses
@answers(422)
@blueprint.arguments(schemas.CodeShown, location="headers")
@blueprint.response(200, schemas.Tracking)
def track(asked: Content) -> Content:
    """Follow a report by its code: what the tracking page says. Ten wrong codes a minute, together with that page."""
    code = read_code(asked["code"])
    first = cases.case_of_code(hmac_of(code)) if code else None
    if first is None:
        raise Wrong("Tracking-Code", mistake_in(asked["code"]))
    family = [first, *cases.parts_of(first.id)]
    return {"items": [_tracked(number, case) for number, case in enumerate(family, 1)]}


def _tracked(number: int, case: Case) -> Content:
    """The page of one case in data: no word of its sender, who has them, and of a sealed one nothing that page does not say."""
    standing = standing_of(case, now())
    ends = standing.still_open or case.answered_at is not None
    stopped = standing.clock.pause is not None and standing.clock.stands_still
    refused = case.state is State.REFUSED
    lead = standing.following.lead if standing.following else None
    return {
        **_columns(case, "reference", "answered_at"),
        "number": number,
        "state": case.state.value,
        "state_name": STATES[case.state][0],
        "standing": STANDINGS[case.state],
        "agency": case.agency.name,
        "received_on": case.received_at,
        "due_on": standing.clock.due_at if ends else None,
        "overdue": standing.clock.overdue,
        "clock_stopped": stopped,
        "answered_on": case.answered_at,
        "question": standing.question.text if standing.question else None,
        "guidance": f"{REFUSALS[case.refusal]}\n{case.guidance}".strip() if refused and case.refusal else None,
        "lead": lead.reference if lead and not lead.sealed else None,
        "answers": [*_answers(standing), *_answers(standing.following)],
        "progress": [{"on": said.on, "text": said.text} for said in standing.progress],
        "story": [{"on": at, "text": line} for at, line in standing.story],
    }


def _answers(told: Any) -> Sequence[Content]:
    """Of the case itself, or of the one it follows."""
    rows: Sequence[Any] = told.answers if told is not None else ()
    return [
        {**_columns(row, "text", "agency", "current"), "outcome": row.outcome.value, "given_on": row.given_at}
        for row in rows
        if row.current or isinstance(told, Standing)
    ]
