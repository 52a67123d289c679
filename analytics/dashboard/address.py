"""What the address of a page says: period, comparison, filters, breakdown, measure; and addresses of pages that keep them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote_plus, urlencode

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analytics.counts import Count
from analytics.dashboard.periods import EARLIEST, Span, chosen
from analytics.measures import MEASURES, Measure
from analytics.rollup.names import names
from analytics.rollup.scope import SIZE, Group, Key, Scope
from analytics.rollup.sizes import SIZES, Size
from feedback.errors import NotFound

#: No key of the reference data has more digits; a longer one would not fit the column.
KEY_DIGITS = 9
NUMBERED = (Group.DISTRICT, Group.WARD, Group.AGENCY, Group.PROCEDURE)
#: What a table may be broken down by, in the order it is offered.
OFFERED = (Group.DISTRICT, Group.AGENCY, Group.CATEGORY, Group.WARD, Group.PROCEDURE, Group.LEVEL, Group.CHANNEL, Group.TRACK)
#: What the map, the table and the heat table may be coloured and ordered by: rates with classes.
COLOURED = tuple(measure for measure in MEASURES.values() if measure.steps)


class Against(StrEnum):
    """What a period is compared with, under its name in addresses."""

    BEFORE = "ky-truoc"
    YEAR = "nam-truoc"


AGAINST: Mapping[Against, LazyString] = {Against.BEFORE: _l("Kỳ liền trước"), Against.YEAR: _l("Cùng kỳ năm trước")}
#: All rows of a table, or no filter where the other side of a comparison has one.
ALL = "tat-ca"
#: Until when the year goes that decides the size groups, where it is not the end of the period: lists of a month of a longer page.
SIZED = "quy-mo-den"
#: A year later the weekdays fall on the same days.
YEAR = timedelta(days=364)


@dataclass(frozen=True)
class Place:
    """Everything an address says, and addresses of other pages that keep it but for what is changed."""

    span: Span
    #: Whether the period in the address could be understood.
    understood: bool
    against: Against
    scope: Scope
    #: None where the scope leaves nothing to break down.
    group: Group | None
    measure: Measure
    #: Whether tables show all their rows and not only the first.
    everything: bool = False
    #: End of the year that decides the size groups; None: the end of the period.
    sized: date | None = None

    @property
    def before(self) -> Span:
        """The period it is compared with."""
        if self.against is Against.YEAR:
            return Span(self.span.first - YEAR, self.span.last - YEAR)
        return self.span.before()

    @property
    def groups(self) -> Sequence[Group]:
        """What the table may be broken down by here."""
        return groups_of(self.scope)

    def page(self, **changed: Any) -> str:
        """The overview with some parts changed: scope, span, against, group, measure, everything.

        A group that nobody chose, or that no longer fits, is left out.
        """
        if self.group is default_group(self.scope):
            changed.setdefault("group", None)
        if "span" in changed:
            changed.setdefault("sized", None)
        other = replace(self, **changed)
        wanted = other.kept()
        if other.group and other.group in groups_of(other.scope) and other.group is not default_group(other.scope):
            wanted["theo"] = other.group.value
        if other.measure is not COLOURED[0]:
            wanted["do"] = other.measure.code
        if changed.get("everything"):
            wanted["dong"] = ALL
        return f"{self._pages}?{urlencode(wanted)}"

    def file(self) -> str:
        """The table of the page as a file."""
        return f"{url_for('dashboard.as_file')}?{urlencode({**self.kept(), 'theo': self.group.value if self.group else ''})}"

    def cases(self, count: Count, scope: Scope | None = None, span: Span | None = None, **more: Any) -> str:
        """The list behind a number."""
        return self.listed(count, self.query(scope, span, **more))

    def query(self, scope: Scope | None = None, span: Span | None = None, **more: Any) -> str:
        """Period and filters as the end of an address; asked for once for a row of numbers."""
        sized = self.sized if span is None or span == self.span else self.sized or self.span.last
        return urlencode({**replace(self, scope=scope or self.scope, span=span or self.span, sized=sized).kept(), **more})

    def pages(self, *groups: Group) -> Callable[..., str]:
        """Pages of the parts that some groups are, by their keys: written once, filled in for each of a few hundred cells."""
        return self._pattern(lambda scope: self.page(scope=scope), groups)

    def queries(self, group: Group) -> Callable[..., str]:
        """The same for what `listed` takes."""
        return self._pattern(self.query, (group,))

    def _pattern(self, address: Callable[[Scope], str], groups: Sequence[Group]) -> Callable[..., str]:
        marks = [f"-{group.name}-" for group in groups]
        scope = functools.reduce(lambda scope, one: scope.narrowed(*one), zip(groups, marks, strict=True), self.scope)
        text = address(scope).replace("%", "%%")
        for mark in marks:
            text = text.replace(mark, "%s")
        return lambda *keys: text % tuple([_quoted(key) for key in keys])

    def listed(self, count: Count, query: str) -> str:
        """The list behind a number of a row."""
        return f"{self._lists}{count.value}?{query}"

    @functools.cached_property
    def _pages(self) -> str:
        return url_for("dashboard.overview")

    @functools.cached_property
    def _lists(self) -> str:
        return url_for("dashboard.case_list", so_lieu="-").removesuffix("-")

    def kept(self) -> dict[str, Any]:
        """Period and filters as parameters."""
        against = {} if self.against is Against.BEFORE else {"so": self.against.value}
        sized = {SIZED: self.sized} if self.sized and self.scope.size else {}
        return {"tu": self.span.first, "den": self.span.last, **against, **self.scope.address(), **sized}


@functools.lru_cache(maxsize=4096)  # the same few hundred keys on every page
def _quoted(key: Key) -> str:
    return quote_plus(str(key))


def groups_of(scope: Scope) -> Sequence[Group]:
    """Groups that still tell parts of a scope apart."""
    fixed = {group for group in Group if scope.key(group) is not None}
    if Group.WARD in fixed:
        fixed.add(Group.DISTRICT)
    if Group.PROCEDURE in fixed:
        fixed.add(Group.LEVEL)
    return [group for group in OFFERED if group not in fixed]


def default_group(scope: Scope) -> Group | None:
    """What the table is broken down by when nothing was chosen."""
    return next(iter(groups_of(scope)), None)


def place_of(args: Mapping[str, str], today: date) -> Place:
    """Read an address. Raises NotFound for a filter that names nothing; what else cannot be understood falls back to the usual."""
    span, understood = chosen(args.get("tu", ""), args.get("den", ""), today)
    scope, wanted = scope_of(args), args.get("theo")
    group = next((one for one in groups_of(scope) if one == wanted), default_group(scope))
    measure = next((one for one in COLOURED if one.code == args.get("do")), COLOURED[0])
    against = Against.YEAR if args.get("so") == Against.YEAR else Against.BEFORE
    return Place(span, understood, against, scope, group, measure, args.get("dong") == ALL, _sized_on(args.get(SIZED, ""), today))


def _sized_on(text: str, today: date) -> date | None:
    try:
        return max(EARLIEST, min(date.fromisoformat(text), today))
    except ValueError:
        return None


def scope_of(args: Mapping[str, str]) -> Scope:
    """The filters of an address. Raises NotFound for what is no key of anything."""
    scope = Scope()
    for group in Group:
        text = args.get(group.value, "")
        if not text:
            continue
        key: Key = _number(text) if group in NUMBERED else text
        if key not in names(group):
            raise NotFound
        scope = scope.narrowed(group, key)
    size = args.get(SIZE, "")
    if size and size not in set(Size):
        raise NotFound
    return replace(scope, size=size or None)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS):
        raise NotFound
    return int(text)


def filters(scope: Scope) -> list[tuple[str, Key, str]]:
    """What narrows the page, as (parameter, key, words)."""
    found = [(group.value, key, names(group)[key]) for group in Group if (key := scope.key(group)) is not None]
    return [*found, *([(SIZE, scope.size, str(SIZES[Size(scope.size)]))] if scope.size else [])]
