"""What is published of a month: the tables, the numbers in them, and which of those are hidden. Knows no database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from analytics.counts import Count
from analytics.opendata.disclosure import Cell, Known, Layer, crossed, few, hidden, listed
from analytics.rollup.queries import Figures

#: Codes of what a row is about, the table's parts in order; empty where a case names none.
Key = tuple[str, ...]


class Sheet(StrEnum):
    """A table, by its name in addresses."""

    CITY = "thanh-pho"
    DISTRICT = "khu-vuc"
    CATEGORY = "linh-vuc"
    DISTRICT_CATEGORY = "khu-vuc-linh-vuc"
    WARD = "phuong-xa"
    AGENCY = "co-quan"
    CHANNEL = "kenh"
    TRACK = "loai-ho-so"
    #: Reports about officials: one number for the whole city, from another source than all others.
    CONDUCT = "hanh-vi-can-bo"


#: Their rows add up to the city's.
LISTS = (Sheet.DISTRICT, Sheet.CATEGORY, Sheet.AGENCY, Sheet.CHANNEL, Sheet.TRACK)
CITY: Key = ()


class Family(StrEnum):
    """Numbers that are shown or hidden together."""

    RECEIVED = "received"
    ANSWERED = "answered"
    DUE = "due"
    SCORED = "scored"

    @property
    def columns(self) -> tuple[str, ...]:
        """What stands in the files: a number, or a whole and the part of it."""
        return _COLUMNS[self]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Where it is published. Points are too few to be told by ward, or by field of each district."""
        return (Sheet.CITY, *LISTS) if self is Family.SCORED else (Sheet.CITY, *LISTS, Sheet.DISTRICT_CATEGORY, Sheet.WARD)

    def layers(self, one: Figures) -> tuple[int, ...]:
        """The numbers that add up on their own: of a whole with a part, the part and the rest of it."""
        whole, *parts = (one.of(Count[column.upper()]) for column in self.columns)
        return (parts[0], whole - parts[0]) if parts else (whole,)

    @property
    def guarded(self) -> int:
        """So many of the layers are hidden where they are small.

        Who is content and who is not is people's own, and neither is told of a few. How many answers were late is the office's own: it
        follows from two numbers that are told, and may be small.
        """
        return 2 if self is Family.SCORED else 1

    def published(self, layers: tuple[int, ...]) -> dict[str, int]:
        """The columns that layers make."""
        return dict(zip(self.columns, (sum(layers), layers[0]), strict=False))

    def read(self, row: Mapping[str, int | None]) -> tuple[int, ...] | None:
        """The layers that a published row tells; None where they are hidden."""
        whole, *parts = (row[column] for column in self.columns)
        if whole is None:
            return None
        return (parts[0], whole - parts[0]) if parts and parts[0] is not None else (whole,)


_COLUMNS = {
    Family.RECEIVED: ("received",),
    Family.ANSWERED: ("answered",),
    Family.DUE: ("due", "on_time"),
    Family.SCORED: ("scored", "satisfied"),
}
#: Of whose cases a family's are some: what is known of the one says something of the other.
SOME_OF = {Family.SCORED: Family.ANSWERED}
#: What is counted for the tables.
COUNTED = frozenset(Count[column.upper()] for columns in _COLUMNS.values() for column in columns)
#: Figures of a month, by table and row.
Month = Mapping[Sheet, Mapping[Key, Figures]]
#: Rows whose numbers are hidden, by table.
Hidden = Mapping[Sheet, Collection[Key]]
#: By the name of a part of a row (analytics/opendata/words.py) and its code: the Vietnamese name, and the English one where there is one.
Names = Mapping[str, Mapping[str, tuple[str, ...]]]
Line = tuple[tuple[Sheet, Key], list[tuple[Sheet, Key]]]


def lines(month: Mapping[Sheet, Collection[Key]]) -> Iterator[Line]:
    """Every row that is the sum of others, with those."""
    for sheet in LISTS:
        yield (Sheet.CITY, CITY), [(sheet, key) for key in month[sheet]]
    for place, sheet in ((0, Sheet.DISTRICT), (1, Sheet.CATEGORY)):
        for key in month[sheet]:
            yield (sheet, key), [(Sheet.DISTRICT_CATEGORY, one) for one in month[Sheet.DISTRICT_CATEGORY] if one[place : place + 1] == key]
    for key in {one[:1] for one in month[Sheet.WARD]}:
        yield (Sheet.DISTRICT, key), [(Sheet.WARD, one) for one in month[Sheet.WARD] if one[:1] == key]


