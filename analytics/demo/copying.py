"""Rows into tables with PostgreSQL's COPY, which takes tens of thousands of rows a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Any

from psycopg import Cursor, sql
from psycopg.abc import Dumper
from psycopg.types.json import JsonbDumper
from psycopg.types.string import StrDumper
from sqlalchemy import Connection

from feedback.db import Base

#: How values that SQLAlchemy's columns would convert are written: enumerations by their value, lists and dicts as jsonb.
_DUMPERS: Mapping[type, type[Dumper]] = {StrEnum: StrDumper, list: JsonbDumper, dict: JsonbDumper}


def copy_rows(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Copy rows, all with the same keys, into a table inside the connection's transaction."""
    if not rows:
        return
    names = list(rows[0])
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.__tablename__), columns)
    values = itemgetter(*names)
    raw: Any = connection.connection.dbapi_connection
    cursor: Cursor[Any]
    with raw.cursor() as cursor:
        for kind, dumper in _DUMPERS.items():
            cursor.adapters.register_dumper(kind, dumper)
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(values(row))
