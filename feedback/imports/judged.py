"""What becomes of one line: it is new, changes something, changes nothing, or is refused with what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from feedback.cases.steps import N_, Step
from feedback.imports.reading import Line

EMPTY = N_("Ô này trống. Xin điền.")
WRONG = N_("Giá trị không dùng được. Xin sửa theo cách ghi của cột.")
UNKNOWN = N_("Không có mã này trong dữ liệu đang áp dụng. Xin kiểm tra lại mã.")
DOUBLE = N_("Trùng với dòng %(line)s. Xin xóa hoặc sửa một trong hai dòng.")
FAILED = N_("Dòng này không ghi được vì trùng hoặc mâu thuẫn với dữ liệu đã có. Xin kiểm tra lại.")


class Outcome(StrEnum):
    """What a line does."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a column and what to do. The cell itself is not kept: it stands in the file."""

    column: str
    sentence: Step

    @classmethod
    def of(cls, column: str, msgid: str, **values: str | int) -> Problem:
        """A problem said by a sentence with values."""
        return cls(column, Step(msgid, values))

    def stored(self) -> dict[str, Any]:
        """As it is kept with its line."""
        return {"column": self.column, "say": self.sentence.msgid, "values": dict(self.sentence.values)}


@dataclass
class Verdict:
    """A line judged; `row` is what it says, read."""

    line: Line
    outcome: Outcome
    problems: list[Problem] = field(default_factory=list)
    #: What stands there now and what would stand there, by column.
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    row: Any = None
    #: The account that the line made or proposes something for.
    user_id: int | None = None

    @classmethod
    def refused(cls, line: Line, *problems: Problem) -> Verdict:
        """A line that does not go in."""
        return cls(line, Outcome.REFUSED, list(problems))


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The columns that differ."""
    return {name: (before[name], after[name].strip()) for name in before if name in after and before[name] != after[name].strip()}


Key = tuple[str, ...]


def first_lines(lines: Sequence[Line], key: Callable[[Mapping[str, str]], Key]) -> dict[Key, int]:
    """In which line each key stands first; broken lines have none."""
    firsts: dict[Key, int] = {}
    for line in lines:
        if line.broken is None:
            firsts.setdefault(key(line.cells), line.number)
    return firsts
