"""The order of the questions. Pure."""

from __future__ import annotations

from collections.abc import Collection

#: The questions by their name in the address, in the order they are asked; the last is the look before sending.
STEPS = ("su-viec", "dia-diem", "bang-chung", "lien-he", "kiem-tra")
LAST = STEPS[-1]
#: The answer "Tôi không biết" to the question where it happened.
UNKNOWN_AREA = "?"


def first_open(done: Collection[str]) -> str:
    """The first question without an answer; the last look once all have one."""
    return next((step for step in STEPS[:-1] if step not in done), LAST)


def may_open(step: str, done: Collection[str]) -> bool:
    """Whether a question may be shown: no question before it is left open."""
    return STEPS.index(step) <= STEPS.index(first_open(done))


def following(step: str, done: Collection[str]) -> str:
    """Where to go after answering: the next question, or back to the last look when a finished answer was changed."""
    if first_open(done) == LAST:
        return LAST
    return STEPS[STEPS.index(step) + 1]
