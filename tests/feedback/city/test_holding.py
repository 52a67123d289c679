"""What is kept of the city between transactions is what stands in the database: an edit counts at once, one that is taken back never."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, text

from feedback.city import queries as city
from feedback.city.holding import held
from feedback.db import db, transaction

DAY = date(2027, 3, 3)
ADD = text(f"INSERT INTO holiday (day, kind, name, source) VALUES ('{DAY}', 'off', 'Ngày thử', '-')")


def is_off() -> bool:
    with held():
        off = DAY in city.calendar().off
    db.session.rollback()
    return off


def test_what_is_kept_is_read_again_after_an_edit_and_only_then(app: Flask) -> None:
    assert not is_off()
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *about: seen.append(about[2]))
    assert not is_off()
    assert [statement for statement in seen if "holiday" in statement] == []
    with transaction():
        db.session.execute(ADD)
    assert is_off()
    with transaction():
        db.session.execute(text(f"DELETE FROM holiday WHERE day = '{DAY}'"))
    assert not is_off()


def test_an_edit_that_is_taken_back_was_never_there(app: Flask) -> None:
    assert not is_off()
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 — what comes before is the point
        db.session.execute(ADD)
        with held():
            assert DAY in city.calendar().off, "whoever edits sees his own edit"
        raise RuntimeError
    assert not is_off()


def test_outside_a_block_every_reading_asks_the_database(app: Flask) -> None:
    assert city.current_units() == city.current_units()
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *about: seen.append(about[2]))
    city.current_units()
    city.current_units()
    assert len([statement for statement in seen if "city_setting" in statement]) == 2


def test_a_block_anew_looks_again_and_leaves_the_one_around_it_alone(app: Flask) -> None:
    with held():
        assert DAY not in city.calendar().off
        with transaction():
            db.session.execute(ADD)
        with held():
            assert DAY not in city.calendar().off, "it shares what was read"
        with held(anew=True):
            assert DAY in city.calendar().off
        assert DAY not in city.calendar().off
    with transaction():
        db.session.execute(text(f"DELETE FROM holiday WHERE day = '{DAY}'"))


def test_categories_that_are_offered_and_all_of_them(app: Flask) -> None:
    with transaction():
        db.session.execute(text("UPDATE category SET active = false WHERE code = 'health'"))
    assert city.category_codes() - city.category_codes(offered=True) == {"health"}
    with transaction():
        db.session.execute(text("UPDATE category SET active = true WHERE code = 'health'"))
