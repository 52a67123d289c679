"""Open311 GeoReport v2 at /open311/v2: every resource as JSON and as XML, chosen by the ending of the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from feedback import patience
from feedback.cases.words import STATES
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.models import Category
from feedback.db import db, now
from feedback.error_views import note_unexpected
from feedback.errors import OfficeError
from feedback.extensions import csrf, limited, limiter
from feedback.language import locale_here
from feedback.open311 import queries, services
from feedback.open311.spec import JURISDICTION, READS_A_MINUTE, REPORTS_A_MINUTE, Fault, Record, as_json, as_xml, day, moment, wanted
from feedback.replica.pages import from_replica
from feedback.web import public

blueprint = Blueprint("open311", __name__, url_prefix="/open311/v2")
READS, REPORTS = f"{READS_A_MINUTE}/minute", f"{REPORTS_A_MINUTE}/minute"
FORMS = {"json": "application/json", "xml": "text/xml"}
#: Bumped when services or attributes change their meaning.
CHANGESET = "2026-11-24T00:00:00+07:00"
View = Callable[..., Response]


def _at(path: str, **options: Any) -> Callable[[View], View]:
    """The address of a resource, once with each ending."""

    def add(view: View) -> View:
        for form in FORMS:
            blueprint.add_url_rule(f"{path}.{form}", view_func=view, defaults={"form": form}, **options)
        return view

    return add


def _answer(form: str, content: Sequence[Record] | Record, root: str, item: str = "", status: int = 200) -> Response:
    body = as_json(content) if form == "json" else as_xml(root, item, content)
    response = Response(body, status, mimetype=FORMS[form])
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _fault(code: int, description: str) -> Response:
    return _answer((request.view_args or {}).get("form", "json"), [{"code": code, "description": description}], "errors", "error", code)


@blueprint.errorhandler(Fault)
def _wrong(error: Fault) -> Response:
    db.session.rollback()
    return _fault(error.code, error.description)


@blueprint.errorhandler(OfficeError)
def _refused(error: OfficeError) -> Response:
    db.session.rollback()
    return _fault(error.status, error.message or "not found")


@blueprint.errorhandler(Exception)
def _unexpected(error: Exception) -> Response:
    note_unexpected(error)
    if not patience.is_outage(error):
        return _fault(500, "failed")
    response = _fault(503, "the database does not answer, send it again in a minute")
    response.headers["Retry-After"] = "60"
    return response


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return _fault(error.code or 500, error.description or error.name)


@blueprint.before_request
def _check_jurisdiction() -> None:
    if request.values.get("jurisdiction_id", JURISDICTION) != JURISDICTION:
        raise Fault(404, "jurisdiction_id was not found")


def _key() -> int | None:
    """The key that was sent along; None where none was. Raises Fault 403 for a wrong one."""
    typed = _typed_key()
    return queries.key_by_secret(typed) if typed else None


def _typed_key() -> str:
    """The key that was sent along: it shows what has just come in under it, which only the primary is sure to have."""
    return request.values.get("api_key", "")


@_at("/discovery")
@public
@limiter.limit(READS)
def discovery(form: str) -> Response:
    """Where the service lies and what it speaks."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": url_for("open311.services_list", form=form, _external=True).rsplit("/", 1)[0],
        "changeset": CHANGESET,
        "type": "production",
        "formats": list(FORMS.values()),
    }
    content = {
        "changeset": CHANGESET,
        "contact": _("Quản trị viên của hệ thống"),
        "key_service": _("Khóa kết nối do quản trị viên của Thành phố cấp cho từng hệ thống."),
        "endpoints": [endpoint],
    }
    return _answer(form, content, "discovery")


@_at("/services", endpoint="services_list")
@public
@limiter.limit(READS)
@from_replica
def services_list(form: str) -> Response:
    """The fields a report may be about."""
    return _answer(form, [_service(row) for row in city.categories() if row.active], "services", "service")


def _service(row: Category) -> Record:
    locale = locale_here()
    return {
        "service_code": row.code,
        "service_name": row.name(locale),
        "description": row.hint(locale),
        "metadata": True,
        "type": "realtime",
        "keywords": "",
        "group": "",
    }


