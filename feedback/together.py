"""New rows of several tables in one statement: one way to the database and back, where a flush takes one for each table.

For what comes in by the thousand. The session hears of nothing: what its listeners do for rows in a flush (sealing, links of the record)
the caller has done.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert, inspect
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.sql.dml import UpdateBase

from feedback.db import Base, db

#: A table and the columns that are filled.
Shape = tuple[type[Base], tuple[str, ...]]


def write_together(*new: Base, gone: tuple[type[Base], int] | None = None) -> None:
    """Add rows, and delete the one of a table that has this key, in the caller's transaction: all of it or nothing.

    References between the rows may point anywhere among them. Raises IntegrityError like a flush.
    """
    filled = [_filled(row) for row in new]
    values = {_name(place, column): value for place, row in enumerate(filled) for column, value in row.items()}
    shapes = tuple((type(row), tuple(columns)) for row, columns in zip(new, filled, strict=True))
    db.session.execute(_statement(shapes, gone and gone[0]), values | ({"gone": gone[1]} if gone else {}))


def _filled(row: Base) -> dict[str, Any]:
    """The columns of a row that are not empty, by their names in the database."""
    known = instance_dict(row)
    values = {column: known.get(name) for column, name, _default in columns_of(type(row))}
    values |= {column: default(None) for column, _name, default in columns_of(type(row)) if default and values[column] is None}
    return {column: value for column, value in values.items() if value is not None}


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
def _statement(shapes: tuple[Shape, ...], gone: type[Base] | None) -> Executable:
    parts: list[UpdateBase] = []
    for place, (table, columns) in enumerate(shapes):
        whole: Any = table.__table__  # as a class it would go through a flush of its own kind
        parts.append(insert(whole).values({name: bindparam(_name(place, name), type_=whole.c[name].type) for name in columns}))
    if gone is not None:
        parts.append(delete(gone.__table__).where(inspect(gone).primary_key[0] == bindparam("gone")))  # type: ignore[arg-type]
    first, *others = parts
    return first.add_cte(*(part.cte(f"part_{place}") for place, part in enumerate(others)))


def _name(place: int, column: str) -> str:
    return f"{column}_of_{place}"
