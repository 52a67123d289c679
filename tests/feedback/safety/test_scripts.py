"""What a citizen or an officer types is text on every page that shows it, in whatever form of Unicode it comes (security, control 27)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.accounts.models import User
from feedback.answers import publishing
from feedback.attachments.models import Attachment
from feedback.attachments.services import attach
from feedback.cases import dialogue, ending, handling
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Outcome, Solved
from feedback.cases.rating import rate
from feedback.cases.sorting import classify_case
from feedback.city.models import Agency
from feedback.codes import new_code, show_code
from feedback.db import db, now
from feedback.intake import drafts
from feedback.intake.steps import UNKNOWN_AREA
from feedback.localtime import local_day
from tests.feedback.attachments.samples import picture, saved
from tests.feedback.citizen import BRIBE, post
from tests.feedback.officers import Browser, Office, case_by_key, version_of

MARK = "qx7ế"
PAYLOADS = (
    f"<script>alert('{MARK}')</script>",
    f'"><img src=x onerror="{MARK}()">',
    f"'><svg/onload={MARK}()>",
    f"</textarea></title><iframe src=javascript:{MARK}()>",
    f"<a href=javascript:{MARK}()>{{{{ 7*7 }}}}",
)


def wide(text: str) -> str:
    """The same in full-width letters, which a careless normalisation turns into the narrow ones."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


FORMS: dict[str, Callable[[str], str]] = {
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "full width": wide,
    "bidi": "\u202e".join,
    "zero width": "\u200b".join,
}
PAYLOAD = "\n".join(form(payload) for payload in PAYLOADS for form in FORMS.values())
SHORT = "".join(PAYLOADS[:2])


class Reader(HTMLParser):
    """Reads a page as a browser would and notes everything that came from a payload but is not text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Handlers, foreign frames and script addresses exist nowhere on our pages."""
        given = dict(attrs)
        wrong = [name for name in given if name.startswith("on")]
        wrong += [tag] if tag in ("iframe", "object", "embed", "base") else []
        wrong += [name for name in ("href", "src", "action", "formaction") if "javascript:" in (given.get(name) or "").lower()]
        wrong += (
            ["script"]
            if tag == "script" and not given.get("src", "").startswith("/static/") and "json" not in given.get("type", "")
            else []
        )
        if wrong:
            self.alive.append(f"<{tag} {wrong}>")


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app)


def poison(office: Office) -> tuple[str, str, str]:
    """Cases with payloads in every field that takes text: code and public id of an answered one, public id of a sealed one."""
    agency = db.session.get_one(Agency, office.agency)
    agency.name = f"UBND {SHORT}"[:200]
    for user in db.session.scalars(select(User)):
        user.full_name = f"Cán bộ {SHORT}"[:120]
    db.session.commit()
    code = new_code()
    draft = drafts.start(code)
    attach(draft.id, f"{SHORT}.png".replace("/", "∕"), saved(picture((8, 8)), "PNG"))
    contact = ReportContact(name=SHORT[:120], phone="0900000123")
    report = Report(text=f"Rác ở hẻm. {PAYLOAD}", place=SHORT, contact=contact, wants_public=True)
    submitted = submit_report(report, drafts.hmac_of(code), CITIZEN, draft_id=draft.id)
    classify_case(submitted.case_id)
    case = case_by_key(submitted.case_id)
    public_id = office.accepted(case.public_id)
    dialogue.report_progress(office.handler.actor, public_id, version_of(public_id), PAYLOAD, local_day(now()) + timedelta(days=3))
    dialogue.ask(office.handler.actor, public_id, version_of(public_id), PAYLOAD)
    dialogue.supplement(submitted.case_id, PAYLOAD)
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, PAYLOAD)
    handling.send_back(office.head.actor, public_id, version_of(public_id), PAYLOAD)
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, PAYLOAD)
    handling.approve(office.head.actor, public_id, version_of(public_id))
    rate(submitted.case_id, Solved.NO, 1, PAYLOAD[:2000])
    ending.reopen(submitted.case_id, PAYLOAD[:2000])
    handling.submit_answer(office.handler.actor, public_id, version_of(public_id), Outcome.SOLVED, PAYLOAD)
    handling.approve(office.head.actor, public_id, version_of(public_id))
    redactor, version = office.app.extensions["redactor"], version_of(public_id)
    publishing.publish(redactor, office.handler.actor, public_id, version, PAYLOAD, PAYLOAD, publishing.seal_of(PAYLOAD, PAYLOAD))
    return code, public_id, office.report(f"{BRIBE} {PAYLOAD}")


