"""Sending a report: the same services as the form and as GeoReport, for whoever has no key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g

from feedback.api import schemas
from feedback.api.once import Claim
from feedback.api.pages import ACTS, answers, blueprint, done_once, limited
from feedback.api.problems import Wrong
from feedback.api.shapes import no_way_to_reach, unknown_code
from feedback.attachments.services import refuse_when_full
from feedback.cases import queries as cases
from feedback.cases.intake import Report, ReportContact
from feedback.cases.models import Channel
from feedback.cases.taking_in import take_in
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.codes import new_code
from feedback.db import now
from feedback.documents.facts import ReceiptFacts
from feedback.documents.files import facts_at_hand, receipt_facts
from feedback.errors import NotFound
from feedback.extensions import use_up
from feedback.intake.drafts import hmac_of
from feedback.intake.people import tidy_phone
from feedback.intake.views import REPORTS
from feedback.language import locale_here
from feedback.text import clean
from feedback.web import public

Content = Mapping[str, Any]


@blueprint.route("/reports", methods=["POST"], tags=["reports"])
@public
@limited(ACTS)  # mistakes are free, but not without end
@answers(409, 413, 422, 503)
@blueprint.arguments(schemas.Report)
@done_once
@blueprint.response(201, schemas.Accepted)
def report(given: Content) -> Content:
    """Send a report. It is saved before this answers; five an hour from one place, together with the form."""
    with held():
        facts = _taken(_report(given), now())
    return {
        "code": facts.code,
        "receipt_number": facts.number,
        "receipt": facts.signed,
        "received_on": facts.received_on,
        "due_on": facts.due_at,
        "tracking_page": facts.page,
    }


def _taken(report: Report, at: datetime) -> ReceiptFacts:
    """Save a report; its receipt says what was just written, and what is there already when the same request had been done before."""
    refuse_when_full()
    use_up(REPORTS, "reports")
    claim: Claim | None = g.get("claim")
    code = claim.code() if claim is not None else new_code()
    code_hmac = hmac_of(code)
    if take_in(report, code_hmac, at=at).new:
        return facts_at_hand(code, code_hmac, at, report.text)
    case = cases.case_of_code(code_hmac)
    assert case is not None, "saved before"
    return receipt_facts(code, case)


def _report(given: Content) -> Report:
    ward, category = clean(given["ward"]), clean(given["category"])
    if category and category not in city.category_codes(offered=True):
        raise Wrong("/category", unknown_code())
    return Report(
        text=clean(given["text"]),
        area_id=_ward(ward) if ward else None,
        place=clean(given["place"]),
        contact=_contact(given["contact"]),
        wants_public=given["public"],
        category_code=category or None,
        channel=Channel.PARTNER,
        language=locale_here(),
    )


def _ward(code: str) -> int:
    try:
        return city.area_id_by_code(code)
    except NotFound as unknown:
        raise Wrong("/ward", unknown_code()) from unknown


def _contact(given: Content | None) -> ReportContact:
    if given is None:
        return ReportContact()
    contact = ReportContact(clean(given["name"]), tidy_phone(given["phone"]), clean(given["email"]))
    if not contact.phone and not contact.email:
        raise Wrong("/contact", no_way_to_reach())
    return contact
