"""Files for a spreadsheet: templates, what stands in the database, refused lines to be mended, first passwords."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from feedback.imports.columns import COLUMNS, Kind, names_of
from feedback.imports.outgoing import rows_of
from feedback.imports.queries import refused
from feedback.imports.reading import REMARK, Line
from feedback.imports.services import Handed
from feedback.imports.words import by_number, problems_of
from feedback.spreadsheets import safe


def sheet(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV that Excel opens with its letters right and calculates nothing in."""
    out = io.StringIO()
    out.write("\ufeff")
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def template(kind: Kind) -> str:
    """The first line and an invented example."""
    return sheet([names_of(kind), [column.example for column in COLUMNS[kind]]])


def export(kind: Kind) -> str:
    """Everything of a kind, as it comes in again."""
    return sheet([names_of(kind), *(list(row.values()) for row in rows_of(kind))])


def mistakes(import_id: int, kind: Kind, lines: Sequence[Line], heads: Sequence[str]) -> str:
    """A row for each mistake: line, column, what stands there, what to do."""
    known = by_number(lines)
    rows = [
        [str(line.line), said.column, said.value, said.advice]
        for line in refused(import_id)
        for said in problems_of(kind, line, known.get(line.line))
    ]
    return sheet([heads, *rows])


def to_mend(import_id: int, kind: Kind, lines: Sequence[Line]) -> str:
    """The refused lines as they came, each with what is wrong in a column of its own that is left alone when they come back."""
    known, names = by_number(lines), names_of(kind)
    rows = [[*names, REMARK]]
    for line in refused(import_id):
        there = known.get(line.line)
        cells = [there.cells.get(name, "") if there else "" for name in names]
        rows.append([*cells, "; ".join(f"{said.column} {said.advice}".strip() for said in problems_of(kind, line, there))])
    return sheet(rows)


def passwords(handed: Sequence[Handed], heads: Sequence[str]) -> str:
    """First passwords to be printed and handed over in person."""
    return sheet([heads, *([one.full_name, one.sign_in_name, one.agency, one.password] for one in handed)])