@dataclass(frozen=True)
class Cover:
    """Hides the numbers of one month. `held`: what earlier editions of it hid."""

    month: Month
    held: Mapping[Family, Hidden]

    def all(self) -> dict[Family, dict[Sheet, frozenset[Key]]]:
        """What is hidden, by family and table."""
        found = {family: self._of(family) for family in Family if family not in (*SOME_OF, *SOME_OF.values())}
        for some, whole in SOME_OF.items():
            found[whole] = self._of(whole, least=self._wholes(some))
            found[some] = self._of(some, most=self._wholes(whole), forced=found[whole])
        return found

    def _wholes(self, family: Family) -> dict[Sheet, dict[Key, int]]:
        """The whole of a family in every row where it is published."""
        return {sheet: {key: sum(family.layers(one)) for key, one in self.month[sheet].items()} for sheet in family.sheets}

    def _of(
        self,
        family: Family,
        least: Mapping[Sheet, Mapping[Key, int]] | None = None,
        most: Mapping[Sheet, Mapping[Key, int]] | None = None,
        forced: Hidden | None = None,
    ) -> dict[Sheet, frozenset[Key]]:
        """What is hidden of a family. Where a number is hidden, so is everything that it is the sum of."""
        held = self.held.get(family, {})
        if few(family.layers(self.month[Sheet.CITY][CITY]), family.guarded) or CITY in held.get(Sheet.CITY, ()):
            return {sheet: frozenset(self.month[sheet]) for sheet in family.sheets}
        limits = _Limits(least or {}, most or {}, forced or {}, held)
        found: dict[Sheet, frozenset[Key]] = {Sheet.CITY: frozenset()}
        crossing = Sheet.DISTRICT_CATEGORY in family.sheets
        for sheet in LISTS:
            if not (crossing and sheet in (Sheet.DISTRICT, Sheet.CATEGORY)):
                found[sheet] = self._list(family, limits, sheet, self.month[sheet])
        if crossing:
            found |= self._grid(family, limits)
            found[Sheet.WARD] = self._wards(family, limits, found[Sheet.DISTRICT])
        return found

    def _layers(self, family: Family, cells: Mapping[Cell, tuple[Sheet, Key]]) -> list[Layer]:
        of_cells = {cell: family.layers(self.month[sheet][key]) for cell, (sheet, key) in cells.items()}
        return [{cell: layers[at] for cell, layers in of_cells.items()} for at in range(len(family.columns))]

    def _list(self, family: Family, limits: _Limits, sheet: Sheet, keys: Collection[Key]) -> frozenset[Key]:
        cells: dict[Cell, tuple[Sheet, Key]] = {key: (sheet, key) for key in keys}
        return frozenset(
            key for key in hidden(listed(keys), self._layers(family, cells), limits.known(cells), family.guarded) if isinstance(key, tuple)
        )

    def _grid(self, family: Family, limits: _Limits) -> dict[Sheet, frozenset[Key]]:
        """Districts by fields, with both sums."""
        rows, columns = self.month[Sheet.DISTRICT], self.month[Sheet.CATEGORY]
        cells: dict[Cell, tuple[Sheet, Key]] = {}
        # A district's code and a field's are never the same; the case without a place has none.
        cells |= {key: (Sheet.DISTRICT, key) for key in rows}
        cells |= {key: (Sheet.CATEGORY, key) for key in columns}
        cells |= {(row, column): (Sheet.DISTRICT_CATEGORY, row + column) for row in rows for column in columns}
        away = hidden(crossed(rows, columns), self._layers(family, cells), limits.known(cells), family.guarded)
        sheets = (Sheet.DISTRICT, Sheet.CATEGORY, Sheet.DISTRICT_CATEGORY)
        return {sheet: frozenset(cells[cell][1] for cell in away if cells[cell][0] is sheet) for sheet in sheets}

    def _wards(self, family: Family, limits: _Limits, districts: Collection[Key]) -> frozenset[Key]:
        found: set[Key] = set()
        for district in {key[:1] for key in self.month[Sheet.WARD]}:
            wards = [key for key in self.month[Sheet.WARD] if key[:1] == district]
            found |= set(wards) if district in districts else self._list(family, limits, Sheet.WARD, wards)
        return frozenset(found)


@dataclass(frozen=True)
class _Limits:
    """What is known of numbers from other families and editions, by table."""

    least: Mapping[Sheet, Mapping[Key, int]]
    most: Mapping[Sheet, Mapping[Key, int]]
    forced: Hidden
    held: Hidden

    def known(self, cells: Mapping[Cell, tuple[Sheet, Key]]) -> Known:
        """The same for the cells of one table."""
        return Known(
            least={cell: max(1, self.least[sheet][key]) for cell, (sheet, key) in cells.items() if sheet in self.least},
            most={cell: self.most[sheet][key] for cell, (sheet, key) in cells.items() if sheet in self.most},
            forced={cell for cell, (sheet, key) in cells.items() if key in self.forced.get(sheet, ())},
            held={cell for cell, (sheet, key) in cells.items() if key in self.held.get(sheet, ())},
        )
