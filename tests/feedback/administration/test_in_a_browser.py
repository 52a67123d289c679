"""The administrators' pages in a real browser: the narrowest telephone, the longer language, axe-core."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from feedback.administration import merging
from feedback.administration.changes import When
from feedback.administration.merging import Merge
from feedback.db import now
from feedback.escalation.services import load_ladder
from feedback.localtime import local_day
from tests.browsers import follow, look, served, signed_in
from tests.feedback.officers import Office

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
HOME, WIDTH, LANGUAGE = "/can-bo/quan-tri", 320, "en"


@pytest.mark.timeout(120)
def test_an_administrator_joins_agencies_and_looks_around(app: Flask, browser: Browser) -> None:
    office = Office(app)
    load_ladder()
    merge = Merge(("SO-YT",), into="SO-XD")
    change = merging.propose(office.admin.actor, merge, When(local_day(now()) + timedelta(days=9), "Nghị quyết", merging.mark(merge))).id
    with served(app) as address:
        page = signed_in(browser, office, office.admin, address, WIDTH)
        for path, name in (
            ("", "overview"),
            ("/co-quan?tim=so", "agencies"),
            (f"/thay-doi/{change}", "change"),
            ("/phan-tuyen/health", "routing"),
            ("/linh-vuc", "categories"),
        ):
            page.goto(f"{address}/ngon-ngu/{LANGUAGE}?ve={HOME}{path}")
            look(page, f"administration-{name}-{WIDTH}-{LANGUAGE}")
        page.goto(f"{address}{HOME}/co-quan/nhap?ma=SO-GDDT")
        page.select_option("#into", "SO-NV")
        page.fill("#reason", "Nghị quyết 1")
        look(page, f"administration-merge-{WIDTH}-{LANGUAGE}")
        follow(page, "main form[method=post] button.btn-primary")
        look(page, f"administration-preview-{WIDTH}-{LANGUAGE}")
        page.context.close()
