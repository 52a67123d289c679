"""The whole way of a report: citizen, desk, agency, head and citizen again, in both languages, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from feedback.accounts.models import Role
from feedback.accounts.services import NewUser, create_user
from feedback.cases import handling
from feedback.cases.models import Case, Rating, Solved
from feedback.city import queries as city
from feedback.db import db
from tests.browser.walk import MAIN_ACT, Walk, rate, report, sign_in, track
from tests.feedback.accounts.people import PASSWORD
from tests.feedback.citizen import BRIBE, TEXT
from tests.feedback.officers import ANSWER, Office, version_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NARROWEST = {"width": 320, "height": 700}
COMMENT = "Hẻm sạch rồi, cảm ơn anh chị."


def the_case() -> Case:
    """The only case there is, as the database has it now."""
    db.session.rollback()
    return db.session.scalars(select(Case)).one()


def officer(name: str, role: Role, agency_id: int) -> str:
    """An account with a password; its sign-in name."""
    return create_user(NewUser(name, f"Cán bộ {name}", role, agency_id), PASSWORD).sign_in_name


def office_walk(browser: Browser, address: str, language: str, name: str) -> Walk:
    """An officer's browser at a desk."""
    walk = Walk(browser.new_context(bypass_csp=True, viewport=DESK).new_page(), address, f"{language}-{name}")
    walk.page.goto(f"{address}/ngon-ngu/{language}")
    return walk


def sort(walk: Walk) -> None:
    """The desk opens the first case and confirms what the machine proposes."""
    sign_in(walk, officer("tiep.nhan", Role.FRONT_DESK, city.desk_agency().id), PASSWORD)
    walk.press("/can-bo/tiep-nhan/*", "[data-row-link]")
    walk.press("/can-bo/tiep-nhan", MAIN_ACT)


def answer(walk: Walk, agency_id: int) -> str:
    """The agency's handler accepts and writes; gives the address of the case."""
    sign_in(walk, officer("chuyen.vien", Role.HANDLER, agency_id), PASSWORD)
    walk.press("/can-bo/ho-so/*", "[data-row-link]")
    walk.press("/can-bo/ho-so/*", MAIN_ACT)
    walk.page.check("#outcome-0")
    walk.page.fill("#text", ANSWER)
    walk.press("/can-bo/ho-so/*", MAIN_ACT)
    return walk.page.url.removeprefix(walk.address)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_the_report_to_the_rating(browser: Browser, address: str, language: str) -> None:
    citizen = Walk(browser.new_context(bypass_csp=True, viewport=PHONE).new_page(), address, f"{language}-citizen")
    citizen.go(f"/ngon-ngu/{language}?ve=/")
    code = report(citizen, TEXT, named=True)
    track(citizen, code)
    assert citizen.errors() == 5
    if language == "en":
        assert [word for word in ("Hạn", "Phản ánh được", "Diễn biến") if word in citizen.text()] == []

    desk, handler, head = (office_walk(browser, address, language, name) for name in ("desk", "handler", "head"))
    sort(desk)
    agency_id = the_case().to_agency_id
    assert agency_id is not None
    assert agency_id != city.desk_agency().id
    path = answer(handler, agency_id)
    assert the_case().state == "awaiting_approval"
    sign_in(head, officer("thu.truong", Role.AGENCY_HEAD, agency_id), PASSWORD)
    head.go(path)
    assert head.page.input_value("#duyet-text") == ANSWER
    head.press("/can-bo/ho-so/*", MAIN_ACT)

    track(citizen, code)
    assert ANSWER in citizen.text()
    rate(citizen, COMMENT)
    rating = db.session.get(Rating, (the_case().id, 0))
    assert rating is not None
    assert (rating.solved, rating.satisfaction, rating.comment) == (Solved.YES, 4, COMMENT)
    head.go(path)
    assert COMMENT in head.text()
    for walk in (citizen, desk, handler, head):
        assert all(title.endswith("Liêm Chính") for title in walk.titles)
        walk.page.context.close()


def test_without_scripts_a_citizen_can_do_everything(office: Office, browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport=NARROWEST) as context:
        walk = Walk(context.new_page(), address, "no-script", check=False)
        walk.go("/")
        code = report(walk, TEXT, named=False)
        public_id = office.submitted(the_case().public_id)
        handling.approve(office.head.actor, public_id, version_of(public_id))
        track(walk, code)
        assert ANSWER in walk.text()
        rate(walk, COMMENT)
        assert COMMENT in db.session.scalars(select(Rating.comment)).all()


def test_a_report_about_an_official_says_who_reads_it(browser: Browser, address: str) -> None:
    """Written and followed without a mouse, the tabulator alone leading from one control to the next."""
    with browser.new_context(bypass_csp=True, viewport=DESK) as context:
        walk = Walk(context.new_page(), address, "conduct", keys=True)
        code = report(walk, BRIBE, named=False)
        track(walk, code)
        assert city.triage_agency().name in walk.text()
        assert BRIBE not in walk.text()
        assert the_case().sealed
