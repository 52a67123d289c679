"""Words for what happens to a case."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask_babel import force_locale

from feedback.cases.words import ANSWER_STATES, MOVES, PARTNER_STATES, STATES, TRANSFER_STATES
from feedback.config import ROOT

#: What a button or the line over a folded form says.
PRESSED = re.compile(r'(?:act\(case, "[^"]+"(?:, chosen)?|folded\()(?:, )?_\("([^"]+)"\)')


@pytest.mark.usefixtures("app")
def test_no_button_speaks_of_what_has_happened(app: Flask) -> None:
    """In English the history's "Recalled" must not stand on the button that recalls: they are different sentences in Vietnamese too."""
    pages = [*(ROOT / "templates/staff/inbox").glob("*.html"), *(ROOT / "templates/staff/desk").glob("*.html")]
    pressed = {words for page in pages for words in PRESSED.findall(page.read_text(encoding="utf-8"))}
    assert len(pressed) > 15
    with app.test_request_context(), force_locale("vi"):
        told = {str(words) for words in MOVES.values()}
        told |= {str(words) for table in (STATES, ANSWER_STATES, TRANSFER_STATES, PARTNER_STATES) for words, _tone in table.values()}
    assert pressed & told == set()