def addresses(app: Flask, role: str | None, **parts: str) -> Iterator[str]:
    """Every page this role (None: everybody) may come to with these parts of an address."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        wanted = rule.arguments - set(rule.defaults or {})
        open_to = {str(each) for each in getattr(view, "roles", ())} or {None}
        if "GET" in (rule.methods or ()) and role in open_to and wanted <= set(parts) and rule.endpoint != "static":
            with app.test_request_context():
                from flask import url_for

                yield url_for(rule.endpoint, **{name: parts[name] for name in wanted})


def read(client: FlaskClient, address: str) -> str:
    """The page at an address, read for what is alive in it; gives its text."""
    answer = client.get(address)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return ""
    reader = Reader()
    reader.feed(answer.text)
    assert reader.alive == [], address
    assert "49" not in re.findall(rf"javascript:{MARK}\(\)&gt;(\d+)", answer.text), f"{address}: a template was made of what was typed"
    return answer.text


def test_what_is_typed_stays_text_on_every_page(app: Flask, office: Office) -> None:
    code, public_id, sealed_id = poison(office)
    at_desk = office.report(f"Rác. {PAYLOAD}", place=SHORT)
    file_id = db.session.scalars(select(Attachment.public_id)).one()
    shown: dict[str, str] = {}
    for officer in (office.desk, office.handler, office.head, office.inspector, office.leader, office.admin):
        client = office.browser(officer)
        places = {
            address
            for each in (public_id, sealed_id, at_desk)
            for address in addresses(app, str(officer.actor.who), public_id=each, other_id=each, file_id=file_id, so_lieu="ton")
        }
        shown |= {address: page for address in places if (page := read(client, address)) and MARK in page}
    citizen = Browser(app, app.response_class, use_cookies=True)
    post(citizen, "/tra-cuu", code=show_code(code))
    shown |= {address: page for address in addresses(app, None, public_id=public_id) if (page := read(citizen, address)) and MARK in page}
    for wanted in (
        f"/can-bo/ho-so/{public_id}",
        f"/can-bo/ho-so/{sealed_id}",
        f"/can-bo/tiep-nhan/{at_desk}",
        "/tra-cuu/ho-so",
        f"/cong-khai/{public_id}",
    ):
        assert wanted in shown
    assert len(shown) >= 12, sorted(shown)


def test_the_forms_of_the_report_show_what_was_typed_as_text(app: Flask) -> None:
    client = Browser(app, app.response_class, use_cookies=True)
    post(client, "/phan-anh")
    post(client, "/phan-anh/su-viec", text=PAYLOAD)
    assert MARK in read(client, "/phan-anh/su-viec")
    post(client, "/phan-anh/dia-diem", area=UNKNOWN_AREA, place=SHORT)
    assert MARK in read(client, "/phan-anh/dia-diem")
    post(client, "/phan-anh/bang-chung", choice="next")
    post(client, "/phan-anh/lien-he", named="yes", public="yes", name=SHORT, phone="0900000123")
    assert MARK in read(client, "/phan-anh/lien-he")
    page = read(client, "/phan-anh/kiem-tra")
    assert wide("<script>") in page, "full-width letters stay what they are"
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert "Không tìm thấy" not in page


def test_the_reader_would_find_each_payload() -> None:
    for payload in PAYLOADS:
        reader = Reader()
        reader.feed(payload)
        assert reader.alive, payload