@_at("/services/<code>")
@public
@limiter.limit(READS)
@from_replica
def service(code: str, form: str) -> Response:
    """What may be said of a report of one field besides its text: the ward, and whether it may become public."""
    with held():
        if code not in city.category_codes(offered=True):
            raise Fault(404, "service_code was not found")
        wards = [{"key": ward, "name": name} for ward, name in city.ward_codes()]
    choices = [{"key": "yes", "name": _("Có")}, {"key": "no", "name": _("Không")}]
    attributes = [
        _attribute(1, "ward", _("Phường, xã nơi xảy ra"), wards),
        _attribute(2, "public", _("Cho phép công khai nội dung đã che thông tin cá nhân cùng câu trả lời"), choices),
    ]
    return _answer(form, {"service_code": code, "attributes": attributes}, "service_definition")


def _attribute(order: int, code: str, description: str, values: Sequence[Record]) -> Record:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": "",
        "order": order,
        "description": description,
        "values": list(values),
    }


@_at("/requests", methods=["POST"], endpoint="hand_in")
@public
@csrf.exempt
@limited(REPORTS, _typed_key)
def hand_in(form: str) -> Response:
    """A report from another system; the token tells later which request it became."""
    key = queries.key_by_secret(request.form.get("api_key", ""))
    accepted = services.take(key, request.form)
    notice = _("Mã tra cứu của người phản ánh: %(code)s. Xin đưa mã này cho người phản ánh.", code=accepted.code)
    # GeoReport: the request itself where it is known at once, the token where it is not.
    name, value = ("service_request_id", accepted.public_id) if accepted.public_id else ("token", accepted.token)
    return _answer(form, [{name: value, "service_notice": notice, "account_id": ""}], "service_requests", "request", 201)


@_at("/tokens/<token>")
@public
@limiter.limit(READS)
def token(token: str, form: str) -> Response:
    """Which request a token became; empty while it is being read, and for good where the inspectorate has it."""
    return _answer(form, [{"token": token, "service_request_id": queries.of_token(token) or ""}], "service_requests", "request")


@_at("/requests", methods=["GET"], endpoint="requests_list")
@public
@limited(READS, _typed_key)
@from_replica(unless=_typed_key)
def requests_list(form: str) -> Response:
    """Public requests, or with a key those that came in under it; by id, service, status and day, page by page. At most 4 queries."""
    found = queries.requests(wanted(request.args, now()), _key())
    return _answer(form, [_request(row) for row in found], "service_requests", "request")


@_at("/requests/<public_id>", methods=["GET"], endpoint="one_request")
@public
@limited(READS, _typed_key)
@from_replica(unless=_typed_key)
def one_request(public_id: str, form: str) -> Response:
    """One request, as in the list."""
    return _answer(form, [_request(queries.request(public_id, _key()))], "service_requests", "request")


def _request(row: queries.Request) -> Record:
    return {
        "service_request_id": row.public_id,
        "status": row.status.value,
        "status_notes": row.answer or str(STATES[row.state][0]),
        "service_name": row.category.name(locale_here()),
        "service_code": row.category.code,
        "description": row.text,
        "agency_responsible": row.agency,
        "service_notice": "",
        "requested_datetime": day(row.received_at),
        "updated_datetime": moment(row.updated_at),
        "expected_datetime": moment(row.due_at),
        # The city asks for a ward and a description, not for a pin.
        "address": row.ward,
        "address_id": row.ward_code,
        "zipcode": "",
        "lat": None,
        "long": None,
        "media_url": "",
    }


@_at("/servicerequestupdates", methods=["GET"])
@public
@limited(READS, _typed_key)
@from_replica(unless=_typed_key)
def servicerequestupdates(form: str) -> Response:
    """What happened to requests in a span of days: the common extension of GeoReport for states. At most 3 queries."""
    found = queries.updates(wanted(request.args, now()), _key())
    return _answer(form, [_update(row) for row in found], "service_request_updates", "request_update")


@blueprint.get("/<path:_nowhere>.<any(json, xml):form>")
@public
@limiter.limit(READS)
def nothing(_nowhere: str, form: str) -> Response:
    """Every other address: an error in the form asked for, and no page for people."""
    raise Fault(404, f"no such resource as {form}")


def _update(row: queries.Update) -> Record:
    return {
        "update_id": f"{row.public_id}-{row.number}",
        "service_request_id": row.public_id,
        "status": ("closed" if row.state in queries.DONE else "open"),
        "updated_datetime": moment(row.at),
        "description": str(STATES[row.state][0]),
        "media_url": "",
    }
