"""Names of kinds, stages and outcomes on the administrator's pages, and what is wrong with a line as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from feedback.cases.steps import Step
from feedback.imports.columns import COLUMNS, Kind
from feedback.imports.judged import DOUBLE, EMPTY, UNKNOWN, WRONG, Outcome
from feedback.imports.models import ImportLine, Stage
from feedback.imports.reading import Line
from feedback.text import excerpt

KINDS = {
    Kind.OFFICERS: _l("Tài khoản cán bộ"),
    Kind.CASES: _l("Hồ sơ cũ"),
    Kind.AGENCIES: _l("Các cơ quan"),
    Kind.AREAS: _l("Các địa bàn"),
    Kind.PROCEDURES: _l("Các thủ tục"),
    Kind.HOLIDAYS: _l("Ngày nghỉ, làm bù"),
    Kind.CATEGORIES: _l("Các lĩnh vực"),
    Kind.ROUTING: _l("Bảng phân công"),
    Kind.RULES: _l("Thời hạn theo quy định"),
    Kind.STEPS: _l("Nhắc hạn"),
    Kind.TEXTS: _l("Văn bản mẫu"),
    Kind.PERIODS: _l("Thời hạn lưu giữ"),
}
STAGES = {
    Stage.CHECKING: (_l("Đang kiểm tra"), "blue"),
    Stage.READY: (_l("Chờ xem và nhập"), "amber"),
    Stage.RUNNING: (_l("Đang nhập"), "blue"),
    Stage.STOPPED: (_l("Đã dừng"), "amber"),
    Stage.DONE: (_l("Đã xong"), "green"),
    Stage.DISCARDED: (_l("Đã bỏ, chưa nhập gì"), ""),
    Stage.WITHDRAWING: (_l("Đang rút lại"), "blue"),
    Stage.WITHDRAWN: (_l("Đã rút lại"), ""),
}
OUTCOMES = {
    Outcome.NEW: _l("Mới"),
    Outcome.CHANGED: _l("Thay đổi"),
    Outcome.UNCHANGED: _l("Không đổi"),
    Outcome.REFUSED: _l("Bị từ chối"),
}
#: Sentences that do not say yet how a cell is filled in.
_WANT_HELP = frozenset({EMPTY, WRONG, UNKNOWN})
_SHOWN = 80


@dataclass(frozen=True)
class Said:
    """What is wrong with a cell: its column, what stands there, what to do."""

    column: str
    value: str
    advice: str


def problems_of(kind: Kind, line: ImportLine, cells: Line | None) -> list[Said]:
    """Every problem of a refused line, with what stands in the file where that may be shown."""
    return [_said(kind, problem, cells) for problem in line.problems]


def _said(kind: Kind, problem: dict[str, object], cells: Line | None) -> Said:
    column, msgid, values = str(problem["column"]), str(problem["say"]), problem["values"]
    assert isinstance(values, dict)
    advice = Step(msgid, values).render(_)
    if msgid in _WANT_HELP:
        advice = f"{advice} {how(kind, column)}".strip()
    value = cells.cells.get(column, "") if cells is not None and msgid != DOUBLE else ""
    return Said(column, excerpt(value, _SHOWN), advice)


def how(kind: Kind, column: str) -> str:
    """How the cells of a column are filled in."""
    found = next((one.help for one in COLUMNS[kind] if one.name == column), "")
    return _(found) if found else ""


def by_number(lines: Sequence[Line]) -> dict[int, Line]:
    """Lines of a file by their numbers."""
    return {line.number: line for line in lines}
