"""The public pages of the record as people see them: on a telephone and on a desk, in both languages, with nothing for axe to find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from feedback.audit.heads import close_day
from feedback.audit.services import record_keys
from feedback.db import db
from feedback.record.receipts import Receipt, hash_of, number_of, sign
from tests.browsers import SCREENS, follow, look, served
from tests.feedback.citizen import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
CHECK, SENT = "/bien-nhan/kiem-tra", date(2026, 11, 25)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    with served(app) as address:
        yield address


def opened(browser: Browser, address: str, width: int, language: str) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True).new_page()
    page.goto(f"{address}/ngon-ngu/{language}")
    return page


@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_the_pages_in_every_state(app: Flask, browser: Browser, address: str, width: int, language: str) -> None:
    block = sign(Receipt(number_of(b"x"), SENT, hash_of(TEXT), (bytes(32), hash_of("a"))), record_keys())
    page = opened(browser, address, width, language)
    page.goto(f"{address}/so-cai")
    look(page, f"record-ledger-empty-{width}-{language}")
    for number in range(4):
        close_day(SENT + timedelta(days=number))
    db.session.remove()
    page.goto(f"{address}/so-cai")
    page.locator("main summary").click()
    look(page, f"record-ledger-{width}-{language}")
    page.goto(f"{address}{CHECK}")
    look(page, f"record-check-{width}-{language}")
    shown = {"true": (block, TEXT), "other": (block, TEXT + "!"), "false": (block.replace("20261125", "20261126"), ""), "none": ("LC1", "")}
    for name, (pasted, text) in shown.items():
        page.goto(f"{address}{CHECK}")
        page.locator("#block").fill(pasted)
        page.locator("#text").fill(text)
        follow(page, "main form button")
        look(page, f"record-{name}-{width}-{language}")
