"""Files of other programs: encodings, dialects, and lines that are broken beside lines that are not."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.imports import reading
from feedback.imports.reading import LONGEST_CELL, SIZE_LIMIT, Unreadable, read_table
from feedback.spreadsheets import safe
from tests.feedback.imports.files import written

HEADS = ("number", "text", "note")
#: What people write in cells: any letters, quotes, line ends, delimiters; no controls, which no spreadsheet keeps.
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;\t\n') | st.sampled_from("ăđơ'=+"), max_size=12)
ROW = st.tuples(st.integers(1, 9999).map(str), CELL, CELL)
ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with its mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16 of Excel": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16, other end first": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}


def read(data: bytes) -> list[tuple[str, ...]]:
    return [tuple(line.cells[name] for name in HEADS) for line in read_table(data, HEADS, HEADS) if line.broken is None]


def tidy(cell: str) -> str:
    """What a cell is when it comes back: line ends are one, and an apostrophe before a formula is ours."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(("=", "+", "-", "@", "\t", "\n")) else cell


@given(st.lists(ROW, min_size=1, max_size=6), st.sampled_from(sorted(ENCODINGS)), st.sampled_from(",;\t"))
def test_the_same_table_whatever_wrote_it(rows: list[tuple[str, str, str]], encoding: str, delimiter: str) -> None:
    data = ENCODINGS[encoding](written(HEADS, rows, delimiter).decode())
    assert read(data) == [tuple(map(tidy, row)) for row in rows]


@given(CELL)
def test_what_is_made_safe_comes_back_as_it_was(cell: str) -> None:
    assert not safe(cell).startswith(("=", "+", "-", "@"))
    if not cell.startswith("'"):
        assert read(written(HEADS, [("1", safe(cell), "")])) == [("1", cell, "")]


@given(
    st.lists(ROW, min_size=1, max_size=6),
    st.sampled_from(['7,"không đóng,x', "8,thiếu một ô", "9,thừa,một,ô", '10,"đóng"rồi,x', ',"']),
    st.integers(0, 6),
)
def test_whatever_line_is_bad_the_others_go_in(rows: list[tuple[str, str, str]], bad: str, place: int) -> None:
    # After a quote that nobody closed a cell in quotes may close it: then the file says what the next test reads, and nobody can tell.
    quoted = '\n",' if bad.count('"') % 2 else '\n"'
    plain = [tuple("".join(" " if sign in quoted else sign for sign in cell) for cell in row) for row in rows]
    lines = written(HEADS, plain).decode().split("\r\n")
    lines.insert(1 + min(place, len(rows)), bad)
    found = read_table("\r\n".join(lines).encode(), HEADS, HEADS)
    assert [tuple(line.cells[name] for name in HEADS) for line in found if line.broken is None] == [tuple(map(tidy, row)) for row in plain]
    assert [line.number for line in found if line.broken] == [2 + min(place, len(rows))]


def test_a_quote_that_a_later_line_closes_is_one_record() -> None:
    assert read(b'number,text,note\r\n7,"mo,x\r\n1,,",0"\r\n') == [("7", "mo,x\n1,,", '0"')]


def test_a_quote_nobody_closed_costs_its_own_line_however_long_the_file_is() -> None:
    rows = [(str(n), "x", "y") for n in range(LONGEST_CELL * 2)]
    data = written(HEADS, rows).replace(b"3,x,y", b'3,"x,y', 1)
    found = read_table(data, HEADS, HEADS)
    assert [line.number for line in found if line.broken] == [5]
    assert len(found) == len(rows)


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    data = b'sep=;\r\nnumber;text;note\r\n1;"hai\r\ndong";x\r\n;;\r\n\r\n2;b;y\r\n'
    assert [(line.number, line.cells["text"]) for line in read_table(data, HEADS, HEADS)] == [(3, "hai\ndong"), (7, "b")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "Tệp trống"),
        (b"PK\x03\x04rest", "sổ tính Excel"),
        (b"number,text,note\n1,\xff\xfe,x\n", "dòng 2 không phải mã UTF-8"),
        ("number,text,note\n1,a,b\n".encode("utf-16-le"), "không phải tệp văn bản"),
        ("number,text,note\n1,a\0,b\n".encode("utf-16"), "không phải tệp văn bản"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "không phải tệp văn bản"),
        (b"number,text\n1,a\n", "thiếu cột: note"),
        (b"number,text,note,khac\n1,a,b,c\n", "không dùng đến: khac"),
        (b"number,text,note,text\n1,a,b,c\n", "lặp lại: text"),
        (b"number,text,note\n,,\n", "chỉ có dòng tiêu đề"),
        (b"x" * (SIZE_LIMIT + 1), "lớn hơn 20 MB"),
        (b"number,text,note\n" + b"1,a,b\n" * 12, "12 dòng; mỗi lần nhập tối đa 11"),
    ],
)  # fmt: skip
def test_a_file_of_which_nothing_can_be_used_says_why(data: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 11)
    with pytest.raises(Unreadable, match=says):
        read_table(data, HEADS, HEADS)


def test_our_own_remarks_are_left_alone_and_columns_stand_in_any_order() -> None:
    (line,) = read_table(b"Note,error,number,TEXT\nx,sai,1,a\n", HEADS, HEADS)
    assert {name: line.cells[name] for name in HEADS} == {"number": "1", "text": "a", "note": "x"}
