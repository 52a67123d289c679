"""The table of moves keeps its promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.workflow import ENDED_STATES, MOVES, OPEN_STATES, STOPPED_STATES, Move, Need, Side, State, Who, is_legal, moves_for
from feedback.city.kinds import Track

moves, states, people, tracks = st.sampled_from(Move), st.sampled_from(State), st.sampled_from(Who), st.sampled_from(Track)
OFFICERS = frozenset(Who) - {Who.CITIZEN, Who.SYSTEM}


@given(moves, states, people, tracks)
def test_nothing_moves_outside_the_table(move: Move, state: State, who: Who, track: Track) -> None:
    row = MOVES[move]
    allowed = state in row.sources and who in row.who and (not row.tracks or track in row.tracks)
    assert is_legal(move, state, who, track) is allowed
    assert (move in moves_for(state, who, track)) is allowed
    assert is_legal(move, state, who) is any(is_legal(move, state, who, other) for other in Track)


@given(st.lists(st.tuples(moves, people, st.integers(0, 2)), max_size=60), tracks)
def test_no_walk_reaches_an_answer_unapproved(walk: list[tuple[Move, Who, int]], track: Track) -> None:
    """However moves are tried, what is answered was approved or concluded by the leaders, and what is closed was rated."""
    state, made = State.RECEIVED, []
    for move, who, choice in walk:
        if is_legal(move, state, who, track):
            targets = sorted(MOVES[move].targets) or [state]
            state = targets[choice % len(targets)]
            made.append((move, who))
    if state is State.ANSWERED:
        assert made[-1] in ((Move.APPROVE, Who.AGENCY_HEAD), (Move.APPROVE, Who.INSPECTORATE), (Move.CONCLUDE, Who.LEADERSHIP))
    if state is State.CLOSED:
        assert made[-1] == (Move.RATE, Who.CITIZEN)


def test_every_move_has_a_row_and_every_state_can_be_reached() -> None:
    assert set(MOVES) == set(Move)
    assert {state for row in MOVES.values() for state in row.targets} == set(State)


def test_every_open_state_can_be_left() -> None:
    for state in OPEN_STATES:
        leaving = [move for move, row in MOVES.items() if state in row.sources and row.targets - {state}]
        assert leaving, state


@pytest.mark.parametrize("state", sorted(ENDED_STATES))
def test_what_has_ended_is_opened_again_by_its_sender_or_by_undoing_a_merge_only(state: State) -> None:
    assert {move for move, row in MOVES.items() if state in row.sources} <= {Move.REOPEN, Move.UNMERGE}


@pytest.mark.parametrize("state", sorted(STOPPED_STATES))
def test_a_stopped_clock_can_go_on(state: State) -> None:
    assert Move.RESUME in moves_for(state, Who.HANDLER, Track.COMPLAINT)
    assert state in OPEN_STATES


def test_who_only_looks_moves_nothing() -> None:
    """Leadership ends what accuses the inspectorate, and nothing else."""
    assert not any(moves_for(state, Who.ADMINISTRATOR) for state in State)
    for track in Track:
        made = {move for state in State for move in moves_for(state, Who.LEADERSHIP, track)}
        assert made == ({Move.CONCLUDE} if track in (Track.CONDUCT, Track.DENUNCIATION) else set())


@given(states)
def test_only_the_inspectorate_touches_what_it_examines(state: State) -> None:
    assert {who for who in OFFICERS if moves_for(State.TRIAGE, who, Track.CONDUCT)} == {Who.INSPECTORATE, Who.LEADERSHIP}
    assert not is_legal(Move.FORWARD, state, Who.HANDLER)


def test_going_back_needs_a_reason() -> None:
    for move in (
        Move.SEAL,
        Move.PULL,
        Move.RELEASE,
        Move.RETURN,
        Move.RECALL,
        Move.HAND_ON,
        Move.DECIDE,
        Move.SEND_BACK,
        Move.REOPEN,
        Move.UNMERGE,
    ):
        assert MOVES[move].needs_reason, move
    assert Need.CODE in MOVES[Move.REFUSE].needs


def test_only_the_receiver_accepts_or_returns() -> None:
    assert {move for move, row in MOVES.items() if row.side is Side.RECEIVER} == {Move.ACCEPT, Move.RETURN}


def test_a_report_about_conduct_is_never_handed_round_merged_or_split() -> None:
    for move in (Move.HAND_ON, Move.ASK_PARTNER, Move.MERGE, Move.SPLIT, Move.WITHDRAW):
        for track in (Track.CONDUCT, Track.DENUNCIATION):
            assert not any(is_legal(move, state, who, track) for state in State for who in Who), move


def test_only_petitions_are_suspended() -> None:
    for track in Track:
        assert is_legal(Move.SUSPEND, State.IN_PROGRESS, Who.AGENCY_HEAD, track) is (track in (Track.COMPLAINT, Track.DENUNCIATION))
