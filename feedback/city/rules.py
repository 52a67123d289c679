"""Deadline rules, routing rules and the calendar as plain values, and how the rule in force on a day is found. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from feedback.city.kinds import HolidayKind, Level, RuleUnit
from feedback.workdays import Calendar


class UnknownRule(LookupError):
    """No deadline rule has this code."""


@dataclass(frozen=True)
class Rule:
    """A legal limit. `amount` and `unit` are None for a rule that sets no period of its own."""

    code: str
    name: str
    amount: int | None
    unit: RuleUnit | None
    start_event: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    #: Alternatives of what the law lets be added: each lists codes of rules, a code as often as it may be used.
    extensions: tuple[tuple[str, ...], ...] = ()
    pausable: bool = False
    #: Received at this hour or later, on the city's clock, counts as received on the next working day.
    cutoff: time | None = None
    confidence: str = ""
    note: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether the rule is in force on that day; both ends belong to it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def may_extend_by(self, codes: Iterable[str]) -> bool:
        """Whether the law foresees adding these extensions together, or some of one alternative."""
        used = Counter(codes)
        return not used or any(used <= Counter(alternative) for alternative in self.extensions)


@dataclass(frozen=True)
class Place:
    """Where a report lies, as far as it is known: what it is called and which committees stand there."""

    name: str = ""
    ward_agency: str | None = None
    district_agency: str | None = None

    @property
    def level(self) -> Level:
        """The lowest tier that has a committee there."""
        if self.ward_agency:
            return Level.WARD
        return Level.DISTRICT if self.district_agency else Level.CITY


@dataclass(frozen=True)
class Route:
    """One row of the routing table: reports of a category that lie at a level go to a target."""

    category: str
    level: Level
    #: Code of an agency, or `@ward` / `@district` for the committee of the place.
    target: str
    #: Sentence shown to the desk, with `{place}` for the name of the place.
    reason: str
    position: int
    valid_from: date
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the row is in force on that day; both ends belong to it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def rule_on(rules: Iterable[Rule], code: str, day: date) -> Rule:
    """The version of a rule in force on a day; outside every version's validity, the nearest one.

    A case must always get a date, so a gap in the table does not stop it: the engine says in its steps that the rule
    was not in force. Raises UnknownRule when no version exists at all.
    """
    versions = [rule for rule in rules if rule.code == code]
    if not versions:
        raise UnknownRule(code)
    return min(versions, key=lambda rule: (_days_outside(rule, day), -rule.valid_from.toordinal()))


def _days_outside(rule: Rule, day: date) -> int:
    if rule.valid_on(day):
        return 0
    if day < rule.valid_from:
        return (rule.valid_from - day).days
    assert rule.valid_to is not None  # otherwise the rule would be in force
    return (day - rule.valid_to).days


def calendar_of(days: Iterable[tuple[date, HolidayKind]]) -> Calendar:
    """The working calendar of a table of holidays; it knows the years from the table's first to its last day."""
    table = list(days)
    years = [day.year for day, _ in table]
    return Calendar(
        off=frozenset(day for day, kind in table if kind is HolidayKind.OFF),
        made_up=frozenset(day for day, kind in table if kind is HolidayKind.MADE_UP),
        half=frozenset(day for day, kind in table if kind is HolidayKind.HALF),
        years_known=range(min(years), max(years) + 1) if years else range(0),
    )
