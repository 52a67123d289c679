"""Asking the machine for comforts: whatever fails or is late counts as no answer, and nobody waits for it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app

from feedback.cases.ports import DangerReader, PlaceRead, PlaceReader, ProcedureRead, ProcedureReader
from feedback.city.kinds import UnitSet
from feedback.city.models import Area

A = TypeVar("A")
T = TypeVar("T")
#: How long a page waits for a proposal.
SECONDS = 1.0
_asking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="proposals")
#: On the standard error output: commands answer in lines on the other one.
_log = logging.getLogger(__name__)


def within(seconds: float, ask: Callable[[], T]) -> T | None:
    """What the machine answers in time, asked on a connection of its own; None when it fails or is late."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run(_nothing: None) -> T:
        with app.app_context():
            return ask()

    return each_within(seconds, run, (None,), _asking)[0]


def each_within(seconds: float, ask: Callable[[A], T], about: Sequence[A], asking: Executor) -> list[T | None]:
    """What the machine answers about each, asked in a thread beside this one; None for each on which it fails or that takes longer."""
    answers: list[T | None] = []
    while len(answers) < len(about):
        waiting, given = deque(about[len(answers) :]), list[T | None]()
        work = asking.submit(_ask_each, ask, waiting, given)
        before = 0
        while not wait((work,), seconds).done and len(given) > before:
            before = len(given)
        waiting.clear()
        answers += given
        if not work.done():  # it stands still: that one is given up, and the thread with it; the rest is asked anew
            work.cancel()
            _log.error("no answer in time")
            answers.append(None)
    return answers[: len(about)]


def _ask_each(ask: Callable[[A], T], waiting: deque[A], given: list[T | None]) -> None:
    while waiting:
        try:
            given.append(ask(waiting.popleft()))
        except Exception as error:  # whatever breaks in there must not reach the citizen
            _log.error("no answer: %s", type(error).__name__)
            given.append(None)


@dataclass(frozen=True)
class Where:
    """Where a text says it happened, in areas in force."""

    #: The ward; with `others`, one of the wards a former one was divided into.
    area: Area | None = None
    others: tuple[Area, ...] = ()
    #: The ward was named as it was before 1 July 2025.
    former: bool = False
    #: The district, when no ward is named.
    district: Area | None = None
    place: str = ""
    #: The writer's own words for ward or district.
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.area is not None or self.district is not None or bool(self.place)


def read_where(text: str, units: UnitSet, areas: Callable[[], Iterable[Area]]) -> Where:
    """What the plugged-in reader finds in a text, among the areas in force, which are asked for only when there is something to look up.

    An empty answer when the reader is missing, fails or is late.
    """
    reader: PlaceReader | None = current_app.extensions.get("place_reader")
    read = within(SECONDS, lambda: reader.read_place(text, units.value)) if reader is not None else None
    if read is None:
        return Where()
    return _in_force(read, {area.code: area for area in areas()} if read.area_code or read.district_code else {})


def wards_named(texts: Sequence[str], units: UnitSet, wards: Mapping[str, int]) -> list[int | None]:
    """The key of the one ward that each text names, among those in force by their codes; None where it names none or a divided one."""
    reader: PlaceReader | None = current_app.extensions.get("place_reader")
    if reader is None:
        return [None] * len(texts)
    found = each_within(SECONDS, lambda text: reader.read_place(text, units.value), texts, _asking)
    return [None if read is None or not wards.keys().isdisjoint(read.others) else wards.get(read.area_code or "") for read in found]


def _in_force(read: PlaceRead, known: dict[str, Area]) -> Where:
    """An area that is not in force is left out, with the words that stood for it."""
    area, district = known.get(read.area_code or ""), known.get(read.district_code or "")
    others = tuple(known[code] for code in read.others if code in known)
    words = read.words if area or district else ()
    return Where(area, others if area else (), read.former and area is not None, district, read.place, words)


def read_procedure(text: str, names: Sequence[str]) -> ProcedureRead | None:
    """Which of these procedures a text is about; None when the reader is missing, fails, is late or does not tell them apart."""
    reader: ProcedureReader | None = current_app.extensions.get("procedure_reader")
    if reader is None or not names:
        return None
    return within(SECONDS, lambda: reader.read_procedure(text, names))


def why_urgent(text: str) -> str:
    """The words of a text that speak of danger; empty when there are none or the reader is missing, fails or is late."""
    reader: DangerReader | None = current_app.extensions.get("danger_reader")
    return (within(SECONDS, lambda: reader.words_of_danger(text)) if reader is not None else None) or ""
