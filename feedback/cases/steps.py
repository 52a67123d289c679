"""One line of a deadline's sum, as a sentence with values, so that pages can show it in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

#: What a sentence may be filled with. A tuple of days becomes a list with commas.
Value = int | str | date | datetime | tuple[date, ...]


def N_(text: str) -> str:  # noqa: N802 - the name by which the message extractor finds sentences that are translated later
    """Mark a sentence for translation without translating it."""
    return text


WEEKDAYS = (N_("thứ Hai"), N_("thứ Ba"), N_("thứ Tư"), N_("thứ Năm"), N_("thứ Sáu"), N_("thứ Bảy"), N_("Chủ nhật"))


@dataclass(frozen=True)
class Step:
    """A sentence in Vietnamese with `%(name)s` places, and the values for them."""

    msgid: str
    values: Mapping[str, Value]

    def render(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate` (gettext), days written as weekday dd/MM/yyyy."""
        return translate(self.msgid) % {name: _shown(value, translate) for name, value in self.values.items()}

    def text(self) -> str:
        """The sentence in Vietnamese."""
        return self.render(str)


def _shown(value: Value, translate: Callable[[str], str]) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M} {_shown(value.date(), translate)}"
    if isinstance(value, date):
        return f"{translate(WEEKDAYS[value.weekday()])} {value:%d/%m/%Y}"
    if isinstance(value, tuple):
        return ", ".join(_shown(day, translate) for day in value)
    return str(value)
