"""Seals the rows of sealed demo cases as `feedback.cases.sealed` does at every flush."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from analytics.demo.chaining import Row
from analytics.demo.rows import Rows
from feedback.cases.models import Case
from feedback.cases.sealed import tables_of_a_case
from feedback.db import db
from feedback.sealing import CaseKey, key_place, key_ring, place_of, sealed_words


def seal_all(rows: Rows) -> None:
    """Put the words of sealed cases behind the cases' keys; the rows of a case and its key are all among these."""
    sealed = {case["id"]: case["public_id"] for case in rows.get(Case, ()) if case["sealed"]}
    keys = {
        row["case_id"]: key_ring().unwrap(row["wrapped"], key_place(sealed[row["case_id"]]))
        for row in rows.get(CaseKey, ())
        if row["case_id"] in sealed
    }
    tables: tuple[type[Any], ...] = (Case, *tables_of_a_case())
    for table in tables:
        _number(table, rows.get(table, ()))
        for row in rows.get(table, ()):
            _seal(table, row, keys.get(row[table.CASE]))


def _number(table: type[Any], rows: Sequence[Row]) -> None:
    """Draw the ids that the database would give: what is sealed is bound to them."""
    if not rows or table.NAME != ("id",) or "id" in rows[0]:
        return
    sequence = func.nextval(func.pg_get_serial_sequence(table.__tablename__, "id"))
    drawn = db.session.scalars(select(sequence).select_from(func.generate_series(1, len(rows)).alias()))
    for row, number in zip(rows, drawn, strict=True):
        row["id"] = number


def _seal(table: type[Any], row: Row, key: bytes | None) -> None:
    row["words_sealed"] = None
    said = {name: row[name] for name in table.WORDS if row[name]}
    if key is not None and said:
        row.update(table.WORDS)
        row["words_sealed"] = sealed_words(said, key, place_of(table, row))
