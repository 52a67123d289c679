"""Which clocks run on a case, track by track: the legal stages between two moments of its life. Pure.

The answer clock is the one the citizen is promised and `Case.due_at` shows; the others tell the office where time is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback.city.kinds import Track


class Moment(StrEnum):
    """Moments of a case's life that clocks start and end at."""

    RECEIVED = "received"
    FORWARDED = "forwarded"  # the desk has sent it on
    ACCEPTED = "accepted"  # an agency (or the inspectorate) has taken it on: thụ lý
    ANSWERED = "answered"


class StageKind(StrEnum):
    """What has to happen within a stage."""

    FORWARD = "forward"
    TRIAGE = "triage"
    ACCEPT = "accept"
    URGENT = "urgent"
    ANSWER = "answer"


@dataclass(frozen=True)
class Stage:
    """A limit between two moments; an empty rule means the rule of the case's category."""

    kind: StageKind
    rule_code: str
    starts: Moment
    ends: Moment


_ACCEPT = Stage(StageKind.ACCEPT, "SL-ACCEPT", Moment.FORWARDED, Moment.ACCEPTED)
_ANSWER = Stage(StageKind.ANSWER, "", Moment.RECEIVED, Moment.ANSWERED)
#: NĐ 20/2008 (PAKN), QĐ 1478/2020 (1022), Luật Khiếu nại 2011 Art 27-28, Luật Tố cáo 2018 Art 24 and 30, TT 05/2021/TT-TTCP (sorting).
STAGES: Mapping[Track, tuple[Stage, ...]] = {
    Track.FEEDBACK: (Stage(StageKind.FORWARD, "PAKN-FWD", Moment.RECEIVED, Moment.FORWARDED), _ACCEPT, _ANSWER),
    Track.SERVICE_DESK: (Stage(StageKind.FORWARD, "1022-FWD", Moment.RECEIVED, Moment.FORWARDED), _ACCEPT, _ANSWER),
    Track.COMPLAINT: (
        Stage(StageKind.FORWARD, "DON-SORT", Moment.RECEIVED, Moment.FORWARDED),
        Stage(StageKind.ACCEPT, "KN-ACC", Moment.RECEIVED, Moment.ACCEPTED),
        Stage(StageKind.ANSWER, "KN-1", Moment.ACCEPTED, Moment.ANSWERED),
    ),
    Track.DENUNCIATION: (
        Stage(StageKind.ACCEPT, "TC18-ACC", Moment.RECEIVED, Moment.ACCEPTED),
        Stage(StageKind.ANSWER, "TC18-END", Moment.ACCEPTED, Moment.ANSWERED),
    ),
    Track.CONDUCT: (Stage(StageKind.TRIAGE, "DON-SORT", Moment.RECEIVED, Moment.ACCEPTED), _ANSWER),
}
#: A service level, no law: what is urgent is answered within hours.
URGENT = Stage(StageKind.URGENT, "SL-URGENT", Moment.RECEIVED, Moment.ANSWERED)
#: Late cases tell the citizen how they stand, again and again until they are answered (QĐ 574/QĐ-TTg 2017).
UPDATE_RULE = "PAKN-UPD"
#: How long the clock may stand still for the citizen's supplement.
SUPPLEMENT_RULE = "SUPPLEMENT"
#: Tracks that run on the rules of law for petitions instead of the rule of the category.
PETITIONS = frozenset({Track.COMPLAINT, Track.DENUNCIATION})


def stages_of(track: Track, *, urgent: bool) -> Iterator[Stage]:
    """The stages of a track in the order of their ends; what is urgent has one more."""
    yield from STAGES[track][:-1]
    if urgent and track not in PETITIONS:
        yield URGENT
    yield STAGES[track][-1]


def promised(track: Track, category_rule: str, received_at: datetime, accepted_at: datetime | None) -> tuple[str, datetime]:
    """Rule and start of the date the citizen is promised now.

    On a petition that is the limit for accepting it until it is accepted, and then the limit for settling it.
    """
    answer = STAGES[track][-1]
    if answer.starts is Moment.RECEIVED:
        return answer.rule_code or category_rule, received_at
    if accepted_at is not None:
        return answer.rule_code, accepted_at
    accept = next(stage for stage in STAGES[track] if stage.ends is Moment.ACCEPTED)
    return accept.rule_code, received_at
