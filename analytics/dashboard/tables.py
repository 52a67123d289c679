"""The table of groups, worst first, agencies among those of their size; and the heat table of districts and fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analytics.dashboard.figures import Square, square
from analytics.measures import FEWEST_TO_RANK, Measure, wilson
from analytics.rollup.queries import Figures
from analytics.rollup.scope import Key, Keys
from analytics.rollup.sizes import SIZES, Size
from feedback.city.order import vietnamese

#: A cell with too few cases.
EMPTY = Square(None, 0, None)
#: Keys that stand for "none" and so for no place or body to compare.
NO_ONE = (0, "")


@dataclass(frozen=True)
class Row:
    """One group in the table."""

    key: Key
    name: str
    figures: Figures
    value: float | None
    part: int
    whole: int
    #: Between which bounds the share lies with 95 % confidence.
    interval: tuple[float, float] | None
    #: Some of the district's wards were made from parts of several districts, so its figures are approximate.
    approximate: bool = False

    @property
    def ranked(self) -> bool:
        """Whether it is a place or a body with enough cases to be compared with others."""
        return self.key not in NO_ONE and self.whole >= FEWEST_TO_RANK


@dataclass(frozen=True)
class Section:
    """Groups that may be compared with each other."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Table:
    """Ranked groups in sections, worst first, and those with too few cases in order of names."""

    sections: Sequence[Section]
    unranked: Sequence[Row]

    @property
    def approximate(self) -> bool:
        """Whether a row of it is approximate."""
        return any(row.approximate for row in (*self.unranked, *(row for section in self.sections for row in section.rows)))


def table(
    found: Mapping[Keys, Figures], measure: Measure, names: Mapping[Key, str], loose: frozenset[Key], sizes: Mapping[int, Size] | None
) -> Table:
    """Rows of the groups; with `sizes` agencies are ranked among those of their size only."""
    rows = [_row(key[0], one, measure, names, loose) for key, one in found.items()]
    ranked = sorted((row for row in rows if row.ranked), key=lambda row: _worst_first(row, measure))
    unranked = sorted((row for row in rows if not row.ranked), key=lambda row: vietnamese(row.name))
    if sizes is None:
        return Table([Section("", ranked)] if ranked else [], unranked)
    parts = [(str(label), [row for row in ranked if sizes.get(int(row.key)) is size]) for size, label in SIZES.items()]
    return Table([Section(title, part) for title, part in parts if part], unranked)


def _row(key: Key, one: Figures, measure: Measure, names: Mapping[Key, str], loose: frozenset[Key]) -> Row:
    part, whole = measure.part(one) or 0, measure.whole(one)
    name = names.get(key) or _("Không rõ")
    return Row(key, name, one, measure.value(one), part, whole, wilson(part, whole), key in loose)


def _worst_first(row: Row, measure: Measure) -> tuple[float, object]:
    value = row.value or 0.0
    return value if measure.more_is_better else -value, vietnamese(row.name)


@dataclass(frozen=True)
class Heat:
    """Districts down, fields across, a coloured value in each cell."""

    columns: Sequence[tuple[Key, str]]
    #: Key and name of a district, and each of its cells with key and name of the field.
    rows: Sequence[tuple[Key, str, Sequence[tuple[Key, str, Square]]]]


def heat(found: Mapping[Keys, Figures], measure: Measure, districts: Mapping[Key, str], fields: Mapping[Key, str]) -> Heat:
    """From figures by district and field: districts in order of names, fields in theirs; cells of few cases without a colour."""
    squares = {keys: square(one, measure) for keys, one in found.items() if keys[0] not in NO_ONE}
    squares = {keys: one for keys, one in squares.items() if one.whole}
    used = {keys[1] for keys in squares}
    across = [(key, name) for key, name in fields.items() if key in used]
    down = sorted({keys[0] for keys in squares}, key=lambda key: vietnamese(districts.get(key, "")))
    rows = [(key, districts.get(key, ""), [(field, name, squares.get((key, field), EMPTY)) for field, name in across]) for key in down]
    return Heat(across, rows)
