"""The pages of the conduct track in a real browser: telephone and desk screen, both languages, checked by axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from feedback.cases import conduct, desk, verifying
from feedback.cases.conduct_models import Verdict
from feedback.city import queries as city
from tests.browsers import look, served, signed_in
from tests.feedback.officers import Office, case_of, version_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


@pytest.mark.parametrize(("width", "language"), [(390, "vi"), (1280, "en")])
def test_every_page_can_be_used_by_everybody(office: Office, browser: Browser, width: int, language: str) -> None:
    inspector, fresh, worked, above, against = office.inspector.actor, *(office.sealed() for _ in range(4))
    desk.take_up(inspector, worked, version_of(worked))
    asked = office.stranger.actor.user_id or 0
    verifying.ask_verifier(inspector, worked, version_of(worked), asked, "Có người vòi tiền tại quầy số 3.", confirmed=True)
    verifying.record_finding(inspector, worked, version_of(worked), Verdict.SUBSTANTIATED)
    conduct.name_accused(inspector, above, version_of(above), [city.agency_by_code("UBND-TP").id], [])
    conduct.name_accused(inspector, against, version_of(against), [city.triage_agency().id], [])
    redacted = verifying.verifications(case_of(worked))[0].public_id
    pages = {
        "list": (office.inspector, ""),
        "fresh": (office.inspector, f"/{fresh}"),
        "worked": (office.inspector, f"/{worked}"),
        "above": (office.inspector, f"/{above}"),
        "leader-list": (office.leader, ""),
        "leader": (office.leader, f"/{against}"),
        "to-verify": (office.stranger, "/xac-minh"),
        "verify": (office.stranger, f"/xac-minh/{redacted}"),
        "nothing-to-verify": (office.handler, "/xac-minh"),
    }
    with served(office.app) as address:
        for name, (officer, path) in pages.items():
            page = signed_in(browser, office, officer, address, width, language)
            page.goto(f"{address}/can-bo/niem-phong{path}")
            look(page, f"conduct-{name}-{width}-{language}", unfold=True)
            page.context.close()
