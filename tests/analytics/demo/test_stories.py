"""Stories of demo cases: legal from the first act to the last, and as uneven as offices are."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from analytics.demo.acts import Act, Bodies, Cast, Opening, Story
from analytics.demo.rhythm import Rhythm, Temper
from analytics.demo.stories import FORGOTTEN_DAYS, Teller
from feedback.cases.access import Actor
from feedback.cases.intake import Report
from feedback.cases.models import Channel
from feedback.cases.sorting import CONDUCT
from feedback.cases.workflow import MOVES, Move, Side, Who
from feedback.localtime import CITY_TIME
from feedback.workdays import Calendar
from tests.analytics.demo.wobbly import WobblyClassifier

NOW = datetime(2026, 8, 26, 15, 0, tzinfo=CITY_TIME)
RHYTHM = Rhythm(Calendar(frozenset(), frozenset(), range(2024, 2027)), NOW, seed=1)
DESK, TRIAGE, RIGHT, WRONG = 1, 2, 3, 4
GOOD, BAD = Temper(on_time=1.0, pace=1.0), Temper(on_time=0.0, pace=1.0)
CAST = Cast(
    desk=[Actor(Who.FRONT_DESK, 10 + n, DESK) for n in range(2)],
    inspectors=[Actor(Who.INSPECTORATE, 20 + n, TRIAGE) for n in range(2)],
    handlers={body: [Actor(Who.HANDLER, 10 * body + n, body) for n in range(2)] for body in (RIGHT, WRONG)},
    heads={body: Actor(Who.AGENCY_HEAD, 10 * body + 9, body) for body in (DESK, RIGHT, WRONG)},
    tempers={DESK: GOOD, TRIAGE: GOOD, RIGHT: GOOD, WRONG: GOOD},
)
LABELS = dataclasses.replace(WobblyClassifier().classify("x"), category="health", misconduct=False, urgent=False)
RECEIVED = datetime(2025, 9, 1, 9, 0, tzinfo=CITY_TIME)


def opening(about: str = "health", received_at: datetime = RECEIVED, channel: Channel = Channel.WEB, **labels: object) -> Opening:
    return Opening(
        report=Report("Trạm y tế hết thuốc", channel=channel),
        received_at=received_at,
        labels=dataclasses.replace(LABELS, **labels),  # type: ignore[arg-type]
        category_code=about,
        procedure_id=None,
        due_at=(received_at + timedelta(days=22)).replace(hour=23, minute=59, second=59),
        bodies=Bodies(DESK, TRIAGE, RIGHT, WRONG, RIGHT, ""),
        public_id="a" * 16,
    )


def tell(seed: int, start: Opening, cast: Cast = CAST) -> Story:
    return Teller(Random(seed), RHYTHM, cast, start).tell()


def acts(story: Story, *moves: Move) -> list[Act]:
    return [act for act in story.acts if act.move in moves]


def with_temper(temper: Temper) -> Cast:
    return dataclasses.replace(CAST, tempers={**CAST.tempers, RIGHT: temper})


@given(
    seed=st.integers(),
    category=st.sampled_from(["health", CONDUCT]),
    seen=st.sampled_from(["health", CONDUCT]),
    misconduct=st.booleans(),
    urgent=st.booleans(),
    temper=st.sampled_from([GOOD, BAD]),
    channel=st.sampled_from([Channel.WEB, Channel.PHONE]),
    age=st.timedeltas(timedelta(minutes=1), timedelta(days=200)),
)
def test_a_story_is_a_chain_of_legal_moves_up_to_now(
    seed: int, category: str, seen: str, misconduct: bool, urgent: bool, temper: Temper, channel: Channel, age: timedelta
) -> None:
    start = opening(category, NOW - age, channel, category=seen, misconduct=misconduct, urgent=urgent)
    told = tell(seed, start, with_temper(temper)).acts
    assert told[0].move is Move.SUBMIT
    assert (told[0].actor.who is Who.CITIZEN) == (channel is Channel.WEB)
    assert told[-1].at <= NOW
    states, holder = MOVES[Move.SUBMIT].targets, told[0].to_agency_id
    for before, act in pairwise(told):
        row = MOVES[act.move]
        assert states & row.sources
        assert act.actor.who in row.who
        assert act.reason or not row.needs_reason
        assert act.at > before.at
        if act.actor.who not in (Who.CITIZEN, Who.SYSTEM):
            given_to = {Side.HOLDER: holder, Side.RECEIVER: before.other_agency_id or act.to_agency_id, Side.PARTNER: act.other_agency_id}
            assert act.actor.agency_id == given_to[row.side]
        states, holder = row.targets or states & row.sources, act.to_agency_id or holder


def test_the_instants_are_kept_to_the_millisecond() -> None:
    assert {act.at.microsecond % 1000 for seed in range(30) for act in tell(seed, opening()).acts} == {0}


def test_reports_about_officials_go_to_the_inspectorate_whoever_notices() -> None:
    signs: list[dict[str, object]] = [{"misconduct": True}, {"category": CONDUCT}, {}]
    for labels in signs:
        story = tell(1, opening(CONDUCT, **labels))
        assert [act.to_agency_id for act in acts(story, Move.SEAL)] == [TRIAGE]
        assert acts(story, Move.TAKE_UP)
        assert not acts(story, Move.FORWARD, Move.RELEASE)
    chosen = dataclasses.replace(opening(), report=Report("x", category_code=CONDUCT))
    assert acts(tell(1, chosen), Move.SEAL, Move.RELEASE, Move.FORWARD)


def test_no_inspector_approves_his_own_answer() -> None:
    for seed in range(40):
        story = tell(seed, opening(CONDUCT, misconduct=True))
        assert {act.actor for act in acts(story, Move.APPROVE)}.isdisjoint(act.actor for act in acts(story, Move.SUBMIT_ANSWER))


def test_nobody_sends_his_own_answer_back() -> None:
    back = [story for story in (tell(seed, opening()) for seed in range(1500)) if acts(story, Move.SEND_BACK)]
    assert back
    assert all(acts(story, Move.SEND_BACK)[0].actor != acts(story, Move.SUBMIT_ANSWER)[0].actor for story in back)
    assert all(len(acts(story, Move.SUBMIT_ANSWER)) == 2 + len(acts(story, Move.REOPEN)) for story in back)


def test_a_case_goes_astray_only_where_there_is_another_agency() -> None:
    start = opening()
    sent = [tell(seed, start) for seed in range(400)]
    assert 5 < sum(bool(acts(story, Move.RETURN)) for story in sent) < 50
    alone = dataclasses.replace(start, bodies=dataclasses.replace(start.bodies, wrong_id=RIGHT))
    assert not any(acts(tell(seed, alone), Move.RETURN) for seed in range(400))


def days_to_answer(cast: Cast, **labels: object) -> list[float]:
    stories = [tell(seed, opening(**labels), cast) for seed in range(300)]  # type: ignore[arg-type]
    told = [acts(story, Move.APPROVE) for story in stories if not acts(story, Move.EXTEND)]
    return [(act.at - RECEIVED) / timedelta(days=1) for found in told for act in found[:1]]


def test_a_punctual_agency_answers_in_time_and_a_late_one_never() -> None:
    """But for the few answers that the head of the punctual one sent back at the last moment."""
    assert sum(days > 22.7 for days in days_to_answer(CAST)) < 3
    late = days_to_answer(with_temper(BAD))
    assert min(late) > 22.6
    forgotten = [days for days in late if days > 23 + FORGOTTEN_DAYS[0]]
    assert 5 < len(forgotten) < 90
    assert max(forgotten) < 27 + FORGOTTEN_DAYS[1]


def test_danger_makes_haste() -> None:
    assert median(days_to_answer(CAST, urgent=True)) < median(days_to_answer(CAST)) / 2


def test_people_are_happier_with_what_is_solved_in_time() -> None:
    def share_solved(cast: Cast) -> float:
        verdicts = [act.verdict for seed in range(1500) for act in acts(tell(seed, opening(), cast), Move.RATE)]
        assert len(verdicts) > 300
        return sum(verdict is not None and verdict.solved == "yes" for verdict in verdicts) / len(verdicts)

    assert share_solved(with_temper(BAD)) < share_solved(CAST) - 0.05


def test_a_second_return_goes_to_the_referee_whose_head_decides() -> None:
    disputed = [story for story in (tell(seed, opening()) for seed in range(1200)) if acts(story, Move.DECIDE)]
    assert disputed
    for story in disputed:
        assert len(acts(story, Move.RETURN)) == 2
        assert [(act.actor.agency_id, act.to_agency_id) for act in acts(story, Move.DECIDE)] == [(DESK, RIGHT)]
        assert not acts(story, Move.ACCEPT)


def test_only_who_is_not_helped_asks_again_and_only_open_limits_are_extended() -> None:
    stories = [tell(seed, opening()) for seed in range(1500)]
    again = [story for story in stories if acts(story, Move.REOPEN)]
    assert again
    assert all(acts(story, Move.RATE)[0].verdict.solved == "no" for story in again)  # type: ignore[union-attr]
    extended = [act for story in stories for act in acts(story, Move.EXTEND)]
    assert extended
    assert all(act.at < opening().due_at for act in extended)
    asked = [story for story in stories if acts(story, Move.ASK)]
    assert all(len(acts(story, Move.SUPPLEMENT)) == 1 for story in asked)
