"""Tables as files. JSON is what is frozen, byte for byte; CSV says the same for spreadsheets. Knows no database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from analytics.opendata.tables import Sheet
from analytics.opendata.words import LICENCE, columns
from feedback.spreadsheets import safe

Row = Mapping[str, Any]
FORMS = {"csv": "text/csv", "json": "application/json"}


def as_json(sheet: Sheet, rows: Iterable[Row]) -> str:
    """A document with one row a line, so that two editions can be compared line by line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"table": "{sheet}", "licence": "{LICENCE}", "rows": [\n{lines}\n]}}\n'


def rows_of(content: str) -> list[dict[str, Any]]:
    """The rows of such a document."""
    found: list[dict[str, Any]] = json.loads(content)["rows"]
    return found


def as_csv(sheet: Sheet, rows: Iterable[Row]) -> str:
    """Comma-separated UTF-8 with a byte order mark, by which Excel knows its letters; no name can become a formula (ASVS 1.2.10)."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    names = columns(sheet)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    return safe(value) if isinstance(value, str) else value


def hash_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def hash_of_all(hashes: Sequence[str]) -> str:
    """The hash over the hashes of a month's tables, one a line."""
    return hash_of("".join(f"{one}\n" for one in hashes))
