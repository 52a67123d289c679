"""From figures to the rows that are published: small numbers hidden, corrections told without telling of a few cases. No database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.counts import Count
from analytics.measures import Days
from analytics.opendata.disclosure import FEWEST
from analytics.opendata.revising import kept
from analytics.opendata.tables import SOME_OF, Cover, Family, Hidden, Key, Month, Names, Sheet, lines
from analytics.opendata.words import FEWEST_FOR_A_MEDIAN, TRANSLATED, parts
from analytics.rollup.queries import Figures

Row = dict[str, Any]
Rows = dict[Sheet, list[Row]]
#: Tables whose figures come from the rollup; the other has one number of its own.
COUNTED_SHEETS: tuple[Sheet, ...] = tuple(sheet for sheet in Sheet if sheet is not Sheet.CONDUCT)
#: The rows of an edition, by table and what they are about.
Published = Mapping[Sheet, Mapping[Key, Row]]
Layers = dict[tuple[Sheet, Key], tuple[int, ...]]


@dataclass(frozen=True)
class Edition:
    """One edition of a month, to be made."""

    month: date
    number: int
    names: Names

    def first(self, found: Month, conduct: int) -> Rows:
        """Everything as it is counted."""
        away = Cover(found, {}).all()
        shown = {family: _layers(family, found, away[family]) for family in Family}
        return self._rows(found, shown, {}) | {Sheet.CONDUCT: [self._conduct(conduct)]}

    def correction(self, found: Month, before: Mapping[Sheet, Sequence[Row]]) -> Rows:
        """What has changed since the edition before by enough to be told. What was hidden stays hidden, and reports about officials stay
        as they were: two editions of their number would tell what became of single ones.
        """
        published: Published = {sheet: {key_of(sheet, row): row for row in before[sheet]} for sheet in COUNTED_SHEETS}
        # A row that has no case any more is still a row.
        found = {sheet: dict.fromkeys(published[sheet], Figures({})) | dict(found[sheet]) for sheet in COUNTED_SHEETS}
        pairs = [row + column for row in found[Sheet.DISTRICT] for column in found[Sheet.CATEGORY]]
        found[Sheet.DISTRICT_CATEGORY] = {pair: found[Sheet.DISTRICT_CATEGORY].get(pair, Figures({})) for pair in pairs}
        held = {family: _hidden_before(family, published) for family in Family}
        away = Cover(found, held).all()
        shown = _settled({family: _layers(family, found, away[family]) for family in Family}, found, published)
        conduct = [{**row, "edition": self.number} for row in before[Sheet.CONDUCT]]
        return self._rows(found, shown, published) | {Sheet.CONDUCT: conduct}

    def _rows(self, found: Month, shown: Mapping[Family, Layers], before: Published) -> Rows:
        return {
            sheet: [self._about(sheet, key) | _numbers(sheet, key, one, shown, before) for key, one in found[sheet].items()]
            for sheet in COUNTED_SHEETS
        }

    def _about(self, sheet: Sheet, key: Key) -> Row:
        row: Row = {"month": f"{self.month:%Y-%m}", "edition": self.number}
        for part, code in zip(parts(sheet), key, strict=True):
            names = self.names[part].get(code, (code,))
            row |= {f"{part}_code": code, part: names[0]} | ({"name_en": names[-1]} if part in TRANSLATED else {})
        return row

    def _conduct(self, number: int) -> Row:
        """Hidden below five, none at all as well: from none to few would be a trace."""
        told = number >= FEWEST
        return self._about(Sheet.CONDUCT, ()) | {"reports": number if told else None, "hidden": [] if told else ["reports"]}


def key_of(sheet: Sheet, row: Row) -> Key:
    """What a published row is about."""
    return tuple(row[f"{part}_code"] for part in parts(sheet))


def _numbers(sheet: Sheet, key: Key, one: Figures, shown: Mapping[Family, Layers], before: Published) -> Row:
    """The numbers of one row, and which of them are hidden."""
    row: Row = {}
    away: list[str] = []
    for family in Family:
        if sheet not in family.sheets:
            continue
        layers = shown[family].get((sheet, key))
        row |= dict.fromkeys(family.columns) if layers is None else family.published(layers)
        away += family.columns if layers is None else []
        if family is Family.ANSWERED:
            row["median_days"] = _median(row["answered"], one, before.get(sheet, {}).get(key))
    return row | {"hidden": away}


def _median(answered: int | None, one: Figures, before: Row | None) -> float | None:
    """The median of as many answers as are told; of the edition before where its number stands."""
    if answered is None or answered < FEWEST_FOR_A_MEDIAN:
        return None
    if before is not None and answered != one.of(Count.ANSWERED):
        told: float | None = before["median_days"]
        return told
    return one.days(Days.MEDIAN_WORKING)


def _layers(family: Family, found: Month, away: Hidden) -> Layers:
    """The numbers that are not hidden."""
    return {
        (sheet, key): family.layers(one) for sheet in family.sheets for key, one in found[sheet].items() if key not in away[sheet]
    }  # fmt: skip


def _hidden_before(family: Family, published: Published) -> dict[Sheet, set[Key]]:
    return {sheet: {key for key, row in published[sheet].items() if family.read(row) is None} for sheet in family.sheets}


def _settled(shown: Mapping[Family, Layers], found: Month, published: Published) -> dict[Family, Layers]:
    """The shown numbers, each as it was where it has changed by too little to be told."""
    settled = {family: _family_settled(family, shown[family], found, published, set()) for family in Family}
    for some, whole in SOME_OF.items():
        also: set[tuple[Sheet, Key]] = set()
        while True:
            for family in (some, whole):
                settled[family] = _family_settled(family, shown[family], found, published, also)
            # A number that stays and one that moves must not make more than there are: then both stay.
            odd = {cell for cell, layers in settled[some].items() if sum(layers) > sum(settled[whole][cell])}
            if odd <= also:
                break
            also |= odd
    return settled


def _family_settled(family: Family, shown: Layers, found: Month, published: Published, also: Collection[tuple[Sheet, Key]]) -> Layers:
    before: Layers = {}
    for sheet, key in shown:
        row = published[sheet].get(key)
        # A row that is new in this edition counted nothing in the one before.
        layers = (0,) * len(family.columns) if row is None else family.read(row)
        if layers is not None:
            before[sheet, key] = layers
    sums = list(lines({sheet: found[sheet] if sheet in family.sheets else () for sheet in COUNTED_SHEETS}))
    settled = {cell: list(layers) for cell, layers in shown.items()}
    for at in range(len(family.columns)):
        old, new = ({cell: layers[at] for cell, layers in one.items()} for one in (before, shown))
        for cell in kept(old, new, sums, also):
            settled[cell][at] = old[cell]
    return {cell: tuple(layers) for cell, layers in settled.items()}
