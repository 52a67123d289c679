"""Figures as a file for a spreadsheet: numbers stay numbers, and no name can become a formula (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from analytics.measures import MEASURES
from analytics.rollup.queries import Figures
from analytics.rollup.scope import Key, Keys
from feedback.city.order import vietnamese
from feedback.spreadsheets import safe


def sheet(found: Mapping[Keys, Figures], names: Mapping[Key, str], title: str) -> str:
    """A row for each group in order of names, as text with commas."""
    out = io.StringIO()
    # A byte order mark tells Excel that the letters are UTF-8.
    out.write("\ufeff")
    writer = csv.writer(out)
    for cells in lines(found, names, title):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()


def lines(found: Mapping[Keys, Figures], names: Mapping[Key, str], title: str) -> Iterator[list[str | float | None]]:
    """The heads, then a row for each group in order of names: of every measure the value, the numerator and the denominator."""
    yield [str(head) for head in (title, *(head for one in MEASURES.values() for head in (one.label, _("tử số"), _("mẫu số"))))]
    for key, one in sorted(found.items(), key=lambda item: vietnamese(names.get(item[0][0], ""))):
        cells: list[str | float | None] = [names.get(key[0], "")]
        for measure in MEASURES.values():
            value = measure.value(one)
            cells += [None if value is None else round(value, 4), measure.part(one), measure.whole(one)]
        yield cells
