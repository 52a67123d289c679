"""Connections of the pool: one that the server has closed is replaced when it is taken, and what a statement means is told it once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError

from feedback.db import db


def test_a_connection_closed_by_the_server_is_replaced(app: Flask) -> None:
    number = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.rollback()
    with db.engine.connect() as first, db.engine.connect() as other:
        mine, end = (first, other) if first.scalar(text("SELECT pg_backend_pid()")) == number else (other, first)
        mine.rollback()
        mine.close()
        # The server's farewell has arrived when the function returns.
        assert end.scalar(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    assert db.session.scalar(text("SELECT pg_backend_pid()")) != number


def _known_by_heart() -> int:
    """Statements that the server keeps for the session's connection."""
    return db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 / %'")) or 0


def _divide(by: int) -> None:
    db.session.scalar(text("SELECT 1 / CAST(:by AS integer)"), {"by": by})


def test_the_server_keeps_a_prepared_statement_when_reading_ends(app: Flask) -> None:
    for _page in range(7):
        _divide(1)
        db.session.rollback()
    assert _known_by_heart() == 1


def test_after_an_error_nothing_is_taken_for_known(app: Flask) -> None:
    for _page in range(7):
        _divide(1)
    with pytest.raises(DataError):
        _divide(0)
    db.session.rollback()
    assert _known_by_heart() == 0
