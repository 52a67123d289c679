"""Who is told what of a move, and how long a message is tried. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from feedback.cases.workflow import Move, State


class Kind(StrEnum):
    """What a partner system is told."""

    TRANSFER_SENT = "transfer.sent"  # a case arrives at its agency: under way, or by the referee's word
    TRANSFER_RECALLED = "transfer.recalled"  # a case under way to it comes no more
    ANSWERED = "case.answered"  # the sender has the answer
    STATE_CHANGED = "case.state_changed"  # anything else that moves a case of its agency
    TEST = "test"  # an administrator tries the connection


#: What an administrator can choose from.
ABOUT_CASES = tuple(kind for kind in Kind if kind is not Kind.TEST)
#: Pauses after the first try, the second, …: over two days altogether, so that a weekend's work on the other side loses nothing.
PAUSES = (
    *(timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
    *(timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=18)),
)


@dataclass(frozen=True)
class Place:
    """Where a case lies, as far as agencies see it."""

    state: State
    sealed: bool
    agency_id: int
    to_agency_id: int | None
    at_desk: bool

    @property
    def seen_by(self) -> frozenset[int]:
        """The agency that holds it and the one it is under way to; nobody of a sealed case. Co-agencies are told nothing."""
        if self.sealed:
            return frozenset()
        holder = () if self.at_desk else (self.agency_id,)
        return frozenset((*holder, *(() if self.to_agency_id is None else (self.to_agency_id,))))


def told(before: Place, after: Place, moves: Collection[Move]) -> Mapping[int, Kind]:
    """Which agency is told what of a change; empty when the case is sealed by it.

    Also who has just lost sight of it is told, and then learns no more than that.
    """
    if after.sealed:
        return {}
    found = {agency_id: _kind(agency_id, before, after, moves) for agency_id in before.seen_by | after.seen_by}
    return {agency_id: kind for agency_id, kind in found.items() if kind is not None}


def _kind(agency_id: int, before: Place, after: Place, moves: Collection[Move]) -> Kind | None:
    if agency_id not in before.seen_by:
        return Kind.TRANSFER_SENT
    if agency_id not in after.seen_by:
        waited = agency_id == before.to_agency_id and Move.RETURN not in moves
        return Kind.TRANSFER_RECALLED if waited else Kind.STATE_CHANGED
    if Move.APPROVE in moves:
        return Kind.ANSWERED
    return Kind.STATE_CHANGED if before.state is not after.state else None


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries; None when it is given up."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None
