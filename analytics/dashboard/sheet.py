"""Figures as a file for a spreadsheet: numbers stay numbers, and no name can become a formula (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping

from flask_babel import gettext as _

from analytics.measures import MEASURES
from analytics.rollup.queries import Figures, Keys
from analytics.rollup.scope import Key
from feedback.city.order import vietnamese

#: What a spreadsheet takes for the start of a formula; full-width forms are folded before they are compared.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would calculate it."""
    return "'" + text if unicodedata.normalize("NFKC", text[:1]).startswith(FORMULA) else text


def sheet(found: Mapping[Keys, Figures], names: Mapping[Key, str], title: str) -> str:
    """A row for each group in order of names: of every measure the value, the numerator and the denominator."""
    out = io.StringIO()
    # A byte order mark tells Excel that the letters are UTF-8.
    out.write("\ufeff")
    writer = csv.writer(out)
    heads = [head for measure in MEASURES.values() for head in (measure.label, _("tử số"), _("mẫu số"))]
    writer.writerow([safe(str(head)) for head in (title, *heads)])
    for key, one in sorted(found.items(), key=lambda item: vietnamese(names.get(item[0][0], ""))):
        cells: list[float | None] = []
        for measure in MEASURES.values():
            value = measure.value(one)
            cells += [None if value is None else round(value, 4), measure.part(one), measure.whole(one)]
        writer.writerow([safe(names.get(key[0], "")), *cells])
    return out.getvalue()
