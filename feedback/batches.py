"""What has become of many rows of a session, written by one statement for each table, where a flush sends one for each row.

For work that goes through rows by the dozen; new rows that nobody has to wait for are written by `together.py`. The rows travel as one JSON
value, which PostgreSQL reads by the types of the table's own columns.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, inspect, text
from sqlalchemy.orm import Mapper, make_transient
from sqlalchemy.orm.exc import StaleDataError

from feedback.db import Base, db
from feedback.together import as_json, columns_of, filled, inserting, rows_of


def write_batch() -> None:
    """Write what is new and what has changed in the session; what goes along with every flush (`before_flush`) goes along with this.

    New rows leave the session, changed ones are read anew when somebody asks for them. To be called inside the caller's transaction,
    with the changed rows locked and every row told by key which others it refers to: relationships are not followed, and one that was
    set is a KeyError. Rows to be deleted are left to the flush.
    """
    session = db.session()
    with session.no_autoflush:
        session.dispatch.before_flush(session, None, None)
        connection = session.connection()
        for table, rows in _by_table(session.new):
            for known in (True, False):
                _insert(connection, table, [row for row in rows if (table.drawn in row.__dict__) is known])
        for table, rows in _by_table(session.dirty):
            _update(connection, table, rows)
        for row in list(session.new):
            make_transient(row)  # `expunge` would ask every column whether it is a relationship to go along
        for row in list(session.dirty):
            session.expire(row)


class _Table(NamedTuple):
    """A table as rows are written to it."""

    name: str
    #: Names of the columns by those of the attributes.
    columns: dict[str, str]
    #: The attributes that name a row, and the one whose value the database draws.
    keys: tuple[str, ...]
    drawn: str | None
    #: The column that counts the writes.
    version: str | None


@functools.cache
def _table(mapper: Mapper[Any]) -> _Table:
    table: Any = mapper.local_table
    kind: type[Base] = mapper.class_
    return _Table(
        table.name,
        {key: name for name, key, _default in columns_of(kind)},
        tuple(mapper.get_property_by_column(column).key for column in table.primary_key),
        next((mapper.get_property_by_column(column).key for column in table.columns if column.identity is not None), None),
        None if mapper.version_id_col is None else mapper.version_id_col.name,
    )


@functools.cache
def _order() -> dict[str, int]:
    return {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}


def _by_table(rows: Iterable[Any]) -> list[tuple[_Table, list[Any]]]:
    """The rows of each table, in the order in which tables build on one another."""
    found: dict[str, tuple[_Table, list[Any]]] = {}
    for row in rows:
        table = _table(inspect(row).mapper)
        found.setdefault(table.name, (table, []))[1].append(row)
    return [found[name] for name in sorted(found, key=_order().__getitem__)]


def _insert(connection: Connection, table: _Table, rows: Sequence[Any]) -> None:
    if rows:
        written = [filled(row) for row in rows]
        names = sorted({name for row in written for name in row})
        connection.execute(_inserting(table.name, tuple(names)), {"rows": as_json(written)})


def _update(connection: Connection, table: _Table, rows: Sequence[Any]) -> None:
    """Every row gets all columns that have changed in one of them, so that one statement writes them all. Raises StaleDataError."""
    changed = sorted({key for row in rows for key in inspect(row).committed_state})
    names = {key: table.columns[key] for key in (*table.keys, *changed)}
    written = [{name: getattr(row, key) for key, name in names.items()} for row in rows]
    updating = _updating(table.name, tuple(names[key] for key in table.keys), tuple(names[key] for key in changed), table.version)
    if connection.execute(updating, {"rows": as_json(written)}).rowcount != len(rows):
        raise StaleDataError(f"not every row of {table.name} could be changed")  # gone, or behind a policy


@functools.cache
def _inserting(table: str, names: tuple[str, ...]) -> TextClause:
    return text(inserting(table, names, ":rows"))


@functools.cache
def _updating(table: str, keys: tuple[str, ...], names: tuple[str, ...], version: str | None) -> TextClause:
    values = [f'"{name}" = n."{name}"' for name in names] + ([f"{version} = {table}.{version} + 1"] if version else [])
    same = " AND ".join(f'{table}."{key}" = n."{key}"' for key in keys)
    return text(f"UPDATE {table} SET {', '.join(values)} FROM {rows_of(table, ':rows')} n WHERE {same}")  # noqa: S608 — names of our own
