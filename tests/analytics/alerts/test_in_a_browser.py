"""Alerts and briefings in a real browser, at the narrowest screen and at a desk: nothing wrong for axe, nobody scrolls sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from analytics.alerts import services
from analytics.alerts.models import Alert
from feedback.db import db
from tests.analytics.history import DAY, MONDAY, History
from tests.browsers import SCREENS, follow, look, served, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


def test_alerts_and_briefings_are_readable_everywhere(history: History, browser: Browser) -> None:
    office = history.office
    for category in ("urban_environment", "public_order"):
        history.twelve(4, category)
        history.received(1, 30, category)
    services.look()
    other = db.session.scalars(select(Alert.id).where(Alert.category_code == "public_order")).one()
    with served(office.app) as address:
        for width, language in SCREENS:
            page = signed_in(browser, office, office.leader, address, width, language)
            page.goto(f"{address}/dieu-hanh/canh-bao")
            page.locator("summary").first.click()
            follow(page, page.locator("details[open] button"))
            look(page, f"alerts-wrong-{width}-{language}", unfold=True)
            page.goto(f"{address}/dieu-hanh/ban-tin")
            look(page, f"briefings-{width}-{language}")
            page.context.close()
            # On the second screen one of the two is muted.
            services.mute(office.leader.actor, other, MONDAY + DAY * 9, "Triều cường.")
