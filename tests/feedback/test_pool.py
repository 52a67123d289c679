"""Connections: one that the server has closed is replaced, a transaction begins with who it is for, a statement is explained once."""

from __future__ import annotations

from typing import Any, cast

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError

from feedback.acting import System, acting_for
from feedback.cases.access import CITIZEN, SYSTEM, Actor
from feedback.cases.workflow import Who
from feedback.db import db
from feedback.patience import begin_with


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


def test_a_transaction_begins_with_who_it_is_for_once_and_a_savepoint_begins_none(app: Flask) -> None:
    said: list[str | None] = []
    with acting_for(System("a test")):
        connection = db.session.connection()
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        driver.add_notice_handler(lambda notice: said.append(notice.message_primary))
        with db.session.begin_nested():
            assert db.session.scalar(text("SELECT current_setting('app.task')")) == "a test"
    assert said == [], "to begin inside a transaction is warned of"


def test_an_officers_lists_are_planned_for_his_agency_and_a_visitors_page_once(app: Flask) -> None:
    """After five times PostgreSQL would read an inbox by a plan for any agency: ten times as slow for the largest one."""

    def mode() -> str:
        found = db.session.scalar(text("SHOW plan_cache_mode"))
        db.session.rollback()
        return str(found)

    with acting_for(Actor(Who.HANDLER, 1, 1)):
        assert mode() == "force_custom_plan"
    for party in (CITIZEN, SYSTEM):
        with acting_for(party):
            assert mode() == "auto"
    assert mode() == "auto", "and a pooled connection carries nothing over"


def test_a_transaction_that_cannot_begin_says_so(app: Flask) -> None:
    with db.engine.connect() as connection, pytest.raises(DataError):
        begin_with(connection, "SELECT 1 / 0")
