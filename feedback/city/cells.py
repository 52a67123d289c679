"""Cells of a CSV row, read by type. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class BadCell(ValueError):
    """A cell that cannot be used; the message names the column and says what is wanted."""


@dataclass(frozen=True)
class Cells:
    """The cells of one row by column name, read by type. Blanks around a value are forgiven, nothing else is."""

    row: Mapping[str, str]

    def text(self, column: str, limit: int) -> str:
        """A text that must be there."""
        value = self.optional(column, limit)
        if not value:
            raise BadCell(f"{column} is empty; fill it in")
        return value

    def optional(self, column: str, limit: int) -> str:
        """A text that may be empty, in composed Unicode, on one line, without doubled blanks."""
        value = unicodedata.normalize("NFC", self.row[column]).strip()
        if len(value) > limit:
            raise BadCell(f"{column} has {len(value)} characters; shorten it to {limit}")
        if "  " in value or any(unicodedata.category(c) == "Cc" for c in value):
            raise BadCell(f"{column} has two blanks in a row, a tab or a line break: {value!r}")
        return value

    def matching(self, column: str, pattern: re.Pattern[str], limit: int) -> str:
        """A code of the given form."""
        value = self.text(column, limit)
        if not pattern.fullmatch(value):
            raise BadCell(f"{column} is {value!r}, which does not have the form of a code ({pattern.pattern})")
        return value

    def choice(self, column: str, kind: type[E]) -> E:
        """One of a closed list."""
        value = self.text(column, 40)
        if value not in set(kind):
            raise BadCell(f"{column} is {value!r}; it must be one of: {', '.join(kind)}")
        return kind(value)

    def yes(self, column: str) -> bool:
        """Whether the cell says yes; it says yes or no."""
        value = self.text(column, 40)
        if value not in ("yes", "no"):
            raise BadCell(f"{column} is {value!r}; write yes or no")
        return value == "yes"

    def day(self, column: str) -> date:
        """A day that must be there, as year-month-day."""
        return self._converted(column, date.fromisoformat, "a day like 2025-07-01")

    def clock(self, column: str) -> time:
        """An hour of the day, on the city's clock."""
        return self._converted(column, time.fromisoformat, "an hour like 15:00")

    def whole(self, column: str) -> int:
        """A whole number, zero or more."""
        return self._converted(column, _whole, "a whole number, zero or more")

    def number(self, column: str) -> float:
        """A number written with a point."""
        return self._converted(column, _finite, "a number with a decimal point, like 10.77")

    def maybe(self, column: str, read: Callable[[str], T]) -> T | None:
        """What `read` reads, or None for an empty cell."""
        return read(column) if self.row[column].strip() else None

    def _converted(self, column: str, convert: Callable[[str], T], wanted: str) -> T:
        value = self.text(column, 40)
        try:
            return convert(value)
        except ValueError:
            raise BadCell(f"{column} is {value!r}; write {wanted}") from None


def _whole(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError
    return int(value)


def _finite(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number
