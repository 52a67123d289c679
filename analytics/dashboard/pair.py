"""Two pages of figures side by side: two periods of one part of the city, or two parts of it in one period or in two.

The address of the first side is that of its page. Of the second it says, under the same names with a 2 behind them, only what differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from analytics.dashboard.address import AGAINST, ALL, Place, place_of, scope_of
from analytics.dashboard.figures import lines_by_month
from analytics.dashboard.headline import CHOSEN, FURTHER, Change, change, shown
from analytics.dashboard.periods import chosen, months_until
from analytics.measures import FEWEST_TO_RANK, MEASURES, Measure, wilson
from analytics.rollup.names import names
from analytics.rollup.queries import NOTHING, Figures, Month, figures, figures_and_total, trend
from analytics.rollup.scope import Group
from feedback.city.order import vietnamese

MONTHS = 13
#: Groups a side may be chosen by in the form; every other filter of the first side holds for both.
SIDES = (Group.DISTRICT, Group.AGENCY)


@dataclass(frozen=True)
class Pair:
    """What is compared."""

    first: Place
    second: Place

    @property
    def places(self) -> bool:
        """Whether two parts of the city are compared, and not one in two periods."""
        return self.first.scope != self.second.scope

    def address(self, path: str) -> str:
        """Where this pair is shown."""
        wanted = self.first.kept() | ({"do": self.first.measure.code})
        wanted |= {"tu2": self.second.span.first, "den2": self.second.span.last}
        mine, other = self.first.scope.address(), self.second.scope.address()
        wanted |= {f"{name}2": other.get(name, ALL) for name in mine.keys() | other.keys() if mine.get(name) != other.get(name)}
        return f"{path}?{urlencode(wanted)}"

    def against(self, path: str) -> list[tuple[str, str, bool]]:
        """The usual periods for the second side: what it is called, where, and whether it is shown."""
        spans = [(str(words), replace(self.first, against=one).before) for one, words in AGAINST.items()]
        if self.places:
            spans.insert(0, (str(_("Cùng một kỳ")), self.first.span))
        return [(words, Pair(self.first, replace(self.second, span=one)).address(path), one == self.second.span) for words, one in spans]

    def turned(self) -> Pair:
        """The same with its sides changed."""
        return Pair(self.second, self.first)


def pair_of(args: Mapping[str, str], today: date) -> Pair:
    """Read an address. The second side without a period has that of the first, or what the first is compared with if all else is alike.

    Raises NotFound for a filter that names nothing.
    """
    first = place_of(args, today)
    other = {group.value: args.get(f"{group.value}2", "") or args.get(group.value, "") for group in Group}
    scope = replace(scope_of({name: "" if key == ALL else key for name, key in other.items()}), size=first.scope.size)
    span, understood = (first.before if scope == first.scope else first.span), True
    if args.get("tu2") or args.get("den2"):
        span, understood = chosen(args.get("tu2", ""), args.get("den2", ""), today)
    return Pair(first, replace(first, scope=scope, span=span, understood=understood))


@dataclass(frozen=True)
class Side:
    """One figure of one side."""

    #: As it is read; None where it cannot be made.
    value: str | None
    part: int | None
    whole: int
    #: How many cases the list behind it holds.
    counted: int
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Line:
    """One figure on both sides."""

    name: str
    measure: Measure
    first: Side
    second: Side
    difference: Change
    #: What the line is about when it is a field.
    key: str = ""


@dataclass(frozen=True)
class Comparison:
    """Everything the page shows."""

    lines: Sequence[Line]
    further: Sequence[Line]
    fields: Sequence[Line]
    months: Sequence[tuple[Month, Month]]
    #: None where both lines would be one.
    chart: dict[str, Any] | None


def comparison(pair: Pair, moment: datetime, titles: tuple[str, str]) -> Comparison:
    """Count both sides. At most 3 queries."""
    measure = pair.first.measure
    sides = [figures_and_total(side.span.at(moment), side.scope, ()) for side in (pair.first, pair.second)]
    first, second = (whole for _found, whole in sides)
    lines = {code: line(one, str(one.label), first, second) for code, one in MEASURES.items()}
    months: list[tuple[Month, Month]] = []
    if pair.places:
        firsts = months_until(max(pair.first.span.last, pair.second.span.last), MONTHS)
        end = max(pair.first.span, pair.second.span, key=lambda span: span.last).at(moment)
        months = list(zip(*(trend(end, side.scope, firsts, measure.made_from) for side in (pair.first, pair.second)), strict=True))
    return Comparison(
        [lines[code] for code, _parts in CHOSEN],
        [lines[code] for code in FURTHER],
        _fields(pair, moment) if pair.first.scope.category_code is None and pair.second.scope.category_code is None else [],
        months,
        _chart(months, measure, titles) if months else None,
    )


def line(measure: Measure, name: str, first: Figures, second: Figures, key: str = "") -> Line:
    """One figure of two groups beside each other."""
    return Line(name, measure, _side(measure, first), _side(measure, second), change(measure, first, second, beside=True), key)


def _side(measure: Measure, one: Figures) -> Side:
    value, part, whole = measure.value(one), measure.part(one), measure.whole(one)
    interval = wilson(part, whole) if measure.is_rate and part is not None else None
    return Side(None if value is None else shown(measure, value), part, whole, one.of(measure.counted), interval)


def _fields(pair: Pair, moment: datetime) -> list[Line]:
    """The chosen measure field by field, those with enough cases on both sides first, in order of names."""
    measure, called = pair.first.measure, names(Group.CATEGORY)
    first, second = (
        figures(side.span.at(moment), side.scope, (Group.CATEGORY,), days=False, only=measure.made_from)
        for side in (pair.first, pair.second)
    )
    found = [
        line(measure, called.get(keys[0], ""), first.get(keys, NOTHING), second.get(keys, NOTHING), str(keys[0]))
        for keys in first.keys() | second.keys()
    ]
    found = [one for one in found if one.first.whole or one.second.whole]
    return sorted(found, key=lambda one: (min(one.first.whole, one.second.whole) < FEWEST_TO_RANK, vietnamese(one.name)))


def _chart(months: Sequence[tuple[Month, Month]], measure: Measure, titles: tuple[str, str]) -> dict[str, Any]:
    lines = [(title, [measure.value(month[side].figures) for month in months]) for side, title in enumerate(titles)]
    return lines_by_month([month[0].first for month in months], lines, form=".1%", ticks=".0%", height=320, every=3)


def titles_of(pair: Pair, first: str, second: str) -> tuple[str, str]:
    """What the sides are called: by place where those differ, otherwise by period."""
    if pair.places and first != second:
        return first, second
    return str(_("Kỳ thứ nhất")), str(_("Kỳ thứ hai"))


def heading_of(titles: tuple[str, str], scopes: Sequence[str]) -> str:
    """What the page is called: where the sides are two places, both of them."""
    if list(titles) == list(scopes):
        return str(_("Đối chiếu %(first)s với %(second)s", first=titles[0], second=titles[1]))
    return str(_("Đối chiếu hai kỳ"))
