"""When a case that is handed from agency to agency stops going round. Pure.

The programme's promise to the citizen is that a wrong address costs minutes and nobody is sent around: the first return goes back to
whoever sent the case, the second one to the referee, whose decision nobody can return.
"""

from __future__ import annotations

from feedback.cases.workflow import State

#: From this return on the referee decides.
RETURNS_TO_REFEREE = 2
#: More transfers than this without an answer, and the next one goes to the referee instead.
LONGEST_CHAIN = 4


def state_after_return(returns: int, *, from_desk: bool) -> State:
    """Where a case stands after its `returns`-th return (this one included); `from_desk`: the front desk had sent it."""
    if returns >= RETURNS_TO_REFEREE:
        return State.REFEREE
    return held_state(at_desk=from_desk)


def state_after_hand_on(hops: int) -> State:
    """Under way, or to the referee when `hops` transfers (this one not counted) have not found who is responsible."""
    return State.REFEREE if hops >= LONGEST_CHAIN else State.FORWARDED


def held_state(*, at_desk: bool) -> State:
    """The state in which a holder works on a case: the front desk sorts, an agency handles."""
    return State.SORTING if at_desk else State.IN_PROGRESS
