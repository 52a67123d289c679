"""Taking a report from another system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert

from feedback.attachments.services import refuse_when_full
from feedback.cases.intake import PLACE_LIMIT, TEXT_LIMIT, Report, ReportContact
from feedback.cases.models import Channel
from feedback.cases.taking_in import take_in
from feedback.city import queries as city
from feedback.city.holding import held
from feedback.codes import new_code, show_code
from feedback.db import db
from feedback.errors import NotFound
from feedback.intake.drafts import hmac_of as hmac_of_code
from feedback.intake.people import is_email, is_phone, tidy_phone
from feedback.open311.models import ApiRequest
from feedback.open311.queries import hmac_of, of_token
from feedback.open311.spec import NAME_LIMIT, Fault
from feedback.text import clean

SHORTEST, URL_LIMIT = 10, 500
_TOKEN = insert(ApiRequest.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Accepted:
    """What the system that handed a report in gets: the token, the request once it may be known, and the citizen's code to track it."""

    token: str
    code: str
    public_id: str | None


def take(key: int, given: Mapping[str, str]) -> Accepted:
    """Save a report through the same service as the web form. Raises Fault 400 for what is missing or wrong, Busy when the disk is full."""
    code, token = new_code(), new_code()

    def note(case_id: int) -> None:
        db.session.execute(_TOKEN, {"case_id": case_id, "api_key_id": key, "token_hmac": hmac_of(token, "token")})

    with held():
        report = _report(given)
        refuse_when_full()
        taken = take_in(report, hmac_of_code(code), along=note)
    shown = show_code(token)
    # What nobody has read yet is a request to nobody: that wants no look at the database.
    return Accepted(shown, show_code(code), of_token(shown) if taken.read else None)


def _report(given: Mapping[str, str]) -> Report:
    service = given.get("service_code", "").strip()
    if not service:
        raise Fault(400, "service_code was not provided")
    if service not in city.category_codes(offered=True):
        raise Fault(404, "service_code was not found")
    area_id, place = _where(given)
    return Report(
        text=_text(given),
        area_id=area_id,
        place=place,
        contact=_contact(given),
        wants_public=given.get("attribute[public]", "") == "yes",
        category_code=service,
        channel=Channel.PARTNER,
    )


def _text(given: Mapping[str, str]) -> str:
    text, media = clean(given.get("description", "")), clean(given.get("media_url", ""))
    if len(text) < SHORTEST:
        raise Fault(400, f"description: at least {SHORTEST} characters")
    if media and (len(media) > URL_LIMIT or not media.startswith(("https://", "http://"))):
        raise Fault(400, f"media_url: an address on the web of at most {URL_LIMIT} characters")
    # The picture lies with the partner: fetching what a stranger names would make this server knock on doors for him.
    whole = f"{text}\n{media}" if media else text
    if len(whole) > TEXT_LIMIT:
        raise Fault(400, f"description: at most {TEXT_LIMIT} characters")
    return whole


def _where(given: Mapping[str, str]) -> tuple[int | None, str]:
    """Ward and place: GeoReport wants a pin, a written address or an address_id, which here is the code of a ward."""
    pin = tuple(given.get(name, "").strip() for name in ("lat", "long"))
    written = clean(given.get("address_string", ""))
    code = (given.get("address_id", "") or given.get("attribute[ward]", "")).strip()
    if not (all(pin) or written or code):
        raise Fault(400, "lat and long, address_string or address_id must be provided")
    parts = [written, _pin(*pin)] if any(pin) else [written]
    place = ", ".join(part for part in parts if part)
    if len(place) > PLACE_LIMIT:
        raise Fault(400, f"address_string: at most {PLACE_LIMIT} characters")
    return (_ward(code) if code else None), place


def _pin(lat: str, long: str) -> str:
    try:
        north, east = float(lat), float(long)
    except ValueError as bad:
        raise Fault(400, "lat and long: decimal degrees (WGS 84)") from bad
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise Fault(400, "lat and long: decimal degrees (WGS 84)")
    return f"{north:.6f}, {east:.6f}"


def _ward(code: str) -> int:
    try:
        if not code.isalnum():
            raise NotFound
        return city.area_id_by_code(code)
    except NotFound as unknown:
        raise Fault(400, "address_id: not the code of a ward in force") from unknown


def _contact(given: Mapping[str, str]) -> ReportContact:
    """Vietnamese names are written family name first. An account, a device and the like are not kept."""
    name = clean(" ".join(given.get(part, "").strip() for part in ("last_name", "first_name")))
    phone, email = tidy_phone(given.get("phone", "")), given.get("email", "").strip()
    if len(name) > NAME_LIMIT:
        raise Fault(400, f"first_name and last_name: at most {NAME_LIMIT} characters")
    if phone and not is_phone(phone):
        raise Fault(400, "phone: not a Vietnamese telephone number")
    if email and not is_email(email):
        raise Fault(400, "email: not an e-mail address")
    return ReportContact(name, phone, email)
