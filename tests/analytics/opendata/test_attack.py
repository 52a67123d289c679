"""Somebody solves all published tables of a month together, and two editions of it: no hidden number is told."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.opendata.disclosure import FEWEST, small
from analytics.opendata.publishing import COUNTED_SHEETS, Edition, Rows, key_of
from analytics.opendata.tables import CITY, Family, Key, Month, Sheet, lines
from tests.analytics.opendata.cities import NAMES, cases, corrected, counted, enclosed, shown_small

MARCH = date(2026, 3, 1)


def hidden_in(rows: Rows) -> set[tuple[Family, Sheet, Key]]:
    rows_of = [(family, sheet, row) for family in Family for sheet in family.sheets for row in rows[sheet]]
    return {(family, sheet, key_of(sheet, row)) for family, sheet, row in rows_of if family.read(row) is None}


@pytest.mark.parametrize(("number", "seed"), [(3, 1), (40, 2), (200, 3), (900, 5), (3000, 7)])
def test_no_table_of_a_month_tells_what_another_hides(number: int, seed: int) -> None:
    found = counted(cases(number, seed))
    rows = Edition(MARCH, 1, NAMES).first(found, conduct=4)
    assert shown_small(rows) == []
    assert enclosed(rows, found) == {}
    assert rows[Sheet.CONDUCT][0]["reports"] is None
    city = rows[Sheet.CITY][0]
    assert all(
        city[column] == figure
        for family in Family
        if (family.read(city))
        for column, figure in family.published(family.layers(found[Sheet.CITY][CITY])).items()
    )


def test_the_attack_finds_what_is_hidden_badly() -> None:
    """The attacker of these tests is no fool: hide the small numbers alone, and he has them."""
    found = counted(cases(200, 3))
    rows = Edition(MARCH, 1, NAMES).first(found, conduct=0)
    for sheet in COUNTED_SHEETS:
        for row in rows[sheet]:
            number = found[sheet][key_of(sheet, row)]
            for family in Family:
                layers = family.layers(number)
                if sheet in family.sheets and not any(small(part) for part in (sum(layers), layers[0])):
                    row.update(family.published(layers))
    assert len(enclosed(rows, found)) > 10


@pytest.mark.parametrize(("sealed", "moved"), [(1, 0), (3, 25), (12, 60)])
def test_two_editions_tell_no_more_than_one(sealed: int, moved: int) -> None:
    ones = cases(400, 11)
    before, after = counted(ones), counted(corrected(ones, 12, sealed, moved))
    first = Edition(MARCH, 1, NAMES).first(before, conduct=9)
    second = Edition(MARCH, 2, NAMES).correction(after, first)
    old, new = hidden_in(first), hidden_in(second)
    assert old <= new
    check_changes(first, second)
    # He who is told the true numbers of all that the second edition shows, instead of some that were left as they were; and then
    # he who has moreover found out everything that the first one hid.
    exact = {sheet: [true(row, after, sheet) for row in second[sheet]] for sheet in COUNTED_SHEETS}
    assert enclosed(exact, after) == {}
    assert not {name[:3] for name in enclosed(exact, after, told=old)} & new  # type: ignore[index]
    assert second[Sheet.CONDUCT][0] == {"month": "2026-03", "edition": 2, "reports": 9, "hidden": []}


def true(row: dict[str, object], found: Month, sheet: Sheet) -> dict[str, object]:
    """A row with the numbers as they are wherever a number is shown."""
    figures = found[sheet][key_of(sheet, row)]
    return row | {
        column: number
        for family in Family
        if sheet in family.sheets and family.read(row) is not None  # type: ignore[arg-type]
        for column, number in family.published(family.layers(figures)).items()
    }


def check_changes(first: Rows, second: Rows) -> None:
    """Every number, and what is left of a sum without its shown parts, changes by nothing or by five at least."""
    for family in Family:
        tables = [
            {(sheet, key_of(sheet, row)): family.read(row) for sheet in family.sheets for row in rows[sheet]} for rows in (first, second)
        ]
        for at in range(len(family.columns)):
            change = {cell: now[at] - tables[0][cell][at] for cell, now in tables[1].items() if now is not None}  # type: ignore[index]
            assert not any(small(abs(number)) for number in change.values())
            keys = {sheet: {key for one, key in tables[0] if one is sheet} for sheet in COUNTED_SHEETS}
            for whole, parts in lines(keys):
                if whole in change:
                    assert not small(abs(change[whole] - sum(change.get(part, 0) for part in parts)))


def test_a_large_correction_is_told_and_adds_up() -> None:
    ones = cases(900, 5)
    moved = corrected(ones, 1, 0, 200)
    first = Edition(MARCH, 1, NAMES).first(counted(ones), conduct=0)
    second = Edition(MARCH, 2, NAMES).correction(counted(moved), first)
    health = [next(row for row in rows[Sheet.CATEGORY] if row["category_code"] == "health") for rows in (first, second)]
    assert health[1]["received"] - health[0]["received"] >= FEWEST
    assert all(row["satisfied"] <= row["scored"] <= row["answered"] for row in second[Sheet.AGENCY] if row["scored"] is not None)


def test_a_correction_after_the_map_has_changed_keeps_the_rows_of_before() -> None:
    """Districts and fields that are no longer there are still rows of the month, with what is counted for them now."""
    ones = cases(900, 5)
    before = counted(ones)
    first = Edition(MARCH, 1, NAMES).first(before, conduct=0)
    after = {
        sheet: {key: one for key, one in rows.items() if "760" not in key and "roads" not in key}
        for sheet, rows in counted([one for one in ones if one.district != "760" and one.category != "roads"]).items()
    }
    second = Edition(MARCH, 2, NAMES).correction(after, first)
    assert {sheet: {key_of(sheet, row) for row in rows} for sheet, rows in second.items()} == {
        sheet: {key_of(sheet, row) for row in rows} for sheet, rows in first.items()
    }
    gone = next(row for row in second[Sheet.DISTRICT] if row["district_code"] == "760")
    assert gone["received"] == 0
