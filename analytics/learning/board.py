"""The figures of the administrator's page, made of counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.learning.control import Watched, watch
from analytics.learning.queries import Checked, Decided, Readings
from analytics.measures import FEWEST_TO_RANK, share, wilson
from feedback.cases.learning import CONDUCT


@dataclass(frozen=True)
class Rate:
    """A part of a whole; nothing is concluded from a whole under 30."""

    part: int
    whole: int

    @property
    def enough(self) -> bool:
        """Whether anything may be concluded."""
        return self.whole >= FEWEST_TO_RANK

    @property
    def share(self) -> float | None:
        """The share; None from too few."""
        return share(self.part, self.whole) if self.enough else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies with 95 % confidence; None from too few."""
        return wilson(self.part, self.whole) if self.enough else None

    def against(self, promised: float | None) -> int | None:
        """-1 when even the upper bound lies below what was promised, 1 when the lower one lies above, 0 when it may be the same."""
        if promised is None or self.interval is None:
            return None
        low, high = self.interval
        return (low > promised) - (high < promised)


@dataclass(frozen=True)
class OfField:
    """One field: how often it is read rightly, what the card says of that, and how often the desk chose otherwise."""

    code: str
    read: Rate
    promised: float | None
    #: The desk chose another field, where this one was proposed, and where it was the first guess but nothing was proposed.
    overruled: Rate
    abstained: Rate


@dataclass(frozen=True)
class Accuracy:
    """What the random sample says of the model in use; the field of conduct counts as wrong where a second officer found it."""

    all: Rate
    promised: float | None
    #: Open cases that the machine saw no misconduct in and a second officer did.
    missed: Rate
    urgent: Rate


def accuracy(rows: Sequence[Checked], metrics: Mapping[str, Any]) -> Accuracy:
    """The whole sample of open cases."""
    whole = sum(row.count for row in rows)
    return Accuracy(
        all=Rate(sum(row.count for row in rows if row.suggested == row.found), whole),
        promised=_promised(metrics, "accuracy_first_label_only"),
        missed=Rate(sum(row.misconduct_missed for row in rows), whole),
        urgent=Rate(sum(row.urgent_seen for row in rows), sum(row.urgent for row in rows)),
    )


def fields(codes: Iterable[str], rows: Sequence[Checked], made: Sequence[Decided], metrics: Mapping[str, Any]) -> list[OfField]:
    """Every field but that of conduct, in the order given."""
    recalls = metrics.get("recall_by_category", {})
    return [
        OfField(
            code,
            Rate(sum(r.count for r in rows if r.found == r.suggested == code), sum(r.count for r in rows if r.found == code)),
            _promised(recalls, code),
            _overruled([one for one in made if one.suggested == code and not one.abstained]),
            _overruled([one for one in made if one.suggested == code and one.abstained]),
        )
        for code in codes
        if code != CONDUCT
    ]


def _promised(figures: Mapping[str, Any], name: str) -> float | None:
    rate: float | None = figures.get(name, {}).get("rate")
    return rate


def _overruled(made: Iterable[Decided]) -> Rate:
    found = list(made)
    return Rate(sum(one.other for one in found), sum(one.count for one in found))


@dataclass(frozen=True)
class DeskMonth:
    """One month of decisions: the desk chose another field after a proposal, and after none."""

    first: date
    overruled: Rate
    abstained: Rate


def desk_total(made: Sequence[Decided]) -> tuple[Rate, Rate]:
    """How often the desk chose another field, after a proposal and after none."""
    return _overruled(one for one in made if not one.abstained), _overruled(one for one in made if one.abstained)


def desk_months(firsts: Sequence[date], made: Sequence[Decided]) -> list[DeskMonth]:
    """Each month in order; months without decisions are there with nothing."""
    return [
        DeskMonth(
            first,
            *desk_total([one for one in made if one.month == first]),
        )
        for first in firsts
    ]


@dataclass(frozen=True)
class ReadMonth:
    """What was read in one month. Shares are None in a month of fewer than 30 texts."""

    first: date
    count: int
    abstained: float | None
    confidence: float | None
    unknown: float | None
    shares: Mapping[str, float | None]
    versions: tuple[str, ...]


def read_months(firsts: Sequence[date], rows: Sequence[Readings], unknown: Mapping[date, float], codes: Sequence[str]) -> list[ReadMonth]:
    """Each month in order, from what was read in it and the share of unknown words in its sample."""
    return [_read_month(first, [row for row in rows if row.month == first], unknown.get(first), codes) for first in firsts]


def _read_month(first: date, rows: Sequence[Readings], unknown: float | None, codes: Sequence[str]) -> ReadMonth:
    count = sum(row.count for row in rows)
    enough = count >= FEWEST_TO_RANK

    def part(amount: float) -> float | None:
        return amount / count if enough else None

    return ReadMonth(
        first,
        count,
        part(sum(row.abstained for row in rows)),
        part(sum(row.confidence for row in rows)),
        unknown if enough else None,
        {code: part(sum(row.count for row in rows if row.suggested == code)) for code in codes if code != CONDUCT},
        tuple(sorted({row.model_version for row in rows})),
    )


@dataclass(frozen=True)
class Drift:
    """Every watched figure of the last month against the months before it."""

    abstained: Watched
    confidence: Watched
    unknown: Watched
    fields: Mapping[str, Watched]

    @property
    def outside(self) -> int:
        """How many figures have left their usual range."""
        return sum(bool(one.outside) for one in (self.abstained, self.confidence, self.unknown, *self.fields.values()))

    @property
    def judged(self) -> bool:
        """Whether there are months enough to say anything."""
        return self.abstained.outside is not None


def drift(months: Sequence[ReadMonth]) -> Drift:
    """The last of the months, judged."""
    codes = months[-1].shares if months else {}
    return Drift(
        watch([month.abstained for month in months]),
        watch([month.confidence for month in months]),
        watch([month.unknown for month in months]),
        {code: watch([month.shares[code] for month in months]) for code in codes},
    )
