"""What a demo story is made of: the opening, acts in time, what happens beside them, and who acts. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.demo.rhythm import Temper
from feedback.cases.access import Actor
from feedback.cases.conduct_models import Verdict as Found
from feedback.cases.intake import Report
from feedback.cases.learning import Finding
from feedback.cases.models import Outcome, Solved
from feedback.cases.ports import Labels
from feedback.cases.workflow import Move


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer the agency wrote."""

    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sender's word on the answer."""

    solved: Solved
    satisfaction: int | None
    comment: str


@dataclass(frozen=True, slots=True)
class Act:
    """One move with everything it brings along."""

    move: Move
    at: datetime
    actor: Actor
    #: The agency that holds the case afterwards; None when it stays where it is.
    to_agency_id: int | None = None
    reason: str = ""
    #: The agency a move points to without that: receiver of a transfer, who returns it.
    other_agency_id: int | None = None
    category_code: str = ""
    procedure_id: int | None = None
    reply: Reply | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    """The agencies one case may meet."""

    desk_id: int
    triage_id: int
    #: The one that answers in the end, and one it may go to by mistake.
    right_id: int
    wrong_id: int
    #: What routing proposes for the field the machine saw, and why.
    proposed_id: int
    proposed_reason: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is given at the start: the report, what the machine makes of it, what it is really about, the bodies concerned."""

    report: Report
    received_at: datetime
    labels: Labels
    #: Field the report is really about; the desk finds it whatever the machine thought.
    category_code: str
    procedure_id: int | None
    due_at: datetime
    bodies: Bodies
    public_id: str


@dataclass(frozen=True, slots=True)
class Look:
    """A second officer's blind look at a text."""

    at: datetime
    actor: Actor
    found: Finding


@dataclass(frozen=True, slots=True)
class Publishing:
    """Masked text and answer let out after everything else; `left_in` counts what the masking still marks in them."""

    at: datetime
    actor: Actor
    text: str
    answer: str
    left_in: int


@dataclass(frozen=True, slots=True)
class Concluded:
    """What the inspectorate found."""

    at: datetime
    actor: Actor
    verdict: Found


@dataclass
class Story:
    """The acts up to now, the second look if the case was drawn for one and has had it, what became public, what was found."""

    opening: Opening
    acts: list[Act] = field(default_factory=list)
    look: Look | None = None
    published: Publishing | None = None
    concluded: Concluded | None = None


@dataclass(frozen=True)
class Cast:
    """Who acts at an agency."""

    desk: Sequence[Actor]
    inspectors: Sequence[Actor]
    handlers: Mapping[int, Sequence[Actor]]
    heads: Mapping[int, Actor]
    tempers: Mapping[int, Temper]


def to_the_millisecond(at: datetime) -> datetime:
    """As instants are kept in the demo city."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
