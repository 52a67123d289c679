"""The file of prepared answers as checked rows; everything wrong is reported with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from feedback.answers.places import torn
from feedback.cases.models import Outcome
from feedback.city.cells import BadCell, Cells
from feedback.city.reading import CityDataError, Reader

DATA = Path(__file__).parent / "data"
FILE = "templates.csv"
COLUMNS = ("code", "category_code", "outcome", "title", "text", "legal_reference", "position")
TEXT_LIMIT = 4000
CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Prepared:
    """One prepared answer. `category` is None when it fits every field; in `text` a "|" of the file has become a new paragraph."""

    code: str
    category: str | None
    outcome: Outcome
    title: str
    text: str
    legal_reference: str
    position: int


def _row(cells: Cells) -> Prepared:
    text = "\n\n".join(part.strip() for part in cells.text("text", TEXT_LIMIT).split("|"))
    if left := torn(text):
        raise BadCell(f"text has brackets without a partner: {' '.join(left)}; write each place as [[what goes here]]")
    return Prepared(
        code=cells.matching("code", CODE, 40),
        category=cells.maybe("category_code", lambda column: cells.matching(column, CODE, 40)),
        outcome=cells.choice("outcome", Outcome),
        title=cells.text("title", 160),
        text=text,
        legal_reference=cells.optional("legal_reference", 300),
        position=cells.whole("position"),
    )


def read_templates(categories: frozenset[str], folder: Path = DATA) -> tuple[Prepared, ...]:
    """The prepared answers of a folder. Raises CityDataError naming every bad row; an unknown field is one."""
    reader = Reader(folder)
    sheet = reader.sheet(FILE, COLUMNS, _row, lambda row: row.code)
    for line, row in sheet.lines:
        if row.category is not None and row.category not in categories:
            reader.complain(
                FILE, line, f"category_code is {row.category!r}, which is no field; take one of: {', '.join(sorted(categories))}"
            )
    if reader.problems:
        raise CityDataError(reader.problems)
    return sheet.rows
