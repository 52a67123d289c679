"""What feedback asks of the machine: labels for a text, cases like another. `wsgi.py` plugs both in; feedback never imports analytics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

#: Who asks and about what; named by whoever plugs in and whoever asks, so that this module stands on nothing.
A_contra = TypeVar("A_contra", contravariant=True)
C_contra = TypeVar("C_contra", contravariant=True)


@dataclass(frozen=True)
class Labels:
    """What the machine thinks of one text. Confidences are calibrated probabilities, 0 to 1."""

    category: str
    confidence: float
    #: The next best categories with their confidences, best first (the chosen one not among them).
    alternatives: tuple[tuple[str, float], ...]
    misconduct: bool
    misconduct_confidence: float
    #: True: danger to life, health or large property now.
    urgent: bool
    spam: bool
    insult: bool
    #: True: too unsure; the desk sees the top three and no suggestion is preselected.
    abstain: bool
    #: The citizen's own words that carried the decision, strongest first.
    reasons: tuple[str, ...]
    model_version: str


class Classifier(Protocol):
    """Anything that labels a text. May raise: the caller treats that as a sign of misconduct (fail closed)."""

    def classify(self, text: str) -> Labels:
        """Label one cleaned text of at most 5,000 characters."""
        ...


@dataclass(frozen=True)
class Likely:
    """Another case that may tell of the same incident."""

    public_id: str
    #: 0 to 1; the higher, the more alike.
    score: float


class Likeness(Protocol[A_contra, C_contra]):
    """Anything that proposes duplicates. May raise: the desk then shows none. It proposes only; a person merges."""

    def likely(self, actor: A_contra, case: C_contra) -> Sequence[Likely]:
        """Cases the actor may see that may tell of the same incident as this one, the most alike first."""
        ...


class PublicLikeness(Protocol):
    """Anything that finds public cases like a text not yet sent. May raise or be late: the citizen is then shown none."""

    def likely_public(self, text: str, area_id: int | None, at: datetime) -> Sequence[Likely]:
        """Public cases that may tell of the same incident in this area at this instant, the most alike first."""
        ...


@dataclass(frozen=True)
class PlaceRead:
    """Where something happened, as far as a text says so. Codes are those of the General Statistics Office in the set asked for."""

    #: The ward, and further ones it may be because a former ward was divided.
    area_code: str | None = None
    others: tuple[str, ...] = ()
    #: The text names the ward as it was before it was merged or divided.
    former: bool = False
    #: The only district named, when no ward is.
    district_code: str | None = None
    #: House number and street, or a landmark, as the writer wrote it; empty when there is none.
    place: str = ""
    #: The writer's own words that the ward (or district) stands on.
    words: tuple[str, ...] = ()


class PlaceReader(Protocol):
    """Anything that reads places. May raise or be late: then nothing is proposed."""

    def read_place(self, text: str, units: str) -> PlaceRead:
        """Read one cleaned text of at most 5,000 characters; `units` names the set of wards in force, "2017" or "2025"."""
        ...


@dataclass(frozen=True)
class ProcedureRead:
    """Which of several procedures a text is about: its place in the list asked with, and the writer's own words that say so."""

    index: int
    words: tuple[str, ...]
    #: The text asks for it; otherwise it is only named, and nothing is chosen beforehand.
    wanted: bool = True


class ProcedureReader(Protocol):
    """Anything that recognises procedures. May raise or be late: then none is proposed."""

    def read_procedure(self, text: str, names: Sequence[str]) -> ProcedureRead | None:
        """The one of these names a cleaned text of at most 5,000 characters is about; None when it is not told apart."""
        ...


class DangerReader(Protocol):
    """Anything that says why a report is urgent. May raise or be late: then the report is urgent without a reason."""

    def words_of_danger(self, text: str) -> str:
        """The first words of a text that speak of danger to life or limb now; empty when there are none."""
        ...


@dataclass(frozen=True)
class Span:
    """One piece of personal data: its kind and where it stands in the text (code points, end exclusive)."""

    kind: str
    start: int
    end: int


class Redactor(Protocol):
    """Anything that masks personal data. May raise or be missing: then nothing is published. It proposes; an officer confirms."""

    def mask(self, text: str) -> tuple[str, Sequence[Span]]:
        """The masked text, and what was found in the one given, in order and none overlapping."""
        ...
