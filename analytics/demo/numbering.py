"""Running numbers in the order of time, as if the stories had been written down while they happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from analytics.demo.acts import Story
from analytics.demo.rows import OPENING_MOVES, Numbers
from feedback.audit.models import AuditEntry
from feedback.cases.models import REFERENCE_NUMBERS, Case, CaseEvent
from feedback.db import db


@dataclass(frozen=True)
class Start:
    """The next free number of each kind."""

    case_id: int
    event_id: int
    audit_seq: int
    reference: int


def next_free() -> Start:
    """What the tables and the sequence of references would give out next."""
    highest = [db.session.scalar(select(func.coalesce(func.max(column), 0))) for column in (Case.id, CaseEvent.id, AuditEntry.seq)]
    case_id, event_id, audit_seq = (int(number or 0) + 1 for number in highest)
    return Start(case_id, event_id, audit_seq, db.session.scalar(select(REFERENCE_NUMBERS.next_value())) or 1)


def number(stories: Sequence[Story], start: Start) -> Iterator[Numbers]:
    """Numbers for each story. Cases are numbered as they come; events, audit rows and references by the instant of their act or look."""
    events: list[list[int]] = [[] for _ in stories]
    audits: list[list[int]] = [[] for _ in stories]
    references: list[list[int]] = [[] for _ in stories]
    drawn, event_id = start.reference, start.event_id
    for rank, (_at, story, place) in enumerate(sorted(_instants(stories))):
        audits[story].append(start.audit_seq + rank)
        if place >= len(stories[story].acts):  # a look, a publication, a finding: no events of the case
            continue
        events[story].append(event_id)
        event_id += 1
        if stories[story].acts[place].move in OPENING_MOVES:
            references[story].append(drawn)
            drawn += 1
    for story, own in enumerate(events):
        yield Numbers(start.case_id + story, iter(own), iter(audits[story]), iter(references[story]))


def _instants(stories: Sequence[Story]) -> Iterator[tuple[datetime, int, int]]:
    """When, in which story, at which place of it; a look, a publication and a finding stand behind the acts."""
    for story, told in enumerate(stories):
        for place, act in enumerate(told.acts):
            yield act.at, story, place
        if told.look is not None:
            yield told.look.at, story, len(told.acts)
        if told.published is not None:
            yield told.published.at, story, len(told.acts) + 1
        if told.concluded is not None:
            yield told.concluded.at, story, len(told.acts) + 2


def go_on(stories: Sequence[Story], start: Start) -> None:
    """Let the tables and the sequence go on behind the numbers that were given out."""
    acts = sum(len(story.acts) for story in stories)
    besides = sum(beside is not None for story in stories for beside in (story.look, story.published, story.concluded))
    opened = sum(act.move in OPENING_MOVES for story in stories for act in story.acts)
    following = {
        func.pg_get_serial_sequence("cases", "id"): start.case_id + len(stories),
        func.pg_get_serial_sequence("case_event", "id"): start.event_id + acts,
        func.pg_get_serial_sequence("audit_entry", "seq"): start.audit_seq + acts + besides,
        REFERENCE_NUMBERS.name: start.reference + opened,
    }
    for sequence, value in following.items():
        db.session.execute(select(func.setval(sequence, value, False)))
