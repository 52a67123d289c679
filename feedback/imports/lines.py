"""Lines about what is no file of the city's own, or has more columns here than there, as checked values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedback.answers.library import CODE, TEXT_LIMIT
from feedback.answers.places import torn
from feedback.cases.models import Outcome as Result
from feedback.cases.writing import REASON_LIMIT
from feedback.city import rows
from feedback.city.cells import BadCell, Cells
from feedback.escalation.models import EARLIEST, LATEST, Rung
from feedback.retention.periods import LONGEST, SHORTEST
from feedback.retention.periods import Kind as Kept
from feedback.text import clean

_STEP = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class CategoryLine(rows.CategoryRow):
    """A category, and whether senders are still offered it."""

    active: bool


@dataclass(frozen=True)
class StepLine:
    """A step of the ladder."""

    code: str
    working_days: int
    rung: Rung
    active: bool


@dataclass(frozen=True)
class TextLine:
    """A prepared answer."""

    code: str
    category_code: str | None
    outcome: Result
    title: str
    text: str
    legal_reference: str
    position: int
    active: bool


@dataclass(frozen=True)
class PeriodLine:
    """How long ended cases of a kind are kept."""

    code: Kept
    months: int
    reason: str


def category_line(cells: Cells) -> CategoryLine:
    """A line about a category. Raises BadCell, whose message names the column first."""
    return CategoryLine(**vars(rows.category(cells)), active=cells.yes("active"))


def step_line(cells: Cells) -> StepLine:
    """A line about a step of the ladder. Raises BadCell, whose message names the column first."""
    typed = cells.text("working_days", 4)
    if not typed.removeprefix("-").isdecimal() or not EARLIEST <= int(typed) <= LATEST:
        raise BadCell("working_days is no number of days from -30 to 60")
    return StepLine(cells.matching("code", _STEP, 40), int(typed), cells.choice("rung", Rung), cells.yes("active"))


def text_line(cells: Cells) -> TextLine:
    """A line about a prepared answer. Raises BadCell, whose message names the column first."""
    text = _prose(cells, "text", TEXT_LIMIT)
    if torn(text):
        raise BadCell("text has brackets without a partner")
    return TextLine(
        code=cells.matching("code", CODE, 40),
        category_code=cells.maybe("category_code", lambda column: cells.matching(column, CODE, 40)),
        outcome=cells.choice("outcome", Result),
        title=cells.text("title", 160),
        text=text,
        legal_reference=cells.optional("legal_reference", 300),
        position=cells.whole("position"),
        active=cells.yes("active"),
    )


def period_line(cells: Cells) -> PeriodLine:
    """A line about a period of keeping. Raises BadCell, whose message names the column first."""
    months = cells.whole("months")
    if not SHORTEST <= months <= LONGEST:
        raise BadCell("months is shorter or longer than a period may be")
    return PeriodLine(cells.choice("code", Kept), months, _prose(cells, "reason", REASON_LIMIT))


def _prose(cells: Cells, column: str, limit: int) -> str:
    """Words of several lines; whatever is too long is not cut but refused."""
    said = clean(cells.row[column], limit + 1)
    if not said or len(said) > limit:
        raise BadCell(f"{column} is empty or too long")
    return said
