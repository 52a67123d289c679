from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback.city.kinds import UnitSet
from feedback.city.loader import read_city
from feedback.city.reading import DATA, CityDataError, Reader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    return tmp_path


def edit(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    change(table)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


def set_cell(folder: Path, file: str, line: int, column: str, value: str) -> None:
    def change(table: list[list[str]]) -> None:
        table[line - 1][table[0].index(column)] = value

    edit(folder / file, change)


def problems(folder: Path, units: UnitSet = UnitSet.Y2025) -> list[str]:
    with pytest.raises(CityDataError) as refusal:
        read_city(units, folder)
    return str(refusal.value).splitlines()


def test_every_bad_row_is_reported_with_file_and_line(folder):
    set_cell(folder, "areas_2025.csv", 3, "kind", "hamlet")
    set_cell(folder, "areas_2025.csv", 150, "latitude", "99")
    set_cell(folder, "holidays.csv", 2, "day", "2017-13-01")
    found = problems(folder)
    assert [line.split(": ")[0] for line in found] == ["areas_2025.csv:3", "areas_2025.csv:150", "holidays.csv:2"]


def test_the_line_is_the_line_in_the_file_even_after_a_quoted_line_break(tmp_path):
    (tmp_path / "holidays.csv").write_text(
        'day,kind,name,source\n2026-09-02,off,"Quốc\nkhánh",x\n2026-09-03,off,Nghỉ,x,y\n', encoding="utf-8"
    )
    reader = Reader(tmp_path)
    assert reader.holidays().rows == ()
    assert [(problem.line, problem.message.split(";")[0]) for problem in reader.problems] == [
        (3, "name has two blanks in a row, a tab or a line break: 'Quốc\\nkhánh'"),
        (4, "5 cells instead of 4"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "the file is missing"),
        (b"", "the first line must be: day,kind,name,source"),
        (b"day,name,kind,source\n", "the first line must be"),
        ("day,kind,name,source\n2026-09-02,off,Quốc khánh,x\n".encode("utf-16"), "not UTF-8"),
        (b'day,kind,name,source\n2026-09-02,off,"National', "not readable as CSV"),
        ("day,kind,name,source\n2026-09-02,off,Quốc khánh,x\n2026-09-02,off,Lễ,x\n".encode(), "the same key as line 2"),
    ],
)
def test_a_file_that_is_no_table_is_said_to_be_none(tmp_path, content, said):
    if content is not None:
        (tmp_path / "holidays.csv").write_bytes(content)
    reader = Reader(tmp_path)
    reader.holidays()
    assert [said in str(problem) for problem in reader.problems] == [True]


def test_a_byte_order_mark_and_blank_lines_are_forgiven(tmp_path):
    (tmp_path / "holidays.csv").write_text("\ufeffday,kind,name,source\n\n2026-09-02,off,Quốc khánh,x\n", encoding="utf-8")
    reader = Reader(tmp_path)
    assert len(reader.holidays().rows) == 1
    assert reader.problems == []


@pytest.mark.parametrize(
    ("file", "line", "column", "value", "said"),
    [
        ("areas_2025.csv", 40, "parent_code", "nowhere", "not an area above"),
        ("areas_2025.csv", 40, "parent_code", "25750", "not an area above"),
        ("areas_2025.csv", 40, "district_code", "79", "not a district"),
        ("areas_2025.csv", 4, "tile_col", "1", "tile 1,1 is taken by 761"),
        ("agencies_2025.csv", 60, "area_code", "1", "not in areas_2025.csv"),
        ("agencies_2025.csv", 60, "superior", "NOBODY", "unknown or leads in a circle"),
        ("agencies_2025.csv", 2, "superior", "SO-NV", "unknown or leads in a circle"),
        ("agencies_2025.csv", 60, "field", "health magic", "do not exist: magic"),
        ("agencies_2025.csv", 3, "role", "", "0 agencies have the role desk"),
        ("agencies_2025.csv", 60, "role", "triage", "2 agencies have the role triage"),
        ("categories.csv", 2, "rule_code", "NO-SUCH", "no rule with a period"),
        ("categories.csv", 2, "rule_code", "TC18-SUS", "no rule with a period"),
        ("procedures_2025.csv", 2, "category_code", "magic", "not in categories.csv"),
        ("deadline_rules.csv", 2, "extensions", "NO-SUCH", "extension NO-SUCH"),
        ("deadline_rules.csv", 2, "extensions", "1022-FWD", "extension 1022-FWD"),
        ("deadline_rules.csv", 2, "extensions", "TC18-SUS", "extension TC18-SUS"),
        ("deadline_rules.csv", 3, "valid_to", "2021-12-09", "still valid when the next version of PAKN-ANS begins"),
        ("deadline_rules.csv", 3, "valid_to", "", "still valid when the next version of PAKN-ANS begins"),
        ("routing_2025.csv", 2, "target", "SO-NONE", "target SO-NONE"),
        ("routing_2025.csv", 2, "category_code", "magic", "category_code magic"),
        ("routing_2025.csv", 15, "level", "district", "no city-wide body for other"),
    ],
)
def test_codes_must_point_somewhere(folder, file, line, column, value, said):
    set_cell(folder, file, line, column, value)
    assert any(said in problem for problem in problems(folder))


def test_an_extension_in_another_unit_of_days_is_allowed(folder):
    set_cell(folder, "deadline_rules.csv", 2, "extensions", "KN-1-COMPLEX")
    read_city(UnitSet.Y2025, folder)


def test_the_shipped_files_are_in_order():
    for units in UnitSet:
        read_city(units)
