"""New rows of several tables in one statement: one way to the database and back, where a flush takes one for each table.

For what comes in by the thousand. Each row travels as one JSON value, which PostgreSQL reads by the types of the table's own columns. The
session hears of nothing: what its listeners do for rows in a flush (sealing, links of the record) the caller has done.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import instance_dict

from feedback.db import Base, db

#: A table and the columns that are filled.
Shape = tuple[type[Base], tuple[str, ...]]


def write_together(*new: Base, gone: tuple[type[Base], int] | None = None) -> None:
    """Add rows, and delete the one of a table that has this key, in the caller's transaction: all of it or nothing.

    References between the rows may point anywhere among them. Raises IntegrityError like a flush.
    """
    rows = [filled(row) for row in new]
    shapes = tuple((type(row), tuple(columns)) for row, columns in zip(new, rows, strict=True))
    values: dict[str, Any] = {_name(place): as_json([row]) for place, row in enumerate(rows)}
    statement = _statement(shapes, gone and gone[0])
    db.session.connection().exec_driver_sql(statement, values | ({"gone": gone[1]} if gone else {}))


def inserting(table: str, names: Sequence[str], rows: str) -> str:
    """The statement that adds rows which come as a JSON value; `rows` stands for it."""
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows_of(table, rows)}"  # noqa: S608 — names of our own


def rows_of(table: str, rows: str) -> str:
    """The rows of a JSON value, read by the types of the table's own columns."""
    return f"json_populate_recordset(CAST(NULL AS {table}), CAST({rows} AS json))"


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows by the names of their columns as one JSON value."""
    return json.dumps(rows, ensure_ascii=False, default=_as_text)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else "\\x" + value.hex()


def filled(row: Base) -> dict[str, Any]:
    """What a flush would write of a new row: the columns that are not empty, by their names in the database."""
    known, values = instance_dict(row), {}
    for column, name, default in columns_of(type(row)):
        value = known.get(name)
        if value is None and default is not None:
            value = default(None)
        if value is not None:
            values[column] = value
    return values


@functools.cache
def columns_of(table: type[Base]) -> tuple[tuple[str, str, Callable[[None], Any] | None], ...]:
    """Name in the database, name in the class, and what an empty one is filled with."""
    return tuple((part.columns[0].name, part.key, _default(part.columns[0])) for part in inspect(table).column_attrs)


def _default(column: Any) -> Callable[[None], Any] | None:
    if column.default is None or column.default.is_sequence:
        return None
    said = column.default.arg
    return said if column.default.is_callable else lambda _context: said


@functools.cache
def _statement(shapes: tuple[Shape, ...], gone: type[Base] | None) -> str:
    first, *others = [inserting(table.__tablename__, columns, f"%({_name(place)})s") for place, (table, columns) in enumerate(shapes)]
    if gone is not None:
        others.append(f"DELETE FROM {gone.__tablename__} WHERE {inspect(gone).primary_key[0].name} = %(gone)s")  # noqa: S608 — as above
    parts = ", ".join(f"part_{place} AS ({part})" for place, part in enumerate(others))
    return f"WITH {parts} {first}" if parts else first


def _name(place: int) -> str:
    return f"row_{place}"
