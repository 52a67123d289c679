"""What the machine reads in a draft, as the form shows it. All of it may fail or be slow: then nothing is shown and nothing waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import text as sql

from feedback.answers.queries import PublicCase, public_among
from feedback.cases import asking
from feedback.cases.ports import Labels, Likely, PublicLikeness
from feedback.cases.sorting import CONDUCT, propose_agency, read
from feedback.city import queries as city
from feedback.city.models import Category
from feedback.db import db, now

#: How many fields are offered first, how many words are given as the reason, how many public cases are shown.
FIRST_FIELDS, REASONS, SIMILAR = 3, 3, 3
#: Calibrated probability from which on, in the citizen's words; the last one holds for all below.
CERTAINTY = ((0.9, _l("rất chắc chắn")), (0.7, _l("khá chắc chắn")), (0.0, _l("chưa thật chắc chắn")))


@dataclass(frozen=True)
class Fields:
    """Which fields stand first on the last page, and why."""

    #: Codes offered first, best first; empty when the machine has nothing to say or the report looks like misconduct.
    first: tuple[str, ...] = ()
    #: The first one is proposed; otherwise the citizen is asked to choose.
    sure: bool = False
    certainty: str = ""
    #: The citizen's own words that led there.
    reasons: tuple[str, ...] = ()
    #: What is said of misconduct holds for this report.
    conduct: bool = False


def fields_of(labels: Labels | None, chosen: str) -> Fields:
    """What to offer for a text the machine has read (None: it could not) and the field chosen so far."""
    if labels is None:
        return Fields(conduct=chosen == CONDUCT)
    if labels.misconduct or labels.category == CONDUCT:
        return Fields(conduct=True)
    best = (labels.category, *(code for code, _share in labels.alternatives))[:FIRST_FIELDS]
    words = next(str(words) for least, words in CERTAINTY if labels.confidence >= least)
    return Fields(best, not labels.abstain, words, labels.reasons[:REASONS], chosen == CONDUCT)


def last_look(text: str, area_id: int | None, chosen: str, categories: Sequence[Category], locale: str) -> dict[str, Any]:
    """What the last page shows of the machine's reading, by the names its templates use; `chosen` is the field chosen so far."""
    labels = read(text)
    fields = fields_of(labels, chosen)
    sealed = labels is None or fields.conduct
    return {
        "fields": fields,
        "names": {row.code: row.name(locale) for row in categories},
        "hints": {row.code: row.hint(locale) for row in categories},
        # What is proposed needs no tap: it is what happens when nobody chooses.
        "first": ["", *fields.first[fields.sure :]],
        "rest": [row.code for row in categories if row.code not in fields.first],
        "routing": _routing(fields.first[0], area_id, locale) if fields.sure and not sealed else None,
        "similar": () if sealed else similar_public(text, area_id),
    }


def _routing(category_code: str, area_id: int | None, locale: str) -> str:
    """Where the report will probably go, and why; the reasons of the routing table are in Vietnamese only."""
    proposed = propose_agency(category_code, area_id)
    if locale == "vi":
        return proposed.reason
    agency = city.agency_by_code(proposed.agency_code).name
    return str(_("Nơi giải quyết dự kiến: %(agency)s.", agency=agency))


def similar_public(text: str, area_id: int | None) -> Sequence[PublicCase]:
    """Public cases that may tell of the same, read again through the rules of what is public; none when the machine fails."""
    likeness: PublicLikeness | None = current_app.extensions.get("public_likeness")
    if likeness is None:
        return ()
    found = asking.within(asking.SECONDS, lambda: _likely(likeness, text, area_id)) or ()
    return public_among([one.public_id for one in found][:SIMILAR])


def _likely(likeness: PublicLikeness, text: str, area_id: int | None) -> Sequence[Likely]:
    # The database gives up at the same moment as the page does.
    db.session.execute(sql(f"SET LOCAL statement_timeout = {int(asking.SECONDS * 1000)}"))
    return likeness.likely_public(text, area_id, now())
