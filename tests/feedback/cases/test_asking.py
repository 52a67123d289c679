"""The machine is asked about many texts at once: what breaks or stands still on one of them costs the others nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from flask import Flask

from feedback.cases.asking import each_within, wards_named
from feedback.cases.ports import PlaceRead
from feedback.city.kinds import UnitSet

STUCK, BROKEN = "stuck", "broken"
#: Longer than anything here takes, however slow the machine, but for what stands still.
SECONDS = 1.0
WARDS = {"26740": 1, "26743": 2}


@contextmanager
def machine(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that end with the test, whatever stands still in them."""
    with ThreadPoolExecutor(threads) as asking:
        let_go.clear()
        try:
            yield asking
        finally:
            let_go.set()


let_go = threading.Event()


def answer(text: str) -> str:
    if text == BROKEN:
        raise RuntimeError(text)
    if text == STUCK:
        let_go.wait()
    return text.upper()


def test_one_that_breaks_or_stands_still_costs_the_others_nothing() -> None:
    with machine(2) as asking:
        assert each_within(SECONDS, answer, ["a", BROKEN, "b", STUCK, "c"], asking) == ["A", None, "B", None, "C"]


def test_without_a_free_thread_nothing_is_answered_and_nobody_waits_for_good() -> None:
    with machine(1) as asking:
        assert each_within(0.1, answer, [STUCK, "a"], asking) == [None, None]
        let_go.set()
        assert each_within(SECONDS, answer, [], asking) == []


class Reader:
    """Finds what it was told to."""

    def __init__(self, **found: PlaceRead) -> None:
        self.found = found

    def read_place(self, text: str, units: str) -> PlaceRead:
        return self.found.get(text, PlaceRead())


def test_a_ward_is_taken_from_a_text_only_when_it_is_in_force_and_the_only_one(app: Flask) -> None:
    app.extensions["place_reader"] = Reader(
        one=PlaceRead("26740"), former=PlaceRead("26740", others=("26743",)), gone=PlaceRead("1"), half=PlaceRead("26740", others=("1",))
    )
    assert wards_named(["one", "former", "gone", "half", "none"], UnitSet.Y2025, WARDS) == [1, None, None, 1, None]
    del app.extensions["place_reader"]
    assert wards_named(["one", "none"], UnitSet.Y2025, WARDS) == [None, None]
