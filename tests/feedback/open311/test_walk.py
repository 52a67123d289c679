"""The door for other systems under anything that may be sent to it: an answer in the form asked for, and never a failure of ours."""

from __future__ import annotations

import json
from contextvars import Context
from urllib.parse import quote
from xml.etree import ElementTree

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feedback.citizen import TEXT
from tests.feedback.open311.test_open311 import ROOT, door, key
from tests.feedback.tracking.conftest import app, client, office

__all__ = ["app", "client", "door", "key", "office"]
FORMS = st.sampled_from(("json", "xml"))
PATHS = st.sampled_from(("services/{}", "requests", "requests/{}", "tokens/{}", "servicerequestupdates"))
SEARCHES = ("service_request_id", "service_code", "status", "start_date", "end_date", "page", "page_size", "api_key", "jurisdiction_id")
REPORTS = ("description", "address_string", "address_id", "lat", "long", "phone", "email", "first_name", "media_url", "service_code")
#: What has broken doors before: nothing, marks of databases and of formats, numbers that are none, dates at the ends of time.
ODD = ("", "\x00", "%", "'", "<a>", "NaN", "1e999", "-1", "9" * 40, "0001-01-01", "9999-12-31T23:59:59Z", "٣", "😀")
VALUES = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
few = settings(max_examples=30, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@few
@given(PATHS, VALUES, FORMS, st.dictionaries(st.sampled_from(SEARCHES), VALUES, max_size=3))
def test_whatever_is_asked_is_answered(door: FlaskClient, path: str, part: str, form: str, asked: dict[str, str]) -> None:
    named = quote(part.strip("/."), safe="") or "none"
    answer = Context().run(door.get, f"{ROOT}/{path.format(named)}.{form}", query_string=asked)
    assert answer.status_code < 500
    if answer.mimetype != "text/html":  # an address that is none at all has the site's own page
        read(form, answer.text)


@few
@given(st.dictionaries(st.sampled_from(REPORTS), VALUES, min_size=1, max_size=3), FORMS)
def test_whatever_is_handed_in_is_answered(door: FlaskClient, key: str, handed: dict[str, str], form: str) -> None:
    sent = {"api_key": key, "service_code": "urban_environment", "description": TEXT, "address_string": "Hẻm Hoa Sữa", **handed}
    answer = Context().run(door.post, f"{ROOT}/requests.{form}", data=sent)
    assert answer.status_code < 500
    read(form, answer.text)


def read(form: str, written: str) -> None:
    """As a program of others would."""
    if form == "json":
        json.loads(written)
    else:
        ElementTree.fromstring(written.encode())
