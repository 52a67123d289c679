"""The tracking page in a real browser, in every state: the narrowest telephone, both languages, axe-core, and on paper."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

from tests.browsers import PICTURES, SCREENS, follow, look, served, with_cookies
from tests.feedback.tracking.stories import STORIES, Sender, Story

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]


def opened(browser: Browser, sender: Sender, address: str, width: int, language: str) -> Page:
    """A page in which the sender follows his case."""
    sender.client.get(f"/ngon-ngu/{language}")
    return with_cookies(browser, sender.client, address, width)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_everybody_can_use_the_page_in_every_state(story: Story, browser: Browser, width: int, language: str) -> None:
    with served(story.office.app) as address:
        # Every state on one of the screens.
        for name in list(STORIES)[SCREENS.index((width, language)) :: len(SCREENS)]:
            page = opened(browser, getattr(story, name)(), address, width, language)
            page.goto(f"{address}/tra-cuu/ho-so")
            look(page, f"tracking-{name}-{width}-{language}")
            page.context.close()
            story.days_later(0.01)  # codes may be tried ten times a minute
        page = opened(browser, story.in_progress(), address, width, language)
        page.goto(f"{address}/tra-cuu/ho-so")
        follow(page, "form[action$='/gui-them'] button")
        look(page, f"tracking-slip-{width}-{language}")
        page.goto(f"{address}/tra-cuu/ho-so/rut")
        look(page, f"tracking-withdraw-{width}-{language}")
        page.context.close()


@pytest.mark.parametrize("name", ["sorting", "forwarded", "in_progress", "awaiting_supplement", "answered", "refused"])
def test_the_usual_page_prints_on_one_sheet(story: Story, browser: Browser, name: str) -> None:
    with served(story.office.app) as address:
        page = opened(browser, getattr(story, name)(), address, 1280, "vi")
        page.goto(f"{address}/tra-cuu/ho-so")
        paper = page.pdf(format="A4")
        page.context.close()
    if PICTURES:
        (Path(PICTURES) / f"tracking-{name}.pdf").write_bytes(paper)
    with pikepdf.open(io.BytesIO(paper)) as pages:
        assert len(pages.pages) == 1
