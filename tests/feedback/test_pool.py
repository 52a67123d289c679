"""A connection that the server has closed meanwhile is replaced when it is taken, and nobody is shown an error for it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

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
