"""Tables as other programs write them: UTF-8 or UTF-16, commas, semicolons or tabs, quotes gone wrong. Pure.

A line that cannot be read is marked and the ones after it are read all the same: whoever has ten thousand lines mends three, not all.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback.cases.steps import N_, Step
from feedback.spreadsheets import bare

SIZE_LIMIT = 20_000_000
MOST_LINES = 50_000
DELIMITERS = (",", ";", "\t")
#: More physical lines than this in one cell mean a quote that nobody closed.
LONGEST_CELL = 400
#: Column that our own list of refused lines adds and that is left alone when the mended list comes back.
REMARK = "error"
NO_TEXT = N_("Đây không phải tệp văn bản CSV. Xin lưu bảng thành «CSV UTF-8» rồi gửi lại.")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Unreadable(ValueError):
    """A file of which nothing can be used; `sentence` says why and what to do."""

    def __init__(self, msgid: str, **values: str | int) -> None:
        self.sentence = Step(msgid, values)
        super().__init__(self.sentence.text())


@dataclass(frozen=True)
class Line:
    """One record: the number of its first line in the file, its cells by column, and why it cannot be read when it cannot."""

    number: int
    cells: Mapping[str, str]
    broken: Step | None = None


def read_table(data: bytes, columns: Sequence[str], required: Collection[str]) -> list[Line]:
    """The records of a file in order; blank ones are left out. Raises Unreadable for a file without a usable first line."""
    lines = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = 1 if lines[0].lower().startswith("sep=") else 0
    heads, delimiter = _heading(lines[first] if first < len(lines) else "", columns)
    _check_heading(heads, columns, required)
    found = list(_records(lines, first + 1, heads, delimiter))
    if not found:
        raise Unreadable(N_("Tệp chỉ có dòng tiêu đề. Xin thêm ít nhất một dòng dữ liệu."))
    if len(found) > MOST_LINES:
        raise Unreadable(N_("Tệp có %(count)s dòng; mỗi lần nhập tối đa %(most)s dòng. Xin chia tệp."), count=len(found), most=MOST_LINES)
    return found


def _decoded(data: bytes) -> str:
    if len(data) > SIZE_LIMIT:
        raise Unreadable(N_("Tệp lớn hơn %(most)s MB. Xin chia tệp thành nhiều phần."), most=SIZE_LIMIT // 1_000_000)
    if data.startswith(_WORKBOOKS):
        raise Unreadable(N_("Đây là sổ tính Excel. Xin mở bằng Excel, chọn «Lưu thành», loại tệp «CSV UTF-8», rồi gửi tệp CSV."))
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as bad:
        if b"\0" in data:  # a picture, a PDF, a program
            raise Unreadable(NO_TEXT) from None
        line = data[: bad.start].count(b"\n") + 1
        raise Unreadable(
            N_("Chữ ở dòng %(line)s không phải mã UTF-8. Xin lưu tệp trong Excel với loại tệp «CSV UTF-8» rồi gửi lại."), line=line
        ) from None
    if "\0" in text:
        raise Unreadable(NO_TEXT)
    if not text.strip():
        raise Unreadable(N_("Tệp trống. Xin chọn tệp khác."))
    return text


def _heading(line: str, columns: Sequence[str]) -> tuple[list[str], str]:
    """The names in the first line, cut by the delimiter under which most of them are known."""
    wanted = {*columns, REMARK}
    ways = [([name.strip().lower() for name in _cut(line, delimiter) or []], delimiter) for delimiter in DELIMITERS]
    return max(ways, key=lambda way: len(wanted.intersection(way[0])))


def _check_heading(heads: Sequence[str], columns: Sequence[str], required: Collection[str]) -> None:
    missing = [name for name in columns if name in required and name not in heads]
    if missing:
        raise Unreadable(N_("Dòng đầu thiếu cột: %(names)s. Xin tải tệp mẫu và giữ nguyên dòng đầu."), names=", ".join(missing))
    unknown = [name for name in heads if name and name not in columns and name != REMARK]
    if unknown:
        raise Unreadable(N_("Dòng đầu có cột không dùng đến: %(names)s. Xin xóa hoặc sửa tên cột."), names=", ".join(unknown))
    double = sorted({name for name in heads if name and heads.count(name) > 1})
    if double:
        raise Unreadable(N_("Dòng đầu có cột lặp lại: %(names)s. Xin giữ một cột."), names=", ".join(double))


def _records(lines: Sequence[str], at: int, heads: Sequence[str], delimiter: str) -> Iterator[Line]:
    while at < len(lines):
        cells, following = _take(lines, at, delimiter, len(heads))
        if cells is None:
            yield Line(at + 1, _named(heads, [lines[at]]), Step(N_("Dấu ngoặc kép mở mà không đóng, hoặc đóng rồi còn chữ."), {}))
        elif any(cell.strip() for cell in cells):
            yield Line(at + 1, _named(heads, cells), _wrong_width(cells, heads))
        at = following


def _wrong_width(cells: Sequence[str], heads: Sequence[str]) -> Step | None:
    if len(cells) == len(heads) or (len(cells) > len(heads) and not any(cell.strip() for cell in cells[len(heads) :])):
        return None
    sentence = N_("Dòng có %(found)s ô, dòng đầu có %(wanted)s cột. Xin kiểm tra dấu phân cách và dấu ngoặc kép.")
    return Step(sentence, {"found": len(cells), "wanted": len(heads)})


def _named(heads: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    named = dict.fromkeys((name for name in heads if name), "")
    named.update({name: bare(cell) for name, cell in zip(heads, cells, strict=False) if name})
    return named


def _take(lines: Sequence[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    """The cells of the record that begins in a line, and the line after it.

    A record goes on while a quote is open. What then is no record of this table is taken for a single line with a stray quote, so
    that it does not swallow the lines after it.
    """
    end, quotes = at + 1, lines[at].count('"')
    while quotes % 2 and end < len(lines) and end - at < LONGEST_CELL:
        quotes += lines[end].count('"')
        end += 1
    if end - at > 1:
        cells = _cut("\n".join(lines[at:end]), delimiter)
        if cells is not None and len(cells) == width:
            return cells, end
    return _cut(lines[at], delimiter), at + 1


def _cut(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record; None when its quotes are wrong or a cell is longer than anything real."""
    try:
        return next(csv.reader([record], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
