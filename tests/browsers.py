"""A real Chromium for tests that look at pages: served over a port of this machine, checked with axe-core."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from werkzeug import Request, Response
from werkzeug.serving import make_server

from feedback.config import ROOT
from tests.feedback.officers import Office, Officer

#: The first that is there; the one without windows takes a third less time for the same pages.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Set to a folder to keep pictures of every page.
PICTURES = os.environ.get("LIEMCHINH_PICTURES", "")
AXE = ROOT / "node_modules/axe-core/axe.min.js"
#: The narrowest screen a page must fit and a wide one, each in another language: what breaks, breaks at the ends.
SCREENS = [(320, "vi"), (1280, "en")]
#: WCAG 2.2 AA and what comes before it.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What is right with a page is not told at length, and where a fault stands by its HTML.
AXE_ASKED = {"runOnly": AXE_TAGS, "resultTypes": ["violations"], "selectors": False}


#: What a reader may set himself and a page must bear (WCAG 1.4.12).
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
#: Words that no longer fit where they stand and cannot be scrolled to.
CUT = """() => [...document.querySelectorAll('body *')].filter(one => {
    const how = getComputedStyle(one)
    return one.innerText && how.overflowX !== 'visible' && how.overflowX !== 'auto' && one.clientWidth > 1
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
}).map(one => one.outerHTML.slice(0, 160))"""


def answered_at_once(app: Flask) -> Callable[..., Iterable[bytes]]:
    """The application with every answer read to its end and closed before it is sent.

    Werkzeug's server leaves an answer open when the browser goes away in the middle of it, as one does on leaving a page.
    """

    @Request.application
    def answer(request: Request) -> Response:
        return Response.from_app(app, request.environ, buffered=True)

    return answer


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application at an address that a browser can open, for as long as the block runs."""
    server = make_server("127.0.0.1", 0, answered_at_once(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is shown now; the context must be made with `bypass_csp=True`."""
    page.add_script_tag(path=str(AXE))
    found: list[dict[str, Any]] = page.evaluate("asked => axe.run(asked).then(result => result.violations)", AXE_ASKED)
    return [f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})" for one in found for node in one["nodes"]]


def wider_than_the_screen(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def bears_wide_spacing(page: Page) -> None:
    """Lines, letters and words further apart: nothing is cut off and nobody scrolls sideways."""
    style = page.add_style_tag(content=SPACED)
    assert not wider_than_the_screen(page), page.url
    assert page.evaluate(CUT) == [], page.url
    style.evaluate("one => one.remove()")


def look(page: Page, name: str, *, check: bool = True, unfold: bool = False) -> None:
    """Look at a page as a person and, where scripts run (`check`), as axe-core: nothing wrong, nobody scrolls sideways.

    Where scripts run, with text spaced wide as well (WCAG 1.4.12).

    `unfold` opens everything that is folded first.
    """
    if unfold:
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    assert not wider_than_the_screen(page), page.url
    if check:
        assert violations(page) == [], page.url
        bears_wide_spacing(page)


def follow(page: Page, pressed: Locator | str, address: str = "**") -> None:
    """Press a link or a button and wait for the page it leads to.

    On a busy machine the old page, or none at all, is still there when a bare click returns.
    """
    with page.expect_navigation(url=address):
        (page.locator(pressed) if isinstance(pressed, str) else pressed).first.click()


def signed_in(browser: Browser, office: Office, officer: Officer, address: str, width: int, language: str = "vi", **options: Any) -> Page:
    """A page in which the officer is signed in and has chosen a language."""
    client = office.browser(officer)
    client.get(f"/ngon-ngu/{language}")
    return with_cookies(browser, client, address, width, **options)


def with_cookies(browser: Browser, client: FlaskClient, address: str, width: int, **options: Any) -> Page:
    """A page of somebody whose session began in a browser without a screen."""
    context = browser.new_context(**{"viewport": {"width": width, "height": 900}, "bypass_csp": True, **options})
    kept = [(name, client.get_cookie(name)) for name in ("phien", "ngon_ngu")]
    context.add_cookies([{"name": name, "value": cookie.value, "url": address} for name, cookie in kept if cookie is not None])
    return context.new_page()
