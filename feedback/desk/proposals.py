"""What is read in a case for the officer who sorts it: where it happened, which procedure it is about, why it is urgent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback.cases import asking
from feedback.cases.asking import Where
from feedback.cases.models import Case, Suggestion
from feedback.cases.workflow import State
from feedback.city import queries as city
from feedback.city.models import Procedure

#: How many fields are shown when the machine does not dare to propose one.
TOP = 3


def top_fields(thought: Suggestion | None) -> list[tuple[str, float]]:
    """The best fields with their confidences, the suggested one first."""
    if thought is None or thought.category_code is None:
        return []
    return [(thought.category_code, thought.confidence), *[(str(code), float(share)) for code, share in thought.alternatives]][:TOP]


def where_of(case: Case) -> Where:
    """Where a case that waits to be sorted happened, as far as its sender left that open; empty otherwise."""
    if case.state is not State.SORTING or (case.area_id is not None and case.place):
        return Where()
    return asking.read_where(case.text, city.current_units(), lambda: (*city.wards(), *city.districts()))


@dataclass(frozen=True)
class Proposed:
    """The procedure a case is about by the sender's own words; chosen beforehand only when he asks for it."""

    procedure: Procedure
    words: tuple[str, ...]
    wanted: bool


def procedure_of(case: Case, category_code: str, procedures: Sequence[Procedure]) -> Proposed | None:
    """Which of the procedures of the chosen field a case that waits to be sorted is about; None when none stands out."""
    own = [row for row in procedures if row.category_code == category_code]
    if case.state is not State.SORTING or case.procedure_id is not None:
        return None
    read = asking.read_procedure(case.text, [row.name for row in own])
    return Proposed(own[read.index], read.words, read.wanted) if read is not None and 0 <= read.index < len(own) else None
