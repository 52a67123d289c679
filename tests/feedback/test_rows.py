"""How rows are made: columns straight away, everything else by its own way, and nothing that is not theirs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import inspect

from feedback.cases.models import Case
from feedback.city.models import Agency, Area
from feedback.sealing import CaseKey


def test_a_row_has_what_it_is_made_with(app: Flask) -> None:
    row = Agency(name="Alpha", short_name="A")
    assert (row.name, row.short_name) == ("Alpha", "A")
    row.name = "Beta"
    assert inspect(row).attrs.name.history.added == ["Beta"]


def test_what_it_refers_to_knows_it(app: Flask) -> None:
    case = Case(public_id="abc", text="Rác đầu hẻm")
    key = CaseKey(case=case, wrapped=b"-")
    assert case.key is key
    assert (case.text, case.plain_text) == ("Rác đầu hẻm", "Rác đầu hẻm")


def test_a_name_that_is_none_of_its_is_refused(app: Flask) -> None:
    with pytest.raises(TypeError, match="Area has no nmae"):
        Area(nmae="Phường")
